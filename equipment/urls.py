from django.urls import path

from equipment.views import room, rooms, units

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
]
