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
    OPERATION,
    PHASE,
    PLACE,
    UNIT_PROCEDURE,
)
from recipes.interchange.logic import START, Flow, flow_of, read_logic
from recipes.interchange.parameters import all_of, plain, unit_of
from recipes.interchange.tree import Found
from recipes.kinds import KINDS
from recipes.opening import refuse

ROOTS = {"MasterRecipe", "ControlRecipe"}
ASIDE = frozenset({"Begin", "End"})
PROCEDURE = "Procedure"
HOURS: dict[str, Plain] = {"low": "30 min", "expected": "1 h", "high": "2 h"}
LONGEST_KEY = 60
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
    recipes = [one for one in _candidates(root) if one.name in ROOTS]
    if not recipes:
        refuse("xml.no_recipe", _("The file holds no master or control recipe of BatchML."))
    reading = _Reading()
    data = reading.recipe(recipes[0])
    for other in recipes[1:]:
        reading.gap(other.say("ID"), "file.second_recipe")
    return Foreign(normal(data), reading.gaps[:MOST_GAPS])


def _candidates(root: Found) -> Iterator[Found]:
    yield root
    yield from root.children()


@dataclass(slots=True)
class _Reading:
    gaps: list[CodedGap] = field(default_factory=list)
    keys: dict[str, dict[str, str]] = field(default_factory=dict)

    def gap(self, path: str, code: str, /, **values: str) -> None:
        self.gaps.append(CodedGap.of(path[:200], said(code, **values)))

    def recipe(self, found: Found) -> Data:
        """Read the whole procedure, whatever levels the other system has left out."""
        formula = found.first("Formula")
        if document := _document(formula):
            return document
        given = _name_of(found)
        code = re.sub(r"[^A-Z0-9._-]+", "-", given.upper()).strip("-._")[:LONGEST_KEY] or "RECIPE"
        data: Data = {"recipe": code, "title": _text(found, given or code)}
        data |= self._fields(formula, set(Recipe.model_fields), path="") if formula else {}
        data.setdefault("modality", "autologous")
        top = list(self._elements(found))
        contingent = [one for one in top if _type(one) == CONTINGENCY]
        rest = [one for one in top if _type(one) != CONTINGENCY]
        stages = [self._stage(one) for one in _at(rest, UNIT_PROCEDURE)]
        data["stages"] = self._ordered(found, rest, stages)
        if contingent:
            data["contingencies"] = [self._operation(one) for one in contingent]
        if "bill_of_equipment" not in data:
            data["bill_of_equipment"] = self._equipment(found)
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

    # --- the three levels ----------------------------------------------------------------------

    def _stage(self, found: Found) -> Data:
        path = found.say("ID")
        inside = list(self._elements(found)) if _type(found) != PHASE else [found]
        bare = _type(found) in {OPERATION, PHASE}
        operations = [self._operation(one) for one in _at([found] if bare else inside, OPERATION)]
        data: Data = {"key": self._key(path), "title": _text(found, path)}
        if not bare:
            data |= self._fields(found, set(_names(Stage)), path=path)
        if "duration" not in data:
            data["duration"] = dict(HOURS)
            self.gap(path, "file.no_duration")
        if "equipment" not in data and "room" not in data:
            data |= self._needs(found, path)
        data["operations"] = [*operations] if bare else self._ordered(found, inside, operations)
        return {name: value for name, value in data.items() if value != []}

    def _operation(self, found: Found) -> Data:
        path = found.say("ID")
        bare = _type(found) == PHASE
        phases = [found] if bare else list(self._elements(found))
        data: Data = {"key": self._key(path), "title": _text(found, path)}
        if not bare:
            data |= self._fields(found, set(_names(Operation)), path=path)
        if "openness" not in data:
            data["openness"] = "open"
            self.gap(path, "file.no_openness")
        steps = [self._phase(one) for one in phases]
        data["steps"] = [*steps] if bare else self._in_line(found, phases, steps)
        return data

    def _phase(self, found: Found) -> Data:
        path, given = found.say("ID"), found.say("BuildingBlockElementID")
        kind = given if given in KINDS else "confirm"
        if given not in KINDS:
            self.gap(path, "file.phase", given=given or "–")
        names = set(_names(KINDS[kind].schema))
        data: Data = {"key": self._key(path), "kind": kind, "text": _text(found, path)}
        return data | self._fields(found, names, path=path)

    # --- what stands in them -------------------------------------------------------------------

    def _fields(self, found: Found, known: set[str], *, path: str) -> Data:
        data: Data = {}
        for name, one in all_of(found):
            if name in known:
                data[name] = plain(one)
            else:
                given = plain(one)
                value = f"{given} {unit_of(one)}".strip() if isinstance(given, str) else "…"
                self.gap(path, "file.no_field", name=name, value=value[:100])
        return data

    def _needs(self, found: Found, path: str) -> Data:
        """Read equipment that is only asked for by class, as other systems do."""
        units: list[Plain] = []
        data: Data = {}
        for one in found.all("EquipmentRequirement"):
            said = {c.say("ID"): c.say("Condition") for c in one.all("Constraint")}
            role, class_ = said.pop("as", ""), one.say("ID")
            if role == PLACE:
                data["room"] = {"class": class_}
            else:
                units.append({"class": _slug(class_), "as": _slug(role or class_)})
            for name, condition in said.items():
                self.gap(path, "file.equipment", name=f"{class_}: {name} {condition}")
        return {**data, "equipment": units}

    def _equipment(self, found: Found) -> list[Plain]:
        return [
            {"class": _slug(one.say("ID")), "title": {"en": one.say("ID")}}
            for one in found.all("EquipmentRequirement")
        ]

    def _key(self, path: str) -> str:
        return _slug(path.rpartition("/")[2] or path)

    # --- the order -----------------------------------------------------------------------------

    def _ordered(self, found: Found, elements: list[Found], parts: list[Data]) -> list[Plain]:
        """Let parts say after what they come where the links say another order."""
        asked = self._flow(found, elements)
        plain_parts: list[Plain] = list(parts)
        if asked is None:
            return plain_parts
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
        asked = self._flow(found, elements)
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

    def _flow(self, found: Found, elements: list[Found]) -> Flow | None:
        logic = found.first("ProcedureLogic")
        if logic is None or not any(logic.all("Link")):
            return None
        keys = {one.say("ID"): self._key(one.say("ID")) for one in elements}
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
    return kind.attribute("OtherValue") if kind.text == "Other" else kind.text


def _at(elements: list[Found], level: str) -> list[Found]:
    """Return the elements of a level; one of a lower level stands for itself."""
    lower = {UNIT_PROCEDURE: {"UnitRecipe", OPERATION, PHASE}, OPERATION: {PHASE}}[level]
    return [one for one in elements if _type(one) == level or _type(one) in lower]


def _names(model: type) -> Iterator[str]:
    fields: Mapping[str, object] = vars(model)["__pydantic_fields__"]
    for name, one in fields.items():
        yield getattr(one, "alias", None) or name


def _text(found: Found, instead: str) -> Data:
    said: Data = {
        one.attribute("languageID") or "en": one.own_text
        for one in found.all("Description")
        if one.text
    }
    return said or {"en": instead or "…"}


def _slug(given: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", given.lower()).strip("-")[:LONGEST_KEY].strip("-")
    return slug if slug[:1].isalpha() else f"part-{slug}".strip("-")


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
