from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.home, name="home"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/own-password/", views.own_password, name="own_password"),
    path("sign-in/own-pin/", views.own_pin, name="own_pin"),
    path("sign-in/passkey/", views.passkey_sign_in, name="passkey_sign_in"),
    path("sign-in/passkey/question/", views.passkey_question, name="passkey_question"),
    path("sign-in/single/", views.single_sign_on, name="single_sign_on"),
    path("sign-in/single/back/", views.single_sign_on_back, name="single_sign_on_back"),
    path("records/review/", views.trail_review, name="trail_review"),
    path("records/streams/<uuid:stream>/delete/", views.delete_record, name="delete_record"),
    path("records/export/", views.trail_export, name="trail_export"),
    path("me/owed/", views.owed, name="owed"),
    path("me/sign-in/", views.own_ways, name="own_ways"),
    path("me/sign-in/passkey/", views.new_passkey, name="new_passkey"),
    path("me/sign-in/codes/", views.new_generator, name="new_generator"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("tablet/sign-in/", views.tablet_sign_in, name="tablet_sign_in"),
    path("tablet/unlock/", views.unlock, name="unlock"),
    path("tablet/lock/", views.lock, name="lock"),
    path("tablet/enrol/<str:token>/", views.enrol, name="enrol"),
    path("people/", views.people, name="people"),
    path("people/permissions/", views.permissions, name="permissions"),
    path("people/devices/", views.devices, name="devices"),
    path("people/reviews/", views.access_reviews, name="access_reviews"),
    path("people/second-persons/", views.second_persons, name="second_persons"),
    path("people/qualifications/", views.qualifications, name="qualifications"),
    path("people/roster/", views.roster, name="roster"),
    path("people/shifts/", views.shifts, name="shifts"),
    path("people/alarms/", views.alarms, name="alarms"),
    path("people/<uuid:person>/sign-in/", views.ways, name="ways"),
    path("people/<uuid:person>/trail/", views.life, name="life"),
    path("people/<uuid:person>/", views.person, name="person"),
]
