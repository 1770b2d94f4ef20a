"""May this person do this step of this batch now? Each check raises its refusal."""

from datetime import datetime

from batches.entries import OnPaper
from batches.enums import OperationState, ProcessState, RecordState, StepState
from batches.exceptions import (
    BatchHeld,
    HeldByQuality,
    NothingToAttest,
    OnlyPerformerAttests,
    PerformerMissing,
    RecordClosed,
    StepAlreadyDone,
    StepNotDue,
    StepSkipped,
    StepWaitsForVerifier,
    VerifiedOwnWork,
)
from batches.models import Batch, Operation, Step
from batches.paper_exceptions import (
    PackUnknown,
    PaperBeforePack,
    PaperBeforeStep,
    PaperInFuture,
    StepNotInPack,
)
from batches.selectors import before, due_step, packs_of
from recipes import paths
from recipes.step import StepBase


def check_executing(batch: Batch) -> None:
    """The record still grows. Raises RecordClosed."""
    if batch.record_state != RecordState.EXECUTING:
        raise RecordClosed()


def check_not_held(batch: Batch) -> None:
    """The process is not in its safe state. Raises BatchHeld."""
    if batch.process_state == ProcessState.HELD:
        raise BatchHeld(reason=batch.process_hold_reason)


def check_due(batch: Batch, step: Step) -> None:
    """The step is due. Raises StepAlreadyDone, StepWaitsForVerifier, StepSkipped, StepNotDue."""
    if step.state == StepState.CLOSED:
        at = step.performed_at.isoformat() if step.performed_at else "–"
        raise StepAlreadyDone(by=step.performer_name, at=at)
    if step.state == StepState.TO_BE_VERIFIED:
        raise StepWaitsForVerifier()
    if step.state == StepState.SKIPPED:
        raise StepSkipped()
    if not step.is_live or step.waits_for:
        raise not_due(batch, step.ref, asked=step.position)


def not_due(batch: Batch, ref: str, *, asked: int) -> StepNotDue:
    """Return the refusal of a step whose turn has not come; it names the one that is due."""
    due = due_step(batch)
    return StepNotDue(
        due=due.ref if due else "–", step=ref, asked=asked,
        position=due.position if due else batch.position, streams=[batch.id],
    )  # fmt: skip


def check_performer(operation: Operation) -> None:
    """Somebody has signed on with both components. Raises PerformerMissing."""
    if operation.performer is None:
        raise PerformerMissing()


def check_quality_hold(batch: Batch, definition: StepBase) -> None:
    """A quality hold blocks only what cannot be undone. Raises HeldByQuality."""
    if batch.quality_hold and definition.irreversible:
        raise HeldByQuality(reason=batch.quality_hold_reason)


def check_can_perform(batch: Batch, step: Step, operation: Operation, definition: StepBase) -> None:
    """All that the batch itself asks before a step: record, order, hold, performer."""
    check_executing(batch)
    check_due(batch, step)
    check_not_held(batch)
    check_quality_hold(batch, definition)
    check_performer(operation)


def check_paper(paper: OnPaper, step: Step, batch: Batch, *, at: datetime) -> None:
    """The step stands on a pack of this batch, and its time on paper can be true.

    Paper knows minutes. Raises PackUnknown, StepNotInPack, PaperBeforePack, PaperInFuture,
    PaperBeforeStep.
    """
    pack = next((one for one in packs_of(batch.id) if one.number == paper.pack), None)
    if pack is None:
        raise PackUnknown(field="paper_pack", batch=batch.number, pack=paper.pack)
    if step.path not in {paths.split(ref)[0] for ref in pack.steps}:
        raise StepNotInPack(field="paper_pack", pack=paper.pack)
    said = paper.at.isoformat()
    if paper.at < _minute(pack.made_at):
        made = pack.made_at.isoformat()
        raise PaperBeforePack(field="paper_at", at=said, pack=paper.pack, made=made)
    if paper.at > at:
        raise PaperInFuture(field="paper_at", at=said)
    done = before(step)
    if done is not None and paper.at < _minute(done):
        raise PaperBeforeStep(field="paper_at", at=said, done=done.isoformat())


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def check_verifier(step: Step, *, verifier: object) -> None:
    """The verifier neither performed nor corrected it. Raises VerifiedOwnWork, recorded."""
    if verifier in {step.performed_by, step.corrected_by}:
        raise VerifiedOwnWork(performer=step.performer_name, step=step.ref, streams=[step.stream])


def check_attestation(operation: Operation, *, signer: object) -> None:
    """All steps are closed and the performer signs. Raises NothingToAttest or
    OnlyPerformerAttests."""
    if operation.state != OperationState.TO_BE_ATTESTED:
        raise NothingToAttest()
    if operation.performer != signer:
        raise OnlyPerformerAttests(performer=operation.performer_name)
