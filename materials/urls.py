from django.urls import path

from materials.views import catalogue, containers, lots

app_name = "materials"
urlpatterns = [
    path("", lots.index, name="index"),
    path("lots/new/", lots.receive, name="receive"),
    path("lots/<uuid:lot>/", lots.lot, name="lot"),
    path("lots/<uuid:lot>/decide/", lots.decide, name="decide"),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/new/", catalogue.add, name="add"),
    path("containers/", containers.containers, name="containers"),
    path("containers/<uuid:container>/", containers.container, name="container"),
    path("containers/<uuid:container>/move/", containers.move, name="move"),
    path("containers/<uuid:container>/label/", containers.print_label, name="print_label"),
    path("containers/<uuid:container>/label/<str:code>/", containers.label, name="label"),
]
