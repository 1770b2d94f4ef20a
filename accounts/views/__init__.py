from accounts.views.access_reviews import access_reviews
from accounts.views.alarms import alarms
from accounts.views.approvals import approval
from accounts.views.centres import centre, centres
from accounts.views.devices import devices, enrol
from accounts.views.documents import (
    approve_revision,
    document,
    documents,
    revision,
    revision_text,
)
from accounts.views.factors import (
    new_generator,
    new_passkey,
    own_ways,
    passkey_question,
    passkey_sign_in,
)
from accounts.views.life import life
from accounts.views.owed import owed
from accounts.views.own_secrets import own_password, own_pin
from accounts.views.own_tries import own_tries
from accounts.views.people import people, permissions, person
from accounts.views.qualifications import qualifications
from accounts.views.roster import roster
from accounts.views.second_persons import second_persons
from accounts.views.shifts import shifts
from accounts.views.sign_in import home, lock, sign_in, sign_out, tablet_sign_in, unlock
from accounts.views.single_sign_on import single_sign_on, single_sign_on_back
from accounts.views.trail import delete_record, trail_export, trail_review
from accounts.views.ways import ways

__all__ = [
    "access_reviews",
    "alarms",
    "approval",
    "approve_revision",
    "centre",
    "centres",
    "delete_record",
    "devices",
    "document",
    "documents",
    "enrol",
    "home",
    "life",
    "lock",
    "new_generator",
    "new_passkey",
    "owed",
    "own_password",
    "own_pin",
    "own_tries",
    "own_ways",
    "passkey_question",
    "passkey_sign_in",
    "people",
    "permissions",
    "person",
    "qualifications",
    "revision",
    "revision_text",
    "roster",
    "second_persons",
    "shifts",
    "sign_in",
    "sign_out",
    "single_sign_on",
    "single_sign_on_back",
    "tablet_sign_in",
    "trail_export",
    "trail_review",
    "unlock",
    "ways",
]
