from django.urls import path

from equipment.views import rooms, units

app_name = "equipment"
urlpatterns = [
    path("", rooms.index, name="index"),
    path("places/", rooms.places_to_choose, name="places_to_choose"),
    path("live/", rooms.live, name="live"),
    path("units/<uuid:unit>/", units.unit, name="unit"),
    path("units/<uuid:unit>/do/", units.do, name="do"),
    path("places/<uuid:place>/", units.place, name="place"),
]
