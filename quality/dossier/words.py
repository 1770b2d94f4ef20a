"""How values, times and people are written in a batch record: one form, in the site's zone."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from mes.ui.text import unit_text
from recipes.judging import Facts, ValueMissing, ValueNotUnderstood
from recipes.parts import Limits, decimal_text
from recipes.step import StepBase, shown

Clock = Callable[[datetime | None], str]


def clock_of(zone: str) -> Clock:
    """Return the function that writes a time with the site's zone: nothing without one."""
    place = ZoneInfo(zone)

    def write(at: datetime | None) -> str:
        if at is None:
            return ""
        local = at.astimezone(place)
        offset = f"{local:%z}"
        return f"{local:%Y-%m-%d %H:%M:%S} {local:%Z} (UTC{offset[:3]}:{offset[3:]})"

    return write


def plain(value: Decimal | None) -> str:
    """Return a decimal without trailing zeros, nothing for None."""
    if value is None:
        return ""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def values_text(values: Mapping[str, str], unit: str | None) -> str:
    """Return a step's values as one line; the main value carries its unit."""
    if not values:
        return "done"
    parts = []
    for name, value in values.items():
        if name == "comment":
            continue
        said = f"{value} {unit_text(unit)}" if unit and unit != "1" and name in _MEASURED else value
        parts.append(said if name == "value" else f"{_NAMES.get(name, name)}: {said}")
    return "; ".join(parts)


_MEASURED = frozenset({"value", "quantity", "volume"})
# Where the recipe's name of a value is not a word.
_NAMES = {
    "code1": "first identifier", "code2": "second identifier", "scan": "label scanned back",
}  # fmt: skip


def limits_of(step: StepBase) -> Limits | None:
    """Return a step's limits, be they its own or those of its volume."""
    own: Limits | None = getattr(step, "limits", None)
    return own or getattr(getattr(step, "volume", None), "limits", None)


def limits_text(step: StepBase, facts: Facts) -> str:
    """Return a step's limits as they apply to this batch: ``alert 5 to 10; action 4 to 12``."""
    limits = limits_of(step)
    if limits is None:
        return ""
    parts = []
    for name, band in (("alert", limits.alert), ("action", limits.action)):
        if band is not None:
            try:
                said = shown(band, facts)
            except (ValueMissing, ValueNotUnderstood):
                continue
            parts.append(f"{name} {said['low']} to {said['high']}")
    return "; ".join(parts)


def scale_of(step: StepBase, facts: Facts) -> dict[str, str]:
    """Return limits as names of a scale: action_low, alert_low, target, alert_high, action_high."""
    limits, found = limits_of(step), {}
    for name in ("alert", "action"):
        band = getattr(limits, name, None)
        for side in ("low", "high"):
            formula = getattr(band, side, None)
            if formula is not None:
                try:
                    found[f"{name}_{side}"] = decimal_text(facts.evaluate(formula))
                except (ValueMissing, ValueNotUnderstood):
                    continue
    target = getattr(step, "target", None)
    return {**found, "target": decimal_text(target)} if target is not None and found else found
