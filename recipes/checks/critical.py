"""What is critical: its limits, what is done beyond them, and who has to see it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from recipes import paths
from recipes.checks.limits import measured_by
from recipes.conditions import conditions
from recipes.faults import Fault, check
from recipes.kinds import add
from recipes.messages import Weight
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.places import StepPlace, field_of
from recipes.step import StepBase

# All that counts in these is scanned; or the system measures time, works out or looks up itself.
SCANNED = frozenset({"account", "connect", "equip", "scan"})
WORKED = frozenset({"calculate", "gate", "timer"})


@check("critical.no_limits")
def critical_values_have_limits(outline: Outline) -> Iterator[Fault]:
    """A critical value has limits; a critical choice has an answer that is an exception."""
    for place in outline.all_steps:
        step = place.step
        if not step.critical and step.quality is None:
            continue
        # A critical sample is critical by what is drawn: its volume need not be.
        measured = measured_by(place) if step.kind != "sample" else ()
        if any(not one.bands and one.set_to is None for one in measured) or (
            isinstance(step, add.Step) and step.quantity is None
        ):
            yield Fault(_called_critical(place), _("A critical value needs limits."))
        if step.kind == "choose" and not any(o.flag for o in (field_of(step, "options") or ())):
            yield Fault(
                _called_critical(place),
                _("A critical choice needs an answer that is an exception."),
            )


def _called_critical(place: StepPlace) -> Path:
    return (*place.path, "critical" if place.step.critical else "quality")


@check("critical.no_reaction")
def critical_values_have_a_reaction(outline: Outline) -> Iterator[Fault]:
    """Where a critical value can be out of limits, the recipe says what is done then."""
    read = {name for asked in conditions(outline) for name in map(asked.absolute, asked.names)}
    for place in outline.all_steps:
        step = place.step
        limited = any(one.bands or one.set_to is not None for one in measured_by(place))
        limited |= any(o.flag for o in (field_of(step, "options") or ()))
        limited |= isinstance(step, add.Step)
        if not (step.critical or step.quality) or not limited:
            continue
        reaction = (
            step.reaction, field_of(step, "reasons"), place.operation.operation.contingencies,
            _safe_state(outline, place), paths.normal(place.name) in read,
        )  # fmt: skip
        if not any(reaction):
            sentence = _("Nothing says what is done when it is out of limits: give a reaction.")
            yield Fault(_called_critical(place), sentence)


def _safe_state(outline: Outline, place: StepPlace) -> bool:
    """Tell whether a safe state is named wherever a step is done."""
    own = place.operation
    stages = [own.stage] if own.stage else [one.stage for one in outline.callers(own)]
    return all(one is not None and one.stage.safe_state is not None for one in stages)


@check("verify.proves_nothing")
def witness_where_nothing_proves(outline: Outline) -> Iterator[Fault]:
    """A second person is asked only where neither a scan nor the system itself proves the act."""
    for place in outline.all_steps:
        step = place.step
        if step.verify and (why := _proved(step)):
            yield Fault((*place.path, "verify"), why, Weight.WARNING)


def _proved(step: StepBase) -> str:
    """Return what proves a step without a witness; nothing where only a second look does."""
    if step.kind in SCANNED or (step.kind == "label" and field_of(step, "scan_back")):
        return _("The witness proves nothing: the scan proves this step.")
    if step.kind in WORKED:
        return _("The witness proves nothing: the system itself measures or works this out.")
    return ""
