from django.urls import path

from equipment.views import alarms, room, rooms, units

app_name = "equipment"
urlpatterns = [
    path("", rooms.index, name="index"),
    path("places/", rooms.places_to_choose, name="places_to_choose"),
    path("live/", rooms.live, name="live"),
    path("units/<uuid:unit>/", units.unit, name="unit"),
    path("units/<uuid:unit>/do/", units.do, name="do"),
    path("units/<uuid:unit>/capabilities/", units.capabilities, name="capabilities"),
    path("rooms/<uuid:room>/", room.room, name="room"),
    path("rooms/<uuid:room>/hours/", room.hours, name="hours"),
    path("places/<uuid:place>/", units.place, name="place"),
    path("alarms/", alarms.log, name="alarms"),
    path("alarms/<uuid:alarm>/", alarms.alarm, name="alarm"),
    path("alarms/<uuid:alarm>/acknowledge/", alarms.acknowledge, name="acknowledge"),
    path("alarms/<uuid:alarm>/clear/", alarms.clear, name="clear"),
    path("alarms/of/<uuid:resource>/", alarms.watched, name="watched"),
    path("alarms/of/<uuid:resource>/raise/", alarms.raise_, name="raise"),
    path("alarms/of/<uuid:resource>/settings/", alarms.settings, name="settings"),
]
