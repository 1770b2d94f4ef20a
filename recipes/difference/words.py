"""A difference as a sentence for people, in the reader's language."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mes.ui.text import number_text, unit_text
from recipes.difference.parts import Difference, What
from recipes.drafting.labels import KIND_LABELS, LABELS, label_of
from recipes.enums import Openness

W = What
# What each says; ``field`` is the field's label, ``before`` and ``after`` as they are written.
SENTENCES: Mapping[What, Any] = {
    W.STAGE_ADDED: _("Stage added: %(after)s"),
    W.STAGE_REMOVED: _("Stage removed: %(before)s"),
    W.STAGE_MOVED: _("Stage moved: it was %(before)s, it is %(after)s"),
    W.STAGES_SWAPPED: _("Stages changed places: “%(after)s” now comes before “%(before)s”"),
    W.STAGE_RENAMED: _("Stage renamed from “%(before)s” to “%(after)s”"),
    W.OPERATION_ADDED: _("Operation added: %(after)s"),
    W.OPERATION_REMOVED: _("Operation removed: %(before)s"),
    W.OPERATION_MOVED: _("Operation moved: it was %(before)s, it is %(after)s"),
    W.OPERATIONS_SWAPPED: _("Operations changed places: “%(after)s” now comes before “%(before)s”"),
    W.OPERATION_RENAMED: _("Operation renamed from “%(before)s” to “%(after)s”"),
    W.STEP_ADDED: _("Step added: %(after)s"),
    W.STEP_REMOVED: _("Step removed: %(before)s"),
    W.STEP_MOVED: _("Step moved: it was %(before)s, it is %(after)s"),
    W.STEPS_SWAPPED: _("Steps changed places: “%(after)s” now comes before “%(before)s”"),
    W.STEP_RENAMED: _("Step renamed from “%(before)s” to “%(after)s”"),
    W.KIND_CHANGED: _("It is another kind of step: “%(before)s” became “%(after)s”"),
    W.TEXT_CHANGED: _("%(field)s changed in %(language)s"),
    W.LIMIT_ADDED: _("%(field)s limit added: %(after)s"),
    W.LIMIT_REMOVED: _("%(field)s limit removed; it was %(before)s"),
    W.LIMIT_NARROWED: _("%(field)s limit narrowed from %(before)s to %(after)s"),
    W.LIMIT_WIDENED: _("%(field)s limit widened from %(before)s to %(after)s"),
    W.LIMIT_SHIFTED: _("%(field)s limit shifted from %(before)s to %(after)s"),
    W.CRITERION_ADDED: _("Criterion of release added: %(after)s"),
    W.CRITERION_REMOVED: _("Criterion of release removed: %(before)s"),
    W.CRITERION_TIGHTENED: _("Criterion tightened, %(field)s: “%(before)s” became “%(after)s”"),
    W.CRITERION_LOOSENED: _("Criterion loosened, %(field)s: “%(before)s” became “%(after)s”"),
    W.CRITERION_CHANGED: _("Criterion changed, %(field)s: “%(before)s” became “%(after)s”"),
    W.HOLD_ADDED: _("A longest time was added: %(after)s"),
    W.HOLD_REMOVED: _("The longest time was removed; it was %(before)s"),
    W.HOLD_SHORTENED: _("Longest time shortened from %(before)s to %(after)s"),
    W.HOLD_LENGTHENED: _("Longest time lengthened from %(before)s to %(after)s"),
    W.WAIT_ADDED: _("A least time was added: %(after)s"),
    W.WAIT_REMOVED: _("The least time was removed; it was %(before)s"),
    W.WAIT_SHORTENED: _("Least time shortened from %(before)s to %(after)s"),
    W.WAIT_LENGTHENED: _("Least time lengthened from %(before)s to %(after)s"),
    W.DURATION_SHORTENED: _("%(field)s shortened from %(before)s to %(after)s"),
    W.DURATION_LENGTHENED: _("%(field)s lengthened from %(before)s to %(after)s"),
    W.UNIT_CHANGED: _("Unit changed from “%(before)s” to “%(after)s”"),
    W.CLASS_CHANGED: _("Class changed from “%(before)s” to “%(after)s”"),
    W.OPENNESS_CHANGED: _("Openness changed from “%(before)s” to “%(after)s”"),
    W.MATERIAL_ADDED: _("Material added: %(after)s"),
    W.MATERIAL_REMOVED: _("Material removed: %(before)s"),
    W.MATERIAL_CHANGED: _("Material changed from “%(before)s” to “%(after)s”"),
    W.EQUIPMENT_ADDED: _("Equipment added: %(after)s"),
    W.EQUIPMENT_REMOVED: _("Equipment removed: %(before)s"),
    W.TEST_ADDED: _("Test added: %(after)s"),
    W.TEST_REMOVED: _("Test removed: %(before)s"),
    W.STAFF_ADDED: _("People added: %(after)s"),
    W.STAFF_REMOVED: _("People removed: %(before)s"),
    W.VERIFICATION_ADDED: _("A second person verifies it now"),
    W.VERIFICATION_REMOVED: _("No second person verifies it any more"),
    W.MADE_CRITICAL: _("It is critical now"),
    W.NO_LONGER_CRITICAL: _("It is not critical any more"),
    W.MADE_IRREVERSIBLE: _("It cannot be undone now"),
    W.NO_LONGER_IRREVERSIBLE: _("It does not count as irreversible any more"),
    W.PARAMETER_CHANGED: _(
        "%(field)s uses a parameter that changed: “%(before)s” became “%(after)s”"
    ),
    W.FORMULA_CHANGED: _("Formula changed from “%(before)s” to “%(after)s”"),
    W.PART_ADDED: _("%(field)s: %(after)s added"),
    W.PART_REMOVED: _("%(field)s: %(before)s removed"),
    W.ORDER_CHANGED: _("%(field)s: another order, %(after)s"),
    W.CHANGED: _("%(field)s: “%(before)s” became “%(after)s”"),
}
VALUES: Mapping[str, Mapping[str, Any]] = {
    "kind": KIND_LABELS,
    "openness": {one.value: one.label for one in Openness},
}


def sentence(found: Difference) -> str:
    """Return what has changed, as a sentence without its place."""
    return str(SENTENCES[found.what]) % {
        "field": _field(found),
        "before": said(found, found.before),
        "after": said(found, found.after),
        "language": found.language,
    }


# The value of a parameter in a text: ``2 Cel (transport_low)`` or ``transport_low = 2 Cel``.
PARAMETER = re.compile(
    r"(?P<sign>\b[a-z][a-z0-9_]* = )?(?P<number>-?\d[\d.eE+-]*) (?P<unit>[^\s,)]+)"
    r"(?(sign)(?=[,)]|$)|(?= \([a-z][a-z0-9_]*\)))"
)
SWAPPED = frozenset({W.STAGES_SWAPPED, W.OPERATIONS_SWAPPED, W.STEPS_SWAPPED})
MOVED = frozenset({W.STAGE_MOVED, W.OPERATION_MOVED, W.STEP_MOVED})


def said(found: Difference, text: str) -> str:
    """Return what stood or stands in a place, in words."""
    if found.what in MOVED:
        return _place(text)
    if found.what is W.TEXT_CHANGED:
        return text
    return PARAMETER.sub(_with_unit, _value(found.field, text))


def beside(found: Difference) -> tuple[str, str]:
    """Return what stood and what stands in a place, for two columns; empty where nothing did."""
    if found.what in SWAPPED:
        return f"{found.before}, {found.after}", f"{found.after}, {found.before}"
    both = (found.before, found.after)
    was, now = (said(found, text) if text or found.what in MOVED else "" for text in both)
    return was, now


def _with_unit(value: re.Match[str]) -> str:
    """Return a parameter's value and unit as people write them."""
    return f"{value['sign'] or ''}{number_text(value['number'])} {unit_text(value['unit'])}"


def _place(text: str) -> str:
    """Return where a thing stands: what it is behind of, or that it is the first."""
    owner, _slash, before = text.rpartition("/")
    if before:
        return gettext("behind “%(thing)s”") % {"thing": text}
    if owner:
        return gettext("the first in “%(owner)s”") % {"owner": owner}
    return gettext("the first")


def _field(found: Difference) -> str:
    """Return the field's label, with what it stands in where the field alone says little."""
    names = [name for name in found.address if name in LABELS and not name.startswith("#")]
    label = label_of(found.field)
    if found.field in {"low", "high", "expected", "mean", "sd", "mode"} and len(names) > 1:
        return f"{label_of(names[-2])}, {label}"
    return label


def _value(field: str, text: str) -> str:
    words = VALUES.get(field, {}).get(text, text)
    return str(words) or gettext("nothing")
