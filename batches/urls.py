from django.urls import path

from batches import views

app_name = "batches"
urlpatterns = [
    path("", views.index, name="index"),
    path("issue/", views.issue, name="issue"),
    path("touched/<uuid:version>/", views.touched, name="touched"),
    path("preview/<uuid:draft>/", views.preview, name="preview"),
    path("tablet/", views.tablet, name="tablet"),
    path("tablet/scan/", views.tablet_scan, name="tablet_scan"),
    path("tablet/call/", views.tablet_call, name="tablet_call"),
    path("tablet/happened/", views.tablet_happened, name="tablet_happened"),
    path("<uuid:batch>/", views.record, name="record"),
    path("<uuid:batch>/control-recipe.xml", views.control_recipe, name="control_recipe"),
    path("<uuid:batch>/file/<str:sha256>/", views.file, name="file"),
    path("<uuid:batch>/picture/<str:sha256>/", views.picture, name="picture"),
    path(
        "preview/<uuid:draft>/picture/<str:sha256>/", views.preview_picture, name="preview_picture"
    ),
    path("<uuid:batch>/paper/", views.packs, name="packs"),
    path("<uuid:batch>/paper/make/", views.make_pack, name="make_pack"),
    path("<uuid:batch>/paper/<int:number>/", views.pack, name="pack"),
    path("<uuid:batch>/redline/", views.redline, name="redline"),
    path("<uuid:batch>/redline/propose/", views.propose_redline, name="propose_redline"),
    path("<uuid:batch>/redline/<uuid:redline>/sign/", views.sign_redline, name="sign_redline"),
    path("<uuid:batch>/redline/<uuid:redline>/end/", views.end_redline, name="end_redline"),
    path("<uuid:batch>/work/", views.work, name="work"),
    path("<uuid:batch>/work/live/", views.live, name="live"),
    path("<uuid:batch>/work/steps/", views.steps, name="steps"),
    path("<uuid:batch>/work/sign-on/", views.sign_on, name="sign_on"),
    path("<uuid:batch>/work/verify/", views.verify, name="verify"),
    path("<uuid:batch>/work/attest/<int:number>/", views.attest, name="attest"),
    path("<uuid:batch>/work/report/", views.report, name="report"),
    path("<uuid:batch>/work/call/", views.call, name="call"),
    path("<uuid:batch>/work/hold/", views.hold, name="hold"),
    path("<uuid:batch>/work/ask/", views.ask, name="ask"),
    path("<uuid:batch>/work/label/", views.label, name="label"),
]
