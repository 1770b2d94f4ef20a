"""A recipe as BatchML: a master recipe, or the control recipe of one batch.

ISA-88's levels are recipe elements: stage = unit procedure, operation, step = phase. Text stands in
descriptions by language, everything else in parameters; equipment and order are said a second
time in the elements that other systems look at (requirements and procedure logic).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from recipes.document import Recipe
from recipes.drafting.changes import Plain
from recipes.drafting.plain import canonical, plain_of
from recipes.interchange.logic import logic
from recipes.interchange.parameters import INPUT, OUTPUT, PROCESS, parameter
from recipes.interchange.tree import Element, fits, written
from records.entries import instant_text

UNIT_PROCEDURE, OPERATION, PHASE = "UnitProcedure", "Operation", "Phase"
CONTINGENCY = "Contingency"
PLACE = "place"
# A recipe that is too large level by level: all of it, as JSON, in a parameter of this name.
DOCUMENT = "document_as_json"
# What stands elsewhere than in a parameter.
OF_RECIPE = frozenset({"recipe", "title", "stages", "contingencies"})
OF_ELEMENT = frozenset({"key", "title", "text", "kind", "operations", "steps"})
KINDS_OF_FORMULA = {
    "inputs": INPUT, "bill_of_materials": INPUT, "tests": OUTPUT, "specification": OUTPUT,
}  # fmt: skip
Data = Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a control recipe says of its batch: number, values of the order, units that it has.

    ``units`` are codes of units by stage and by the name that the steps use.
    """

    number: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[tuple[str, str], str] = field(default_factory=dict)


def master_recipe(recipe: Recipe, *, version: str, at: datetime) -> bytes:
    """Return a recipe's document as a BatchML master recipe; ``at`` is when it became a version."""
    data = plain_of(recipe)
    return _sent("MasterRecipe", _head(data, version, at), data, version, Batch(""))


def control_recipe(recipe: Recipe, *, version: str, at: datetime, batch: Batch) -> bytes:
    """Return the control recipe of a batch: its document, inputs, and the units that it claimed."""
    data = plain_of(recipe)
    head = [
        Element("ID", f"{batch.number}"), *_head(data, version, at)[1:],
        Element("BatchID", batch.number),
    ]  # fmt: skip
    return _sent("ControlRecipe", head, data, version, batch)


def _sent(name: str, head: list[Element], data: Data, version: str, batch: Batch) -> bytes:
    """Return a recipe level by level; as one value where that would be too large to be read."""
    levels = _whole(name, [*head, *_body(data, version, batch)])
    if fits(levels):
        return levels
    document = canonical(dict(data)).decode()
    return _whole(name, [*head, _header(data), _formula({DOCUMENT: document}, batch)])


def _whole(name: str, children: list[Element]) -> bytes:
    return written(_information([Element(name, children=children)]))


def _information(children: list[Element]) -> Element:
    return Element("BatchInformation", children=children)


def _head(data: Data, version: str, at: datetime) -> list[Element]:
    return [
        Element("ID", str(data["recipe"])), Element("Version", version),
        Element("VersionDate", instant_text(at)), *descriptions(data.get("title")),
    ]  # fmt: skip


def _body(data: Data, version: str, batch: Batch) -> list[Element]:
    stages, others = _things(data, "stages"), _things(data, "contingencies")
    return [
        _header(data),
        *(_requirement(line, "") for line in _things(data, "bill_of_equipment")),
        _formula(data, batch),
        logic(stages, scope="", version=version),
        *(_stage(stage, version, batch) for stage in stages),
        *(_operation(one, "", version, contingency=True) for one in others),
    ]


def _header(data: Data) -> Element:
    return Element("Header", children=[Element("ProductID", str(data["recipe"]))])


def _formula(data: Data, batch: Batch) -> Element:
    given = {name: value for name, value in data.items() if name not in OF_RECIPE}
    children = [
        parameter(name, value, kind=KINDS_OF_FORMULA.get(name, PROCESS))
        for name, value in given.items()
    ]
    if batch.inputs:
        children.append(parameter("values_of_the_order", dict(batch.inputs), kind=INPUT))
    return Element("Formula", children=children)


def descriptions(text: Plain | None) -> list[Element]:
    """Return a text in each of its languages."""
    said = text if isinstance(text, dict) else {}
    return [
        Element("Description", str(words), {"languageID": language})
        for language, words in said.items()
    ]


def _requirement(line: Data, role: str) -> Element:
    """Return a class of equipment (``class``), the name it has in the steps, what it must do."""
    wanted = {"as": role, "hold_until": str(line.get("hold_until", ""))}
    constraints = [
        Element("Constraint", children=[Element("ID", name), Element("Condition", said)])
        for name, said in wanted.items()
        if said
    ]
    return Element(
        "EquipmentRequirement", children=[Element("ID", str(line.get("class", ""))), *constraints]
    )


def _stage(data: Data, version: str, batch: Batch) -> Element:
    key = str(data["key"])
    operations = _things(data, "operations")
    room = data.get("room")
    needs = [_requirement(one, str(one.get("as", ""))) for one in _things(data, "equipment")]
    if isinstance(room, dict):
        needs.insert(0, _requirement(room, PLACE))
    actual = [
        Element("ActualEquipmentID", unit)
        for (stage, _role), unit in batch.units.items()
        if stage == key
    ]
    children = [
        *_identity(key, version, data.get("title"), UNIT_PROCEDURE), *actual, *needs,
        *_parameters(data), logic(operations, scope=f"{key}/", version=version),
        *(_operation(one, f"{key}/", version) for one in operations),
    ]  # fmt: skip
    return Element("RecipeElement", children=children)


def _operation(data: Data, scope: str, version: str, *, contingency: bool = False) -> Element:
    path = f"{scope}{data['key']}"
    steps = _things(data, "steps")
    kind = CONTINGENCY if contingency else OPERATION
    children = [
        *_identity(path, version, data.get("title"), kind), *_parameters(data),
        logic(steps, scope=f"{path}/", version=version),
        *(_phase(step, f"{path}/", version) for step in steps),
    ]  # fmt: skip
    return Element("RecipeElement", children=children)


def _phase(data: Data, scope: str, version: str) -> Element:
    kind = Element("BuildingBlockElementID", str(data["kind"]))
    identity = _identity(f"{scope}{data['key']}", version, data.get("text"), PHASE)
    return Element("RecipeElement", children=[*identity, kind, *_parameters(data)])


def _identity(path: str, version: str, text: Plain | None, kind: str) -> list[Element]:
    standard = kind if kind != CONTINGENCY else "Other"
    more = {"OtherValue": kind} if kind == CONTINGENCY else {}
    return [
        Element("ID", path), Element("Version", version), *descriptions(text),
        Element("RecipeElementType", standard, more),
    ]  # fmt: skip


def _parameters(data: Data) -> list[Element]:
    return [parameter(name, value) for name, value in data.items() if name not in OF_ELEMENT]


def _things(data: Data, field: str) -> Sequence[Mapping[str, Plain]]:
    found = data.get(field)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
