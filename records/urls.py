from django.urls import path

from records import views

app_name = "records"
urlpatterns = [
    path("", views.index, name="index"),
    path("retention/", views.retention, name="retention"),
    path("evaluation/", views.evaluation, name="evaluation"),
    path("self-check/", views.self_check, name="self_check"),
    path("streams/<uuid:stream>/", views.stream, name="stream"),
    path("streams/<uuid:stream>/self-check/", views.self_check_of, name="self_check_of"),
    path("streams/<uuid:stream>/reviewed/", views.reviewed, name="reviewed"),
    path("streams/<uuid:stream>/<int:seq>/", views.entry, name="entry"),
    path("streams/<uuid:stream>/<int:seq>/changes/", views.changed, name="changed"),
]
