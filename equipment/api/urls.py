from django.urls import path

from equipment.api.views import AcknowledgeAlarm, Alarms, ClearAlarm, RaiseAlarm, ReadAlarm

urlpatterns = [
    path("alarms/", Alarms.as_view(), name="alarms"),
    path("alarms/of/<uuid:resource>/", RaiseAlarm.as_view(), name="raise"),
    path("alarms/<uuid:alarm>/", ReadAlarm.as_view(), name="alarm"),
    path("alarms/<uuid:alarm>/acknowledge/", AcknowledgeAlarm.as_view(), name="acknowledge"),
    path("alarms/<uuid:alarm>/clear/", ClearAlarm.as_view(), name="clear"),
]
