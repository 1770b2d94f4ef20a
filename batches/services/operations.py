"""Who performs an operation, and the performer's attestation of it."""

from dataclasses import replace
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from accounts.services.ceremony import Proof, check_shown, sign
from batches import qualifying, rules, selectors
from batches.entries import BatchCompleted, OperationAttested, OperationSignedOn
from batches.enums import OperationState, ProcessState, StepState
from batches.exceptions import AlreadySignedOn
from batches.models import Batch, Operation, Step
from batches.services.steps import step_content
from batches.work import at_step
from mes.lib.evidence import JSON
from records.act import Act, act, acting
from records.commands import Command, Reply

ATTESTED = "I performed these steps as recorded."


@acting
def sign_on(*, command: Command, batch: UUID, operation: str, proof: Proof) -> Reply:
    """Sign a performer on to an operation; the actor records what the performer does.

    The performer may change while no step of the operation is done. Raises AlreadySignedOn,
    NotAllowed for a performer who could not attest the steps later, and NotQualified, unless QA
    lets the operation's first step pass. Appends ``operation.signed_on``.
    """
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.BATCHES_PERFORM)
        performer = replace(a.actor, person=proof.person, name=proof.printed_name)
        check_permission(performer, Permission.BATCHES_ATTEST)
        seen = selectors.batch_of(batch)
        rules.check_executing(seen)
        row = selectors.operation_of(batch, operation)
        _check_free(row)
        first = _first_step(seen, row)
        with at_step(batch, first):
            qualifying.check_sign_on(a, seen, first, person=proof.person)
        said = OperationSignedOn(
            operation=operation, performer=proof.person, performer_name=proof.printed_name,
            factors=proof.factors,
        )  # fmt: skip
        a.append(batch, said)
        a.reply = {"operation": operation, "performer": proof.printed_name}
    return a.reply


def _first_step(batch: Batch, row: Operation) -> str:
    """Return the ref of its first step; a branch that was not reached has none yet."""
    steps = Step.objects.filter(stream=row.stream, operation=row.path)
    first = steps.order_by("position", "iteration").first()
    if first is None:
        raise rules.not_due(batch, row.path, asked=row.number)
    return first.ref


def _check_free(row: Operation) -> None:
    done = Step.objects.filter(stream=row.stream, operation=row.path)
    begun = done.exclude(state__in=[StepState.WAITING, StepState.SKIPPED]).exists()
    if row.state not in {OperationState.WAITING, OperationState.RUNNING} or begun:
        raise AlreadySignedOn(performer=row.performer_name)


@acting
def attest_operation(
    *, command: Command, batch: UUID, operation: str, proof: Proof, shown: str | None = None
) -> Reply:
    """Attest an operation's steps with one signature of its performer.

    ``shown`` is the hash of what the signer saw. The last attestation completes the record.
    Raises NothingToAttest, OnlyPerformerAttests, ShownHasChanged.
    Appends ``operation.attested`` and, at the end, ``batch.completed``.
    """
    with act(command, streams=[batch]) as a:
        seen = selectors.batch_of(batch)
        rules.check_executing(seen)
        row = selectors.operation_of(batch, operation)
        rules.check_attestation(row, signer=proof.person)
        content = operation_content(row)
        check_shown(shown, content)
        signature = sign(
            a, proof, meaning=ATTESTED, content=content,
            permission=Permission.BATCHES_ATTEST, parts=(operation,),
        )  # fmt: skip
        a.append(batch, OperationAttested(operation=operation, signature=signature))
        completed = _complete(a, batch, done=seen.process_state == ProcessState.COMPLETE)
        a.reply = {"operation": operation, "completed": completed}
    return a.reply


def _complete(a: Act, batch: UUID, *, done: bool) -> bool:
    open_ones = Operation.objects.filter(stream=batch).exclude(state__in=OperationState.over)
    if not done or open_ones.exists():
        return False
    a.append(batch, BatchCompleted())
    a.enqueue("batch.completed", {"batch": str(batch)})
    return True


def operation_content(row: Operation) -> JSON:
    """Return what an attestation covers: every step of the operation as recorded."""
    steps = Step.objects.filter(stream=row.stream, operation=row.path)
    ordered = steps.order_by("position", "iteration")
    return {"operation": row.path, "steps": [step_content(step) for step in ordered]}
