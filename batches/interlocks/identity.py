"""Whose container is it: asked by every kind of step that touches one."""

from collections.abc import Sequence
from uuid import UUID

from batches.exceptions import UnexpectedLabel, WrongKindOfContainer
from batches.models import Batch
from batches.work import Work
from materials.enums import ContainerKind
from materials.models import Container
from materials.rules import check_container_of, check_container_usable, check_second_identifier
from materials.selectors import container_scanned, next_label, next_labels, scanned_text
from materials.services import ContainerDraft, apply_label, issue_label, make_container, start_clock
from mes.lib.isbt128 import ChainOfIdentity, ScanError, parse
from recipes.enums import ContainerKind as AskedKind

KINDS = {
    AskedKind.PATIENT: ContainerKind.COLLECTION,
    AskedKind.INTERMEDIATE: ContainerKind.INTERMEDIATE,
    AskedKind.PRODUCT: ContainerKind.PRODUCT,
    AskedKind.SAMPLE: ContainerKind.SAMPLE,
}


def is_chain_of_identity(code: str) -> bool:
    """Whether a scanned code is a chain of identity (and so names no single container)."""
    try:
        return isinstance(parse(scanned_text(code)), ChainOfIdentity)
    except ScanError:
        return False


def container_of(batch: Batch, codes: list[str]) -> UUID:
    """Return the container that one of the codes names, before its lock.

    Raises the refusals of ``container_scanned``, recorded on the batch.
    """
    naming = [code for code in codes if not is_chain_of_identity(code)]
    return container_scanned((naming or codes)[0], streams=[batch.id]).id


def check_identity(work: Work, container: UUID, codes: list[str], *, asked: AskedKind) -> None:
    """Check under the lock that a container is this patient's, and the one asked for.

    Every code beyond the one that named it must agree with it (two identifiers). Identity is
    absolute; the kind of container and a quarantine are conditional.
    """
    seen = Container.objects.get(id=container)
    streams = concerned_by(work.batch, seen)
    check_container_of(work.batch.coi, seen, streams=streams)
    naming = next((code for code in codes if not is_chain_of_identity(code)), codes[0])
    for code in codes:
        if code != naming:
            check_second_identifier(seen, code, streams=streams)
    work.interlock(lambda: _check_kind(seen, asked))
    work.interlock(lambda: check_container_usable(seen, streams=streams))


def concerned_by(batch: Batch, container: Container) -> list[UUID]:
    """Return this batch and, for another patient's container, that patient's batches.

    A collection bag came before its batch, so that batch is found by the chain of identity.
    """
    if container.coi in {batch.coi, ""}:
        return [batch.id]
    others = Batch.objects.executing().filter(coi=container.coi).order_by("id")
    return [batch.id, *others.values_list("id", flat=True)]


def _check_kind(seen: Container, asked: AskedKind) -> None:
    if seen.kind != KINDS[asked]:
        raise WrongKindOfContainer(
            scanned=seen.label, found=seen.get_kind_display(), asked=str(asked.label)
        )


def new_container(batch: Batch, *, asked: AskedKind) -> ContainerDraft:
    """Return the draft of this patient's next container of a kind, under its next label."""
    kind = KINDS[asked]
    return ContainerDraft(
        label=next_label(batch.coi, kind), kind=kind, coi=batch.coi, mark=batch.mark,
        batch=batch.id,
    )  # fmt: skip


def check_label(work: Work, draft: ContainerDraft, scanned: str) -> None:
    """Check that the label scanned back is the one that was printed for this container.

    A label of an existing container of another patient is refused as that. Raises
    UnexpectedLabel, recorded.
    """
    code = scanned_text(scanned)
    other = Container.objects.filter(label=code).first()
    if other is not None:
        check_container_of(work.batch.coi, other, streams=concerned_by(work.batch, other))
    expected = next_label(work.batch.coi, draft.kind)
    if code != expected or draft.label != expected:
        raise UnexpectedLabel(
            field="scan", scanned=code, expected=expected, step=work.path,
            streams=[work.batch.id],
        )  # fmt: skip


def check_labels(work: Work, scanned: list[str], *, asked: AskedKind) -> None:
    """Check that several labels scanned back are the next ones of this patient, in any order.

    A label of an existing container of another patient is refused as that. Raises
    UnexpectedLabel, recorded.
    """
    due = next_labels(work.batch.coi, KINDS[asked], len(scanned))
    for code in map(scanned_text, scanned):
        other = Container.objects.filter(label=code).first()
        if other is not None:
            check_container_of(work.batch.coi, other, streams=concerned_by(work.batch, other))
        if code not in due:
            raise UnexpectedLabel(
                field="scan", scanned=code, expected=", ".join(due), step=work.path,
                streams=[work.batch.id],
            )  # fmt: skip


def begin_clock(work: Work, containers: Sequence[UUID]) -> None:
    """Begin the clock that the step starts, on what it handles (locked or new)."""
    clock = work.placed.step.starts
    for container in containers if clock else ():
        start_clock(work.a, container, clock or "", batch=work.batch.id, step=work.path)


def make(work: Work, draft: ContainerDraft) -> None:
    """Make the container with its label, printed, applied and scanned back."""
    make_container(work.a, draft)
    apply_label(work.a, draft.id, issue_label(work.a, draft.id))
