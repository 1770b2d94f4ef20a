"""Gates that ask for QA's word: who gives it, after what was shown."""

from uuid import UUID

from django.utils.translation import gettext_noop

from accounts.permissions import Permission
from accounts.rules import check_other_person, check_permission
from accounts.services.ceremony import Proof, check_shown
from batches.entries import GateApproved
from batches.models import Batch, Step
from batches.rules import check_due, check_executing
from batches.selectors import batch_of, facts_of, operation_of, placed_of
from mes.lib import clock
from mes.lib.evidence import JSON
from mes.lib.refusals import NotFound
from quality.exceptions import GateAnswered
from quality.services.signing import signed, written
from recipes.judging import Result
from recipes.kinds.gate import Step as Gate
from records.act import act, acting
from records.commands import Command, Reply

APPROVED = gettext_noop("This batch may go on past this gate.")


def gate_of(batch: UUID, gate: UUID) -> Step:
    """Return a step of a batch that asks for QA's word. Raises NotFound."""
    found = Step.objects.filter(stream=batch, id=gate, kind="gate").first()
    if found is None or not _definition(batch_of(batch), found).approval:
        raise NotFound()
    return found


def _definition(batch: Batch, row: Step) -> Gate:
    step = placed_of(batch, row.ref).step
    if not isinstance(step, Gate):
        raise NotFound()
    return step


@acting
def approve_gate(
    *,
    command: Command,
    batch: UUID,
    gate: UUID,
    reason: str,
    proof: Proof,
    shown: str | None = None,
) -> Reply:
    """Let a batch go on past a gate that is due, with both components and a reason.

    Whoever performs the operation does not approve. ``shown`` is the hash of the gate as the
    signer saw it. Raises GateAnswered, StepNotDue and the like, SamePerson, TextMissing,
    ShownHasChanged. Appends ``gate.approved``.
    """
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.QUALITY_CONCEDE)
        seen, row = batch_of(batch), gate_of(batch, gate)
        check_executing(seen)
        if row.approved_at is not None:
            raise GateAnswered(by=row.approver_name)
        check_due(seen, row)
        performer = operation_of(batch, row.operation).performer
        check_other_person(performer, proof.person, name=proof.printed_name)
        check_shown(shown, gate_content(seen, row))
        why = written(reason, field="reason")
        signature = signed(
            a, proof, meaning=APPROVED, permission=Permission.QUALITY_CONCEDE, parts=(row.ref,),
            content={**gate_content(seen, row), "reason": why},
        )  # fmt: skip
        said = GateApproved(step=row.path, iteration=row.iteration, reason=why, signature=signature)
        a.append(batch, said)
        a.reply = {"step": row.ref}
    return a.reply


def gate_content(batch: Batch, row: Step) -> dict[str, JSON]:
    """Return what the page of a gate shows: where it stands, and the results that are there."""
    results: dict[str, JSON] = {
        test: {"value": found.value, "outcome": found.outcome.value}
        for test, found in awaited(batch, row).items()
        if found is not None
    }
    return {"batch": str(row.stream), "step": row.ref, "results": results}


def awaited(batch: Batch, row: Step) -> dict[str, Result | None]:
    """Return the results that a gate waits for beside QA's word, None for those not there yet."""
    placed = placed_of(batch, row.ref)
    facts = facts_of(batch, placed, at=clock.now(), row=row)
    return {test: facts.results.get(test) for test in _definition(batch, row).waits_for}
