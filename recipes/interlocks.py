"""The interlocks that stand before steps, and which of them QA may concede. Pure.

The refusals themselves live where their rules do, in other apps; a test compares them with this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from recipes.kinds import (
    account,
    add,
    clear,
    connect,
    equip,
    gate,
    reading,
    run,
    sample,
    scan,
    timer,
    transfer,
    weigh,
)
from recipes.outline import Outline
from recipes.places import StepPlace
from recipes.step import StepBase

Stands = Callable[[Outline, StepPlace], bool]


def _any(_outline: Outline, _place: StepPlace) -> bool:
    return True


def _of(asks: Callable[[StepBase], bool]) -> Stands:
    return lambda _outline, place: asks(place.step)


def _container(step: StepBase) -> bool:
    if isinstance(step, sample.Step):
        return step.from_ is not None
    if isinstance(step, weigh.Step):
        return step.what is not None
    if isinstance(step, connect.Step):
        return any(end.container is not None for _name, end in step.ends)
    return isinstance(step, scan.Step | transfer.Step)


def _lot(step: StepBase) -> bool:
    if isinstance(step, connect.Step):
        return any(end.material is not None for _name, end in step.ends)
    return isinstance(step, add.Step)


def _unit(step: StepBase) -> bool:
    if isinstance(step, connect.Step):
        return step.as_ is not None or any(end.equipment is not None for _name, end in step.ends)
    if isinstance(step, run.Step):
        return step.does == "start"
    return isinstance(step, equip.Step | reading.Step | weigh.Step)


def _claims(step: StepBase) -> bool:
    return _unit(step) or isinstance(step, run.Step)


def _takes(step: StepBase) -> bool:
    return isinstance(step, clear.Step) and step.when == "before"


def _too_early(outline: Outline, place: StepPlace) -> bool:
    """A timer, a least time since another moment, or the first step of a stage that has one."""
    step, stage = place.step, place.operation.stage
    if isinstance(step, timer.Step):
        return step.min is not None
    if any(limit.min is not None for limit in step.within):
        return True
    if stage is None or outline.operations_of(stage)[0].path != place.operation.path:
        return False
    lag = stage.stage.lag.min if stage.stage.lag else None
    least = any(limit.min is not None for limit in stage.stage.within)
    return least or (lag or timedelta()) > timedelta()


# Before which steps each interlock stands that QA may concede.
STANDS: Mapping[str, Stands] = {
    "claim.in_conflict": _of(lambda step: _claims(step) or _takes(step)),
    "claim.missing": _of(_takes),
    "claim.none": _of(_claims),
    "container.left_over": _of(lambda step: isinstance(step, account.Step) and step.every),
    "container.quarantine": _of(_container),
    "container.wrong_kind": _of(lambda s: _container(s) or isinstance(s, account.Step)),
    "gate.closed": _of(lambda step: isinstance(step, gate.Step)),
    "lot.expired": _of(_lot),
    "lot.not_released": _of(_lot),
    "lot.unknown": _of(_lot),
    "lot.wrong_material": _of(_lot),
    "person.not_qualified": _any,
    "run.wrong_programme": _of(lambda step: isinstance(step, run.Step) and step.does == "start"),
    "timer.too_early": _too_early,
    "unit.not_clean": _of(_unit),
    "unit.out_of_calibration": _of(lambda s: _unit(s) and not isinstance(s, reading.Step)),
    "unit.out_of_service": _of(_unit),
    "unit.wrong_class": _of(_unit),
}
# What nobody can concede in any recipe: naming it says nothing.
ALWAYS: frozenset[str] = frozenset({
    "claim.occupied_by_another", "container.consumed", "container.unknown", "container.void",
    "container.wrong_patient", "decision.not_yours", "identity.mismatch", "label.unexpected",
    "lot.exhausted", "lot.rejected", "operation.only_performer_attests", "person.same",
    "step.verified_own_work",
})  # fmt: skip
