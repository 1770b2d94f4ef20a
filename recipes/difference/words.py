"""A difference as a sentence for people, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from recipes.difference.parts import Difference, What
from recipes.drafting.labels import KIND_LABELS, LABELS, label_of
from recipes.enums import Openness

W = What
# What each says; ``field`` is the field's label, ``before`` and ``after`` as they are written.
SENTENCES: Mapping[What, Any] = {
    W.STAGE_ADDED: lazy("Stage added: %(after)s"),
    W.STAGE_REMOVED: lazy("Stage removed: %(before)s"),
    W.STAGE_MOVED: lazy("Stage moved: it was behind “%(before)s”, it is behind “%(after)s”"),
    W.STAGE_RENAMED: lazy("Stage renamed from “%(before)s” to “%(after)s”"),
    W.OPERATION_ADDED: lazy("Operation added: %(after)s"),
    W.OPERATION_REMOVED: lazy("Operation removed: %(before)s"),
    W.OPERATION_MOVED: lazy(
        "Operation moved: it was behind “%(before)s”, it is behind “%(after)s”"
    ),
    W.OPERATION_RENAMED: lazy("Operation renamed from “%(before)s” to “%(after)s”"),
    W.STEP_ADDED: lazy("Step added: %(after)s"),
    W.STEP_REMOVED: lazy("Step removed: %(before)s"),
    W.STEP_MOVED: lazy("Step moved: it was behind “%(before)s”, it is behind “%(after)s”"),
    W.STEP_RENAMED: lazy("Step renamed from “%(before)s” to “%(after)s”"),
    W.KIND_CHANGED: lazy("It is another kind of step: “%(before)s” became “%(after)s”"),
    W.TEXT_CHANGED: lazy("%(field)s changed in %(language)s"),
    W.LIMIT_ADDED: lazy("%(field)s limit added: %(after)s"),
    W.LIMIT_REMOVED: lazy("%(field)s limit removed; it was %(before)s"),
    W.LIMIT_NARROWED: lazy("%(field)s limit narrowed from %(before)s to %(after)s"),
    W.LIMIT_WIDENED: lazy("%(field)s limit widened from %(before)s to %(after)s"),
    W.LIMIT_SHIFTED: lazy("%(field)s limit shifted from %(before)s to %(after)s"),
    W.CRITERION_ADDED: lazy("Criterion of release added: %(after)s"),
    W.CRITERION_REMOVED: lazy("Criterion of release removed: %(before)s"),
    W.CRITERION_TIGHTENED: lazy("Criterion tightened, %(field)s: “%(before)s” became “%(after)s”"),
    W.CRITERION_LOOSENED: lazy("Criterion loosened, %(field)s: “%(before)s” became “%(after)s”"),
    W.CRITERION_CHANGED: lazy("Criterion changed, %(field)s: “%(before)s” became “%(after)s”"),
    W.HOLD_ADDED: lazy("A longest time was added: %(after)s"),
    W.HOLD_REMOVED: lazy("The longest time was removed; it was %(before)s"),
    W.HOLD_SHORTENED: lazy("Longest time shortened from %(before)s to %(after)s"),
    W.HOLD_LENGTHENED: lazy("Longest time lengthened from %(before)s to %(after)s"),
    W.WAIT_ADDED: lazy("A least time was added: %(after)s"),
    W.WAIT_REMOVED: lazy("The least time was removed; it was %(before)s"),
    W.WAIT_SHORTENED: lazy("Least time shortened from %(before)s to %(after)s"),
    W.WAIT_LENGTHENED: lazy("Least time lengthened from %(before)s to %(after)s"),
    W.DURATION_SHORTENED: lazy("%(field)s shortened from %(before)s to %(after)s"),
    W.DURATION_LENGTHENED: lazy("%(field)s lengthened from %(before)s to %(after)s"),
    W.UNIT_CHANGED: lazy("Unit changed from “%(before)s” to “%(after)s”"),
    W.CLASS_CHANGED: lazy("Class changed from “%(before)s” to “%(after)s”"),
    W.OPENNESS_CHANGED: lazy("Openness changed from “%(before)s” to “%(after)s”"),
    W.MATERIAL_ADDED: lazy("Material added: %(after)s"),
    W.MATERIAL_REMOVED: lazy("Material removed: %(before)s"),
    W.MATERIAL_CHANGED: lazy("Material changed from “%(before)s” to “%(after)s”"),
    W.EQUIPMENT_ADDED: lazy("Equipment added: %(after)s"),
    W.EQUIPMENT_REMOVED: lazy("Equipment removed: %(before)s"),
    W.TEST_ADDED: lazy("Test added: %(after)s"),
    W.TEST_REMOVED: lazy("Test removed: %(before)s"),
    W.STAFF_ADDED: lazy("People added: %(after)s"),
    W.STAFF_REMOVED: lazy("People removed: %(before)s"),
    W.VERIFICATION_ADDED: lazy("A second person verifies it now"),
    W.VERIFICATION_REMOVED: lazy("No second person verifies it any more"),
    W.MADE_CRITICAL: lazy("It is critical now"),
    W.NO_LONGER_CRITICAL: lazy("It is not critical any more"),
    W.MADE_IRREVERSIBLE: lazy("It cannot be undone now"),
    W.NO_LONGER_IRREVERSIBLE: lazy("It does not count as irreversible any more"),
    W.FORMULA_CHANGED: lazy("Formula changed from “%(before)s” to “%(after)s”"),
    W.PART_ADDED: lazy("%(field)s: %(after)s added"),
    W.PART_REMOVED: lazy("%(field)s: %(before)s removed"),
    W.ORDER_CHANGED: lazy("%(field)s: another order, %(after)s"),
    W.CHANGED: lazy("%(field)s: “%(before)s” became “%(after)s”"),
}
VALUES: Mapping[str, Mapping[str, Any]] = {
    "kind": KIND_LABELS,
    "openness": {one.value: one.label for one in Openness},
}


def sentence(found: Difference) -> str:
    """Return what has changed, as a sentence without its place."""
    return str(SENTENCES[found.what]) % {
        "field": _field(found),
        "before": _value(found.field, found.before),
        "after": _value(found.field, found.after),
        "language": found.language,
    }


def _field(found: Difference) -> str:
    """Return the field's label, with what it stands in where the field alone says little."""
    names = [name for name in found.address if name in LABELS and not name.startswith("#")]
    label = label_of(found.field)
    if found.field in {"low", "high", "expected", "mean", "sd", "mode"} and len(names) > 1:
        return f"{label_of(names[-2])}, {label}"
    return label


def _value(field: str, text: str) -> str:
    words = VALUES.get(field, {}).get(text, text)
    return str(words) or _("nothing")
