"""BatchML into the plain data of a draft, with a list of what could not be understood.

What this system wrote comes back whole. Of another system's file the procedure is kept with its
levels, order and texts; what has no place in a document is named, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from recipes import formulas, nodes
from recipes.document import Operation, Recipe, Stage
from recipes.drafting.changes import Plain
from recipes.drafting.plain import normal
from recipes.entries import CodedGap
from recipes.gaps import said
from recipes.interchange import tree
from recipes.interchange.batchml import (
    CONTINGENCY,
    DOCUMENT,
    OF_ELEMENT,
    OPERATION,
    PHASE,
    PLACE,
    UNIT_PROCEDURE,
)
from recipes.interchange.logic import START, Flow, flow_of, read_logic
from recipes.interchange.names import class_of, keys_of, names_of, takes, text_of
from recipes.interchange.parameters import all_of, plain, unit_of
from recipes.interchange.tree import Found
from recipes.kinds import KINDS
from recipes.opening import refuse

ROOTS = {"MasterRecipe", "ControlRecipe"}
ASIDE = frozenset({"Begin", "End"})
PROCEDURE = "Procedure"
HOURS: dict[str, Plain] = {"low": "30 min", "expected": "1 h", "high": "2 h"}
# Systems write the levels with and without spaces, large and small.
LEVELS = {
    one.casefold(): one
    for one in (PROCEDURE, UNIT_PROCEDURE, "UnitRecipe", OPERATION, PHASE, CONTINGENCY, *ASIDE)
}
MOST_GAPS = 500
Data = dict[str, Plain]


@dataclass(slots=True)
class Foreign:
    """A file that was read: data for a draft, and the gaps."""

    data: Plain
    gaps: list[CodedGap]


def read(source: bytes) -> Foreign:
    """Read a BatchML file. Raises RecipeNotReadable when it holds no recipe."""
    root = tree.parse(source)
    recipes = list(_recipes(root))
    if not recipes:
        refuse("xml.no_recipe", _("The file holds no master or control recipe of BatchML."))
    reading = _Reading()
    data = reading.recipe(recipes[0])
    for other in recipes[1:]:
        reading.gap(other.say("ID"), "file.second_recipe")
    return Foreign(normal(data), reading.gaps[:MOST_GAPS])


def _recipes(found: Found) -> Iterator[Found]:
    """Yield the recipes of a file, however deep its messages wrap them."""
    if found.name in ROOTS:
        yield found
        return
    for one in found.children():
        yield from _recipes(one)


@dataclass(slots=True)
class _Reading:
    gaps: list[CodedGap] = field(default_factory=list)

    def gap(self, path: str, code: str, /, **values: str) -> None:
        self.gaps.append(CodedGap.of(path[:200], said(code, **values)))

    def recipe(self, found: Found) -> Data:
        """Read the whole procedure, whatever levels the other system has left out."""
        formula = found.first("Formula")
        if document := _document(formula):
            return document
        given = _name_of(found)
        code = re.sub(r"[^A-Z0-9._-]+", "-", given.upper()).strip("-._")[:60] or "RECIPE"
        data: Data = {"recipe": code, "title": text_of(found, given or code)}
        data |= self._fields(formula, Recipe, path="") if formula else {}
        data.setdefault("modality", "autologous")
        top = list(self._elements(found))
        contingent = [one for one in top if _type(one) == CONTINGENCY]
        rest = _at([one for one in top if _type(one) != CONTINGENCY], UNIT_PROCEDURE)
        keys = keys_of(one.say("ID") for one in rest)
        stages = [self._stage(one, key) for one, key in zip(rest, keys, strict=True)]
        data["stages"] = self._ordered(found, rest, stages)
        if contingent:
            named = zip(contingent, keys_of(one.say("ID") for one in contingent), strict=True)
            data["contingencies"] = [self._operation(one, key) for one, key in named]
        if not stages:
            self.gap(found.say("ID"), "file.nothing")
            data["stages"] = [self._stage(found, "stage")]
        if "bill_of_equipment" not in data:
            data["bill_of_equipment"] = self._equipment(found, stages)
        return {name: value for name, value in data.items() if value != []}

    def _elements(self, found: Found) -> Iterator[Found]:
        """Yield the recipe elements inside, through a procedure; what is none is named."""
        for one in found.all("RecipeElement"):
            kind = _type(one)
            if kind == PROCEDURE:
                yield from self._elements(one)
            elif kind in {UNIT_PROCEDURE, "UnitRecipe", OPERATION, PHASE, CONTINGENCY}:
                yield one
            elif kind not in ASIDE:
                self.gap(one.say("ID"), "file.element", kind=kind or "–")
                yield from self._elements(one)

    # --- the three levels ----------------------------------------------------------------------

    def _stage(self, found: Found, key: str) -> Data:
        path = found.say("ID")
        bare = _type(found) in {OPERATION, PHASE}
        inside = _at([found] if bare else list(self._elements(found)), OPERATION)
        keys = keys_of(one.say("ID") for one in inside)
        named = zip(inside, keys, strict=True)
        operations = [self._operation(one, name, alone=bare) for one, name in named]
        if not inside:
            operations = [self._operation(found, "operation", empty=True)]
        data: Data = {"key": key, "title": text_of(found, path)}
        if not bare:
            data |= self._fields(found, Stage, path=path)
        if "duration" not in data:
            data["duration"] = dict(HOURS)
            self.gap(path, "file.no_duration")
        if "equipment" not in data and "room" not in data:
            data |= self._needs(found, path)
        data["operations"] = [*operations] if bare else self._ordered(found, inside, operations)
        return {name: value for name, value in data.items() if value != []}

    def _operation(
        self, found: Found, key: str, *, empty: bool = False, alone: bool = False
    ) -> Data:
        """Read an operation; one that is ``empty``, or has no phases, has a confirmation.

        One that stands ``alone`` is its stage's as well: what equipment it asks for stands there.
        """
        path = found.say("ID")
        bare = empty or _type(found) == PHASE
        phases = [] if empty else [found] if bare else list(self._elements(found))
        data: Data = {"key": key, "title": text_of(found, path)}
        if not bare:
            data |= self._fields(found, Operation, path=path)
        if "openness" not in data:
            data["openness"] = "open"
            self.gap(path, "file.no_openness")
        for one in () if bare else (*([] if alone else [found]), *phases):
            self._equipment_inside(one)
        keys = keys_of(one.say("ID") for one in phases)
        steps = [self._phase(one, name) for one, name in zip(phases, keys, strict=True)]
        data["steps"] = [*steps] if bare else self._in_line(found, phases, steps)
        if not steps:
            self.gap(path, "file.no_phases")
            data["steps"] = [{"key": "first", "kind": "confirm", "text": text_of(found, path)}]
        return data

    def _phase(self, found: Found, key: str) -> Data:
        path, given = found.say("ID"), found.say("BuildingBlockElementID")
        kind = given if given in KINDS else "confirm"
        if given not in KINDS:
            self.gap(path, "file.phase", given=given or "–")
        data: Data = {"key": key, "kind": kind, "text": text_of(found, path)}
        return data | self._fields(found, KINDS[kind].schema, path=path)

    # --- what stands in them -------------------------------------------------------------------

    def _fields(self, found: Found, part: type, *, path: str) -> Data:
        """Read parameters as fields; one that has no field, or does not fit in it, is named."""
        data: Data = {}
        known = names_of(part).keys() - OF_ELEMENT
        for name, one in all_of(found):
            given = plain(one)
            if name in known and takes(part, name, normal(given)):
                data[name] = given
            else:
                value = f"{given} {unit_of(one)}".strip() if isinstance(given, str) else "…"
                self.gap(path, "file.no_field", name=name, value=value[:100])
        return data

    def _needs(self, found: Found, path: str) -> Data:
        """Read equipment that is only asked for by class, as other systems do."""
        units: list[Data] = []
        data: Data = {}
        for one in found.all("EquipmentRequirement"):
            said = {c.say("ID"): c.say("Condition") for c in one.all("Constraint")}
            role, class_ = said.pop("as", ""), one.say("ID")
            if role == PLACE:
                data["room"] = {"class": class_of(class_)}
            else:
                units.append({"class": class_of(class_), "as": role or class_})
            for name, condition in said.items():
                self.gap(path, "file.equipment", name=f"{class_}: {name} {condition}")
        names = keys_of(str(unit["as"]) for unit in units)
        own = [{**unit, "as": name} for unit, name in zip(units, names, strict=True)]
        return {**data, "equipment": [*own]}

    def _equipment_inside(self, found: Found) -> None:
        """Name equipment that is asked for by less than a stage."""
        for one in found.all("EquipmentRequirement"):
            self.gap(found.say("ID"), "file.equipment", name=one.say("ID") or "–")

    def _equipment(self, found: Found, stages: list[Data]) -> list[Plain]:
        """Return the bill: what the file lists, and what its parts ask for, each class once."""
        listed = [one.say("ID") for one in found.all("EquipmentRequirement")]
        bill = {class_of(name): name for name in reversed(listed)}
        for stage in stages:
            needs = stage.get("equipment")
            for unit in needs if isinstance(needs, list) else ():
                if isinstance(unit, dict) and isinstance(unit.get("class"), str):
                    bill.setdefault(str(unit["class"]), str(unit["class"]))
        return [{"class": key, "title": {"en": name or key}} for key, name in bill.items()]

    # --- the order -----------------------------------------------------------------------------

    def _ordered(self, found: Found, elements: list[Found], parts: list[Data]) -> list[Plain]:
        """Let parts say after what they come where the links say another order."""
        asked = self._flow(found, elements, parts)
        plain_parts: list[Plain] = list(parts)
        if asked is None:
            return plain_parts
        parts = _sorted(parts, asked.before)
        plain_parts = [*parts]
        usual = flow_of(parts)
        for part in parts:
            key = str(part["key"])
            before = asked.before.get(key)
            if before is not None and set(before) != set(usual.before[key]):
                part["after"] = list(before)
            self._condition(part, asked.conditions.get(key), path=key)
        if _circular(flow_of(parts)):
            self.gap(found.say("ID"), "file.circle")
            for part in parts:
                part.pop("after", None)
        return plain_parts

    def _in_line(self, found: Found, elements: list[Found], steps: list[Data]) -> list[Plain]:
        """Put phases into the order of their links; there is no parallel work inside."""
        asked = self._flow(found, elements, steps)
        plain_steps: list[Plain] = list(steps)
        if asked is None:
            return plain_steps
        for step in steps:
            self._condition(step, asked.conditions.get(str(step["key"])), path=str(step["key"]))
        line = _line(asked.before)
        by_key: dict[str, Plain] = {str(step["key"]): step for step in steps}
        if line is None or set(line) != set(by_key):
            self.gap(found.say("ID"), "file.no_line")
            return plain_steps
        return [by_key[key] for key in line]

    def _flow(self, found: Found, elements: list[Found], parts: list[Data]) -> Flow | None:
        logic = found.first("ProcedureLogic")
        if logic is None or not any(logic.all("Link")):
            return None
        named = zip(elements, parts, strict=True)
        keys = {one.say("ID"): str(part["key"]) for one, part in named}
        said = read_logic(logic)
        before = {
            keys[element]: tuple(keys[name] for name in names if name in keys)
            for element, names in said.before.items()
            if element in keys
        }
        conditions = {keys[e]: c for e, c in said.conditions.items() if e in keys}
        return Flow(before, conditions)

    def _condition(self, part: Data, asked: str | None, *, path: str) -> None:
        if asked is None or part.get("when") == asked:
            return
        try:
            fits = formulas.parse(asked).is_condition
        except formulas.FormulaError:
            fits = False
        if fits:
            part["when"] = asked
            return
        self.gap(path, "file.condition", condition=asked[:200])


def _document(formula: Found | None) -> Data:
    """Return a document that this system wrote as one value, or nothing."""
    said = (one for name, one in all_of(formula) if name == DOCUMENT) if formula else iter(())
    text = next((plain(one) for one in said), "")
    if not text:
        return {}
    data = nodes.read_json(str(text)).data
    return data if isinstance(data, dict) else {}


def _name_of(found: Found) -> str:
    """Return the recipe's own name; a control recipe has its batch's beside it."""
    header = found.first("Header")
    product = header.say("ProductID") if header and found.name == "ControlRecipe" else ""
    return product or found.say("ID")


def _type(found: Found) -> str:
    kind = found.first("RecipeElementType")
    if kind is None:
        return ""
    said = kind.attribute("OtherValue") if kind.text == "Other" else kind.text
    return LEVELS.get(re.sub(r"[\s_-]", "", said).casefold(), said)


def _at(elements: list[Found], level: str) -> list[Found]:
    """Return the elements of a level; one of a lower level stands for itself."""
    lower = {UNIT_PROCEDURE: {"UnitRecipe", OPERATION, PHASE}, OPERATION: {PHASE}}[level]
    return [one for one in elements if _type(one) == level or _type(one) in lower]


def _sorted(parts: list[Data], before: Mapping[str, tuple[str, ...]]) -> list[Data]:
    """Return parts so that each stands behind what is before it, else in the file's order."""
    left, done, found = list(parts), {""}, list[Data]()
    while left:
        ready = (one for one in left if done.issuperset(before.get(str(one["key"]), ())))
        following = next(ready, left[0])
        left.remove(following)
        done.add(str(following["key"]))
        found.append(following)
    return found


def _circular(flow: Flow) -> bool:
    left = dict(flow.before)
    while left:
        free = [key for key, names in left.items() if not any(name in left for name in names)]
        if not free:
            return True
        for key in free:
            del left[key]
    return False


def _line(before: Mapping[str, tuple[str, ...]]) -> list[str] | None:
    """Return keys in their order when each has at most one before and one after it."""
    after: dict[str, str] = {}
    for key, names in before.items():
        if len(names) > 1 or (names or (START,))[0] in after:
            return None
        after[(names or (START,))[0]] = key
    line: list[str] = []
    at = START
    while at in after:
        at = after[at]
        line.append(at)
    return line if len(line) == len(before) else None
