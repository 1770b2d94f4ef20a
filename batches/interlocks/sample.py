"""sample: a labelled sample leaves the batch for the laboratory."""

from decimal import Decimal
from typing import cast

from batches.interlocks.identity import check_label, make, new_container
from batches.models import Batch
from batches.work import Found, Work
from materials.services import ContainerDraft
from recipes.document import Placed
from recipes.enums import ContainerKind
from recipes.kinds.sample import Step

# The laboratory registers the sample from this message.
SAMPLE_DRAWN = "sample.drawn"


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return the sample container that will be made."""
    draft = new_container(batch, asked=ContainerKind.SAMPLE)
    return Found(things={"container": draft.id}, new=(draft.new(batch.site),))


def _draft(work: Work) -> ContainerDraft:
    step = cast("Step", work.placed.step)
    fresh = new_container(work.batch, asked=ContainerKind.SAMPLE)
    return ContainerDraft(
        id=work.found.things["container"], label=fresh.label, kind=fresh.kind, coi=fresh.coi,
        mark=fresh.mark, batch=fresh.batch, volume=Decimal(work.values["volume"]),
        unit=step.volume.unit,
    )  # fmt: skip


def check(work: Work) -> None:
    """The sample carries this patient's next sample label."""
    check_label(work, _draft(work), work.values["label"])


def effect(work: Work) -> None:
    """Make the sample container and tell the laboratory."""
    draft = _draft(work)
    step = cast("Step", work.placed.step)
    make(work, draft)
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
            "drawn_at": work.a.now.isoformat(),
        },
    )
