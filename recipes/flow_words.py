"""How a recipe's flow reads: beside what, on which condition, how often, within what time."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _

from recipes.document import Operation, Repeat, Stage
from recipes.parts import TimeLimit, duration_text
from recipes.step import StepBase


def part_marks(part: Operation | Stage) -> list[str]:
    """Return when an operation or a stage is done, where that is not simply the next."""
    marks = [_after(part.after)] if part.after is not None else []
    if part.when is not None:
        marks.append(_("only if %(condition)s") % {"condition": part.when})
    if isinstance(part, Operation) and part.repeat is not None:
        marks.append(_repeat(part.repeat))
    return marks


def _after(keys: Sequence[str]) -> str:
    if not keys:
        return _("begins with its stage")
    return _("after %(names)s") % {"names": ", ".join(keys)}


def _repeat(repeat: Repeat) -> str:
    said = {"until": repeat.until, "max": repeat.max, "first": repeat.first, "last": repeat.last}
    if repeat.first is None:
        return _("repeated until %(until)s, at most %(max)s times") % said
    return _("%(first)s to %(last)s repeated until %(until)s, at most %(max)s times") % said


def flow_marks(step: StepBase) -> list[str]:
    """Return on which condition, within what time and by whom a step is done."""
    condition = _("only if %(condition)s") % {"condition": step.condition} if step.condition else ""
    people = [name for name in (step.role, step.qualification) if name]
    marks = [
        condition,
        *(_limit(limit) for limit in step.within),
        _("starts the clock %(name)s") % {"name": step.starts} if step.starts else "",
        _("by %(people)s") % {"people": ", ".join(people)} if people else "",
        _("may be done offline") if step.offline else "",
        _("nobody can concede %(codes)s") % {"codes": ", ".join(step.absolute)}
        if step.absolute else "",
    ]  # fmt: skip
    return [mark for mark in marks if mark]


def _limit(limit: TimeLimit) -> str:
    bounds = [_("at least %(span)s") % {"span": _span(limit.min)}] if limit.min else []
    if limit.max:
        bounds.append(_("at most %(span)s") % {"span": _span(limit.max)})
    said = {"bounds": ", ".join(bounds), "moment": limit.from_}
    return _("%(bounds)s after %(moment)s") % said


def _span(span: timedelta | str) -> str:
    return span if isinstance(span, str) else duration_text(span)
