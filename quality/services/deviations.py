"""Deviations: closed with a conclusion and a signature (opened by a judgement)."""

from uuid import UUID

from django.utils.translation import gettext_noop

from accounts.permissions import Permission
from accounts.rules import check_permission
from accounts.services.ceremony import Proof, check_shown
from batches.selectors import batch_of
from mes.lib.evidence import JSON
from quality import rules
from quality.entries import DeviationClosed
from quality.enums import DeviationState
from quality.exceptions import DeviationAlreadyClosed
from quality.models import Deviation
from quality.selectors.record import record_of
from quality.services.signing import signed, written
from records.act import act, acting
from records.commands import Command, Reply
from records.reading import the_one

CLOSED = gettext_noop("I conclude this deviation as written.")


def deviation_of(batch: UUID, deviation: UUID) -> Deviation:
    """Return a deviation of a batch. Raises NotFound."""
    return the_one(Deviation.objects.filter(stream=batch, id=deviation))


@acting
def close_deviation(
    *,
    command: Command,
    batch: UUID,
    deviation: UUID,
    conclusion: str,
    proof: Proof,
    shown: str | None = None,
) -> Reply:
    """Close a deviation: root cause and conclusion in words, signed.

    ``shown`` is the hash of what the signer saw, before words of their own. Raises
    DeviationAlreadyClosed, NotIndependent, TextMissing, ShownHasChanged. Appends
    ``deviation.closed``.
    """
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.QUALITY_JUDGE)
        row = deviation_of(batch, deviation)
        if row.state == DeviationState.CLOSED:
            raise DeviationAlreadyClosed(by=row.closed_by_name)
        record = record_of(batch_of(batch))
        rules.check_independent(record, proof.person, name=proof.printed_name)
        check_shown(shown, deviation_content(row, ""))
        text = written(conclusion, field="conclusion")
        signature = signed(
            a, proof, meaning=CLOSED, content=deviation_content(row, text),
            permission=Permission.QUALITY_JUDGE, parts=(row.number,),
        )  # fmt: skip
        said = DeviationClosed(deviation=deviation, conclusion=text, signature=signature)
        a.append(batch, said)
        a.reply = {"deviation": row.number}
    return a.reply


def deviation_content(row: Deviation, conclusion: str) -> JSON:
    """Return what the conclusion of a deviation signs."""
    return {
        "deviation": row.number,
        "description": row.description,
        "conclusion": conclusion,
    }
