"""Identity: sealed beside the ledger, shown only as an entry, erased by destroying its key."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from mes.lib.refusals import NotFound
from orders import rules, vault
from orders.entries import IdentityRecorded, IdentityShown, PatientWasErased
from orders.exceptions import IdentityUnknown, PatientErased
from orders.models import Patient, PatientIdentity, PatientKey
from orders.validators import check_text
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.reading import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a patient is. Never part of a command's payload, a reply or a message."""

    name: str = ""
    birth_date: str = ""
    hospital_number: str = ""

    def given(self) -> dict[str, str]:
        """Return the fields that hold something."""
        return {name: value.strip() for name, value in asdict(self).items() if value.strip()}

    def __repr__(self) -> str:
        return f"<Identity of {len(self.given())} fields>"


@acting
def record_identity(*, command: Command, patient: UUID, identity: Identity) -> Reply:
    """Seal (or replace) a patient's identifying data; appends ``identity.recorded``.

    Raises PatientErased, TextMissing when nothing is given.
    """
    with act(command, streams=[patient, *rules.themselves(command.actor)]) as a:
        check_permission(a.actor, Permission.ORDERS_IDENTITY)
        _patient(a, patient)
        check_text(" ".join(identity.given().values()), field="name", most=600)
        seal_identity(a, patient, identity)
        a.reply = {"patient": str(patient)}
    return a.reply


def seal_identity(a: Act, patient: UUID, identity: Identity) -> None:
    """Seal identifying data in a running act that has the patient's stream locked or made.

    The ciphertext lies in the schema ``identity``; the entry names only which fields there are.
    """
    fields = identity.given()
    site = a.heads[patient].site
    assert site is not None  # noqa: S101 - a patient belongs to a site
    # First the entry: without it the database refuses the rows beside it.
    a.append(patient, IdentityRecorded(fields_given=tuple(sorted(fields))))
    key = PatientKey.objects.filter(patient=patient).first()
    if key is None:
        key = PatientKey(patient=patient, site=site, wrapped=vault.new_key(patient))
        key.save(force_insert=True)
    sealed = vault.seal(bytes(key.wrapped), patient, fields)
    if not PatientIdentity.objects.filter(patient=patient).update(sealed=sealed):
        PatientIdentity.objects.create(patient=patient, site=site, sealed=sealed)


def show_identity(*, command: Command, patient: UUID, purpose: str) -> Mapping[str, str]:
    """Return a patient's identifying data; that somebody looked is an entry first.

    The data are read after the act and stand in no reply. Raises IdentityUnknown,
    PatientErased, TextMissing.
    """
    _log_showing(command=command, patient=patient, purpose=purpose)
    with reading(site=command.actor.site, person=command.actor.person):
        key = PatientKey.objects.get(patient=patient)
        sealed = PatientIdentity.objects.get(patient=patient).sealed
    if not key.wrapped:
        raise NotFound()
    return vault.unseal(bytes(key.wrapped), patient, bytes(sealed))


@acting
def _log_showing(*, command: Command, patient: UUID, purpose: str) -> Reply:
    with act(command, streams=[patient, *rules.themselves(command.actor)]) as a:
        check_permission(a.actor, Permission.ORDERS_IDENTITY)
        seen = _patient(a, patient)
        if not seen.identity_fields:
            raise IdentityUnknown(pseudonym=seen.pseudonym)
        a.append(patient, IdentityShown(purpose=check_text(purpose, field="purpose", most=200)))
        a.reply = {"patient": str(patient)}
    return a.reply


@acting
def erase_identity(*, command: Command, patient: UUID, reason: str) -> Reply:
    """Destroy the key of a patient's identity; appends ``patient.erased``.

    What is sealed with it can be read by nobody any more. The pseudonymous record stays: it is
    the batch record's. Raises PatientErased, IdentityNeeded, TextMissing.
    """
    with act(command, streams=[patient, *rules.themselves(command.actor)]) as a:
        check_permission(a.actor, Permission.ORDERS_IDENTITY)
        rules.check_identity_not_needed(_patient(a, patient))
        a.append(patient, PatientWasErased(reason=check_text(reason, field="reason", most=400)))
        PatientKey.objects.filter(patient=patient).update(wrapped=b"")
        PatientIdentity.objects.filter(patient=patient).update(sealed=b"")
        a.reply = {"patient": str(patient)}
    return a.reply


def _patient(a: Act, patient: UUID) -> Patient:
    rules.check_may_see_patient(a.actor, patient)
    seen = Patient.objects.get(id=patient)
    _refuse_erased(seen)
    return seen


def _refuse_erased(patient: Patient) -> None:
    if patient.erased_at is not None:
        raise PatientErased(pseudonym=patient.pseudonym, at=patient.erased_at.isoformat())
