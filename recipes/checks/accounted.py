"""What becomes of labels and containers, whichever way the batch goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from recipes import alternatives
from recipes.checks.conditions import is_before
from recipes.checks.containers import MOST_PAIRS, Span, Stock, handling, rounds
from recipes.conditions import over
from recipes.enums import ContainerKind, Pouring
from recipes.faults import Fault, check
from recipes.kinds import account, connect, label, sample, transfer
from recipes.messages import Weight
from recipes.nodes import Path
from recipes.outline import Outline
from recipes.places import StepPlace, field_of
from recipes.step import StepBase

HANDLES = ("what", "from_", "to", "container", "makes")
# The product is what is made; a sample goes to the laboratory.
COUNTED = (ContainerKind.INTERMEDIATE, ContainerKind.PATIENT)


@dataclass(frozen=True)
class Later:
    """Which steps come after others, and on which ways through the recipe each is done."""

    outline: Outline
    _ways: dict[int, alternatives.Way] = field(default_factory=dict)

    def way(self, place: StepPlace) -> alternatives.Way:
        """Return what must hold for a step to be done."""
        if place.number not in self._ways:
            self._ways[place.number] = alternatives.way_of(over(self.outline, place))
        return self._ways[place.number]

    def offered(self, name: str) -> frozenset[str] | None:
        """Return the answers that a question offers."""
        meant = self.outline.by_name.get(name)
        options = field_of(meant.step, "options") if meant is not None else None
        return frozenset(option.key for option in options) if options else None

    def follows(self, place: StepPlace, one: StepPlace) -> bool:
        """Tell whether a step comes after another; a contingency need not be called."""
        if place.operation.path == one.operation.path:
            return place.number > one.number
        if place.operation.stage is None:
            return False
        if one.operation.stage is not None:
            return is_before(self.outline, one, place)
        callers = self.outline.callers(one.operation)
        first = (self.outline.steps_of(caller)[0] for caller in callers)
        return all(step.number < place.number for step in first)

    def on_each_way(self, one: StepPlace, these: Sequence[StepPlace]) -> bool:
        """Tell whether, where a step is done, one of these is done after it."""
        own, may = self.way(one), []
        for place in reversed(these):
            if self.follows(place, one):
                if self.way(place) <= own:
                    return True
                may.append(self.way(place))
        return alternatives.covered(may, given=own, offered=self.offered)


@check("label.not_scanned_back")
def labels_scanned_back(outline: Outline) -> Iterator[Fault]:
    """A label that was applied is read again: by its own step, or by a scan on every way.

    A scan reads one label, so that so many labels ask for so many scans.
    """
    later, scans = Later(outline), [p for p in outline.all_steps if p.step.kind == "scan"]
    labels = [p for p in outline.all_steps if _unread(p.step)]
    if len(labels) * (len(labels) + len(scans)) > MOST_PAIRS:
        return
    for place in labels:
        read = [one for one in scans if field_of(one.step, "what") == field_of(place.step, "makes")]
        path = (*place.path, "scan_back")
        if not any(later.follows(one, place) for one in read):
            yield Fault(path, _("The labels of this step are never scanned back."))
        elif not later.on_each_way(place, _in_its_loop(place, read)):
            sentence = _("The labels of this step are not scanned back on every way: let a scan "
                         "follow that is never skipped, or scan them here.")  # fmt: skip
            yield Fault(path, sentence)
        elif (count := _to_be_read(later, place, labels)) > (times := _read(place, read)):
            sentence = _("%(labels)s of these are labelled from here on, and %(scans)s scans read "
                         "one each: scan them here, or each of them later.")  # fmt: skip
            yield Fault(path, sentence % {"labels": count, "scans": times})


def _to_be_read(later: Later, place: StepPlace, labels: list[StepPlace]) -> int:
    """Return how many labels are to be read from a step on, wherever it is done."""
    way, kind = later.way(place), field_of(place.step, "makes")
    these = (p for p in labels if p.number >= place.number and field_of(p.step, "makes") == kind)
    return sum(_times(one) for one in these if later.way(one) <= way)


def _read(place: StepPlace, scans: list[StepPlace]) -> int:
    """Return how often a label can be read behind a step."""
    return sum(_times(one) for one in scans if one.number > place.number)


def _unread(step: StepBase) -> bool:
    return isinstance(step, label.Step) and not step.scan_back


def _in_its_loop(place: StepPlace, these: list[StepPlace]) -> list[StepPlace]:
    """Return the steps that are done as often: what is labelled in a loop is read in it."""
    if place.operation.stage is None or rounds(place) == 1:
        return these
    own = place.operation.path
    return [one for one in these if one.operation.path == own and rounds(one) > 1]


@dataclass(frozen=True, slots=True)
class End:
    """A step that containers end at: how many of them, None for all that are there."""

    place: StepPlace
    kind: ContainerKind
    count: int | None


def _ends(outline: Outline) -> Iterator[End]:
    """Yield the steps at which containers are stored, discarded or used up."""
    for place in handling(outline):
        step = place.step
        if isinstance(step, account.Step):
            yield End(place, step.what, None if step.every else step.count * _times(place))
        elif isinstance(step, transfer.Step) and step.pour == Pouring.POOL:
            yield End(place, step.from_, (step.count or 1) * _times(place))
        elif isinstance(step, transfer.Step) and step.empties:
            yield End(place, step.from_, _times(place))


@check("container.not_accounted")
def containers_are_accounted_for(outline: Outline) -> Iterator[Fault]:
    """Each container that is made, or opened, comes to its end on every way.

    It is emptied, pooled, stored or discarded, it is the product, or a sample for the laboratory.
    """
    later, makers = Later(outline), Stock(outline).makers
    yield from _samples_are_met(outline, makers.get(ContainerKind.SAMPLE, []))
    for kind in COUNTED:
        ends = [one for one in _ends(outline) if one.kind == kind]
        made = makers.get(kind, [])
        if len(made) * (len(made) + len(ends)) > MOST_PAIRS:
            continue
        lost = [one for one in made if not _comes_to_its_end(later, one.place, ends)]
        for one in lost:
            yield Fault(_made_at(one), _lost(later, one.place, ends))
        yield from _too_many(later, [one for one in made if one not in lost], ends)
    yield from _opened(later)


def _comes_to_its_end(later: Later, place: StepPlace, ends: list[End]) -> bool:
    return later.on_each_way(place, [one.place for one in ends])


def _lost(later: Later, place: StepPlace, ends: list[End]) -> str:
    if any(later.follows(one.place, place) for one in ends):
        return _("On some ways nothing says what becomes of this container: empty it (empties), "
                 "pool, store or discard it.")  # fmt: skip
    return _("No later step says what becomes of this container: empty it (empties), pool, store "
             "or discard it.")  # fmt: skip


def _made_at(one: Span) -> Path:
    return (*one.place.path, "to" if isinstance(one.place.step, transfer.Step) else "makes")


def _too_many(later: Later, made: list[Span], ends: list[End]) -> Iterator[Fault]:
    """Yield the step at which more are made than end: of a split's portions, of several bags."""
    every = [one.place for one in ends if one.count is None]
    loose = [one for one in made if not later.on_each_way(one.place, every)]
    if not loose:
        return
    first = min(one.place.number for one in loose)
    ended = sum(one.count or 0 for one in ends if one.place.number > first)
    beyond = [(_there(later, one, loose), one) for one in loose]
    most, last = max(beyond, key=lambda pair: (pair[0], pair[1].place.number))
    if most > ended and not any(one.count is None and one.place.number > first for one in ends):
        sentence = _("Up to %(made)s such containers are made; %(ended)s of them are emptied, "
                     "pooled, stored or discarded.")  # fmt: skip
        yield Fault(_made_at(last), sentence % {"made": most, "ended": ended})


def _there(later: Later, one: Span, loose: list[Span]) -> int:
    """Return how many are made at most wherever a step is done."""
    way = later.way(one.place)
    these = (other for other in loose if later.way(other.place) <= way)
    return sum(other.most * _times(other.place) for other in these)


def _times(place: StepPlace) -> int:
    """Return how often a step is done at most; a contingency is taken to be called once."""
    return 1 if place.operation.stage is None else rounds(place)


def _opened(later: Later) -> Iterator[Fault]:
    """Yield the step that first opens a collection bag of which nothing is said afterwards.

    An order may bring more than one bag: those that nobody opens are accounted for all the same.
    """
    outline, kind = later.outline, ContainerKind.PATIENT
    opens = ((p, f) for p in outline.steps for f in _opens(p.step, kind))
    place, opened = next(opens, (None, ""))
    if place is None:
        return
    ends = [one for one in _ends(outline) if one.kind == kind]
    places, path = [one.place for one in ends], (*place.path, *opened.split("."))
    if place not in places and not later.on_each_way(place, places):
        sentence = _("The bag is opened here, and nothing says on every way what becomes of it: "
                     "store or discard it (account).")  # fmt: skip
        yield Fault(path, sentence)
    elif not later.on_each_way(place, [one.place for one in ends if one.count is None]):
        sentence = _("The order may bring more than one bag: account for every one that is left.")
        yield Fault(path, sentence, Weight.WARNING)


def _opens(step: StepBase, kind: ContainerKind) -> Iterator[str]:
    """Yield the field in which a step names what it opens, if it is of a kind."""
    if isinstance(step, transfer.Step | sample.Step) and step.from_ == kind:
        yield "from"
    elif isinstance(step, connect.Step):
        yield from (f"{name}.container" for name, end in step.ends if end.container == kind)


def _samples_are_met(outline: Outline, made: list[Span]) -> Iterator[Fault]:
    """Yield labels for samples that no later step has to do with."""
    handled = [place.number for place in outline.steps if _handles(place.step)]
    last = max(handled, default=-1)
    for one in made:
        own = isinstance(one.place.step, label.Step) and one.place.operation.stage is not None
        if own and one.place.number >= last:
            sentence = _("No later step has to do with this sample: scan it, or draw it.")
            yield Fault(_made_at(one), sentence)


def _handles(step: StepBase) -> bool:
    return step.kind == "sample" or any(
        step.__dict__.get(name) == ContainerKind.SAMPLE for name in HANDLES
    )
