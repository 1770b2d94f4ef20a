"""What of a batch's document may still be changed, and how a part is put in. Pure.

What was reached has begun: an operation with a step that is due, done or skipped. A redline
changes what stands behind all that, and nothing of what judges it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from recipes import nodes, reader, stored
from recipes.difference import Difference
from recipes.difference.parts import path_of
from recipes.document import Recipe
from recipes.drafting.changes import Plain
from recipes.drafting.plain import normal, plain_of, yaml_of
from recipes.messages import RecipeNotReadable, more_than
from recipes.opening import Mark
from recipes.places import CALLED

# Lists of the whole document that a redline may add to; the rest judges what is done already.
LISTS = ("bill_of_materials", "bill_of_equipment", "tests", "contingencies")
GROWING = frozenset({"tests", "bill_of_equipment"})


@dataclass(frozen=True, slots=True)
class Begun:
    """The operations of a batch that were reached, as ``stage/operation``, and what was called."""

    operations: frozenset[str]
    called: frozenset[str] = frozenset()

    @property
    def stages(self) -> frozenset[str]:
        """The stages that were reached."""
        return frozenset(path.partition("/")[0] for path in self.operations)

    def holds(self, path: str) -> bool:
        """Whether a stage, operation or step has begun."""
        parts = path.split("/")
        if parts[0] == CALLED:
            return len(parts) > 1 and parts[1] in self.called
        if len(parts) == 1:
            return parts[0] in self.stages
        return "/".join(parts[:2]) in self.operations


def remaining_of(recipe: Recipe, begun: Begun) -> dict[str, Plain]:
    """Return the part of a document that a redline may change, as plain data."""
    data = plain_of(recipe)
    found: dict[str, Plain] = {name: data[name] for name in LISTS if name in data}
    stages: list[Plain] = []
    for stage in _mappings(data["stages"]):
        free = [one for one in _mappings(stage["operations"]) if not _in(begun, stage, one)]
        if stage["key"] in begun.stages:
            stages.append({"key": stage["key"], "operations": [*free]})
        else:
            stages.append(stage)
    last = max((n for n, one in enumerate(stages) if _key(one) in begun.stages), default=-1)
    return {**found, "stages": stages[max(last, 0) :]}


def text_of(recipe: Recipe, begun: Begun) -> str:
    """Return the part that may be changed as YAML."""
    return yaml_of(remaining_of(recipe, begun))


def rewritten(recipe: Recipe, begun: Begun, source: bytes) -> Recipe:
    """Return the document with another rest, written as YAML or JSON.

    Raises RecipeNotReadable, each message with its line in ``source``. What today's rules of
    reading would refuse in a document that was stored under earlier ones is no fault of the rest.
    """
    found = reader.written(source)
    whole = nodes.Nodes(spliced(recipe, begun, found.data), _marks(recipe, begun, found))
    try:
        return reader.read_nodes(whole).recipe
    except RecipeNotReadable as refusal:
        own = more_than(refusal.messages, reader.faults_of(recipe))
        if own or len(refusal.messages) >= nodes.MOST_MESSAGES or not isinstance(whole.data, dict):
            raise RecipeNotReadable(own or refusal.messages) from refusal
        return stored.read(whole.data)


def _marks(recipe: Recipe, begun: Begun, found: nodes.Nodes) -> dict[nodes.Path, Mark]:
    """Return the lines of the rest by the places at which it stands in the whole document."""
    whole = _mappings(plain_of(recipe)["stages"])
    reached = [stage for stage in whole if stage["key"] in begun.stages]
    first = next(iter(_things(_mapping(found.data).get("stages"))), None)
    runs = bool(reached) and _key(first) == reached[-1]["key"]
    stages = len(reached) - runs
    kept = len(_kept(begun, reached[-1])) if runs else 0

    def there(path: nodes.Path) -> nodes.Path:
        match path:
            case ("stages", 0, "operations", int(number), *rest):
                return ("stages", stages, "operations", number + kept, *rest)
            case ("stages", int(number), *rest):
                return ("stages", number + stages, *rest)
        return path

    return {there(path): mark for path, mark in found.marks.items()}


def spliced(recipe: Recipe, begun: Begun, remaining: Plain) -> Plain:
    """Return the whole document with what remains replaced by other data, read or not."""
    data, given = plain_of(recipe), normal(remaining)
    if not isinstance(given, dict):
        return given
    kept = {name: value for name, value in data.items() if name not in LISTS}
    lists = {name: given[name] for name in LISTS if name in given}
    old = _mappings(data["stages"])
    begun_ones = [stage for stage in old if stage["key"] in begun.stages]
    new = given.get("stages")
    return normal({**kept, **lists, "stages": _stages(begun_ones, new, begun)})


def _stages(old: list[dict[str, Any]], new: Plain, begun: Begun) -> list[Plain]:
    """What has begun stays as it is; the running stage keeps what is written behind it."""
    given = _things(new)
    running = old[-1] if old else None
    found: list[Plain] = [*old[:-1]]
    if running is not None:
        kept = _kept(begun, running)
        more: list[Plain] = []
        if given and isinstance(given[0], dict) and _key(given[0]) == running["key"]:
            written = given.pop(0)
            more = _things(written.get("operations") if isinstance(written, dict) else None)
        found.append({**running, "operations": [*kept, *more]})
    return [*found, *given]


def _kept(begun: Begun, stage: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the operations of a stage that have begun."""
    return [one for one in _mappings(stage["operations"]) if _in(begun, stage, one)]


def _in(begun: Begun, stage: dict[str, Any], operation: dict[str, Any]) -> bool:
    return f"{stage['key']}/{operation['key']}" in begun.operations


def _key(thing: Plain) -> Plain:
    return _mapping(thing).get("key")


def _mapping(thing: Plain) -> dict[str, Plain]:
    return thing if isinstance(thing, dict) else {}


def _things(things: Plain) -> list[Plain]:
    return list(things) if isinstance(things, list) else []


def _mappings(things: Plain) -> list[dict[str, Any]]:
    return [one for one in things if isinstance(one, dict)] if isinstance(things, list) else []


def refused_places(
    before: Recipe, after: Recipe, found: Iterable[Difference], begun: Begun
) -> list[str]:
    """Return where a new document touches what has begun, or what judges it; none when it may."""
    places = [place for one in found if (place := _refused(one, begun))]
    was, now = _order(before), _order(after)
    last = max((n for n, path in enumerate(was) if path in begun.operations), default=-1)
    places += [
        path for path, other in zip(was[: last + 1], [*now, *[""] * last], strict=False)
        if path != other
    ][:1]  # fmt: skip
    return list(dict.fromkeys(places))


def _refused(one: Difference, begun: Begun) -> str:
    paths = [path for path in (path_of(one.was_at), path_of(one.at)) if path]
    if paths:
        return next((path for path in paths if begun.holds(path)), "")
    field = one.address[0]
    grows = not one.was_at
    allowed = field in LISTS and (field not in GROWING or grows)
    return "" if allowed else "/".join(one.address[:2])


def _order(recipe: Recipe) -> list[str]:
    return [f"{stage.key}/{one.key}" for stage in recipe.stages for one in stage.operations]
