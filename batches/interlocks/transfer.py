"""transfer: every container is this patient's; what goes in and out balances; genealogy is kept."""

from collections.abc import Iterator
from decimal import Decimal
from typing import cast
from uuid import UUID

from batches.interlocks.identity import (
    begin_clock,
    check_identity,
    check_labels,
    container_of,
    make,
    new_container,
)
from batches.models import Batch
from batches.work import Found, Work
from materials.models import Container
from materials.services import ContainerDraft, Pour, consume_container, draw_from, fill_into
from mes.lib.ids import uuid7
from recipes.document import Placed
from recipes.enums import Pouring, Severity
from recipes.judging import Finding
from recipes.kinds.transfer import Step
from records.act import New

UNBALANCED = "transfer.unbalanced"


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return what is poured from and into, and the streams of what will be made."""
    step = cast("Step", placed.step)
    there = [name for name in (*step.sources, "target") if name in values]
    things = {name: container_of(batch, [values[name]]) for name in there}
    made = {name: uuid7() for name in step.made if name in values}
    return Found(
        things={**things, **made},
        streams=tuple(dict.fromkeys(things.values())),
        new=tuple(New("container", one, batch.site) for one in made.values()),
    )


def check(work: Work) -> None:
    """Each source and the target are this patient's and of their kind, each new label is due.

    A balance that is off is kept and marked: the cells are where they are.
    """
    step = cast("Step", work.placed.step)
    for name in _there(work, step.sources):
        check_identity(work, work.found.things[name], [work.values[name]], asked=step.from_)
    if step.pour == Pouring.DRAW:
        target = work.found.things["target"]
        check_identity(work, target, [work.values["target"]], asked=step.to)
    else:
        check_labels(work, [work.values[name] for name in _there(work, step.made)], asked=step.to)
    for finding in _unbalanced(work, step):
        work.mark(finding)


def _there(work: Work, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in work.values]


def _poured(work: Work, step: Step) -> Decimal:
    """Return how much went over in all."""
    each = Decimal(work.values["volume"])
    return each * len(_there(work, step.made)) if step.pour == Pouring.SPLIT else each


def _unbalanced(work: Work, step: Step) -> Iterator[Finding]:
    """Compare what is known to have been there with what went out and what is left."""
    sources = [work.found.things[name] for name in _there(work, step.sources)]
    volumes = [one.volume for one in Container.objects.filter(id__in=sources, unit=_unit(step))]
    if step.balance is None or len(volumes) < len(sources) or None in volumes:
        return
    there = sum((one for one in volumes if one is not None), Decimal(0))
    left = Decimal(work.values.get("rest", "0"))
    gone = _poured(work, step) + left
    whole = step.weighs_rest or step.empties or step.pour == Pouring.POOL
    off = abs(there - gone) if whole else max(gone - there, Decimal(0))
    if off > there * step.balance / 100:
        said = {"there": _plain(there), "gone": _plain(gone), "measured_in": _unit(step)}
        yield Finding(UNBALANCED, Severity.MAJOR, said)


def _unit(step: Step) -> str:
    return step.volume.unit


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def effect(work: Work) -> None:
    """Draw, fill and make; use up what is empty. Clocks go along with what is poured."""
    step = cast("Step", work.placed.step)
    sources = [work.found.things[name] for name in _there(work, step.sources)]
    if step.pour == Pouring.DRAW:
        target = work.found.things["target"]
        fill_into(work.a, target, _pour(work, _poured(work, step)), sources=tuple(sources))
        filled = [target]
    else:
        filled = [_made(work, step, name, tuple(sources)) for name in _there(work, step.made)]
    _take(work, step, sources)
    begin_clock(work, filled)


def _made(work: Work, step: Step, name: str, sources: tuple[UUID, ...]) -> UUID:
    blank = new_container(work.batch, asked=step.to)
    draft = ContainerDraft(
        id=work.found.things[name], label=work.values[name], kind=blank.kind, coi=blank.coi,
        mark=blank.mark, batch=blank.batch, volume=Decimal(work.values["volume"]),
        unit=_unit(step), sources=sources,
    )  # fmt: skip
    make(work, draft)
    return draft.id


def _take(work: Work, step: Step, sources: list[UUID]) -> None:
    pooled = step.pour == Pouring.POOL
    for source in sources:
        if not pooled:
            draw_from(work.a, source, _pour(work, _poured(work, step)))
        if pooled or step.empties:
            consume_container(work.a, source, batch=work.batch.id, step=work.path)


def _pour(work: Work, quantity: Decimal) -> Pour:
    unit = _unit(cast("Step", work.placed.step))
    return Pour(batch=work.batch.id, step=work.path, quantity=quantity, unit=unit)
