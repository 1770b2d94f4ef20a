"""Disposition: certified and released, or rejected, by the releasing person (Annex 11, 15)."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_noop

from accounts.permissions import Permission
from accounts.rules import check_other_person, check_permission
from accounts.services.ceremony import Proof, check_shown
from batches.entries import BatchDispositioned
from batches.enums import Disposition, RecordState
from batches.selectors import batch_of
from batches.workflow import may_become
from materials.enums import ContainerKind, ContainerStatus
from materials.models import Container
from materials.selectors import containers_of_batch
from materials.services import quarantine_container, release_container
from mes.lib.evidence import JSON
from mes.lib.evidence import content_hash as hash_of
from orders.models import Order
from orders.services import release_order
from quality import rules
from quality.entries import LaterResultsCertified
from quality.enums import CriterionStanding, GateKey, GateState
from quality.exceptions import (
    GatesOpen,
    LaterResultsOpen,
    NothingPending,
    ProductExpired,
    RecordChanged,
)
from quality.rules import Gate
from quality.selectors.record import BatchRecord, record_of
from quality.services.signing import signed, written
from recipes import paths
from recipes.enums import ReleaseStage
from records.act import act, acting
from records.commands import Command, Reply
from records.reading import reading

RELEASED = gettext_noop("I certify this batch and release it.")
REJECTED = gettext_noop("I reject this batch.")
CERTIFIED = gettext_noop("The results that were pending at release are within specification.")
OPEN_STATES = frozenset(
    {ContainerStatus.IN_USE, ContainerStatus.STORED, ContainerStatus.QUARANTINE}
)


def product_of(batch: UUID) -> list[Container]:
    """Return the product containers that a disposition concerns."""
    return [
        row
        for row in containers_of_batch(batch)
        if row.kind == ContainerKind.PRODUCT and row.status in OPEN_STATES
    ]


def pending_of(record: BatchRecord) -> tuple[str, ...]:
    """Return the tests whose results come after the release."""
    later = record.criteria_for(ReleaseStage.AFTER_RELEASE)
    return tuple(one.item.test for one in later if one.standing != CriterionStanding.PASSED)


def expiry_of(record: BatchRecord) -> datetime | None:
    """Return until when the product keeps, by the recipe's shelf life.

    Counted from the first end of its step. None where the recipe names none, or the step is not
    closed.
    """
    life = record.recipe.shelf_life
    if life is None:
        return None
    name = paths.normal(life.from_)
    closed = [one for one in record.steps if one.closed_at and paths.normal(one.path) == name]
    known = [one.done_at for one in closed if one.done_at is not None]
    return min(known) + record.facts.span(life.max) if known else None


def check_keeps(record: BatchRecord, *, at: datetime) -> None:
    """Raise ProductExpired from the instant of the expiry on (EU GMP Part IV, 11.53)."""
    expires = expiry_of(record)
    if expires is not None and expires <= at:
        said = {"batch": record.batch.number, "expired": expires.isoformat()}
        raise ProductExpired(**said, streams=[record.batch.id])


def disposition_content(
    record: BatchRecord, every: list[Gate], disposition: Disposition, *, reason: str = ""
) -> JSON:
    """Return what a disposition signs: the record, its gates, the product, what is pending.

    With the product's expiry where it is released and there is one: older hashes stay.
    """
    expires = expiry_of(record) if disposition == Disposition.RELEASED else None
    keeps: dict[str, JSON] = {"expires_at": expires.isoformat()} if expires else {}
    return keeps | {
        "batch": record.batch.number,
        "disposition": disposition.value,
        "reason": reason,
        "record": record.content_hash,
        "review": record.review.content_hash if record.review else "",
        "gates": [[gate.key.value, gate.state.value] for gate in every],
        "pending": list(pending_of(record)),
        "containers": [row.label for row in product_of(record.batch.id)],
    }


def content_hash_of(record: BatchRecord, disposition: Disposition) -> str:
    """Return the hash of a disposition's content as a page shows it (without the reason)."""
    every = rules.gates(rules.standing_of(record))
    return hash_of(disposition_content(record, every, disposition))


def _containers(command: Command, batch: UUID) -> list[UUID]:
    with reading(site=command.actor.site, person=command.actor.person):
        return [row.id for row in product_of(batch)]


def _order(command: Command, batch: UUID) -> list[UUID]:
    """Return the order's stream, empty for a batch that nobody ordered."""
    with reading(site=command.actor.site, person=command.actor.person):
        return list(Order.objects.filter(id=batch_of(batch).order).values_list("id", flat=True))


def _check_disposable(record: BatchRecord, proof: Proof) -> None:
    rules.check_not_dispositioned(record)
    rules.check_independent(record, proof.person, name=proof.printed_name)
    if record.review:
        check_other_person(record.review.by, proof.person, name=proof.printed_name)


@acting
def release_batch(*, command: Command, batch: UUID, content_hash: str, proof: Proof) -> Reply:
    """Certify and release a batch, and its product containers in the same act.

    Tests that the recipe wants only after release become the pending list of a two-stage
    release. Raises GatesOpen with every open gate, ProductExpired, RecordChanged, NotIndependent,
    SamePerson, AlreadyDispositioned, NotAllowed. Appends ``batch.dispositioned``, to each product
    container ``container.released`` and to the order ``order.released``.
    """
    containers, order = _containers(command, batch), _order(command, batch)
    with act(command, streams=[batch, *order, *containers]) as a:
        check_permission(a.actor, Permission.QUALITY_RELEASE)
        record = record_of(batch_of(batch))
        _check_disposable(record, proof)
        every = rules.check_gates(record)
        check_keeps(record, at=a.now)
        _check_shown(record, containers, Disposition.RELEASED, content_hash)
        signature = signed(
            a, proof, meaning=RELEASED, permission=Permission.QUALITY_RELEASE, parts=("batch",),
            content=disposition_content(record, every, Disposition.RELEASED),
        )  # fmt: skip
        said = BatchDispositioned(
            disposition=Disposition.RELEASED.value, reason="", pending=pending_of(record),
            expires_at=expiry_of(record), signature=signature,
        )  # fmt: skip
        a.append(batch, said)
        for container in containers:
            release_container(a, container, basis=f"batch {record.batch.number} released")
        for one in order:
            release_order(a, one, batch=batch)
        a.reply = {"disposition": Disposition.RELEASED.value, "pending": list(pending_of(record))}
    return a.reply


def _check_shown(
    record: BatchRecord, containers: list[UUID], disposition: Disposition, shown: str
) -> None:
    same = [row.id for row in product_of(record.batch.id)] == containers
    if not same or content_hash_of(record, disposition) != shown:
        raise RecordChanged()


@acting
def reject_batch(
    *, command: Command, batch: UUID, content_hash: str, reason: str, proof: Proof
) -> Reply:
    """Reject a reviewed batch, with a reason; its product goes into quarantine (211.165(f)).

    Raises GatesOpen when the review is missing, RecordChanged, NotIndependent, SamePerson,
    AlreadyDispositioned, TextMissing, NotAllowed. Appends ``batch.dispositioned`` and, to each
    product container, ``container.quarantined``.
    """
    containers = _containers(command, batch)
    with act(command, streams=[batch, *containers]) as a:
        check_permission(a.actor, Permission.QUALITY_RELEASE)
        record = record_of(batch_of(batch))
        _check_disposable(record, proof)
        _check_reviewed(record)
        _check_shown(record, containers, Disposition.REJECTED, content_hash)
        text = written(reason, field="reason")
        every = rules.gates(rules.standing_of(record))
        signature = signed(
            a, proof, meaning=REJECTED, permission=Permission.QUALITY_RELEASE, parts=("batch",),
            content=disposition_content(record, every, Disposition.REJECTED, reason=text),
        )  # fmt: skip
        said = BatchDispositioned(
            disposition=Disposition.REJECTED.value, reason=text, pending=(), expires_at=None,
            signature=signature,
        )  # fmt: skip
        a.append(batch, said)
        for row in product_of(batch):
            if row.status != ContainerStatus.QUARANTINE:
                quarantine_container(a, row.id, reason=f"batch {record.batch.number} rejected")
        a.reply = {"disposition": Disposition.REJECTED.value}
    return a.reply


def _check_reviewed(record: BatchRecord) -> None:
    """A rejection asks for a review, not for every gate. Raises GatesOpen."""
    reviewed = may_become(record.batch.record_state, RecordState.DISPOSITIONED)
    every = rules.gates(rules.standing_of(record))
    review = next(gate for gate in every if gate.key == GateKey.REVIEW)
    if not reviewed or review.state != GateState.PASSED:
        said = f"{review.title}: {review.detail}"
        raise GatesOpen(gates=said, streams=[record.batch.id])


@acting
def certify_later_results(
    *, command: Command, batch: UUID, proof: Proof, shown: str | None = None
) -> Reply:
    """Sign the second stage of a two-stage release: what was pending is in and good.

    ``shown`` is the hash of what the signer saw. Raises NothingPending, LaterResultsOpen,
    NotIndependent, ShownHasChanged, NotAllowed. Appends ``batch.later-results-certified``.
    """
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.QUALITY_RELEASE)
        record = record_of(batch_of(batch))
        rules.check_independent(record, proof.person, name=proof.printed_name)
        stage = record.disposition
        if stage is None or not stage.pending or stage.final_at:
            raise NothingPending()
        if pending_of(record):
            raise LaterResultsOpen(tests=", ".join(pending_of(record)))
        content = later_content(record)
        check_shown(shown, content)
        signature = signed(
            a, proof, meaning=CERTIFIED, permission=Permission.QUALITY_RELEASE,
            content=content, parts=tuple(stage.pending),
        )  # fmt: skip
        a.append(batch, LaterResultsCertified(tests=tuple(stage.pending), signature=signature))
        a.reply = {"tests": list(stage.pending)}
    return a.reply


def later_content(record: BatchRecord) -> JSON:
    """Return what the second stage of a release signs: the later criteria and their values."""
    return {
        "batch": record.batch.number,
        "results": [
            [one.item.key, one.result.value if one.result else ""]
            for one in record.criteria_for(ReleaseStage.AFTER_RELEASE)
        ],
    }
