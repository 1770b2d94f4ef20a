from django.urls import path

from batches.api.views import PerformStep, ReadBatch

urlpatterns = [
    path("<uuid:batch>/", ReadBatch.as_view(), name="batch"),
    path("<uuid:batch>/steps/", PerformStep.as_view(), name="steps"),
]
