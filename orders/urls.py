from django.urls import path

from orders.views import entering, identity, receiving, vein

app_name = "orders"
urlpatterns = [
    path("", vein.index, name="index"),
    path("find/", vein.find, name="find"),
    path("new/", entering.new, name="new"),
    path("register/", entering.register, name="register"),
    path("<uuid:order>/", vein.order, name="order"),
    path("<uuid:order>/decide/", vein.decide, name="decide"),
    path("<uuid:order>/centre/", vein.set_centre, name="set_centre"),
    path("<uuid:order>/announce/", entering.announce, name="announce"),
    path("<uuid:order>/receive/", receiving.receive, name="receive"),
    path("<uuid:order>/identity/", identity.identity, name="identity"),
    path("<uuid:order>/identity/show/", identity.show, name="identity_show"),
    path("<uuid:order>/identity/record/", identity.record, name="identity_record"),
    path("<uuid:order>/identity/erase/", identity.erase, name="identity_erase"),
]
