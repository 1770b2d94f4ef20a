"""Procedure logic: the order of the parts of a procedure, as BatchML's links and transitions.

A part begins when those before it are over; a transition between them carries the condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recipes.drafting.changes import Plain
from recipes.interchange.tree import Element, Found

ALWAYS = "TRUE"
START, END = "Begin", "End"
# A line clearance says by the same word whether it is before or after the work.
CLEARANCE = "clear"


@dataclass(frozen=True, slots=True)
class Flow:
    """What is before each part, by its key, and the condition on which it is done."""

    before: Mapping[str, tuple[str, ...]]
    conditions: Mapping[str, str]


def flow_of(parts: Sequence[Mapping[str, Plain]]) -> Flow:
    """Return the order of stages, operations or steps: one after the other unless they say else."""
    before: dict[str, tuple[str, ...]] = {}
    conditions: dict[str, str] = {}
    last: tuple[str, ...] = ()
    for part in parts:
        key, after = str(part.get("key", "")), part.get("after")
        before[key] = tuple(map(str, after)) if isinstance(after, list) else last
        if isinstance(part.get("when"), str) and part.get("kind") != CLEARANCE:
            conditions[key] = str(part["when"])
        last = (key,)
    return Flow(before, conditions)


def logic(parts: Sequence[Mapping[str, Plain]], *, scope: str, version: str) -> Element:
    """Return the links, steps and transitions among some parts, from begin to end."""
    flow = flow_of(parts)
    after = {name for names in flow.before.values() for name in names}
    ends = tuple(key for key in flow.before if key not in after)
    steps = {**{key: names or (START,) for key, names in flow.before.items()}, END: ends}
    links, transitions = [], []
    for key, names in steps.items():
        condition = flow.conditions.get(key, ALWAYS)
        transitions.append(_transition(f"to-{key}", condition))
        links.append(_link(names, f"to-{key}", to_step=False))
        links.append(_link((f"to-{key}",), key, to_step=True))
    named = [_step(key, f"{scope}{key}", version) for key in flow.before]
    outer = [_step(name, name, version) for name in (START, END)]
    return Element("ProcedureLogic", children=[*links, outer[0], *named, outer[1], *transitions])


def _step(key: str, element: str, version: str) -> Element:
    return Element("Step", children=[
        Element("ID", key), Element("RecipeElementID", element),
        Element("RecipeElementVersion", version),
    ])  # fmt: skip


def _transition(name: str, condition: str) -> Element:
    return Element("Transition", children=[Element("ID", name), Element("Condition", condition)])


def _link(sources: Sequence[str], to: str, *, to_step: bool) -> Element:
    source, target = ("Transition", "Step") if to_step else ("Step", "Transition")
    kind = "ParallelConvergent" if len(sources) > 1 else "ControlLink"
    children = [Element("ID", f"{'-'.join(sources)}-{to}")]
    children += [
        Element("FromID", children=[
            Element("FromIDValue", name), Element("FromType", source),
            Element("IDScope", "Internal"),
        ])
        for name in sources
    ]  # fmt: skip
    children.append(
        Element("ToID", children=[
            Element("ToIDValue", to), Element("ToType", target), Element("IDScope", "Internal"),
        ])
    )  # fmt: skip
    children += [Element("LinkType", kind), Element("Depiction", "LineAndArrow")]
    return Element("Link", children=children)


def read_logic(found: Found) -> Flow:
    """Return the order that links say: what is before each step, through its transitions."""
    conditions = {one.say("ID"): one.say("Condition") for one in found.all("Transition")}
    elements = {one.say("ID"): one.say("RecipeElementID") for one in found.all("Step")}
    into: dict[str, list[str]] = {}
    for link in found.all("Link"):
        sources = [one.say("FromIDValue") for one in link.all("FromID")]
        for target in link.all("ToID"):
            into.setdefault(target.say("ToIDValue"), []).extend(sources)
    before: dict[str, tuple[str, ...]] = {}
    asked: dict[str, str] = {}
    for step, element in elements.items():
        through = [name for name in into.get(step, []) if name in conditions]
        direct = [name for name in into.get(step, []) if name not in conditions]
        names = [*direct, *(source for name in through for source in into.get(name, []))]
        before[element] = tuple(elements[name] for name in names if name in elements)
        said = [conditions[name] for name in through if conditions[name].upper() != ALWAYS]
        if said:
            asked[element] = " and ".join(said)
    return Flow(before, asked)
