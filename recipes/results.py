"""Results of tests: read, judged against the limits of an IPC and against the specification.

A laboratory reports what lies beyond its range as ``<0.25`` or ``>100``: such a result meets a
limit only where every value that it may stand for does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from recipes.document import SpecificationItem, Test
from recipes.enums import Severity, ValueType
from recipes.judging import Facts, Finding, Judged, judged
from recipes.parts import NUMBER, decimal_text
from recipes.step import not_understood

RULE, VERSION = "test.limits", "1"
SIGNED = re.compile(r"([<>]?)\s*(.+)")


@dataclass(frozen=True, slots=True)
class Reported:
    """A reported number: exact, or only known to lie below or above ``number``."""

    number: Decimal
    sign: str = ""

    @property
    def text(self) -> str:
        """The form that is kept."""
        return f"{self.sign}{decimal_text(self.number)}"

    def may_be_below(self, bound: Decimal) -> bool:
        """Tell whether a value that this stands for lies below ``bound``."""
        return self.sign == "<" or self.number < bound

    def may_be_above(self, bound: Decimal) -> bool:
        """Tell whether a value that this stands for lies above ``bound``."""
        return self.sign == ">" or self.number > bound

    def may_reach(self, bound: Decimal, *, going: str) -> bool:
        """Tell whether a value lies at ``bound`` or beyond it, ``going`` up (>) or down (<)."""
        beyond = self.number >= bound if going == ">" else self.number <= bound
        if self.sign:
            other = self.number > bound if going == ">" else self.number < bound
            return self.sign == going or other
        return beyond


def reported(value: str) -> Reported:
    """Read a reported number; raises ValueNotUnderstood."""
    found = SIGNED.fullmatch(value.strip())
    if found is None or not NUMBER.fullmatch(found[2]):
        raise not_understood("value", _("a number such as 12.5 or <0.25 is asked for."))
    return Reported(Decimal(found[2]), found[1])


def read(test: Test, value: str) -> str:
    """Return a result as it is kept; raises ValueNotUnderstood when the test has no such one."""
    if test.value == ValueType.DECIMAL:
        return reported(value).text
    if value not in {option.key for option in test.options}:
        raise not_understood("value", _("this is none of the answers of the test."))
    return value


def judge(test: Test, value: str, facts: Facts) -> Judged:
    """Judge a result by its test alone: limits of an IPC, or an answer that is an exception.

    Raises ValueNotUnderstood. A test without limits is seen by no rule here.
    """
    kept = {"value": read(test, value)}
    if test.value != ValueType.DECIMAL:
        flagged = any(option.flag for option in test.options if option.key == value)
        finding = Finding("test.flagged", Severity.MAJOR, {"test": test.key, "value": value})
        found = (finding,) if flagged else ()
        return judged(kept, rule=RULE, version=VERSION, findings=found)
    findings = _beyond(test, reported(value), facts)
    seen = test.limits is not None
    return judged(kept, rule=RULE, version=VERSION, findings=findings, seen=seen)


def _beyond(test: Test, value: Reported, facts: Facts) -> tuple[Finding, ...]:
    if test.limits is None:
        return ()
    for name, band, severity in (
        ("action", test.limits.action, Severity.MAJOR),
        ("alert", test.limits.alert, Severity.MINOR),
    ):
        if band is None:
            continue
        low = band.low is not None and value.may_be_below(facts.evaluate(band.low))
        high = band.high is not None and value.may_be_above(facts.evaluate(band.high))
        if low or high:
            params = {"test": test.key, "value": value.text}
            return (Finding(f"test.outside_{name}", severity, params),)
    return ()


def meets(item: SpecificationItem, test: Test, value: str, facts: Facts) -> bool:
    """Tell whether a result meets an item of the specification.

    Raises ValueNotUnderstood for what is no result of the test, and ValueMissing when a bound
    needs an input that the order did not bring.
    """
    if test.value != ValueType.DECIMAL:
        return read(test, value) in item.accepts
    result = reported(value)
    bounds = item.limits
    misses = (
        bounds is not None and bounds.low is not None
        and result.may_be_below(facts.evaluate(bounds.low)),
        bounds is not None and bounds.high is not None
        and result.may_be_above(facts.evaluate(bounds.high)),
        item.above is not None and result.may_reach(facts.evaluate(item.above), going="<"),
        item.below is not None and result.may_reach(facts.evaluate(item.below), going=">"),
    )  # fmt: skip
    return not any(misses)
