"""What ends a qualification before its time: a failed assessment, or its withdrawal."""

from uuid import UUID

from accounts import rules
from accounts.entries import QualificationFailed, QualificationWithdrawn
from accounts.enums import QualificationStatus
from accounts.exceptions import QualificationEnded
from accounts.models import Qualification
from accounts.permissions import Permission
from accounts.selectors import last_good_of, streams_touched
from mes.lib.refusals import NotFound
from records.act import Act, act, acting
from records.commands import Command, Reply


@acting
def fail_qualification(
    *, command: Command, person: UUID, qualification: UUID, reason: str
) -> Reply:
    """Suspend a qualification after a failed assessment; appends ``qualification.failed``.

    The entry lists the streams of the site to which the person appended since the last good
    assessment; work that another person recorded for them is not among these.
    Raises NotAllowed, OwnAccess, NotFound, QualificationEnded.
    """
    with act(command, streams=[person]) as a:
        held = _held(a, person, qualification)
        if held.status != QualificationStatus.VALID:
            raise QualificationEnded()
        since = last_good_of(person, qualification)
        touched = streams_touched(person, site=a.actor.site, since=since)
        failed = QualificationFailed(
            qualification=qualification,
            label=held.label,
            reason=reason.strip(),
            since=since,
            streams=tuple(touched),
        )
        a.append(person, failed)
        a.reply = {"id": str(qualification), "streams": len(touched)}
    return a.reply


@acting
def withdraw_qualification(
    *, command: Command, person: UUID, qualification: UUID, reason: str
) -> Reply:
    """Take a qualification away; appends ``qualification.withdrawn``.

    Raises NotAllowed, OwnAccess, NotFound, QualificationEnded.
    """
    with act(command, streams=[person]) as a:
        held = _held(a, person, qualification)
        if held.status == QualificationStatus.WITHDRAWN:
            raise QualificationEnded()
        said = QualificationWithdrawn(
            qualification=qualification, label=held.label, reason=reason.strip()
        )
        a.append(person, said)
        a.reply = {"id": str(qualification)}
    return a.reply


def _held(a: Act, person: UUID, qualification: UUID) -> Qualification:
    rules.check_permission(a.actor, Permission.ACCOUNTS_QUALIFY)
    rules.check_not_own(a.actor, person)
    held = Qualification.objects.filter(id=qualification, person=person).first()
    if held is None:
        raise NotFound()
    return held
