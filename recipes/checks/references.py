"""References: to steps before, materials of the bill, claimed equipment, known tests."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from recipes import formulas, paths
from recipes.faults import Fault, check
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.places import StepPlace
from recipes.step import Names, Use

EDGES = frozenset({"started_at", "ended_at"})
MOMENTS = frozenset({"collection.started_at", "collection.ended_at"})


def _uses(outline: Outline, what: Names) -> Iterator[tuple[StepPlace, Use]]:
    for place in outline.all_steps:
        for use in outline.uses(place):
            if use.what == what:
                yield place, use


def _named(outline: Outline) -> Iterator[tuple[StepPlace, Path, str]]:
    """Yield each name in each formula of the steps, and where it stands."""
    for place, several in outline.formulas:
        for written in several:
            for name in formulas.parse(written.formula).names:
                yield place, (*place.path, *written.path), name


@check("reference.material")
def materials_in_bill(outline: Outline) -> Iterator[Fault]:
    """What is added stands in the bill of materials."""
    known = {line.material for line in outline.recipe.bill_of_materials}
    for place, use in _uses(outline, Names.MATERIAL):
        if use.name not in known:
            sentence = _("%(name)s is not in the bill of materials.")
            yield Fault((*place.path, *use.path), sentence % {"name": use.name})


@check("reference.equipment")
def equipment_claimed(outline: Outline) -> Iterator[Fault]:
    """What a step binds is claimed by its stage, or held from one before."""
    for place, use in _uses(outline, Names.EQUIPMENT):
        stage = place.operation.stage
        claimed = (
            use.name in outline.holds.claims if stage is None
            else outline.holds.may_use(use.name, stage.number)
        )  # fmt: skip
        if not claimed:
            sentence = _("%(name)s is claimed neither by this stage nor by one that holds it.")
            yield Fault((*place.path, *use.path), sentence % {"name": use.name})


@check("reference.test")
def tests_known(outline: Outline) -> Iterator[Fault]:
    """What a sample is for, and what a gate waits for, are tests of the recipe."""
    known = outline.recipe.test_by_key
    for place, use in _uses(outline, Names.TEST):
        if use.name not in known:
            yield Fault(
                (*place.path, *use.path), _("There is no test %(name)s.") % {"name": use.name}
            )


@check("reference.step")
def steps_known_and_before(outline: Outline) -> Iterator[Fault]:
    """A time runs from a step that exists and comes before."""
    for place, use in _uses(outline, Names.STEP):
        yield from _before(outline, use.name, place, (*place.path, *use.path))


@check("formula.name")
def names_known_and_before(outline: Outline) -> Iterator[Fault]:
    """A formula uses inputs, parameters, results and values that exist by then."""
    spaces = {
        "inputs": {given.name for given in outline.recipe.inputs},
        "parameters": {parameter.key for parameter in outline.recipe.parameters},
    }
    for place, path, name in _named(outline):
        space, key = paths.space_of(name), name.partition(".")[2]
        if space == "results":
            yield from _result(outline, key, place, path)
        elif space is not None:
            if key not in spaces[space]:
                yield Fault(path, _("There is no %(name)s.") % {"name": name})
        else:
            yield from _before(outline, name, place, path)
            meant = outline.meant(name, place)
            if meant is not None and meant.step.unit_of_value() is None:
                yield Fault(path, _("The step %(name)s gives no number.") % {"name": name})
    for place, several in outline.formulas:
        for written in several:
            for name, _key in formulas.parse(written.formula).words:
                path = (*place.path, *written.path)
                if paths.space_of(name) == "results":
                    yield from _result(outline, name.partition(".")[2], place, path)
                else:
                    yield from _before(outline, name, place, path)


def _before(outline: Outline, name: str, place: StepPlace, path: Path) -> Iterator[Fault]:
    meant = outline.meant(name, place)
    if meant is None:
        yield Fault(path, _("There is no step %(name)s.") % {"name": name})
    elif meant.number >= place.number:
        yield Fault(path, _("The step %(name)s does not come before this one.") % {"name": name})


def _result(outline: Outline, key: str, place: StepPlace, path: Path) -> Iterator[Fault]:
    sample = outline.sampled_normally.get(paths.normal(key))
    if sample is None or sample.number >= place.number:
        sentence = _("No sample for the test %(name)s is taken before this step.")
        yield Fault(path, sentence % {"name": key})


@check("reference.within")
def moments_known(outline: Outline) -> Iterator[Fault]:
    """A limit of time runs from a known moment that comes before, for a known time."""
    parameters = {f"parameters.{parameter.key}" for parameter in outline.recipe.parameters}
    for path, limit in outline.time_limits():
        known = limit.from_ in MOMENTS or limit.from_.partition(".")[0] == "clock"
        if not known and not _moment(outline, limit.from_, path):
            sentence = _("%(name)s is no moment that comes before this.")
            yield Fault((*path, "from"), sentence % {"name": limit.from_})
        for field, span in limit.spans:
            if isinstance(span, str) and span not in parameters:
                yield Fault((*path, field), _("There is no %(name)s.") % {"name": span})


def _moment(outline: Outline, name: str, path: Path) -> bool:
    """Tell whether a stage or a step with this name comes before what stands at a path."""
    here = outline.by_path.get(path[:-2])
    number = int(path[1]) if path[0] == "stages" else len(outline.stages)
    first, _dot, last = name.replace("/", ".").rpartition(".")
    stage = outline.stage_numbers.get(first if last in EDGES else name)
    if stage is not None and (here is None or last in EDGES):
        return stage < number or (here is not None and stage == number and last == "started_at")
    if here is not None:
        meant = outline.meant(name, here)
        return meant is not None and meant.number < here.number
    step = outline.by_name.get(paths.normal(name))
    begun = step.operation.stage if step else None
    return begun is not None and begun.number < number


@check("reference.contingency")
def contingencies_known(outline: Outline) -> Iterator[Fault]:
    """An operation offers contingencies that the recipe describes."""
    known = {operation.key for operation in outline.recipe.contingencies}
    for place in outline.operations:
        for number, name in enumerate(place.operation.contingencies):
            if name not in known:
                yield Fault(
                    (*place.path, "contingencies", number),
                    _("There is no contingency %(name)s.") % {"name": name},
                )
