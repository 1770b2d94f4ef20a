"""Containers: enough of them are there when a step asks for one, whichever way the batch went."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import cast

from django.utils.translation import gettext as _

from recipes.checks.conditions import held_by, held_where_called, is_before
from recipes.conditions import over
from recipes.enums import ContainerKind, Fate, Pouring
from recipes.faults import Fault, check
from recipes.kinds import account, connect, label, sample, scan, transfer, weigh
from recipes.outline import Outline
from recipes.places import StepPlace
from recipes.step import StepBase

# What a step makes or uses up: the kind, at least and at most how many.
Counted = tuple[ContainerKind, int, int]
Counting = Callable[[StepBase], Counted | None]
# The kinds of step that make, use up or ask for containers: most steps are of none of them.
HANDLING = frozenset({"account", "connect", "label", "sample", "scan", "transfer", "weigh"})
# How many are there is not worked out where so many steps fill and empty containers.
MOST_PAIRS = 100_000
# What comes with the order: how many bags there are is not the recipe's to say.
GIVEN = ContainerKind.PATIENT


@dataclass(frozen=True, slots=True)
class Span:
    """How many containers of a kind a step makes, or uses up, each time that it is done."""

    place: StepPlace
    kind: ContainerKind
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Need:
    """So many containers of a kind must be there for a step; ``field`` names the kind."""

    field: str
    kind: ContainerKind
    count: int = 1


def made_by(step: StepBase) -> Counted | None:
    """Return what a step makes: the kind, at least and at most how many."""
    if isinstance(step, label.Step):
        return step.makes, 1, 1
    if isinstance(step, sample.Step):
        return ContainerKind.SAMPLE, 1, 1
    if isinstance(step, transfer.Step) and step.pour == Pouring.SPLIT:
        return step.to, step.least or step.count or 1, step.count or 1
    if isinstance(step, transfer.Step) and step.pour == Pouring.POOL:
        return step.to, 1, 1
    return None


def taken_by(step: StepBase) -> Counted | None:
    """Return what a step uses up, in the same way."""
    if isinstance(step, transfer.Step):
        if step.pour == Pouring.POOL:
            return step.from_, step.least or step.count or 1, step.count or 1
        return (step.from_, 1, 1) if step.empties else None
    if isinstance(step, account.Step):
        return step.what, 0, step.count
    return None


def needs_of(step: StepBase) -> Iterator[Need]:
    """Yield the containers that must be there for a step."""
    if isinstance(step, scan.Step | weigh.Step):
        yield from (Need("what", kind) for kind in (step.what,) if kind is not None)
    elif isinstance(step, sample.Step) and step.from_ is not None:
        yield Need("from", step.from_)
    elif isinstance(step, connect.Step):
        ends = ((name, end.container) for name, end in step.ends)
        yield from (Need(f"{name}.container", kind) for name, kind in ends if kind is not None)
    elif isinstance(step, transfer.Step):
        pools = step.pour == Pouring.POOL
        yield Need("from", step.from_, (step.least or step.count or 1) if pools else 1)
        if step.pour == Pouring.DRAW:
            yield Need("to", step.to)


def handling(outline: Outline) -> Iterator[StepPlace]:
    """Yield the steps that have to do with containers."""
    return (place for place in outline.all_steps if place.step.kind in HANDLING)


@dataclass(frozen=True)
class Stock:
    """The containers that the steps of a recipe make and use up."""

    outline: Outline

    @cached_property
    def makers(self) -> dict[ContainerKind, list[Span]]:
        """The steps that make containers, by their kind."""
        return self._spans(made_by)

    @cached_property
    def takers(self) -> dict[ContainerKind, list[Span]]:
        """The steps that use containers up, by their kind."""
        return self._spans(taken_by)

    def _spans(self, of: Counting) -> dict[ContainerKind, list[Span]]:
        found: dict[ContainerKind, list[Span]] = defaultdict(list)
        for place in handling(self.outline):
            span = of(place.step)
            if span is not None:
                found[span[0]].append(Span(place, *span))
        return found

    def certain(self, span: Span, place: StepPlace) -> bool:
        """Tell whether a step was done when another is begun, whichever way the batch went."""
        one = span.place
        if not is_before(self.outline, one, place) or _called(one, place):
            return False
        asked = held_by(over(self.outline, one))
        return not asked or not asked - self._held(place)

    def any_certain(self, kind: ContainerKind, place: StepPlace) -> bool:
        """Tell whether a container of a kind was made for certain when a step is begun.

        Of those that are made on a condition only those are looked at whose own holds here.
        """
        called, held = place.operation.stage is None, self._held(place)
        likely = (one for key in ("", *held) for one in self._makers_on.get((kind, key), ()))
        return any(
            (called or one.place.number < place.number) and self.certain(one, place)
            for one in likely
        )

    @cached_property
    def _makers_on(self) -> dict[tuple[ContainerKind, str], list[Span]]:
        """The steps that make containers, by one of the conditions on which they do, if any.

        The last comes first: it is the likeliest to be asked for.
        """
        found: dict[tuple[ContainerKind, str], list[Span]] = defaultdict(list)
        for kind, makers in self.makers.items():
            for one in reversed(makers):
                key = min(held_by(over(self.outline, one.place)), default="")
                found[kind, key].append(one)
        return found

    def _held(self, place: StepPlace) -> frozenset[str]:
        if place.number not in self._held_at:
            held = held_by(over(self.outline, place)) | held_where_called(self.outline, place)
            self._held_at[place.number] = held
        return self._held_at[place.number]

    @cached_property
    def _held_at(self) -> dict[int, frozenset[str]]:
        return {}

    def most(self, need: Need, place: StepPlace) -> int:
        """Return how many of a kind can be there at most when a step is begun."""
        takers = [one for one in self.takers[need.kind] if self.certain(one, place)]
        emptied = [one.place for one in takers if _takes_all(one.place.step)]
        made = (
            one.most * (rounds(one.place) - (one.place is place)) for one in self.makers[need.kind]
            if not self._behind(one.place, place)
            and not any(is_before(self.outline, one.place, end) for end in emptied)
        )  # fmt: skip
        return sum(made) - sum(one.least for one in takers)

    def least(self, what: ContainerKind, place: StepPlace) -> int:
        """Return how many of a kind are left at least when a step is begun."""
        made = (one.least for one in self.makers[what] if self.certain(one, place))
        gone = (
            one.most * rounds(one.place) for one in self.takers[what]
            if one.place is not place and not self._behind(one.place, place)
        )  # fmt: skip
        return sum(made) - sum(gone)

    def _behind(self, one: StepPlace, place: StepPlace) -> bool:
        """Tell whether a step is begun only when another is over, in every round."""
        if one.operation is place.operation and rounds(one) > 1:
            return False
        return is_before(self.outline, place, one) and not _called(place, one)


def _called(one: StepPlace, other: StepPlace) -> bool:
    """Tell whether a step is of a contingency that another is not in: it may never be called."""
    return one.operation.stage is None and one.operation is not other.operation


def _takes_all(step: StepBase) -> bool:
    return isinstance(step, account.Step) and step.every and step.fate != Fate.STORED


def rounds(place: StepPlace) -> int:
    """Return how often a step is done at most each time that its operation is begun."""
    operation = place.operation.operation
    if place.operation.stage is None:
        return 1000  # a contingency may be called again and again
    if operation.repeat is None or int(place.path[-1]) not in operation.looped:
        return 1
    return operation.repeat.max


def _asked(outline: Outline, stock: Stock) -> Iterator[tuple[StepPlace, Need, list[Span], int]]:
    """Yield what is needed, the steps that make such, and how many of them stand before."""
    numbers = {kind: [one.place.number for one in made] for kind, made in stock.makers.items()}
    for place in handling(outline):
        for need in needs_of(place.step):
            made = stock.makers.get(need.kind, [])
            called = place.operation.stage is None
            end = len(made) if called else bisect_left(numbers.get(need.kind, []), place.number)
            if need.kind != GIVEN and end:
                yield place, need, made, end


@check("container.may_not_exist")
def containers_are_there(outline: Outline) -> Iterator[Fault]:
    """A container that a step asks for was labelled by then, whichever way the batch went."""
    stock = Stock(outline)
    for place, need, made, end in _asked(outline, stock):
        if stock.any_certain(need.kind, place):
            continue
        before = (one for one in made[:end] if is_before(outline, one.place, place))
        if len(list(islice(before, 2))) > 1:
            continue  # each of several branches may label its own
        sentence = _("By then such a container need not have been labelled.")
        yield Fault((*place.path, *need.field.split(".")), sentence)


@check("container.too_few")
def containers_are_enough(outline: Outline) -> Iterator[Fault]:
    """As many containers are there as a step asks for: not all are used up before.

    The first step that lacks some is named: what is behind it lacks them, too.
    """
    stock, said = Stock(outline), set[ContainerKind]()
    asked = list(_asked(outline, stock))
    if sum(len(made) for _place, _need, made, _end in asked) > MOST_PAIRS:
        return
    for place, need, _made, _end in asked:
        taken = taken_by(place.step)
        uses_up = taken is not None and taken[0] == need.kind and need.field == "from"
        again = rounds(place) if uses_up and place.operation.stage is not None else 1
        most, count = stock.most(need, place), need.count * again
        if count > most and need.kind not in said:
            said.add(need.kind)
            sentence = _("%(count)s such containers are asked for here; at most %(most)s are left.")
            words = {"count": count, "most": max(most, 0)}
            yield Fault((*place.path, *need.field.split(".")), sentence % words)


@check("container.beyond_count")
def all_are_accounted_for(outline: Outline) -> Iterator[Fault]:
    """A step that accounts for every container of a kind takes as many as are left at least."""
    stock = Stock(outline)
    ends = [one for one in handling(outline) if isinstance(one.step, account.Step)]
    if len(ends) * sum(map(len, stock.makers.values())) > MOST_PAIRS:
        return
    for place in ends:
        step = cast("account.Step", place.step)
        if place.operation.stage is None or not step.every or step.what == GIVEN:
            continue
        least = stock.least(step.what, place)
        if least > step.count:
            sentence = _("At least %(least)s such containers are left by then: count as many.")
            yield Fault((*place.path, "count"), sentence % {"least": least})
