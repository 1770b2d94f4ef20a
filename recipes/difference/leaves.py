"""One field of one thing: what its change means, and how much it weighs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from recipes.difference.bounds import (
    Known,
    criterion_change,
    limit_change,
    span_change,
)
from recipes.difference.parts import Difference, What
from recipes.drafting.changes import Address, Plain
from recipes.enums import Severity

W, MINOR, MAJOR, CRITICAL = What, Severity.MINOR, Severity.MAJOR, Severity.CRITICAL
TEXTS = frozenset({"text", "title", "note", "safe_state"})
BANDS = frozenset({"alert", "action", "plausible", "limits"})
# Estimates of the rehearsal and the planner: nothing is done differently.
ESTIMATES = frozenset({"likely", "chance", "duration", "takes", "source"})
FLAGS: Mapping[str, tuple[What, What]] = {
    "verify": (W.VERIFICATION_ADDED, W.VERIFICATION_REMOVED),
    "critical": (W.MADE_CRITICAL, W.NO_LONGER_CRITICAL),
    "irreversible": (W.MADE_IRREVERSIBLE, W.NO_LONGER_IRREVERSIBLE),
}
FIELDS: Mapping[str, What] = {
    "unit": W.UNIT_CHANGED, "class": W.CLASS_CHANGED, "openness": W.OPENNESS_CHANGED,
    "kind": W.KIND_CHANGED, "material": W.MATERIAL_CHANGED, "formula": W.FORMULA_CHANGED,
}  # fmt: skip
THINGS: Mapping[str, tuple[What, What]] = {
    "bill_of_materials": (W.MATERIAL_ADDED, W.MATERIAL_REMOVED),
    "bill_of_equipment": (W.EQUIPMENT_ADDED, W.EQUIPMENT_REMOVED),
    "equipment": (W.EQUIPMENT_ADDED, W.EQUIPMENT_REMOVED),
    "tests": (W.TEST_ADDED, W.TEST_REMOVED),
    "specification": (W.CRITERION_ADDED, W.CRITERION_REMOVED),
    "staff": (W.STAFF_ADDED, W.STAFF_REMOVED),
    "accepts": (W.CRITERION_LOOSENED, W.CRITERION_TIGHTENED),
}
# What lets something pass that was stopped before, or takes a second pair of eyes away.
WEIGHTY = frozenset({
    W.LIMIT_WIDENED, W.LIMIT_SHIFTED, W.LIMIT_REMOVED, W.CRITERION_REMOVED, W.CRITERION_LOOSENED,
    W.CRITERION_CHANGED, W.HOLD_LENGTHENED, W.HOLD_REMOVED, W.WAIT_SHORTENED, W.WAIT_REMOVED,
    W.VERIFICATION_REMOVED, W.NO_LONGER_CRITICAL, W.NO_LONGER_IRREVERSIBLE, W.OPENNESS_CHANGED,
    W.TEST_REMOVED,
})  # fmt: skip
# What weighs more at a critical step.
TOUCHY = frozenset({W.CHANGED, W.UNIT_CHANGED, W.FORMULA_CHANGED, W.PARAMETER_CHANGED})
LIGHT = frozenset({W.DURATION_LENGTHENED, W.DURATION_SHORTENED})


def weight(what: What, at: Address) -> Severity:
    """Return how much a change weighs, by what it means and where it stands."""
    if ESTIMATES & set(at) or (at and at[-1] in TEXTS - {"text"}):
        return MINOR
    if what in WEIGHTY:
        return CRITICAL
    return MINOR if what in LIGHT else MAJOR


def added(thing: Plain, at: Address) -> Difference:
    """Return that a list holds one more; ``at`` ends in its name."""
    what = THINGS.get(at[-2], (W.PART_ADDED, W.PART_REMOVED))[0]
    return Difference(what, weight(what, at[:-1]), (), at, at[-2], after=called(thing, at[-1]))


def removed(thing: Plain, was_at: Address) -> Difference:
    """Return that a list holds one less."""
    what = THINGS.get(was_at[-2], (W.PART_ADDED, W.PART_REMOVED))[1]
    severity = weight(what, was_at[:-1])
    return Difference(
        what, severity, was_at, (), was_at[-2], before=called(thing, was_at[-1])
    )  # fmt: skip


def called(thing: Plain, name: str) -> str:
    """Return what people call a thing of a list: its title in English beside its name."""
    texts = thing.get("title") or thing.get("text") if isinstance(thing, dict) else None
    if not isinstance(texts, dict) or not texts:
        return name
    return f"{name} ({texts.get('en') or next(iter(texts.values()))})"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A field before and after, its place in either document, and their parameters."""

    was: Plain
    now: Plain
    was_at: Address
    at: Address
    before: Known
    after: Known
    critical: bool

    @property
    def field(self) -> str:
        """The field's name."""
        return self.at[-1]

    def whole(self) -> list[Difference] | None:
        """Return what a field means that is compared as a whole; None for others."""
        if self.field in TEXTS and _texts(self.was) and _texts(self.now):
            return list(self._texts())
        if self.field in BANDS and (_band(self.was) or _band(self.now)):
            return self._limits()
        if self.at[0] == "specification" and self.field in {"above", "below"}:
            return self._criterion()
        return None

    def _texts(self) -> Iterator[Difference]:
        old = self.was if isinstance(self.was, dict) else {}
        new = self.now if isinstance(self.now, dict) else {}
        for language in dict.fromkeys([*old, *new]):
            if old.get(language) != new.get(language):
                yield Difference(
                    W.TEXT_CHANGED, weight(W.TEXT_CHANGED, self.at), (*self.was_at, language),
                    (*self.at, language), self.field, str(old.get(language, "")),
                    str(new.get(language, "")), language,
                )  # fmt: skip

    def _limits(self) -> list[Difference]:
        if self.at[0] == "specification" and self.field == "limits":
            return self._criterion()
        before, after = self.before.band(self.was), self.after.band(self.now)
        if self.was == self.now and before == after:
            return []
        what = limit_change(self.was, self.now, self.before, self.after)
        return self._said(what or W.LIMIT_SHIFTED, before, after)

    def _criterion(self) -> list[Difference]:
        what = criterion_change(self.field, self.was, self.now, self.before, self.after)
        if self.field == "limits":
            before, after = self.before.band(self.was), self.after.band(self.now)
        else:
            before, after = self.before.told(self.was), self.after.told(self.now)
        same = self.was == self.now and before == after
        return [] if same else self._said(what, before, after)

    def changed(self) -> list[Difference]:
        """Return what another value of a plain field means; nothing when it means the same."""
        before, after = self.before.told(self.was), self.after.told(self.now)
        what = self._meaning()
        if what is not None:
            return self._said(what, before, after)
        return self._uses() if before != after else []

    def _uses(self) -> list[Difference]:
        """Say which parameters of an unchanged field have another value."""
        names = [
            name for name in self.after.used(self.now)
            if self.before.values.get(name) != self.after.values[name]
        ]  # fmt: skip
        before = self.before.values_of(name for name in names if name in self.before.values)
        return self._said(W.PARAMETER_CHANGED, before, self.after.values_of(names))

    def _meaning(self) -> What | None:
        span = span_change(self.was, self.now, self.before, self.after)
        if self.was == self.now and span is None:
            return None
        if span is not None:
            return self._span(span)
        if self.at[0] in {"inputs", "parameters"} and self.field in {"low", "high"}:
            was, now = {self.field: self.was}, {self.field: self.now}
            return limit_change(was, now, self.before, self.after) or W.LIMIT_SHIFTED
        if self.field in FLAGS:
            return FLAGS[self.field][self.now != "true"]
        return FIELDS.get(self.field, W.CHANGED)

    def _span(self, span: str) -> What:
        if self.field in {"max", "min"}:
            return W(f"{'hold' if self.field == 'max' else 'wait'}_{span}")
        if span in {"shortened", "lengthened"}:
            return W(f"duration_{span}")
        return W.CHANGED

    def _said(self, what: What, before: str, after: str) -> list[Difference]:
        severity = weight(what, self.at)
        if self.critical and severity == MAJOR and what is not W.TEXT_CHANGED:
            severity = CRITICAL if what in TOUCHY else MAJOR
        return [Difference(what, severity, self.was_at, self.at, self.field, before, after)]


def _texts(value: Plain) -> bool:
    """Whether a field holds a sentence in languages, or nothing."""
    return value is None or (
        isinstance(value, dict) and all(isinstance(v, str) for v in value.values())
    )


def _band(value: Plain) -> bool:
    return isinstance(value, dict) and bool(value) and set(value) <= {"low", "high"}
