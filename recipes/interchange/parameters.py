"""Plain data of a document as BatchML's parameters, and back: nothing is lost on the way.

A field is a ``Parameter``; one with parts has parameters of its own; a list says so by its
subtype, and its things are named by their key. A number carries the unit that stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from recipes.drafting.changes import Plain
from recipes.interchange.tree import Element, Found
from recipes.parts import NUMBER

PROCESS, INPUT, OUTPUT = "ProcessParameter", "ProcessInput", "ProcessOutput"
LIST = "List"
EQUATIONS = frozenset({"formula", "when", "until", "quantity"})
NAMES = ("key", "name", "material", "test", "as", "class")


def parameter(name: str, value: Plain, *, kind: str = PROCESS, unit: str = "") -> Element:
    """Return a field and all that is in it."""
    children = [Element("ID", name), Element("ParameterType", kind)]
    if isinstance(value, dict):
        inner = str(value.get("unit") or unit)
        children += [parameter(key, part, kind=kind, unit=inner) for key, part in value.items()]
    elif isinstance(value, list):
        children.append(Element("ParameterSubType", LIST))
        children += [
            parameter(_name(part, number), part, kind=kind, unit=unit)
            for number, part in enumerate(value, 1)
        ]
    else:
        children.append(_value(name, str(value), unit))
    return Element("Parameter", children=children)


def _name(part: Plain, number: int) -> str:
    named = (part.get(field) for field in NAMES) if isinstance(part, dict) else ()
    return next((str(name) for name in named if isinstance(name, str)), str(number))


def _value(name: str, text: str, unit: str) -> Element:
    number = bool(NUMBER.fullmatch(text))
    return Element("Value", children=[
        Element("ValueString", text),
        Element("DataInterpretation", "Equation" if name in EQUATIONS else "Constant"),
        Element("DataType", "decimal" if number else "string"),
        Element("UnitOfMeasure", unit if number else ""),
    ])  # fmt: skip


def plain(found: Found) -> Plain:
    """Return what a parameter says. A value of another system keeps its unit."""
    inner = list(found.all("Parameter"))
    if any(one.text == LIST for one in found.all("ParameterSubType")):
        return [plain(one) for one in inner]
    if inner:
        return {one.say("ID"): plain(one) for one in inner}
    value = found.first("Value")
    if value is None:
        return {}
    text = value.first("ValueString")
    # Earlier versions of BatchML have the text in the value itself.
    return text.own_text if text else value.text


def unit_of(found: Found) -> str:
    """Return the unit in which a parameter's value is given, or nothing."""
    value = found.first("Value")
    return value.say("UnitOfMeasure") if value else ""


def all_of(found: Found) -> Iterator[tuple[str, Found]]:
    """Yield the parameters of an element by their name."""
    return ((one.say("ID"), one) for one in found.all("Parameter"))
