"""The order of work: gates behind their samples, timers behind a step."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from recipes import paths
from recipes.faults import Fault, check
from recipes.kinds import run
from recipes.outline import Outline


@check("gate.no_sample")
def gates_behind_samples(outline: Outline) -> Iterator[Fault]:
    """A gate waits for results whose sample is taken before it."""
    for place in outline.all_steps:
        if place.step.kind != "gate":
            continue
        for use in outline.uses(place):
            sample = outline.sampled.get(use.name)
            if use.name in outline.recipe.test_by_key and (
                sample is None or sample.number > place.number
            ):
                sentence = _("No sample for %(name)s is taken before this gate.")
                yield Fault((*place.path, *use.path), sentence % {"name": use.name})


@check("timer.first")
def timers_have_a_beginning(outline: Outline) -> Iterator[Fault]:
    """A timer that names no step does not come first."""
    first = outline.steps[0]
    if first.step.kind == "timer" and not first.step.uses():
        yield Fault(first.path, _("No step comes before this timer."))


@check("run.not_started")
def programmes_are_started(outline: Outline) -> Iterator[Fault]:
    """A programme that ends on a unit was started there, in the same version."""
    started: set[tuple[str, str, str]] = set()
    for place in outline.all_steps:
        if not isinstance(place.step, run.Step):
            continue
        programme = (place.step.as_, place.step.programme, place.step.version)
        if place.step.does == "start":
            started.add(programme)
        elif programme not in started:
            sentence = _("No step before starts %(name)s on it in this version.")
            yield Fault((*place.path, "programme"), sentence % {"name": place.step.programme})


@check("contingency.unused")
def contingencies_offered(outline: Outline) -> Iterator[Fault]:
    """Each contingency is offered by an operation."""
    offered = {name for place in outline.operations for name in place.operation.contingencies}
    for number, operation in enumerate(outline.recipe.contingencies):
        if operation.key not in offered:
            yield Fault(
                ("contingencies", number, "key"),
                _("No operation offers the contingency %(name)s.") % {"name": operation.key},
            )


@check("contingency.flow")
def contingencies_are_only_called(outline: Outline) -> Iterator[Fault]:
    """A contingency is done once each time that it is called, and calls no other."""
    for number, operation in enumerate(outline.recipe.contingencies):
        asked = {
            "after": operation.after is not None, "when": operation.when is not None,
            "repeat": operation.repeat is not None, "contingencies": bool(operation.contingencies),
        }  # fmt: skip
        for field in (field for field, said in asked.items() if said):
            sentence = _("A contingency is called, and done once: it has no %(field)s.")
            yield Fault(("contingencies", number, field), sentence % {"field": field})


@check("contingency.key")
def contingencies_have_a_name_of_their_own(outline: Outline) -> Iterator[Fault]:
    """Where a contingency is offered, no operation has its key: its steps would be that one's."""
    for place in outline.stages:
        offered = {
            paths.normal(name)
            for operation in place.stage.operations
            for name in operation.contingencies
        }
        for number, operation in enumerate(place.stage.operations):
            if paths.normal(operation.key) in offered:
                sentence = _("A contingency that is offered in this stage is named %(name)s too.")
                path = (*place.path, "operations", number, "key")
                yield Fault(path, sentence % {"name": operation.key})
