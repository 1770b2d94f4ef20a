from accounts.models.access_review import AccessReview, AccessReviewItem
from accounts.models.alarm import Alarm
from accounts.models.approval import RoleApproval
from accounts.models.centre import CentreMember, TreatmentCentre
from accounts.models.credential import Attempt, Credential, Source, Tried
from accounts.models.device import Device, IdleTime
from accounts.models.document import DocumentVersion
from accounts.models.link import SignInLink
from accounts.models.obligation import Obligation
from accounts.models.person import Person
from accounts.models.qualification import AskedSubject, ProcedureVersion, Qualification
from accounts.models.role import RoleAssignment
from accounts.models.roster import Absence, Duty, Shift
from accounts.models.second_person import SecondPersonRule
from accounts.models.site import Site

__all__ = [
    "Absence",
    "AccessReview",
    "AccessReviewItem",
    "Alarm",
    "AskedSubject",
    "Attempt",
    "CentreMember",
    "Credential",
    "Device",
    "DocumentVersion",
    "Duty",
    "IdleTime",
    "Obligation",
    "Person",
    "ProcedureVersion",
    "Qualification",
    "RoleApproval",
    "RoleAssignment",
    "SecondPersonRule",
    "Shift",
    "SignInLink",
    "Site",
    "Source",
    "TreatmentCentre",
    "Tried",
]
