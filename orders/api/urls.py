from django.urls import path

from orders.api.views import EnterOrder

urlpatterns = [path("", EnterOrder.as_view(), name="enter")]
