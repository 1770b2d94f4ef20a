"""Tags and filters of the screens. What each needs is in templates/components/README.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.forms import BoundField, CheckboxSelectMultiple
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from mes.lib import clock, isbt128, marks
from mes.lib.ids import uuid7
from mes.lib.refusals import Refusal
from mes.ui import icons, limits, nav, text
from mes.ui import marks as drawn

register = template.Library()


@register.simple_tag
def patient_mark(mark: str, size: int = 32) -> SafeString:
    """Draw a patient mark such as `circle-filled-KM`, `size` css px square; nothing for none."""
    if not mark:
        return mark_safe("")
    return drawn.draw(marks.read(str(mark)), size)


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Draw an icon. Without `label` it is hidden from assistive technology: a word stands by."""
    kind, body = icons.drawing(name)
    spoken = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="{} {}" viewBox="0 0 24 24" {}>{}</svg>',
        kind,
        css,
        mark_safe(spoken),  # noqa: S308 - made by format_html or a constant
        mark_safe(body),  # noqa: S308 - a constant of mes.ui.icons
    )


def _differing(ours: str, other: str) -> SafeString:
    """Mark the characters of `ours` that differ from `other` at the same place."""
    pairs = zip(ours, other.ljust(len(ours)), strict=False)
    return format_html_join(
        "",
        "{}",
        (((format_html('<span class="differs">{}</span>', a) if a != b else a),) for a, b in pairs),
    )


@register.simple_tag
def coi(code: str, other: str = "") -> SafeString:
    """Write a chain of identity in groups with its boxed check character.

    `other` is a second code: the characters of the serial that differ from it are marked.
    """
    try:
        ours = isbt128.coi(str(code)[:15])
    except isbt128.WrongForm:
        return format_html('<span class="coi id" data-copy="{}">{}</span>', code, code)
    serial: str | SafeString = ours.serial
    if other:
        serial = _differing(ours.serial, str(other)[9:15])
    return format_html(
        '<span class="coi" data-copy="{}"><span class="coi-group">{}</span> '
        '<span class="coi-group">{}</span> <span class="coi-serial">{}</span> '
        '<span class="coi-check">{}</span></span>',
        ours.code,
        *ours.groups[:2],
        serial,
        ours.check,
    )


def _time(at: datetime | None, words: str) -> SafeString:
    if at is None:
        return mark_safe("–")
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), words)


@register.filter(name="when")
def when_filter(at: datetime | None) -> SafeString:
    """Write day, time and zone in the site's zone: 17 Nov 2026, 13:51 CET."""
    return _time(at, text.moment_text(at) if at else "")


@register.simple_tag(name="when")
def when_tag(at: datetime | None, seconds: bool = False) -> SafeString:
    """As the filter; `seconds=True` adds seconds and offset, as signatures show them."""
    if at is None:
        return _time(at, "")
    return _time(at, text.signed_text(at) if seconds else text.moment_text(at))


@register.filter
def when_short(at: datetime | None) -> SafeString:
    """Write day and time for narrow columns; the year only when it is another one."""
    if at is None:
        return _time(at, "")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        text.moment_text(at),
        text.short_text(at, clock.now()),
    )


@register.filter
def day(at: datetime | None) -> SafeString:
    """Write the day alone: 17 Nov 2026."""
    return _time(at, text.day_text(at) if at else "")


@register.filter
def time_of_day(at: datetime | None) -> SafeString:
    """Write the time alone: 13:51. Only where the zone is written nearby."""
    return _time(at, text.time_text(at) if at else "")


@register.simple_tag
def relative(at: datetime | None) -> SafeString:
    """Write how far away a time is; stands beside an absolute time, never instead of it."""
    return _time(at, text.relative_text(at, clock.now()) if at else "")


_SOON = timedelta(minutes=15)
_WITHOUT_START = timedelta(hours=4)


@register.simple_tag
def left(until: datetime) -> SafeString:
    """Write how long something still holds: "47 min left", "missed by 3 min"."""
    return _time(until, text.left_text(until, clock.now()))


@register.inclusion_tag("components/safe_until.html")
def safe_until(
    until: datetime, start: datetime | None = None, url: str = "", of: str = "", then: Any = None
) -> dict[str, Any]:
    """Show until when the cells are safe; `url` says what to do when that is missed.

    `of` is the container whose clock it is; `then` the next clock that runs: since, until, of.
    """
    shown = _countdown(until, start) | {"url": url, "of": of}
    return shown | {"then": _countdown(then.until, then.since) | {"of": then.of} if then else None}


def _countdown(until: datetime, start: datetime | None) -> dict[str, Any]:
    remaining = until - clock.now()
    whole = until - (start or until - _WITHOUT_START)
    part = 100 * remaining / whole if whole else 0
    missed, soon = remaining <= timedelta(), remaining < _SOON
    return {
        "until": until,
        "start": start,
        "other_day": text.local(until).date() != text.local(clock.now()).date(),
        "state": "is-missed" if missed else "is-soon" if soon else "",
        "part": round(max(0, min(100, part)), 1),
    }


@register.filter
def quantity(value: object, unit: str = "") -> str:
    """Write a decimal with its UCUM unit: `{{ "180"|quantity:"mL" }}` is 180 mL."""
    return "–" if value in (None, "") else text.quantity_text(value, unit or "")


@register.filter
def unit(code: str) -> str:
    """Write a UCUM unit as people do: Cel is °C."""
    return text.unit_text(code or "")


@register.simple_tag
def command_key() -> SafeString:
    """Give the form the key of the command that it will send: a new one each time it is shown."""
    return format_html('<input type="hidden" name="key" value="{}">', uuid7())


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField, unit: str = "", limits: str = "", wide: bool = False
) -> dict[str, Any]:
    """Show a form field: label outside, unit inside, limits before entry, error below."""
    widget = bound.field.widget
    several = isinstance(widget, CheckboxSelectMultiple)
    kind = "several" if several else getattr(widget, "input_type", type(widget).__name__.lower())
    return {"field": bound, "kind": kind, "unit": unit, "limits": limits, "wide": wide}


@register.inclusion_tag("components/refusal.html")
def refusal(refused: Refusal | Mapping[str, Any] | None, not_done: str = "") -> dict[str, Any]:
    """Show a refusal beside its button: what and why, what was not done, what to do now."""
    return {"refusal": _refusal(refused), "not_done": not_done}


def _refusal(refused: Refusal | Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not isinstance(refused, Refusal):
        return dict(refused) if refused else None
    return {
        "code": refused.code,
        "sentence": str(refused),
        "way_out": refused.way_out_text,
        "interlock": refused.interlock.value if refused.interlock else "",
    }


def _decimal(value: object) -> Decimal | None:
    try:
        number = Decimal(str(value).replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _is_hit(scale: limits.Scale, zone: limits.Zone, number: Decimal) -> bool:
    return zone.kind == scale.kind(number) and zone.start <= scale.place(number) <= zone.end


@register.inclusion_tag("components/limit_scale.html")
def limit_scale(
    bounds: object, value: object = "", unit: str = "", name: str = ""
) -> dict[str, Any]:
    """Draw alert and action limits with the value, if there is one.

    `bounds` is an object or mapping with any of action_low, alert_low, target, alert_high,
    action_high. `name` makes the ids of two scales on one page differ.
    """
    scale = limits.scale(bounds)
    number = _decimal(value)
    return {
        "scale": scale,
        "zones": [
            (zone, number is not None and _is_hit(scale, zone, number)) for zone in scale.zones
        ],
        "value": text.number_text(value) if number is not None else "",
        "place": scale.place(number) if number is not None else Decimal(50),
        "hit": scale.kind(number) if number is not None else "",
        "unit": unit,
        "id": name or "scale",
        "flag": 22 + 10 * len(text.number_text(number)) if number is not None else 60,
        "points": " ".join(f"{point.name}:{point.value}:{point.place}" for point in scale.points),
    }


_MOST_TICKS = 12


@register.inclusion_tag("components/ticks.html")
def ticks(position: int, total: int) -> dict[str, Any]:
    """Draw the progress through an operation: one tick a step, or twelve parts of a long one."""
    shown = min(total, _MOST_TICKS)
    at = position if shown == total else max(1, round(position * shown / max(total, 1)))
    steps = [("done" if n < at else "now" if n == at else "later") for n in range(1, shown + 1)]
    return {"ticks": [(n * 22, state) for n, state in enumerate(steps)], "width": shown * 22 - 4}


@register.simple_tag
def share(at: datetime, start: datetime, end: datetime) -> str:
    """Where a time lies between two others, in percent with two decimals; may lie outside."""
    return f"{100 * ((at - start) / (end - start)):.2f}"


@register.simple_tag(takes_context=True)
def nav_items(context: template.Context) -> list[nav.Item]:
    """Return the sections that this person may open, the present one marked."""
    allowed: Collection[str] = context.get("nav") or ()
    request = context.get("request")
    path = request.path if request is not None else ""
    return nav.items(allowed, section=context.get("section") or "", path=path)


@register.simple_tag
def zone_name() -> str:
    """The site's zone as a name: Europe/Berlin."""
    return timezone.get_current_timezone_name()


@register.simple_tag
def present() -> datetime:
    """The present instant, simulated in a simulated database."""
    return clock.now()


@cache
def _is_served(path: str) -> bool:
    return finders.find(path) is not None or staticfiles_storage.exists(path)


@register.simple_tag
def font_sheet() -> SafeString:
    """Link our fonts where they are installed; the system's serve elsewhere."""
    if not _is_served("fonts/fonts.css"):
        return mark_safe("")
    return format_html('<link rel="stylesheet" href="{}">', static("fonts/fonts.css"))


@register.filter
def item(mapping: Mapping[str, Any], key: str) -> Any:
    """Look a key up in a mapping; nothing when it is not there."""
    return mapping.get(key) if mapping else None


@register.filter
def joined(parts: Iterable[object]) -> str:
    """Join what is not empty with middle dots."""
    return " · ".join(str(part) for part in parts if part)
