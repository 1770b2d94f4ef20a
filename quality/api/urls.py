from django.urls import path

from quality.api.views import EnterResult, Gates

urlpatterns = [
    path("samples/<uuid:sample>/results/", EnterResult.as_view(), name="results"),
    path("batches/<uuid:batch>/gates/", Gates.as_view(), name="gates"),
]
