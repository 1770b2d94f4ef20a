from django.urls import path

from recipes import views

app_name = "recipes"
urlpatterns = [
    path("", views.versions, name="versions"),
    path("schema.json", views.schema, name="schema"),
    path("import/", views.import_recipe, name="import"),
    path("<uuid:version>/", views.version, name="version"),
    path("<uuid:version>/source/", views.source, name="source"),
    path("<uuid:version>/submit/", views.submit, name="submit"),
    path("<uuid:version>/approve/", views.approve, name="approve"),
    path("<uuid:version>/effective/", views.make_effective, name="make_effective"),
    path("<uuid:version>/discard/", views.discard, name="discard"),
    path("<uuid:version>/withdraw/", views.withdraw, name="withdraw"),
]
