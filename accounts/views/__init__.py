from accounts.views.alarms import alarms
from accounts.views.devices import devices, enrol
from accounts.views.people import people, permissions, person
from accounts.views.sign_in import home, lock, sign_in, sign_out, tablet_sign_in, unlock
from accounts.views.ways import ways

__all__ = [
    "alarms",
    "devices",
    "enrol",
    "home",
    "lock",
    "people",
    "permissions",
    "person",
    "sign_in",
    "sign_out",
    "tablet_sign_in",
    "unlock",
    "ways",
]
