"""Concessions: QA on call lets one step of one batch pass one interlock until a time."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_noop

from accounts.permissions import Permission
from accounts.rules import check_other_person, check_permission
from accounts.services.ceremony import Proof, check_shown
from batches.entries import ConcessionDeclined, ConcessionGranted
from batches.enums import ConcessionState
from batches.models import Concession
from batches.selectors import batch_of
from mes.lib.evidence import JSON
from quality.exceptions import ConcessionAnswered, ConcessionTimeInvalid
from quality.services.exceptions import open_deviation
from quality.services.signing import signed, written
from records.act import act, acting
from records.commands import Command, Reply
from records.entries import instant_text
from records.reading import the_one

GRANTED = gettext_noop("I let this step pass the interlock named here, until the time named here.")
LONGEST = timedelta(hours=24)


def concession_of(batch: UUID, concession: UUID) -> Concession:
    """Return a request of a batch. Raises NotFound."""
    return the_one(Concession.objects.filter(stream=batch, id=concession))


def _asked(batch: UUID, concession: UUID) -> Concession:
    row = concession_of(batch, concession)
    if row.state != ConcessionState.ASKED:
        raise ConcessionAnswered(by=row.answered_by_name)
    return row


@acting
def grant_concession(  # noqa: PLR0913 - the terms, who signs them, and what was shown
    *,
    command: Command,
    batch: UUID,
    concession: UUID,
    until: datetime,
    reason: str,
    risk: str,
    proof: Proof,
    shown: str | None = None,
) -> Reply:
    """Grant a concession with both components, reason and risk; it opens a deviation.

    ``shown`` is the hash of the request as the signer saw it. Raises ConcessionAnswered,
    ConcessionTimeInvalid, SamePerson, TextMissing, ShownHasChanged. Appends
    ``concession.granted`` and ``deviation.opened``.
    """
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.QUALITY_CONCEDE)
        row = _asked(batch, concession)
        check_other_person(row.asked_by, proof.person, name=proof.printed_name)
        check_shown(shown, request_content(row))
        if not a.now < until <= a.now + LONGEST:
            raise ConcessionTimeInvalid(field="until", hours=LONGEST // timedelta(hours=1))
        why, weighed = written(reason, field="reason"), written(risk, field="risk")
        signature = signed(
            a, proof, meaning=GRANTED, permission=Permission.QUALITY_CONCEDE, parts=(row.step,),
            content=concession_content(row, until=until, reason=why, risk=weighed),
        )  # fmt: skip
        said = ConcessionGranted(
            concession=concession, until=until, reason=why, risk=weighed, signature=signature
        )
        a.append(batch, said)
        number = open_deviation(a, batch_of(batch), description=why, concession=concession)
        a.reply = {"concession": str(concession), "deviation": number}
    return a.reply


def concession_content(row: Concession, *, until: datetime, reason: str, risk: str) -> JSON:
    """Return what the grant of a concession signs: the request, and the grantor's own words."""
    own: dict[str, JSON] = {"until": instant_text(until), "reason": reason, "risk": risk}
    return request_content(row) | own


def request_content(row: Concession) -> dict[str, JSON]:
    """Return what the page of a request shows, before the grantor's own words."""
    return {
        "batch": str(row.stream),
        "step": row.step,
        "interlock": row.code,
        "asked": row.asked_reason,
    }


@acting
def decline_concession(*, command: Command, batch: UUID, concession: UUID, reason: str) -> Reply:
    """Decline a concession, with a reason. Appends ``concession.declined``.

    Raises ConcessionAnswered, SamePerson, TextMissing.
    """
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.QUALITY_CONCEDE)
        row = _asked(batch, concession)
        check_other_person(row.asked_by, a.actor.person, name=a.actor.name)
        text = written(reason, field="reason")
        a.append(batch, ConcessionDeclined(concession=concession, reason=text))
        a.reply = {"concession": str(concession)}
    return a.reply
