"""sample: a labelled sample leaves the batch for the laboratory."""

from decimal import Decimal
from typing import cast
from uuid import UUID

from batches.interlocks.identity import (
    begin_clock,
    check_identity,
    check_label,
    container_of,
    make,
    new_container,
)
from batches.models import Batch
from batches.work import Found, Work
from materials.services import ContainerDraft, Pour, draw_from
from recipes.document import Placed
from recipes.enums import ContainerKind
from recipes.kinds.sample import Step

# The laboratory registers the sample from this message.
SAMPLE_DRAWN = "sample.drawn"


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return the sample container that will be made."""
    draft = new_container(batch, asked=ContainerKind.SAMPLE)
    things, made = {"container": draft.id}, (draft.new(batch.site),)
    if "source" not in values:
        return Found(things=things, new=made)
    source = container_of(batch, [values["source"]])
    return Found(things={**things, "source": source}, streams=(source,), new=made)


def _draft(work: Work) -> ContainerDraft:
    step = cast("Step", work.placed.step)
    fresh = new_container(work.batch, asked=ContainerKind.SAMPLE)
    return ContainerDraft(
        id=work.found.things["container"], label=fresh.label, kind=fresh.kind, coi=fresh.coi,
        mark=fresh.mark, batch=fresh.batch, volume=Decimal(work.values["volume"]),
        unit=step.volume.unit, sources=_sources(work),
    )  # fmt: skip


def _sources(work: Work) -> tuple[UUID, ...]:
    source = work.found.things.get("source")
    return (source,) if source else ()


def check(work: Work) -> None:
    """The sample carries this patient's next label, and comes from this patient's container."""
    asked = cast("Step", work.placed.step).from_
    for source in _sources(work):
        check_identity(work, source, [work.values["source"]], asked=asked or ContainerKind.SAMPLE)
    check_label(work, _draft(work), work.values["label"])


def effect(work: Work) -> None:
    """Make the sample, charge its volume to what it was drawn from, tell the laboratory."""
    draft = _draft(work)
    step = cast("Step", work.placed.step)
    make(work, draft)
    for source in _sources(work):
        quantity, unit = Decimal(work.values["volume"]), step.volume.unit
        pour = Pour(batch=work.batch.id, step=work.path, quantity=quantity, unit=unit)
        draw_from(work.a, source, pour)
    begin_clock(work, [draft.id])
    work.a.enqueue(
        SAMPLE_DRAWN,
        {
            "batch": str(work.batch.id),
            "batch_number": work.batch.number,
            "step": work.path,
            "container": str(draft.id),
            "label": draft.label,
            "tests": list(step.tests),
            "volume": work.values["volume"],
            "unit": step.volume.unit,
            "drawn_at": work.at.isoformat(),
        },
    )
