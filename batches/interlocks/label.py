"""label: a new container of this patient comes into being with its label."""

from typing import cast

from batches.interlocks.identity import begin_clock, check_label, make, new_container
from batches.models import Batch
from batches.work import Found, Work
from materials.services import ContainerDraft
from recipes.document import Placed
from recipes.kinds.label import Step


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return the container that will be made."""
    draft = new_container(batch, asked=cast("Step", placed.step).makes)
    return Found(things={"container": draft.id}, new=(draft.new(batch.site),))


def _draft(work: Work) -> ContainerDraft:
    step = cast("Step", work.placed.step)
    fresh = new_container(work.batch, asked=step.makes)
    return ContainerDraft(
        id=work.found.things["container"], label=fresh.label, kind=fresh.kind, coi=fresh.coi,
        mark=fresh.mark, batch=fresh.batch,
    )  # fmt: skip


def check(work: Work) -> None:
    """The label scanned back is the next one of this patient."""
    if "scan" in work.values:
        check_label(work, _draft(work), work.values["scan"])


def effect(work: Work) -> None:
    """Make the container, its label printed, applied and scanned back."""
    draft = _draft(work)
    make(work, draft)
    begin_clock(work, [draft.id])
