"""The paper pack of a running batch: every step that is left, ready for printing and a pen."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from batches.enums import OperationState, StepState
from batches.models import Operation, PaperPack, Step
from batches.pages.clocks import running
from batches.pages.limits import asked_scale
from batches.pages.record import limits_text
from batches.pages.seen import Seen, language
from batches.pages.values import blanks, in_words
from batches.paper_exceptions import PackNotReadable
from batches.selectors import Point, facts_at, packs_of
from batches.timing import CLOCK, beginning, limits_at
from mes.lib.evidence import JSON, canonical
from mes.ui.text import part_text, quantity_text
from orders.selectors import order_of
from recipes import formulas, paths
from recipes.document import Placed
from recipes.flow_words import part_marks
from recipes.judging import Facts
from recipes.kinds.add import Step as Add
from recipes.kinds.timer import Step as Timer
from recipes.parts import Span
from recipes.words import MOMENTS, Reader, kind_words, say, step_facts, step_marks
from records import files
from records.entries import instant_text

Row = dict[str, Any]
# The fields of a step that may be formulas and are asked of the person.
ASKED_BY_FORMULA = {"limits", "parameters", "quantity", "volume"}
MEDIA_TYPE = "application/json"
EDGES = {
    "started_at": gettext_lazy("the beginning of %(stage)s"),
    "ended_at": gettext_lazy("the end of %(stage)s"),
}


def written(seen: Seen) -> tuple[tuple[str, ...], bytes]:
    """Return what a pack of a batch says, as bytes, and the refs of the steps that stand on it."""
    content = content_of(seen)
    refs = (step["ref"] for part in content["parts"] for step in part["steps"])
    return tuple(refs), canonical(cast("JSON", content))


def content_of(seen: Seen) -> Row:
    """Return what a pack of a batch says, in the reader's language: plain data, times as UTC."""
    batch = seen.batch
    return {
        "batch": batch.number,
        "coi": batch.coi,
        "mark": batch.mark,
        "order": order_of(batch.order).number,
        "title": say(seen.recipe.title),
        "recipe": f"{batch.recipe} {batch.recipe_label}",
        "recipe_hash": batch.recipe_hash,
        "place": seen.place,
        "hold": batch.quality_hold_reason if batch.quality_hold else "",
        "clocks": [
            {"since": instant_text(one.since), "until": instant_text(one.until), "of": one.of}
            for one in running(seen)
        ],
        "parts": list(_parts(seen)),
    }


def _parts(seen: Seen) -> Iterator[Row]:
    """Yield the operations of which steps are left, in the order of the recipe."""
    for operation, steps in groupby(left_of(seen), key=lambda one: one.operation):
        left = list(steps)
        part = _part(seen, left[0].placed, operation)
        yield part | {"steps": [_step(seen, one.placed, one.row) for one in left]}


@dataclass(frozen=True, slots=True)
class Left:
    """A step that is left, in a time of its operation; with its row where it was reached."""

    operation: str
    placed: Placed
    row: Step | None


def left_of(seen: Seen) -> Iterator[Left]:
    """Yield what is left of a batch: a contingency that is under way, then the recipe's order.

    What a repetition has done already stands here once more, without a row: it may come again.
    """
    for called in (one for one in seen.operations if one.called_from and not _is_over(one)):
        path = paths.split(called.path)[0]
        inside = (one for one in seen.recipe.by_path.values() if _path(one) == path)
        for placed in inside:
            row = _last(seen, placed, operation=called.path)
            if row is None or row.state in StepState.open:
                yield Left(called.path, placed, row)
    for placed in seen.recipe.steps():
        row = _last(seen, placed)
        times = [one for one in seen.operations if paths.split(one.path)[0] == _path(placed)]
        if row is not None and row.state in StepState.open:
            yield Left(row.operation, placed, row)
        elif times and not _is_over(times[-1]) and (row is None or placed.operation.repeat):
            yield Left(times[-1].path, placed, None)


def _path(placed: Placed) -> str:
    return f"{placed.stage.key}/{placed.operation.key}"


def _last(seen: Seen, placed: Placed, *, operation: str = "") -> Step | None:
    """Return the last time of a step that was reached, in one time of an operation or in any."""
    rows = [row for row in seen.steps if row.path == placed.path]
    return next((row for row in reversed(rows) if operation in {"", row.operation}), None)


def _is_over(operation: Operation) -> bool:
    return operation.state in {*OperationState.over, OperationState.TO_BE_ATTESTED}


def _part(seen: Seen, placed: Placed, operation: str) -> Row:
    stage, row = placed.stage, seen.by_operation.get(operation)
    held = [one for one in seen.claims if any(s["key"] == stage.key for s in one.stages)]
    return {
        "path": operation,
        "stage": say(stage.title),
        "title": seen.title_of(operation),
        "marks": [*part_marks(stage), *part_marks(placed.operation)],
        "performer": row.performer_name if row else "",
        "held": sorted({one.resource_label for one in held}),
    }


def _step(seen: Seen, placed: Placed, row: Step | None) -> Row:
    """Return a step as a sheet asks for it. ``again``: it is done, and may come once more."""
    step, read, asked = placed.step, Reader(seen.recipe), blanks(placed.step)
    return {
        "ref": row.ref if row else placed.path,
        "number": placed.position or (row.position if row else 0),
        "time": row.iteration if row else 0,
        "again": row is None and any(one.path == placed.path for one in seen.steps),
        "kind": kind_words(step.kind),
        "text": say(step.text),
        "note": say(step.note),
        "asks": _asks(seen, placed, read, ticked={one.title for one in asked}),
        "worked_out": _worked_out(seen, placed, row),
        "marks": step_marks(step),
        "blanks": [asdict(one) for one in asked],
        "scans": any(one.how == "code" for one in asked),
        "second": step.verify,
        "done": _done(row, placed) if row and row.performed_at else {},
        "limits": list(_limits(seen, placed, row)),
    }


def _asks(seen: Seen, placed: Placed, read: Reader, *, ticked: set[str]) -> list[str]:
    """Return what is asked beside the sentence; what is ticked stands there, materials by name."""
    named = {one.material: say(one.title) for one in seen.recipe.bill_of_materials}
    facts = (fact for fact in step_facts(placed.step, read) if fact not in ticked)
    return [f"{named[fact]} ({fact})" if fact in named else fact for fact in facts]


def _worked_out(seen: Seen, placed: Placed, row: Step | None) -> str:
    """Return quantity and limits that the recipe has as formulas, as far as values are there."""
    step = placed.step
    asked_by = [one for one in step.written() if one.field.split(".")[0] in ASKED_BY_FORMULA]
    if all(formulas.is_plain(one.formula) for one in asked_by if ".likely" not in one.field):
        return ""
    point = Point(placed.path, row.iteration if row else 1)
    facts = facts_at(seen.batch, seen.known, point, at=seen.now)
    wanted = asked_scale(step, facts).get("target", "") if isinstance(step, Add) else ""
    asked = quantity_text(wanted, step.unit_of_value() or "") if wanted else ""
    return " · ".join(part for part in (asked, limits_text(step, facts)) if part)


def _done(row: Step, placed: Placed) -> Row:
    """Return what stands on screen of a step that waits for its second person only."""
    at = instant_text(row.performed_at) if row.performed_at else ""
    return {"by": row.performer_name, "at": at, "values": in_words(row, placed.step)}


def _limits(seen: Seen, placed: Placed, row: Step | None) -> Iterator[Row]:
    """Yield the limits of time of a step that run already: from what, and between which times."""
    facts = Facts(
        at=seen.now, path=placed.path, iteration=row.iteration if row else 1,
        parameters=seen.recipe.parameter_values,
    )  # fmt: skip
    asked = list(placed.step.within)
    if placed.step is placed.stage.operations[0].steps[0] and not seen.begun(placed.stage.key):
        asked += beginning(seen.recipe, placed.stage, seen.times.stages)
    for limit in limits_at(seen.times, asked, facts, values={}) if asked else ():
        yield _limit(_moment(seen, placed, limit.name), limit.since, limit.min, limit.max)
    if isinstance(placed.step, Timer):
        yield from _timer(seen, placed, placed.step, row)


def _moment(seen: Seen, placed: Placed, name: str) -> str:
    """Return a moment in words: of the collection, a container's clock, a stage, or a step."""
    if name in MOMENTS:
        return str(MOMENTS[name])
    key, _dot, edge = name.replace("/", ".").rpartition(".")
    if key == CLOCK:
        return _("the clock %(name)s") % {"name": edge}
    if edge in EDGES and key in seen.recipe.stage_by_key:
        return str(EDGES[edge]) % {"stage": seen.stage_title(key)}
    meant = seen.recipe.meaning(name, at=placed.path)
    return meant.step.text.say(language()) if meant else part_text(name)


def _timer(seen: Seen, placed: Placed, step: Timer, row: Step | None) -> Iterator[Row]:
    meant = seen.recipe.meaning(step.from_, at=placed.path) if step.from_ else None
    since = row.due_since if row and not step.from_ else None
    if meant is not None:
        since = seen.timing.closed.get(meant.path)
    if since is not None:
        name = meant.step.text.say(language()) if meant else _("the step before")
        yield _limit(name, since, _span(seen, step.min), _span(seen, step.max))


def _span(seen: Seen, span: Span | None) -> timedelta | None:
    return seen.timing.span(span) if span is not None else None


def _limit(name: str, since: datetime, least: timedelta | None, most: timedelta | None) -> Row:
    return {
        "from": name,
        "since": instant_text(since),
        "earliest": instant_text(since + least) if least is not None else "",
        "latest": instant_text(since + most) if most is not None else "",
    }


def packs_page(seen: Seen) -> Row:
    """Return the packs of a batch, and what the next one would hold."""
    sub = [f"{seen.batch.recipe} {seen.batch.recipe_label}", seen.batch.number]
    return {
        "batch": seen.batch,
        "seq": seen.seq,
        "strip": {"mark": seen.batch.mark, "coi": seen.batch.coi, "sub": " · ".join(sub)},
        "packs": packs_of(seen.batch.id),
        "left": len(list(left_of(seen))),
    }


def pack_page(seen: Seen, pack: PaperPack) -> Row:
    """Return a pack as it was made, from its bytes. Raises PackNotReadable."""
    try:
        content = json.loads(files.get(pack.file))
    except (OSError, ValueError) as error:
        raise PackNotReadable(pack=pack.number) from error
    return {
        "batch": seen.batch,
        "pack": pack,
        "content": content,
        "clocks": [_times(one) for one in content["clocks"]],
        "parts": [part | {"steps": _sheets(part["steps"])} for part in content["parts"]],
        "count": len(pack.steps),
    }


def _sheets(steps: Sequence[Row]) -> list[Row]:
    return [
        step | {"limits": [_times(one) for one in step["limits"]], "done": _times(step["done"])}
        for step in steps
    ]


def _times(row: Row) -> Row:
    """Return a row with its times as instants again: they are shown in the site's zone."""
    names = ("since", "until", "earliest", "latest", "at")
    read = {name: datetime.fromisoformat(row[name]) for name in names if row.get(name)}
    return {**row, **read}
