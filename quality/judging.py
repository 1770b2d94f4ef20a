"""What the pinned recipe says of a laboratory result. Pure: no clock, no database."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from batches.entries import Said
from quality.enums import ResultOutcome
from recipes.criteria import items_of, meets
from recipes.document import Recipe, SpecificationItem, Test
from recipes.enums import Severity, ValueType
from recipes.judging import Facts, ValueMissing, ValueNotUnderstood
from recipes.parts import NUMBER, decimal_text
from recipes.step import against

RULE, VERSION = "result.specification", "1"
OUTSIDE_SPECIFICATION = "outside.specification"
LONGEST = 200
# A number as people write it whose language has a decimal comma: no thousands, no exponent.
_WITH_COMMA = re.compile(r"[+-]?\d{1,30},\d{1,20}", re.ASCII)
# To them this may be thousands: "1.500" is one and a half to a machine only.
_MAYBE_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3})+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A result as read and judged: ``value`` is the canonical text of what was typed."""

    value: str
    unit: str
    outcome: ResultOutcome
    rule: str
    rule_version: str
    findings: tuple[Said, ...]


def read_value(test: Test, typed: str, *, comma: bool = False) -> str:
    """Return a typed result in its one form. Raises ValueNotUnderstood.

    A number has a decimal point and no thousands; an answer is one of the test's options. With
    ``comma``, the analyst's language writes a decimal comma, which is read as such; a point
    that may separate thousands there is refused, never guessed.
    """
    text = typed.strip()
    if not text or len(text) > LONGEST:
        raise _not_understood(test, _("a value is asked for."))
    if test.options:
        if text not in {option.key for option in test.options}:
            raise _not_understood(test, _("one of the answers of the recipe is asked for."))
        return text
    if test.value == ValueType.DECIMAL:
        return decimal_text(_number(test, text, comma=comma))
    return text


def _number(test: Test, text: str, *, comma: bool) -> Decimal:
    if comma and _MAYBE_THOUSANDS.fullmatch(text):
        raise _not_understood(
            test,
            _("the point may mean thousands: write a comma for decimals, nothing for thousands."),
        )
    if comma and _WITH_COMMA.fullmatch(text):
        return Decimal(text.replace(",", "."))
    if NUMBER.fullmatch(text):
        return Decimal(text)
    if comma:
        raise _not_understood(test, _("a number with a decimal comma or point is asked for."))
    raise _not_understood(test, _("a number with a decimal point is asked for."))


def _not_understood(test: Test, problem: str) -> ValueNotUnderstood:
    title = test.title.say(get_language() or "en")
    return ValueNotUnderstood(field="value", name=title, problem=problem)


def bounds_of(item: SpecificationItem, facts: Facts) -> dict[str, str]:
    """Return the criterion's bounds as text, for scales and sentences; empty where it has none."""
    written = {
        "low": item.above or (item.limits.low if item.limits else None),
        "high": item.below or (item.limits.high if item.limits else None),
    }
    found = {}
    for name, formula in written.items():
        if formula is not None:
            try:
                found[name] = decimal_text(facts.evaluate(formula))
            except (ValueMissing, ValueNotUnderstood):
                continue
    return found


def judge(recipe: Recipe, test: Test, typed: str, facts: Facts, *, comma: bool = False) -> Verdict:
    """Judge a typed result by the test's own limits, its options and the specification.

    Raises ValueNotUnderstood. No criterion at all gives ``unjudged``, which a person reads.
    ``comma`` as in ``read_value``.
    """
    value = read_value(test, typed, comma=comma)
    items = items_of(recipe, test.key)
    findings = [*_own(test, value, facts), *_failed(items, value, facts)]
    judged = bool(items or test.limits or test.options)
    return Verdict(
        value=value,
        unit=test.unit or "",
        outcome=_outcome(findings, judged=judged),
        rule=RULE if judged else "",
        rule_version=VERSION if judged else "",
        findings=tuple(findings),
    )


def _own(test: Test, value: str, facts: Facts) -> Iterable[Said]:
    if any(option.flag for option in test.options if option.key == value):
        yield Said(code="choose.flagged", severity=Severity.MAJOR.value, params={"choice": value})
    if test.limits is not None:
        for found in against(Decimal(value), test.limits, facts, field="value"):
            params = dict(found.params)
            yield Said(code=found.code, severity=found.severity.value, params=params)


def _failed(items: list[SpecificationItem], value: str, facts: Facts) -> Iterable[Said]:
    for item in items:
        if not meets(item, value, facts):
            params = {"item": item.key, "value": value, **bounds_of(item, facts)}
            yield Said(code=OUTSIDE_SPECIFICATION, severity=Severity.CRITICAL.value, params=params)


def _outcome(findings: list[Said], *, judged: bool) -> ResultOutcome:
    if not judged:
        return ResultOutcome.UNJUDGED
    if any(found.severity != Severity.MINOR for found in findings):
        return ResultOutcome.OUTSIDE
    return ResultOutcome.ALERT if findings else ResultOutcome.WITHIN
