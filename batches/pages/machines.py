"""What steps with machines, files and decisions show; see ``batches.pages.bodies``."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.permissions import role_title
from batches.pages.limits import plain, scale_of
from batches.pages.seen import language
from batches.pages.showing import (
    PREFIX,
    Showing,
    decimal_sign,
    entry,
    material_title,
    option_of,
    row,
    unit_row,
)
from batches.uploads import largest_of, types_of
from mes.lib.refusals import Refusal
from recipes.kinds import run
from recipes.kinds.connect import End

# What a file dialogue offers for each media type; the content decides.
ENDINGS = {"text/plain": ".txt,.csv,text/plain", "application/pdf": "application/pdf"}


def _run(show: Showing) -> dict[str, Any]:
    step = show.step
    unit = unit_row(show, step.as_)
    asked = {"programme": step.programme, "version": step.version, "does": step.does}
    if step.does == "stop":
        options = [("completed", _("Completed"), False), ("stopped", _("Stopped early"), True)]
        return {
            **asked, "rows": [unit], **_picked(show, "ended", options),
            "alarms": entry(show, "alarms", _("Alarms"), decimals=0, unit=""),
            "file": _file(show, "log") if step.log else None,
        }  # fmt: skip
    programme = row(show, 2, "programme", _("Programme"), hint=_("as the unit shows it"))
    version = row(show, 3, "version", _("Version"), hint=_("as the unit shows it"))
    return {
        **asked, "rows": [unit, programme, version], "sign": decimal_sign(),
        "parameters": [_parameter(show, one) for one in step.parameters],
        "first": next(_numbers(step), ""),
    }  # fmt: skip


def _numbers(step: run.Step) -> Iterator[str]:
    names = (name for name in step.accepts() if name.startswith((run.SET, run.READ)))
    return (f"id_{PREFIX}{name}" for name in names)


def _parameter(show: Showing, one: run.ProgrammeParameter) -> dict[str, Any]:
    title = one.title.say(language())
    told, scale = "", scale_of(one.limits, show.seen.facts)
    if one.set is not None:
        try:
            told = plain(show.seen.facts.evaluate(one.set))
        except Refusal:  # the judgement will say which value is missing
            told = "–"
    own = entry(show, f"{run.SET}{one.key}", _("Set"), scale, unit=one.unit)
    read = entry(show, f"{run.READ}{one.key}", _("Read back"), unit=one.unit)
    return {"title": title, "told": told, "unit": one.unit, "set": None if told else own,
            "read": read}  # fmt: skip


def _picked(show: Showing, name: str, options: list[tuple[str, str, bool]]) -> dict[str, Any]:
    """Return radio buttons; one with a flag is an exception."""
    return {
        "pick": f"{PREFIX}{name}",
        "options": [{"value": v, "label": label, "flag": flag} for v, label, flag in options],
        "chosen": show.value(name),
        "pick_error": show.error(name),
    }


def _file(show: Showing, name: str) -> dict[str, Any]:
    types = types_of(show.step)
    offered = ",".join(sorted(ENDINGS.get(one, one) for one in types))
    return {
        "name": f"{PREFIX}{name}", "kept": show.value(name), "error": show.error(name),
        "offered": offered, "camera": all(one.startswith("image/") for one in types),
        "largest": largest_of(show.step),
    }  # fmt: skip


def _connect(show: Showing) -> dict[str, Any]:
    step = show.step
    rows = [unit_row(show, step.as_)] if step.as_ else []
    rows += [_end(show, len(rows) + n, name, end) for n, (name, end) in enumerate(step.ends, 1)]
    options = [("tight", _("Tight and aligned"), False),
               ("failed", _("Leaking, twisted or open"), True)]  # fmt: skip
    return {"rows": rows, "how": step.how.label, **_picked(show, "result", options)}


def _end(show: Showing, number: int, name: str, end: End) -> Any:
    side = _("one end") if name == "one" else _("the other end")
    if end.equipment is not None:
        return unit_row(show, end.equipment, number=number, name=name)
    if end.material is not None:
        return row(show, number, name, material_title(show, end.material), "lot", hint=side)
    title = str(end.container.label) if end.container else ""
    return row(show, number, name, title, "container", hint=side)


def _weigh(show: Showing) -> dict[str, Any]:
    step = show.step
    rows = [unit_row(show, step.as_)]
    if step.what is not None:
        title = str(step.what.label)
        rows.append(row(show, 2, "container", title, hint=_("bar code, upper left")))
    weights = [("gross", _("Gross"))] if not step.tare else [
        ("tare", _("Empty (tare)")), ("gross", _("Full (gross)"))
    ]  # fmt: skip
    return {
        "rows": rows, "sign": decimal_sign(), "unit": step.unit,
        "weights": [entry(show, name, title, unit=step.unit) for name, title in weights],
        "limits": scale_of(step.limits, show.seen.facts) or None,
        "first": f"id_{PREFIX}{weights[0][0]}",
    }  # fmt: skip


def _reading(show: Showing) -> dict[str, Any]:
    step = show.step
    scale = scale_of(step.limits, show.seen.facts, target=step.target, decimals=step.decimals)
    what = step.what.say(language())
    value = entry(show, "value", what, scale, unit=step.unit, decimals=step.decimals)
    return {
        "rows": [unit_row(show, step.as_)], "what": what, "entry": value, "sign": decimal_sign(),
    }  # fmt: skip


def _attach(show: Showing) -> dict[str, Any]:
    return {"file": _file(show, "file")}


def _decide(show: Showing) -> dict[str, Any]:
    return {
        "options": [option_of(option) for option in show.step.options],
        "chosen": show.value("choice"),
        "error": show.error("choice"),
        "role": role_title(show.step.role),
    }


BODIES: Mapping[str, Callable[[Showing], dict[str, Any]]] = {
    "attach": _attach,
    "connect": _connect,
    "decide": _decide,
    "reading": _reading,
    "run": _run,
    "weigh": _weigh,
}
