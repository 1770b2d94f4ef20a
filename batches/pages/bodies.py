"""What each kind of step shows, by kind: contexts of ``templates/batches/kinds/<kind>.html``."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from batches.pages import containers, machines
from batches.pages.limits import asked_scale, hit, plain, scale_of
from batches.pages.seen import Seen, language
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
from materials.selectors import usable_lots
from mes.lib.refusals import Refusal
from recipes.enums import ContainerKind, Outcome, ValueType
from recipes.formulas import parse
from recipes.judging import Facts
from recipes.kinds import (
    add,
    calculate,
    choose,
    clear,
    enter,
    equip,
    gate,
    scan,
    timer,
)
from recipes.parts import duration_text

COI_IDENTIFIER = "&/"
# From here on a number is written as a power of ten.
LARGE = 1_000_000


def _confirm(show: Showing) -> dict[str, Any]:
    return {}


def _scan(show: Showing) -> dict[str, Any]:
    step = cast("scan.Step", show.placed.step)
    bag = str(ContainerKind(step.what).label)
    named = _("Label, or donation number")
    hint = _("bar code, upper left")
    if step.identifiers == 1:
        return {"rows": [row(show, 1, "code1", bag, "container", "scan", hint=hint)]}
    coi = row(
        show, 1, "code1", _("Chain of identity"), "second",
        hint=_("square code, lower right"), accepts=COI_IDENTIFIER,
    )  # fmt: skip
    other = row(show, 2, "code2", named, "container", "scan", hint=hint)
    return {"rows": [coi, other]}


def _equip(show: Showing) -> dict[str, Any]:
    step = cast("equip.Step", show.placed.step)
    return {"rows": [unit_row(show, step.as_)]}


def _enter(show: Showing) -> dict[str, Any]:
    step = cast("enter.Step", show.placed.step)
    number = step.value in enter.NUMERIC
    scale = scale_of(
        step.limits, show.seen.facts, target=step.target, exponent=step.exponent,
        decimals=step.decimals,
    )  # fmt: skip
    unit = f"10*{step.exponent}.{step.unit or ''}".rstrip(".") if step.exponent else step.unit
    whole = step.value == ValueType.INTEGER
    asked = _("whole number") if whole else _decimals(step.decimals)
    body = entry(
        show, "value", show.placed.step.text.say(language()), scale,
        unit=unit or "", decimals=0 if whole else step.decimals, note=asked,
    )  # fmt: skip
    return {
        "entry": body, "number": number, "whole": whole, "sign": decimal_sign(),
        "date": step.value == ValueType.DATE, "signed": _below_zero(step, show.seen.facts),
    }  # fmt: skip


def _below_zero(step: enter.Step, facts: Facts) -> bool:
    """Whether a value below zero is plausible, so that the pad needs a key for its sign."""
    low = step.plausible.low if step.plausible else None
    try:
        return low is None or facts.evaluate(low) < 0
    except Refusal:  # the judgement will say which value is missing
        return True


def _decimals(places: int | None) -> str:
    if places is None:
        return ""
    if places == 0:
        return _("whole number")
    return ngettext("%(n)s decimal", "%(n)s decimals", places) % {"n": places}


def _choose(show: Showing) -> dict[str, Any]:
    step = cast("choose.Step", show.placed.step)
    return {
        "options": [option_of(option) for option in step.options],
        "chosen": show.value("choice"),
        "error": show.error("choice"),
    }


def _add(show: Showing) -> dict[str, Any]:
    step = cast("add.Step", show.placed.step)
    scale = asked_scale(step, show.seen.facts)
    title = material_title(show, step.material)
    return {
        "rows": [row(show, 1, "lot", title, hint=_("lot on the label"))],
        "entry": entry(show, "quantity", _("Quantity added"), scale, unit=step.unit),
        "sign": decimal_sign(),
        "asked": scale.get("target", ""),
        "exactly": "" if "alert_low" in scale else scale.get("target", ""),
        "unit": step.unit,
        "take": _where(show.seen, step.material),
    }


def _where(seen: Seen, material: str) -> str:
    """Return where the lot lies that expires first; its code is for the scanner to prove."""
    usable = usable_lots(material, seen.now)
    return usable[0].location if usable else ""


def _calculate(show: Showing) -> dict[str, Any]:
    step = cast("calculate.Step", show.placed.step)
    body: dict[str, Any] = {"formula": step.formula.replace("*", "×"), "unit": step.unit}
    try:
        value = calculate.result(step, show.seen.facts)
    except Refusal as refusal:
        return {**body, "missing": str(refusal)}
    power = value.adjusted() if abs(value) >= LARGE else 0
    scale = scale_of(step.limits, show.seen.facts, exponent=power)
    on_scale = plain(value.scaleb(-power))
    return {
        **body,
        "value": format(value, "f"),
        "on_scale": on_scale,
        "scale_unit": f"10*{power}.{step.unit}" if power else step.unit,
        "limits": scale or None,
        "inputs": [_input(show, name) for name in parse(step.formula).names],
        "hit": hit(scale, on_scale),
    }


def _input(show: Showing, name: str) -> dict[str, str]:
    """Return a name of a formula with what it means and its value."""
    recipe, path = show.seen.recipe, show.placed.path
    meant = recipe.meaning(name, at=path)
    key = name.partition(".")[2]
    known = {f"parameters.{p.key}": (p.title.say(language()), p.unit) for p in recipe.parameters}
    known |= {
        f"inputs.{i.name}": (i.title.say(language()) if i.title else i.name, i.unit)
        for i in recipe.inputs
    }
    if name in known:
        title, unit = known[name]
    elif meant is not None:
        title, unit = meant.step.text.say(language()), meant.step.unit_of_value() or ""
    else:
        title, unit = key or name, ""
    return {
        "name": name, "title": title, "unit": unit,
        "value": format(show.seen.facts.number(name), "f"),
    }  # fmt: skip


def _timer(show: Showing) -> dict[str, Any]:
    step, facts = cast("timer.Step", show.placed.step), show.seen.facts
    began = facts.closed_at(step.from_) if step.from_ else facts.started_at
    if began is None:
        return {"began": None}
    least = facts.span(step.min) if step.min is not None else None
    most = facts.span(step.max) if step.max is not None else None
    until = began + least if least else None
    latest = began + most if most else None
    return {
        "began": began,
        "until": until,
        "latest": latest,
        "least": duration_text(least) if least else "",
        "most": duration_text(most) if most else "",
        "early": until is not None and show.seen.now < until,
        "late": latest is not None and show.seen.now > latest,
    }


def _gate(show: Showing) -> dict[str, Any]:
    step, facts = cast("gate.Step", show.placed.step), show.seen.facts
    waits = [_awaited(show.seen, key) for key in step.waits_for]
    if step.approval:
        there = facts.approved
        waits.append({"title": _("QA's approval"), "there": there, "value": ""})
    missing = sum(not one["there"] for one in waits)
    return {
        "waits": waits, "closed": missing, "flagged": any(one.get("flagged") for one in waits),
    }  # fmt: skip


def _awaited(seen: Seen, key: str) -> dict[str, Any]:
    test, found = seen.recipe.test_by_key[key], seen.facts.results.get(key)
    options = {option.key: option.text.say(language()) for option in test.options}
    value = found.value if found else ""
    return {
        "title": test.title.say(language()),
        "there": found is not None,
        "value": options.get(value, value),
        "unit": test.unit or "",
        "flagged": found is not None and found.outcome == Outcome.FLAGGED,
    }


def _clear(show: Showing) -> dict[str, Any]:
    step = cast("clear.Step", show.placed.step)
    checks = [
        {
            "name": f"{PREFIX}{check.key}",
            "label": check.text.say(language()),
            "checked": show.value(check.key) == "yes",
            "error": show.error(check.key),
        }
        for check in step.checks
    ]
    return {"checks": checks, "when": step.when}


BODIES: Mapping[str, Callable[[Showing], dict[str, Any]]] = {
    **containers.BODIES,
    **machines.BODIES,
    "add": _add,
    "calculate": _calculate,
    "choose": _choose,
    "clear": _clear,
    "confirm": _confirm,
    "enter": _enter,
    "equip": _equip,
    "gate": _gate,
    "scan": _scan,
    "timer": _timer,
}


def body_of(show: Showing) -> dict[str, Any]:
    """Return what the due step shows."""
    return BODIES[show.placed.step.kind](show)
