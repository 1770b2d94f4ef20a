"""Conditions: on what is there, and on what can be."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from recipes import formulas, paths
from recipes.checks import rounds
from recipes.conditions import Asked, always, conditions, over, surrounding
from recipes.faults import Fault, check
from recipes.messages import Weight
from recipes.nodes import Path
from recipes.order import Order
from recipes.outline import Outline
from recipes.places import StagePlace, StepPlace
from recipes.step import Names


@check("condition.name")
def conditions_name_what_there_is(outline: Outline) -> Iterator[Fault]:
    """A condition asks for inputs, parameters, results and steps that give what it compares."""
    known = {f"inputs.{given.name}" for given in outline.recipe.inputs}
    known |= {f"parameters.{parameter.key}" for parameter in outline.recipe.parameters}
    known |= {f"results.{paths.normal(test)}" for test in outline.recipe.test_by_key}
    for asked in conditions(outline):
        found = formulas.parse(asked.text)
        for name in asked.names:
            meant = outline.by_name.get(asked.absolute(name))
            if paths.space_of(name):
                if _plain(name) not in known:
                    yield Fault(asked.path, _("There is no %(name)s.") % {"name": name})
            elif meant is None:
                yield Fault(asked.path, _("There is no step %(name)s.") % {"name": name})
            elif name in found.names and meant.step.unit_of_value() is None:
                yield Fault(asked.path, _("The step %(name)s gives no number.") % {"name": name})


def _plain(name: str) -> str:
    space, _dot, key = name.partition(".")
    return f"{space}.{paths.normal(key)}" if space == "results" else name


@check("condition.answer")
def conditions_ask_for_answers_that_exist(outline: Outline) -> Iterator[Fault]:
    """A condition compares an answer with one that its step, or its test, offers."""
    for asked in conditions(outline):
        for name, key in formulas.parse(asked.text).words:
            offered = _answers(outline, asked, name)
            if offered is not None and key not in offered:
                sentence = _("%(name)s never answers “%(key)s”: it answers %(offered)s.")
                words = {"name": name, "key": key, "offered": ", ".join(sorted(offered)) or "–"}
                yield Fault(asked.path, sentence % words)


def _answers(outline: Outline, asked: Asked, name: str) -> frozenset[str] | None:
    """Return what can be answered, None when it is not known or there is no such thing."""
    if paths.space_of(name) == "results":
        key = paths.normal(name.partition(".")[2])
        test = outline.tests.get(key)
        return frozenset(option.key for option in test.options) if test and test.options else None
    meant = outline.by_name.get(asked.absolute(name))
    if meant is None or getattr(meant.step, "value", None) == "text":
        return None
    return frozenset(option.key for option in getattr(meant.step, "options", ()))


@check("value.may_not_exist")
def values_exist_when_they_are_asked_for(outline: Outline) -> Iterator[Fault]:
    """What a condition or a formula asks for is there by then, whichever way the batch went."""
    for asked in conditions(outline):
        yield from _of_condition(outline, asked)
    for place in outline.all_steps:
        yield from _of_step(outline, place)
        if place.step.kind == "gate":
            yield from _of_gate(outline, place)
    for stage in outline.stages:
        yield from _of_stage(outline, stage)
    yield from rounds.of_no_round(outline)


def held_by(conditions_around: Iterable[Asked]) -> frozenset[str]:
    """Return all that must hold where some conditions are around."""
    return frozenset[str]().union(*(one.keys() for one in conditions_around))


def _of_condition(outline: Outline, asked: Asked) -> Iterator[Fault]:
    held = held_by(asked.around)
    for name in asked.names:
        if paths.space_of(name) == "results":
            if not _gated(outline, name, asked.first):
                sentence = _("No gate waits for %(name)s before this is asked.")
                yield Fault(asked.path, sentence % {"name": name})
        elif why := _missing(outline, asked.absolute(name), asked.first, held, at_end=asked.loop):
            yield Fault(asked.path, why % {"name": name})


def _of_step(outline: Outline, place: StepPlace) -> Iterator[Fault]:
    asked = list(_asked_by(outline, place))
    held = held_by(over(outline, place)) if asked else frozenset()
    for path, name in asked:
        meant = paths.absolute(name, at=place.name)
        known = outline.by_name.get(meant)
        if paths.space_of(name) or known is None or known.number >= place.number:
            continue
        if why := _missing(outline, meant, place, held, at_end=False):
            yield Fault((*place.path, *path), why % {"name": name})


def _of_stage(outline: Outline, stage: StagePlace) -> Iterator[Fault]:
    """A limit to a stage's start is none where the step that it runs from may be skipped."""
    first = outline.steps_of(outline.operations_of(stage)[0])[0]
    held = held_by(surrounding(outline, first.operation))
    for number, limit in enumerate(stage.stage.within):
        name = paths.normal(limit.from_)
        if name in outline.by_name and (why := _missing(outline, name, first, held, at_end=False)):
            path = (*stage.path, "within", number, "from")
            yield Fault(path, why % {"name": limit.from_})


def _of_gate(outline: Outline, place: StepPlace) -> Iterator[Fault]:
    """A gate never opens when the sample that it waits for may not have been drawn."""
    held = held_by(over(outline, place))
    for use in outline.uses(place):
        sample = outline.sampled.get(use.name)
        if sample is None or sample.number > place.number:
            continue  # that is said where gates are behind their samples
        if why := _missing(outline, paths.normal(sample.name), place, held, at_end=False):
            yield Fault((*place.path, *use.path), why % {"name": sample.name})


def _asked_by(outline: Outline, place: StepPlace) -> Iterator[tuple[Path, str]]:
    """Yield the steps that a step names, in its formulas and as the beginning of a time."""
    for written in outline.written(place):
        for name in formulas.parse(written.formula).names:
            yield written.path, name
    for use in outline.uses(place):
        if use.what == Names.STEP:
            yield use.path, use.name
    for number, limit in enumerate(place.step.within):
        yield ("within", number, "from"), limit.from_


def _missing(
    outline: Outline, name: str, place: StepPlace, held: frozenset[str], at_end: bool
) -> str:
    """Return why a step's value may not be there at a place, in a sentence; nothing if it is."""
    meant = outline.by_name.get(name)
    if meant is None:
        return ""
    if not is_before(outline, meant, place, at_end=at_end):
        return _("The step %(name)s need not be done by then.")
    conditional = held_by(over(outline, meant))
    if conditional - held - held_where_called(outline, place):
        return _("The step %(name)s may be skipped, and then there is no value.")
    if meant.operation.stage is None and meant.operation.path != place.operation.path:
        return _("The step %(name)s is of a contingency, which may never be called.")
    return ""


def held_where_called(outline: Outline, place: StepPlace) -> frozenset[str]:
    """Return what holds wherever the contingency of a step is called; nothing for other steps."""
    if place.operation.stage is not None:
        return frozenset()
    found = [held_by(surrounding(outline, one)) for one in outline.callers(place.operation)]
    return frozenset.intersection(*found) if found else frozenset()


def is_before(outline: Outline, one: StepPlace, other: StepPlace, *, at_end: bool = False) -> bool:
    """Tell whether a step is over, or was skipped, before another is begun.

    ``at_end`` lets the step itself count. What a contingency needs is over before each operation
    that calls it.
    """
    if one.operation.path == other.operation.path:
        return one.number <= other.number if at_end else one.number < other.number
    first, second = one.operation.stage, other.operation.stage
    if first is None:
        return True
    if second is None:
        known = ("is_before", one.operation.path, other.operation.path)
        if known not in outline.shared:
            called_in = (outline.steps_of(place)[0] for place in outline.callers(other.operation))
            outline.shared[known] = all(is_before(outline, one, begun) for begun in called_in)
        return bool(outline.shared[known])
    if first.number != second.number:
        return outline.stage_order.is_before(first.number, second.number)
    order = outline.operation_order(first.number)
    return order.is_before(int(one.operation.path[-1]), int(other.operation.path[-1]))


def _gated(outline: Outline, name: str, place: StepPlace) -> bool:
    key = paths.normal(name.partition(".")[2])
    return any(is_before(outline, gate, place) for gate in outline.gates.get(key, ()))


@check("step.unreachable")
def conditions_can_hold(outline: Outline) -> Iterator[Fault]:
    """What is done on a condition can be reached: with the conditions around it, it can hold."""
    for asked in conditions(outline):
        if not asked.loop and not is_beyond(outline, asked) and always(outline, asked) is False:
            yield Fault(asked.path, _("This never holds, so what stands here is never done."))


def is_beyond(outline: Outline, asked: Asked) -> bool:
    """Tell whether it stands in what is never reached: that is said there, and once."""
    return any(always(outline, one) is False for one in asked.around)


@check("condition.always")
def conditions_decide_something(outline: Outline) -> Iterator[Fault]:
    """A condition that always holds decides nothing."""
    for asked in conditions(outline):
        if always(outline, asked) is True:
            yield Fault(asked.path, _("This always holds: the condition decides nothing."),
                        Weight.NOTE)  # fmt: skip


@check("after.unknown")
def what_is_waited_for_is_there(outline: Outline) -> Iterator[Fault]:
    """``after`` names stages of the recipe, or operations of the same stage."""
    stages = {stage.key for stage in outline.recipe.stages}
    for stage in outline.stages:
        for number, name in enumerate(stage.stage.after or ()):
            if name not in stages:
                path = (*stage.path, "after", number)
                yield Fault(path, _("There is no stage %(name)s.") % {"name": name})
    keys: dict[int | None, set[str]] = defaultdict(set)
    for place in outline.operations:
        keys[place.stage.number if place.stage else None].add(place.operation.key)
    for place in outline.operations:
        beside = keys[place.stage.number if place.stage else None]
        for number, name in enumerate(place.operation.after or ()):
            if name not in beside:
                sentence = _("There is no operation %(name)s in this stage.")
                yield Fault((*place.path, "after", number), sentence % {"name": name})


@check("after.later")
def stages_wait_for_what_stands_before(outline: Outline) -> Iterator[Fault]:
    """A stage waits for stages that stand before it: in their order they are planned and held."""
    for stage in () if outline.stage_order.stuck else outline.stages:
        for number, name in enumerate(stage.stage.after or ()):
            if outline.stage_numbers.get(name, -1) > stage.number:
                sentence = _("%(name)s stands behind it: let it stand before what waits for it.")
                yield Fault((*stage.path, "after", number), sentence % {"name": name})


@check("after.circle")
def nothing_waits_for_itself(outline: Outline) -> Iterator[Fault]:
    """What waits for one another in a circle never begins."""
    sentence = _("It waits for what waits for it, so its steps are never reached.")
    stuck = outline.stage_order.stuck
    for number in sorted(stuck)[:1]:
        yield Fault(("stages", number, "after"), sentence)
    for stage in outline.stages:
        order: Order = outline.operation_order(stage.number)
        for number in sorted(order.stuck)[:1]:
            yield Fault((*stage.path, "operations", number, "after"), sentence)


@check("clock.never_started")
def clocks_are_started(outline: Outline) -> Iterator[Fault]:
    """A clock that limits a time is started by a step before."""
    for path, limit in outline.time_limits():
        if limit.from_.partition(".")[0] == "clock" and not outline.clock(limit.from_):
            sentence = _("No step starts %(name)s: give one of them starts.")
            yield Fault((*path, "from"), sentence % {"name": limit.from_})
