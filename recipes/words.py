"""A document in words: what a stage needs and what a step asks, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.permissions import role_title
from mes.ui.text import number_text, quantity_text
from mes.ui.text import unit_text as unit_words
from recipes.document import Operation, Recipe, SpecificationItem, Staff, Stage
from recipes.drafting.labels import KIND_LABELS
from recipes.enums import ContainerKind, FileKind, Openness, Pouring, Quality, ReleaseStage
from recipes.flow_words import flow_marks, part_marks
from recipes.parts import Band, Limits, Text, duration_text, span_text
from recipes.step import StepBase

KINDS: Mapping[str, Any] = {
    "add": gettext_lazy("add"),
    "calculate": gettext_lazy("calculate"),
    "choose": gettext_lazy("choose"),
    "clear": gettext_lazy("clear the line"),
    "confirm": gettext_lazy("confirm"),
    "enter": gettext_lazy("enter"),
    "equip": gettext_lazy("equipment"),
    "gate": gettext_lazy("gate"),
    "label": gettext_lazy("label"),
    "sample": gettext_lazy("sample"),
    "scan": gettext_lazy("scan"),
    "timer": gettext_lazy("timer"),
    "transfer": gettext_lazy("transfer"),
}


def say(text: Text | None) -> str:
    """Return a text in the reader's language."""
    return text.say(get_language() or "en") if text is not None else ""


class Reader:
    """Writes bounds and spans with the parameters' values in place of their names."""

    def __init__(self, recipe: Recipe) -> None:
        self._parameters = {f"parameters.{p.key}": p for p in recipe.parameters}
        self._called = {one.key: one.title for one in recipe.contingencies}

    def called(self, keys: Iterable[str]) -> list[str]:
        """Return what contingencies are called, in the reader's language."""
        return [say(self._called[key]) if key in self._called else key for key in keys]

    def bound(self, formula: str) -> str:
        """Return a bound: a number or a parameter by its value, else the formula as written."""
        parameter = self._parameters.get(formula)
        return number_text(parameter.default if parameter is not None else formula)

    def span(self, span: timedelta | str) -> str:
        """Return a duration: a parameter by its value and unit."""
        parameter = self._parameters.get(span) if isinstance(span, str) else None
        return f"{parameter.default} {parameter.unit}" if parameter else span_text(span)

    def band(self, band: Band | None) -> str:
        """Return ``0.9e8 – 1.1e8``, ``≥ 80``, ``≤ 5`` or nothing."""
        if band is None:
            return ""
        low, high = (b and self.bound(b) for b in (band.low, band.high))
        if low is not None and high is not None:
            return f"{low} – {high}"
        return f"≥ {low}" if low is not None else f"≤ {high}"

    def limits(self, limits: Limits | None, unit: str | None) -> list[str]:
        """Return the alert and the action limits, each as one phrase with its unit."""
        if limits is None:
            return []
        measure = unit_words(unit or "")
        pairs = ((_("Alert"), limits.alert), (_("Action"), limits.action))
        return [f"{word} {self.band(band)} {measure}".strip() for word, band in pairs if band]


def _enter(step: Any, read: Reader) -> list[str]:
    unit = step.unit or ""
    shown = [unit_words(f"10*{step.exponent}")] if step.exponent else []
    return [*shown, *_target(step), *read.limits(step.limits, step.unit)] or [unit_words(unit)]


def _scan(step: Any, read: Reader) -> list[str]:
    kind, count = ContainerKind(step.what).label, step.identifiers
    return [str(kind), ngettext("%d identifier", "%d identifiers", count) % count]


def _add(step: Any, read: Reader) -> list[str]:
    asked = f"{read.bound(step.quantity)} {unit_words(step.unit)}" if step.quantity else ""
    tolerance = [f"± {step.tolerance} %"] if step.tolerance is not None else []
    return [step.material, asked or _("as needed"), *tolerance]


def _sample(step: Any, read: Reader) -> list[str]:
    drawn = [_("from %(step)s") % {"step": ContainerKind(step.from_).label}] if step.from_ else []
    hold = [_("tested within %(span)s") % {"span": read.span(step.hold)}] if step.hold else []
    return [", ".join(step.tests), *drawn, *_measured(step.volume, read), *hold]


def _measured(measure: Any, read: Reader) -> list[str]:
    """Return the limits of a number, or the unit alone."""
    return read.limits(measure.limits, measure.unit) or [unit_words(measure.unit)]


def _label(step: Any, read: Reader) -> list[str]:
    copies = ngettext("%d copy", "%d copies", step.copies or 0) % (step.copies or 0)
    return [str(ContainerKind(step.makes).label), *([copies] if step.copies else [])]


def _calculate(step: Any, read: Reader) -> list[str]:
    unit = unit_words(step.unit)
    formula = f"{step.formula} → {unit}" if unit else step.formula
    return [formula, *read.limits(step.limits, step.unit)]


def _timer(step: Any, read: Reader) -> list[str]:
    spans = ((_("at least %(span)s"), step.min), (_("at most %(span)s"), step.max))
    times = [word % {"span": read.span(span)} for word, span in spans if span is not None]
    return [*times, _("from %(step)s") % {"step": step.from_}] if step.from_ else times


def _transfer(step: Any, read: Reader) -> list[str]:
    way = f"{ContainerKind(step.from_).label} → {ContainerKind(step.to).label}"
    several = [_("up to %(count)s of them") % {"count": step.count}] if step.count else []
    poured = [str(Pouring(step.pour).label), *several] if step.pour != Pouring.DRAW else []
    balance = [_("balance ± %(share)s %%") % {"share": step.balance}] if step.balance else []
    return [way, *poured, *_measured(step.volume, read), *balance]


def _run(step: Any, read: Reader) -> list[str]:
    does = _("start") if step.does == "start" else _("end")
    log = [_("its log is kept")] if step.log else []
    told = [_parameter(one, read) for one in step.parameters]
    return [step.as_, f"{step.programme} {step.version}", does, *told, *log]


def _parameter(one: Any, read: Reader) -> str:
    unit = unit_words(one.unit)
    value = [f"{read.bound(one.set)} {unit}".strip()] if one.set else []
    tolerance = [f"± {number_text(one.tolerance)} {unit}".strip()] if one.tolerance else []
    asked = [*value, *read.limits(one.limits, one.unit), *tolerance] or [unit]
    return f"{say(one.title)}: {', '.join(asked)}"


def _weigh(step: Any, read: Reader) -> list[str]:
    what = [str(ContainerKind(step.what).label)] if step.what else []
    return [step.as_, *what, *_measured(step, read)]


def _reading(step: Any, read: Reader) -> list[str]:
    return [say(step.what), step.as_, *_target(step), *_measured(step, read)]


def _target(step: Any) -> list[str]:
    if step.target is None:
        return []
    return [_("Target %(value)s") % {"value": quantity_text(step.target, step.unit or "")}]


def _connect(step: Any, read: Reader) -> list[str]:
    ends = [
        str(ContainerKind(end.container).label) if end.container else end.material or end.equipment
        for _name, end in step.ends
    ]
    return [str(step.how.label), " – ".join(ends), step.as_ or ""]


def _attach(step: Any, read: Reader) -> list[str]:
    kinds = ", ".join(str(FileKind(one).label) for one in step.files)
    return [kinds, _("at most %(size)s MB") % {"size": step.largest}]


def _account(step: Any, read: Reader) -> list[str]:
    every = [_("none is left over")] if step.every else []
    many = [_("up to %(count)s of them") % {"count": step.count}] if step.count > 1 else []
    return [str(ContainerKind(step.what).label), str(step.fate.label), *many, *every]


def _gate(step: Any, read: Reader) -> list[str]:
    return [*step.waits_for, *([_("QA's approval")] if step.approval else [])]


MOMENTS: Mapping[str, Any] = {
    "collection.started_at": gettext_lazy("the start of the collection"),
    "collection.ended_at": gettext_lazy("the end of the collection"),
}
FACTS: Mapping[str, Callable[[Any, Reader], list[str]]] = {
    "account": _account,
    "add": _add,
    "attach": _attach,
    "calculate": _calculate,
    "choose": lambda step, _read: [say(option.text) for option in step.options],
    "clear": lambda step, _read: [say(check.text) for check in step.checks],
    "confirm": lambda _step, _read: [],
    "connect": _connect,
    "decide": lambda step, _read: [say(option.text) for option in step.options],
    "enter": _enter,
    "equip": lambda step, _read: [step.as_],
    "gate": _gate,
    "label": _label,
    "reading": _reading,
    "run": _run,
    "sample": _sample,
    "scan": _scan,
    "timer": _timer,
    "transfer": _transfer,
    "weigh": _weigh,
}


def step_facts(step: StepBase, read: Reader) -> list[str]:
    """Return what a step asks beside its sentence: limits, quantity, answers …"""
    reaction = say(step.reaction)
    then = [_("If not in order: %(what)s") % {"what": reaction}] if reaction else []
    return [fact for fact in (*FACTS[step.kind](step, read), *then) if fact]


def step_marks(step: StepBase) -> list[str]:
    """Return what is special about a step, in words."""
    marks = (
        (step.critical, str(Quality(step.quality).label) if step.quality else _("critical")),
        (step.verify, _("second person verifies")),
        (step.irreversible, _("cannot be undone")),
    )
    return [*(word for holds, word in marks if holds), *flow_marks(step)]


def kind_words(kind: str) -> str:
    """Return what a kind of step is called beside its sentence."""
    return str(KINDS.get(kind) or KIND_LABELS[kind])


def step_shown(step: StepBase, read: Reader, *, path: str, number: int = 0) -> dict[str, Any]:
    """Return a step as pages show it: kind, sentence, what it asks, and what is special."""
    return {
        "number": number,
        "path": path,
        "key": step.key,
        "kind": kind_words(step.kind),
        "text": say(step.text),
        "note": say(step.note),
        "facts": step_facts(step, read),
        "marks": step_marks(step),
    }


def operation_shown(
    operation: Operation, read: Reader, *, path: str, numbers: Mapping[str, int]
) -> dict[str, Any]:
    """Return an operation as pages show it, with its steps; ``numbers`` by their paths."""
    people = _staff(operation.staff)
    return {
        "key": operation.key,
        "pinned": operation.pinned,
        "path": path,
        "title": say(operation.title),
        "openness": openness_words(operation.openness),
        "contingencies": read.called(operation.contingencies),
        "marks": [*part_marks(operation), *people],
        "steps": [
            step_shown(
                step, read, path=f"{path}/{step.key}",
                number=numbers.get(f"{path}/{step.key}", 0),
            )
            for step in operation.steps
        ],
    }  # fmt: skip


def numbers_of(recipe: Recipe) -> dict[str, int]:
    """Return the number of each step by its path; those of contingencies have none."""
    return {placed.path: placed.position for placed in recipe.by_path.values()}


def stage_facts(recipe: Recipe, stage: Stage) -> list[tuple[str, str]]:
    """Return label and words of what a stage needs."""
    d = stage.duration
    facts = [
        (_("Done"), "; ".join(part_marks(stage))),
        (_("Place"), _place(recipe, stage)),
        (_("Equipment"), ", ".join(_equipment(recipe, stage))),
        (_("People"), "; ".join(_staff(stage.staff))),
        (_("Takes"), f"{duration_text(d.low)} – {duration_text(d.high)}, "
         + _("expected %(span)s") % {"span": duration_text(d.expected)}),
        (_("After the stage before"), _lag(stage)),
        (_("Begins"), "; ".join(_within(recipe, stage))),
        (_("Cleaning after"), duration_text(stage.cleaning) if stage.cleaning else ""),
        (_("Safe state"), say(stage.safe_state)),
    ]  # fmt: skip
    return [(label, words) for label, words in facts if words]


def _place(recipe: Recipe, stage: Stage) -> str:
    if stage.room is None:
        held = next((n for n in recipe.needs_at(stage.key) if n.resource == "place"), None)
        return _("%(room)s, held") % {"room": held.class_} if held else ""
    openness = _("open: the whole room") if stage.open else _("closed: one place")
    return f"{stage.room.class_}, {openness}{_until(recipe, stage.room.hold_until)}"


def _until(recipe: Recipe, key: str | None) -> str:
    later = recipe.stage_by_key.get(key or "")
    return ", " + _("held until %(stage)s") % {"stage": say(later.title)} if later else ""


def _equipment(recipe: Recipe, stage: Stage) -> list[str]:
    own = [f"{unit.class_}{_until(recipe, unit.hold_until)}" for unit in stage.equipment]
    held = [
        _("%(unit)s, held") % {"unit": need.class_}
        for need in recipe.needs_at(stage.key)
        if need.resource == "unit" and need.first != stage.key
    ]
    return [*own, *held]


def _staff(staff: Iterable[Staff]) -> list[str]:
    return [
        f"{s.count} × {role_title(s.role)}" + (f", {s.qualification}" if s.qualification else "")
        for s in staff
    ]


def _lag(stage: Stage) -> str:
    if stage.lag is None:
        return ""
    spans = [duration_text(s) for s in (stage.lag.min, stage.lag.max) if s is not None]
    return " – ".join(spans)


def _within(recipe: Recipe, stage: Stage) -> list[str]:
    read = Reader(recipe)
    return [
        _("within %(span)s of %(moment)s")
        % {"span": read.span(w.max), "moment": MOMENTS.get(w.from_, w.from_)}
        for w in stage.within
    ]


def openness_words(openness: Openness) -> str:
    """Return an operation's openness in words."""
    return str(Openness(openness).label)


def criterion_words(recipe: Recipe, item: SpecificationItem) -> str:
    """Return what a test must give: ``≥ 80 %``, ``< 5 EU/mL`` or the accepted answers."""
    test = recipe.test_by_key.get(item.test)
    if item.accepts and test is not None:
        answers = {option.key: say(option.text) for option in test.options}
        return ", ".join(answers.get(key, key) for key in item.accepts)
    bounds = [Reader(recipe).band(item.limits)]
    bounds += [f"> {item.above}"] if item.above else []
    bounds += [f"< {item.below}"] if item.below else []
    unit = unit_words(test.unit or "") if test is not None else ""
    return f"{', '.join(bound for bound in bounds if bound)} {unit}".strip()


def shelf_life_words(recipe: Recipe) -> str:
    """Return how long the product keeps and since when, or nothing."""
    life = recipe.shelf_life
    if life is None:
        return ""
    given = {"time": Reader(recipe).span(life.max), "step": life.from_}
    return _("The product keeps %(time)s from the end of %(step)s.") % given


def needed_words(item: SpecificationItem) -> str:
    """Return which stage of release needs the result."""
    return str(ReleaseStage(item.needed).label)
