"""Permissions and roles: code, reviewed with the code; the database only grants roles.

A role is stored by its key. ``ROLES`` is in the order in which a person's roles are asked:
the first that grants a view's permission is the role in which the act is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from accounts.enums import SecondPerson

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Permission(StrEnum):
    """One thing that a person may be allowed to do at a site."""

    RECORDS_READ = "records.read"
    RECORDS_REVIEW = "records.review"
    RECORDS_OPERATE = "records.operate"
    RECORDS_WATCH = "records.watch"
    ACCOUNTS_READ = "accounts.read"
    ACCOUNTS_MANAGE = "accounts.manage"
    ACCOUNTS_QUALIFY = "accounts.qualify"
    ACCOUNTS_ROSTER = "accounts.roster"
    DOCUMENTS_READ = "documents.read"
    DOCUMENTS_WRITE = "documents.write"
    DOCUMENTS_APPROVE = "documents.approve"
    EQUIPMENT_READ = "equipment.read"
    EQUIPMENT_MANAGE = "equipment.manage"
    EQUIPMENT_ALARM = "equipment.alarm"
    MATERIALS_READ = "materials.read"
    MATERIALS_MANAGE = "materials.manage"
    MATERIALS_RELEASE = "materials.release"
    RECIPES_READ = "recipes.read"
    RECIPES_WRITE = "recipes.write"
    RECIPES_APPROVE = "recipes.approve"
    ORDERS_READ = "orders.read"
    ORDERS_WRITE = "orders.write"
    ORDERS_CENTRE = "orders.centre"
    ORDERS_IDENTITY = "orders.identity"
    ORDERS_RECEIVE = "orders.receive"
    BATCHES_READ = "batches.read"
    BATCHES_ISSUE = "batches.issue"
    BATCHES_PERFORM = "batches.perform"
    BATCHES_VERIFY = "batches.verify"
    BATCHES_ATTEST = "batches.attest"
    BATCHES_HOLD = "batches.hold"
    BATCHES_CORRECT = "batches.correct"
    BATCHES_REDLINE = "batches.redline"
    QUALITY_READ = "quality.read"
    QUALITY_ENTER_RESULT = "quality.enter_result"
    QUALITY_REVIEW_RESULT = "quality.review_result"
    QUALITY_JUDGE = "quality.judge"
    QUALITY_REVIEW = "quality.review"
    QUALITY_HOLD = "quality.hold"
    QUALITY_RELEASE = "quality.release"
    QUALITY_CONCEDE = "quality.concede"
    QUALITY_REDLINE = "quality.redline"
    PLANNING_READ = "planning.read"
    PLANNING_PLAN = "planning.plan"
    PLANNING_ACCEPT = "planning.accept"

    @property
    def description(self) -> str:
        """What it allows, in the reader's language."""
        return str(DESCRIPTIONS[self])

    @property
    def area(self) -> str:
        """The app that it belongs to."""
        return self.value.split(".")[0]


P = Permission

DESCRIPTIONS: Final[dict[Permission, _StrPromise]] = {
    P.RECORDS_READ: _("Read the audit trail and the logbooks, their chains checked meanwhile"),
    P.RECORDS_REVIEW: _("Review the audit trail and sign it; see to the keeping of records"),
    P.RECORDS_OPERATE: _("See messages that could not be delivered, and answer them"),
    P.RECORDS_WATCH: _("See whether work is done in the background and records are sealed"),
    P.ACCOUNTS_READ: _("See people, roles and devices"),
    P.ACCOUNTS_MANAGE: _("Join and disable people, grant roles, enrol devices"),
    P.ACCOUNTS_QUALIFY: _("Grant and withdraw qualifications"),
    P.ACCOUNTS_ROSTER: _("Set shifts, rosters, absences and who is on call"),
    P.DOCUMENTS_READ: _("Read the documents of the system and their history"),
    P.DOCUMENTS_WRITE: _("Put a version of a document of the system forward"),
    P.DOCUMENTS_APPROVE: _("Approve a version of a document that another person put forward"),
    P.EQUIPMENT_READ: _("See rooms, places, units and their bookings"),
    P.EQUIPMENT_MANAGE: _("Change rooms, places and units; calibration and cleaning"),
    P.EQUIPMENT_ALARM: _("Raise, acknowledge and clear alarms of rooms and units"),
    P.MATERIALS_READ: _("See materials, lots and containers"),
    P.MATERIALS_MANAGE: _("Receive, move and discard lots and containers"),
    P.MATERIALS_RELEASE: _("Release, reject and quarantine lots (the quality unit)"),
    P.RECIPES_READ: _("Read recipes"),
    P.RECIPES_WRITE: _("Write recipes and send them to review"),
    P.RECIPES_APPROVE: _("Approve a recipe that another person wrote"),
    P.ORDERS_READ: _("See orders and their chain of identity"),
    P.ORDERS_WRITE: _("Enter and change orders"),
    P.ORDERS_CENTRE: _("Say which treatment centre an order is of"),
    P.ORDERS_IDENTITY: _("See a patient's identifying data"),
    P.ORDERS_RECEIVE: _("Receive a collection against two identifiers"),
    P.BATCHES_READ: _("See batches and batch records"),
    P.BATCHES_ISSUE: _("Issue a batch from an approved recipe"),
    P.BATCHES_PERFORM: _("Perform and record steps"),
    P.BATCHES_VERIFY: _("Verify a step that another person performed"),
    P.BATCHES_ATTEST: _("Attest an operation with a signature"),
    P.BATCHES_HOLD: _("Bring a process into its safe state, and restart it"),
    P.BATCHES_CORRECT: _("Correct a recorded value, with reason and signature"),
    P.BATCHES_REDLINE: _("Propose another rest of a running batch and sign it for production"),
    P.QUALITY_READ: _("See exceptions, samples, results and reviews"),
    P.QUALITY_ENTER_RESULT: _("Enter results of samples"),
    P.QUALITY_REVIEW_RESULT: _("Review results that another person entered"),
    P.QUALITY_JUDGE: _("Answer exceptions"),
    P.QUALITY_REVIEW: _("Review a batch record and sign the review"),
    P.QUALITY_HOLD: _("Set and lift a quality hold"),
    P.QUALITY_RELEASE: _("Certify and release, or reject, a batch"),
    P.QUALITY_CONCEDE: _("Grant or refuse a concession"),
    P.QUALITY_REDLINE: _("Approve a redline of a running batch for QA"),
    P.PLANNING_READ: _("See the board"),
    P.PLANNING_PLAN: _("Ask for plans"),
    P.PLANNING_ACCEPT: _("Accept a plan"),
}


@dataclass(frozen=True, slots=True)
class Role:
    """A role: what people call it, what it is for, what it allows."""

    title: _StrPromise
    description: _StrPromise
    permissions: frozenset[Permission]


def _role(title: _StrPromise, description: _StrPromise, *permissions: Permission) -> Role:
    return Role(title, description, frozenset(permissions))


_FLOOR = (P.BATCHES_READ, P.EQUIPMENT_READ, P.MATERIALS_READ, P.DOCUMENTS_READ)
_SEE = (*_FLOOR, P.ORDERS_READ, P.RECIPES_READ, P.QUALITY_READ, P.PLANNING_READ)

ROLES: Final[dict[str, Role]] = {
    "operator": _role(
        _("Operator"),
        _("Works in the cleanroom: performs, records, verifies and attests steps."),
        *_FLOOR, P.ORDERS_RECEIVE, P.BATCHES_PERFORM, P.BATCHES_VERIFY, P.BATCHES_ATTEST,
        P.BATCHES_CORRECT, P.EQUIPMENT_ALARM,
    ),
    "shift-lead": _role(
        _("Shift lead"),
        _("Leads a shift: all rooms, hand-over, process holds, moves off a failed unit."),
        *_SEE, P.ORDERS_RECEIVE, P.BATCHES_ISSUE, P.BATCHES_PERFORM, P.BATCHES_VERIFY,
        P.BATCHES_ATTEST, P.BATCHES_HOLD, P.BATCHES_CORRECT, P.BATCHES_REDLINE, P.ACCOUNTS_READ,
        P.ACCOUNTS_ROSTER, P.EQUIPMENT_ALARM,
    ),
    "qa-reviewer": _role(
        _("QA reviewer"),
        _("Answers exceptions, reviews results and batch records, approves recipes."),
        *_SEE, P.RECORDS_READ, P.RECORDS_WATCH, P.RECORDS_REVIEW, P.RECIPES_APPROVE,
        P.QUALITY_REVIEW_RESULT, P.QUALITY_JUDGE, P.QUALITY_REVIEW, P.QUALITY_HOLD,
        P.QUALITY_REDLINE, P.MATERIALS_RELEASE, P.ACCOUNTS_READ, P.DOCUMENTS_WRITE,
        P.DOCUMENTS_APPROVE,
    ),
    "qa-on-call": _role(
        _("QA on call"),
        _("Grants or refuses concessions, day and night."),
        *_SEE, P.RECORDS_READ, P.RECORDS_WATCH, P.QUALITY_CONCEDE, P.QUALITY_HOLD,
        P.QUALITY_REDLINE,
    ),
    "releasing-person": _role(
        _("Releasing person"),
        _("Certifies and releases: the Qualified Person in the EU, the quality unit in the US."),
        *_SEE, P.RECORDS_READ, P.RECORDS_WATCH, P.RECORDS_REVIEW, P.QUALITY_RELEASE, P.QUALITY_HOLD,
    ),
    "planner": _role(
        _("Planner"),
        _("Books batches and accepts plans."),
        *_FLOOR, P.ORDERS_READ, P.RECIPES_READ, P.PLANNING_READ, P.PLANNING_PLAN,
        P.PLANNING_ACCEPT, P.BATCHES_ISSUE,
    ),
    "process-owner": _role(
        _("Process owner"),
        _("Writes recipes and proves that they can run."),
        *_FLOOR, P.RECIPES_READ, P.RECIPES_WRITE, P.QUALITY_READ, P.BATCHES_REDLINE,
    ),
    "recipe-approver": _role(
        _("Recipe approver"),
        _("Approves recipes that another person wrote."),
        *_FLOOR, P.RECIPES_READ, P.RECIPES_APPROVE,
    ),
    "coordinator": _role(
        _("Coordinator"),
        _("Takes orders and follows the cells from vein to vein."),
        P.ORDERS_READ, P.ORDERS_WRITE, P.ORDERS_CENTRE, P.ORDERS_IDENTITY, P.BATCHES_READ,
        P.PLANNING_READ, P.DOCUMENTS_READ,
    ),
    "treatment-centre": _role(
        _("Treatment centre"),
        _("Orders for the patients of its own centre and sees nothing else."),
        P.ORDERS_READ, P.ORDERS_WRITE, P.ORDERS_IDENTITY,
    ),
    "materials": _role(
        _("Materials and cryostore"),
        _("Receives collections and lots, keeps stores and containers."),
        *_FLOOR, P.ORDERS_READ, P.ORDERS_RECEIVE, P.MATERIALS_MANAGE, P.EQUIPMENT_ALARM,
    ),
    "qc-analyst": _role(
        _("QC analyst"),
        _("Tests samples, enters results and reviews those of others."),
        *_FLOOR, P.QUALITY_READ, P.QUALITY_ENTER_RESULT, P.QUALITY_REVIEW_RESULT,
    ),
    "microbiology": _role(
        _("Microbiology"),
        _("Sterility and environment: enters results and reviews those of others."),
        *_FLOOR, P.QUALITY_READ, P.QUALITY_ENTER_RESULT, P.QUALITY_REVIEW_RESULT,
    ),
    "engineering": _role(
        _("Engineering"),
        _("Keeps rooms and units: calibration, cleaning, repair."),
        P.EQUIPMENT_READ, P.EQUIPMENT_MANAGE, P.EQUIPMENT_ALARM, P.PLANNING_READ,
        P.DOCUMENTS_READ,
    ),
    "trainer": _role(
        _("Trainer"),
        _("Grants and withdraws qualifications."),
        P.ACCOUNTS_READ, P.ACCOUNTS_QUALIFY, P.RECIPES_READ, P.DOCUMENTS_READ,
    ),
    "admin": _role(
        _("Administrator"),
        _("Joins and disables people, grants roles, enrols devices. Does nothing to a batch."),
        P.ACCOUNTS_READ, P.ACCOUNTS_MANAGE, P.ACCOUNTS_ROSTER, P.RECORDS_OPERATE, P.RECORDS_WATCH,
        P.DOCUMENTS_READ, P.DOCUMENTS_WRITE,
    ),
    "auditor": _role(
        _("Auditor"),
        _("Reads everything but patients' identities, changes nothing."),
        *_SEE, P.RECORDS_READ, P.RECORDS_WATCH, P.ACCOUNTS_READ,
    ),
}  # fmt: skip


# Whoever left a tablet: who stands before it now reads what stands on a tablet's screens (steps,
# timers, alarms), and nothing of a desk.
ON_A_LOCKED_TABLET: Final = ROLES["operator"].permissions

# A signature with one of these is that of a second person, of this kind.
SECOND_PERSONS: Final[dict[Permission, SecondPerson]] = {
    P.BATCHES_VERIFY: SecondPerson.VERIFIER,
    P.QUALITY_REVIEW_RESULT: SecondPerson.RESULT_REVIEWER,
    P.QUALITY_REVIEW: SecondPerson.REVIEWER,
    P.QUALITY_JUDGE: SecondPerson.CLOSER,
    P.QUALITY_CONCEDE: SecondPerson.CONCESSION,
    P.QUALITY_RELEASE: SecondPerson.RELEASING,
    P.RECIPES_APPROVE: SecondPerson.APPROVER,
    P.DOCUMENTS_APPROVE: SecondPerson.DOCUMENT,
}


def roles_granting(permission: str) -> list[str]:
    """Return the keys of the roles that grant ``permission``, in the order of ROLES."""
    return [key for key, role in ROLES.items() if permission in role.permissions]


def permissions_of(roles: list[str]) -> frozenset[Permission]:
    """Return what a person with these roles may do; a role unknown to the code grants nothing."""
    granted = [ROLES[key].permissions for key in roles if key in ROLES]
    return frozenset().union(*granted)


def role_for(permission: str, roles: list[str]) -> str | None:
    """Return the first of a person's roles that grants ``permission``, or None."""
    return next((key for key in roles_granting(permission) if key in roles), None)


def role_title(key: str) -> str:
    """Return what people call a role; its key when the code no longer knows it."""
    return str(ROLES[key].title) if key in ROLES else key
