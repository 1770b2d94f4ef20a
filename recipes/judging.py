"""What a step is judged by, and what a judgement says. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Interlock, Refusal
from recipes import arithmetic, formulas, paths
from recipes.enums import Outcome, Severity
from recipes.units import time_of

Values = Mapping[str, str]


class ValueNotUnderstood(Refusal):
    """A value that cannot be read as the recipe asks for it."""

    code = "value.not_understood"
    status = 422
    sentence = _("%(name)s: %(problem)s")
    way_out = _("Correct the value and save again.")


class ValueImplausible(Refusal):
    """A value that cannot be true, whatever the process did: most likely a slip."""

    code = "value.implausible"
    status = 422
    sentence = _("%(value)s cannot be right: between %(low)s and %(high)s is possible.")
    way_out = _("Read the value again, and mind the exponent and the unit.")


class TooEarly(Refusal):
    """A waiting time that is not over."""

    code = "timer.too_early"
    sentence = _("Too early: at least %(min)s are asked for, %(elapsed)s have passed.")
    way_out = _("Wait until the time is over, or ask QA.")
    interlock = Interlock.CONDITIONAL


class GateClosed(Refusal):
    """A gate whose results or approval are not there yet."""

    code = "gate.closed"
    sentence = _("This step waits for %(missing)s.")
    way_out = _("Ask QC for the result, or ask QA.")
    interlock = Interlock.CONDITIONAL


class WrongProgramme(Refusal):
    """A unit shows another programme, or another version of it, than the recipe names."""

    code = "run.wrong_programme"
    sentence = _("The unit shows %(found)s; the recipe asks for %(asked)s.")
    way_out = _("Load the programme that the recipe names, or ask QA.")
    interlock = Interlock.CONDITIONAL
    recorded = True


class ValueMissing(Refusal):
    """A formula needs a value that this batch does not have."""

    code = "formula.value_missing"
    status = 422
    sentence = _("The value %(name)s, which this step is judged by, is not there.")
    way_out = _("Ask the process owner; the recipe names a value that was never taken.")


@dataclass(frozen=True, slots=True)
class Result:
    """A test's result as a gate or a formula sees it."""

    value: str
    outcome: Outcome = Outcome.CLEARED


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule did not clear; its sentence is made from code and parameters."""

    code: str
    severity: Severity
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """All that a judgement may know beside the step and its values.

    ``values`` and ``closed`` are by step path (``stage/operation/step``): the judged values
    of closed steps, and when each was closed; of repeated ones those that a plain name means
    here. ``rounds`` has the values of each iteration by ref; ``iteration`` is this step's.
    ``started_at`` is when this step became due, ``moments`` are those of the order and of its
    containers' clocks.
    """

    at: datetime
    path: str = ""
    started_at: datetime | None = None
    values: Mapping[str, Values] = field(default_factory=dict)
    closed: Mapping[str, datetime] = field(default_factory=dict)
    results: Mapping[str, Result] = field(default_factory=dict)
    inputs: Values = field(default_factory=dict)
    parameters: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    approved: bool = False
    iteration: int = 1
    rounds: Mapping[str, Values] = field(default_factory=dict)
    moments: Mapping[str, datetime] = field(default_factory=dict)

    @cached_property
    def _values(self) -> dict[str, Values]:
        return {paths.normal(path): values for path, values in self.values.items()}

    @cached_property
    def _rounds(self) -> dict[str, Values]:
        return {paths.normal(ref): values for ref, values in self.rounds.items()}

    @cached_property
    def _closed(self) -> dict[str, datetime]:
        return {paths.normal(path): at for path, at in self.closed.items()}

    def number(self, name: str) -> Decimal:
        """Return the number behind a formula's name; raises ValueMissing."""
        text = self._text(name)
        try:
            return Decimal(text) if text else Decimal("NaN")
        except ArithmeticError as error:
            raise ValueMissing(name=name) from error

    def _text(self, name: str) -> str:
        space, key = paths.space_of(name), name.partition(".")[2]
        if space == "inputs":
            found = self.inputs.get(key)
        elif space == "parameters":
            found = self.parameters[key][0] if key in self.parameters else None
        elif space == "results":
            found = next((r.value for k, r in self.results.items() if paths.normal(k) == key), None)
        else:
            found = main(self._of_step(name))
        if not found:
            raise ValueMissing(name=name)
        return found

    def _of_step(self, name: str) -> Values:
        """Return the values of the step that a name means, of the iteration that it says."""
        said = formulas.iteration_of(name)
        if said is None:
            return paths.find(name, at=self.path, among=self._values) or {}
        meant = paths.absolute(formulas.bare(name), at=self.path)
        wanted = said if said > 0 else self.iteration + said
        return self._rounds.get(paths.ref(meant, wanted), {}) if wanted > 0 else {}

    def word(self, name: str) -> str:
        """Return the answer that was given at a step; raises ValueMissing."""
        values = self._of_step(name)
        found = values.get("choice") or values.get("value")
        if not found:
            raise ValueMissing(name=name)
        return found

    def evaluate(self, formula: str) -> Decimal:
        """Work a formula out with these facts; raises ValueMissing or ValueNotUnderstood."""
        try:
            return arithmetic.evaluate(formula, self.number, self.word)
        except formulas.FormulaError as error:
            raise ValueNotUnderstood(name=formula, problem=str(error)) from error

    def holds(self, condition: str) -> bool:
        """Say whether a condition holds; raises ValueMissing or ValueNotUnderstood."""
        try:
            return arithmetic.holds(condition, self.number, self.word)
        except formulas.FormulaError as error:
            raise ValueNotUnderstood(name=condition, problem=str(error)) from error

    def asked(self, formula: str) -> dict[str, str]:
        """Return what a formula was worked out with, by name; ``–`` for what is not there."""
        parsed = formulas.parse(formula)
        found = {name: self._shown(self._text, name) for name in parsed.names}
        return found | {name: self._shown(self.word, name) for name, _key in parsed.words}

    def _shown(self, read: Callable[[str], str], name: str) -> str:
        try:
            return read(name)
        except ValueMissing:
            return "–"

    def span(self, span: timedelta | str) -> timedelta:
        """Return a duration, be it written out or the value of a parameter."""
        if isinstance(span, timedelta):
            return span
        key = span.partition(".")[2]
        if key not in self.parameters:
            raise ValueMissing(name=span)
        value, unit = self.parameters[key]
        return time_of(Decimal(value), unit)

    def closed_at(self, name: str) -> datetime | None:
        """Return when the step that ``name`` means was closed, or None."""
        return paths.find(name, at=self.path, among=self._closed)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a rule said: the values as they are kept, and what was not right with them."""

    values: dict[str, str]
    outcome: Outcome
    rule: str
    rule_version: str
    findings: tuple[Finding, ...] = ()
    comment_required: bool = False

    @property
    def comment_missing(self) -> bool:
        """A comment is asked for and was not given."""
        return self.comment_required and not self.values.get("comment")


MAIN_VALUES = ("value", "quantity", "volume", "applied")


def main(values: Values) -> str | None:
    """Return the one value of a step that formulas mean by the step's name."""
    return next((values[name] for name in MAIN_VALUES if values.get(name)), None)


def judged(
    values: dict[str, str],
    *,
    rule: str,
    version: str,
    findings: tuple[Finding, ...] = (),
    seen: bool = True,
    comment: bool = True,
) -> Judged:
    """Return the judgement that follows from the findings.

    ``seen`` is False when no rule looked at the values; ``comment`` tells whether findings
    ask for one.
    """
    clear = Outcome.CLEARED if seen else Outcome.UNCHECKED
    return Judged(
        values=values,
        outcome=Outcome.FLAGGED if findings else clear,
        rule=rule,
        rule_version=version,
        findings=findings,
        comment_required=bool(findings) and comment,
    )
