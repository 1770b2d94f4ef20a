from django.urls import path

from recipes import views

app_name = "recipes"
urlpatterns = [
    path("", views.versions, name="versions"),
    path("schema.json", views.schema, name="schema"),
    path("import/", views.import_recipe, name="import"),
    path("library/", views.library, name="library"),
    path("library/<uuid:operation>/", views.library_operation, name="library_operation"),
    path("library/<uuid:operation>/take/", views.take_operation, name="take_operation"),
    path("library/<uuid:operation>/withdraw/", views.withdraw_operation, name="withdraw_operation"),
    path("<uuid:version>/publish/", views.publish_operation, name="publish_operation"),
    path("drafts/new/", views.new_draft, name="new_draft"),
    path("drafts/<uuid:draft>/", views.draft, name="draft"),
    path("drafts/<uuid:draft>/news/", views.draft_news, name="draft_news"),
    path("drafts/<uuid:draft>/edit/", views.edit_draft, name="edit_draft"),
    path("drafts/<uuid:draft>/text/", views.draft_text, name="draft_text"),
    path("drafts/<uuid:draft>/send/", views.send_draft, name="send_draft"),
    path("drafts/<uuid:draft>/discard/", views.discard_draft, name="discard_draft"),
    path("<uuid:version>/draft/", views.draft_from, name="draft_from"),
    path("<uuid:version>/", views.version, name="version"),
    path("<uuid:version>/source/", views.source, name="source"),
    path("<uuid:version>/package.zip", views.package_file, name="package_file"),
    path("<uuid:version>/batchml.xml", views.batchml_file, name="batchml_file"),
    path("<uuid:version>/submit/", views.submit, name="submit"),
    path("<uuid:version>/approve/", views.approve, name="approve"),
    path("<uuid:version>/effective/", views.make_effective, name="make_effective"),
    path("<uuid:version>/discard/", views.discard, name="discard"),
    path("<uuid:version>/withdraw/", views.withdraw, name="withdraw"),
]
