"""Qualifications: granted for a time, failed, withdrawn; what a site asks; who is to be warned."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from accounts import rules, training
from accounts.entries import (
    ProcedureVersioned,
    QualificationAsked,
    QualificationFailed,
    QualificationGranted,
    QualificationWithdrawn,
)
from accounts.enums import QualificationStatus, SubjectKind
from accounts.models import AskedSubject, Qualification
from accounts.permissions import Permission
from accounts.qualification_exceptions import (
    QualificationEnded,
    SubjectNotAsked,
    VersionOfNoProcedure,
)
from accounts.services.obligations import incur, meet
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.entries import instant_text
from records.outbox import Message
from records.reading import the_one

# A month before its end the person and the trainer know.
WARNED: Final = timedelta(days=30)
DUE_SOON: Final = "qualification.due_soon"
NEW_VERSION: Final = "qualification.new_version"
# What an obligation is about.
LAPSES: Final = "qualification.lapses"
OUTDATED: Final = "qualification.outdated"


@acting
def grant_qualification(
    *,
    command: Command,
    person: UUID,
    subject_kind: str,
    key: str,
    label: str,
    valid_until: datetime,
    version: int | None = None,
) -> Reply:
    """Qualify a person for a subject, or prolong it; appends ``qualification.granted``.

    ``version`` is that of a procedure; without it the one that is effective at the site, if the
    procedure has versions. Meets what the person owed about it, but not the training on a version
    that is still owed, and has them warned 30 days before ``valid_until``. Raises NotAllowed,
    OwnAccess, NotFound, VersionOfNoProcedure.
    """
    if version is not None and subject_kind != SubjectKind.PROCEDURE:
        raise VersionOfNoProcedure(field="version")
    with act(command, streams=[person]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_QUALIFY)
        rules.check_not_own(a.actor, person)
        held = Qualification.objects.filter(person=person, subject_kind=subject_kind, key=key)
        qualification = held.values_list("id", flat=True).first() or uuid7()
        granted = QualificationGranted(
            qualification=qualification,
            subject_kind=subject_kind,
            key=key,
            label=label,
            valid_until=valid_until,
            procedure_version=version or _effective(subject_kind, key),
        )
        a.append(person, granted)
        _met(a, qualification, key, still=OUTDATED if _is_older(granted) else "")
        _warn_later(a, person, qualification, valid_until)
        a.reply = {"id": str(qualification)}
    return a.reply


def _effective(subject_kind: str, key: str) -> int | None:
    found = training.effective_procedure(key) if subject_kind == SubjectKind.PROCEDURE else None
    return found.number if found else None


def _is_older(granted: QualificationGranted) -> bool:
    """Say whether the version that is effective asks for training on a newer one."""
    if granted.subject_kind != SubjectKind.PROCEDURE:
        return False
    effective = training.effective_procedure(granted.key)
    return effective is not None and (granted.procedure_version or 0) < effective.counts_from


def _met(a: Act, qualification: UUID, key: str, *, still: str = "") -> None:
    """Meet what was owed about a qualification, but for what is ``still`` owed."""
    for about in (LAPSES, OUTDATED):
        if about != still:
            meet(a, about=about, subject=qualification, place=key)


def _warn_later(a: Act, person: UUID, qualification: UUID, valid_until: datetime) -> None:
    said = {
        "person": str(person),
        "qualification": str(qualification),
        "valid_until": instant_text(valid_until),
    }
    a.enqueue(DUE_SOON, said, not_before=max(valid_until - WARNED, a.now))


@acting
def warn_of_lapse(*, command: Command, message: Message) -> Reply:
    """Let the person owe a renewal; appends ``obligation.incurred`` unless it was renewed or ended.

    The actor is the outbox: once for each grant.
    """
    said = message.payload
    person, until = UUID(said["person"]), datetime.fromisoformat(said["valid_until"])
    with act(command, streams=[person]) as a:
        held = _valid(person, UUID(said["qualification"]))
        if held is not None and held.valid_until == until:
            words = {"label": held.label, "until": said["valid_until"]}
            incur(a, person, about=LAPSES, subject=held.id, place=held.key, words=words)
        a.done(message)
        a.reply = {"person": str(person)}
    return a.reply


def _valid(person: UUID, qualification: UUID) -> Qualification | None:
    rows = Qualification.objects.filter(id=qualification, person=person)
    return rows.filter(status=QualificationStatus.VALID).first()


def announce_version(
    a: Act, stream: UUID, *, key: str, label: str, number: int, counts_from: int
) -> None:
    """Say in a running act that a version of a procedure is worked by from now on.

    ``stream`` is the version's own, locked by the act. Appends ``procedure.versioned`` and has
    everybody of the site told whose qualification does not count for it.
    """
    counts_from = min(counts_from, number)
    said = ProcedureVersioned(key=key, label=label, number=number, counts_from=counts_from)
    a.append(stream, said)
    for held in training.outdated(key, before=counts_from, site=a.actor.site):
        told = {
            "person": str(held.person_id),
            "qualification": str(held.id),
            "label": label,
            "number": str(number),
            "counts_from": str(counts_from),
        }
        a.enqueue(NEW_VERSION, told)


@acting
def ask_retraining(*, command: Command, message: Message) -> Reply:
    """Let a person owe the training on a new version; appends ``obligation.incurred``.

    Nothing when they were trained meanwhile, or their qualification ended.
    """
    said = message.payload
    person = UUID(said["person"])
    with act(command, streams=[person]) as a:
        held = _valid(person, UUID(said["qualification"]))
        if held is not None and (held.version or 0) < int(said["counts_from"]):
            words = {"label": said["label"], "number": said["number"]}
            incur(a, person, about=OUTDATED, subject=held.id, place=held.key, words=words)
        a.done(message)
        a.reply = {"person": str(person)}
    return a.reply


@acting
def ask_subject(
    *, command: Command, subject_kind: str, key: str, asked: bool, reason: str
) -> Reply:
    """Ask at the actor's site for a qualification by class of room (gowning) or of equipment.

    Holds at the next act there. Appends ``qualification.asked``. Raises NotAllowed,
    ReasonMissing, SubjectNotAsked for another kind.
    """
    site = command.actor.site
    if site is None:
        raise NotFound()
    if subject_kind not in SubjectKind.by_site:
        raise SubjectNotAsked(field="subject_kind")
    with act(command, streams=[site]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_QUALIFY)
        known = AskedSubject.objects.filter(site=site, subject_kind=subject_kind, key=key)
        said = QualificationAsked(
            rule=known.values_list("id", flat=True).first() or uuid7(),
            subject_kind=subject_kind,
            key=key,
            asked=asked,
            reason=rules.written(reason),
        )
        a.append(site, said)
        a.reply = {"id": str(said.rule)}
    return a.reply


@acting
def fail_qualification(
    *, command: Command, person: UUID, qualification: UUID, reason: str
) -> Reply:
    """Suspend a qualification after a failed assessment; appends ``qualification.failed``.

    The entry lists the streams of the site to which the person appended since the last good
    assessment, and those whose entries name them: work that another person recorded for them.
    Raises NotAllowed, OwnAccess, NotFound, QualificationEnded, ReasonMissing.
    """
    with act(command, streams=[person]) as a:
        held = _held(a, person, qualification)
        if held.status != QualificationStatus.VALID:
            raise QualificationEnded()
        since = training.last_good_of(person, qualification)
        touched = training.streams_touched(person, site=a.actor.site, since=since)
        failed = QualificationFailed(
            qualification=qualification,
            label=held.label,
            reason=rules.written(reason),
            since=since,
            streams=tuple(touched),
        )
        a.append(person, failed)
        _met(a, qualification, held.key)
        a.reply = {"id": str(qualification), "streams": len(touched)}
    return a.reply


@acting
def withdraw_qualification(
    *, command: Command, person: UUID, qualification: UUID, reason: str
) -> Reply:
    """Take a qualification away; appends ``qualification.withdrawn``.

    Raises NotAllowed, OwnAccess, NotFound, QualificationEnded, ReasonMissing.
    """
    with act(command, streams=[person]) as a:
        held = _held(a, person, qualification)
        if held.status == QualificationStatus.WITHDRAWN:
            raise QualificationEnded()
        said = QualificationWithdrawn(
            qualification=qualification, label=held.label, reason=rules.written(reason)
        )
        a.append(person, said)
        _met(a, qualification, held.key)
        a.reply = {"id": str(qualification)}
    return a.reply


def _held(a: Act, person: UUID, qualification: UUID) -> Qualification:
    rules.check_permission(a.actor, Permission.ACCOUNTS_QUALIFY)
    rules.check_not_own(a.actor, person)
    return the_one(Qualification.objects.filter(id=qualification, person=person))
