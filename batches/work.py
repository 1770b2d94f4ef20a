"""A step being performed: what its interlocks look at and what they leave behind."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from batches.entries import OnPaper
from batches.findings import sentence
from batches.models import Batch
from batches.selectors import concessions_at
from mes.lib.refusals import Interlock, Refusal
from recipes import paths
from recipes.document import Placed, Recipe
from recipes.enums import Severity
from recipes.judging import Finding
from records.act import Act, New


@dataclass(frozen=True, slots=True)
class Found:
    """What the codes of a step mean: streams to lock, and streams to make.

    ``things`` is by the name of the value (``lot``, ``unit``, ``source`` …).
    """

    things: Mapping[str, UUID] = field(default_factory=dict)
    streams: tuple[UUID, ...] = ()
    new: tuple[New, ...] = ()


@dataclass(slots=True)
class Work:
    """One step under the lock. ``values`` are as the judgement keeps them.

    ``paper`` says that it was done on paper, ``done_at`` when: limits of time are judged by it.
    """

    a: Act
    batch: Batch
    recipe: Recipe
    placed: Placed
    found: Found
    values: Mapping[str, str]
    iteration: int = 1
    passed: list[Finding] = field(default_factory=list)
    marks: list[Finding] = field(default_factory=list)
    paper: OnPaper | None = None
    done_at: datetime | None = None

    @property
    def at(self) -> datetime:
        """When the step was done: now, unless it was on paper."""
        return self.done_at or self.a.now

    @property
    def path(self) -> str:
        """The step's ref, for parameters of refusals and for rows of other apps."""
        return paths.ref(self.placed.path, self.iteration)

    @property
    def absolute(self) -> frozenset[str]:
        """The interlocks that the recipe lets nobody pass here."""
        return frozenset((*self.recipe.absolute, *self.placed.step.absolute))

    def interlock(self, check: Callable[[], None]) -> None:
        """Run a check; let a conditional refusal pass where QA has granted a concession.

        What was passed becomes a finding, so that the reviewer sees it.
        """
        try:
            check()
        except Refusal as refusal:
            if not self._conceded(refusal):
                raise
            said = sentence(refusal.code, refusal.params)
            self.passed.append(Finding("concession.used", Severity.MAJOR, {"said": said}))

    def mark(self, finding: Finding) -> None:
        """Keep what was found under the lock: the step goes on, flagged, with a comment."""
        self.marks.append(finding)

    def keep(self, name: str, value: str) -> None:
        """Keep a value that the system knows and nobody entered."""
        self.values = {**self.values, name: value}

    def _conceded(self, refusal: Refusal) -> bool:
        """Whether QA lets this step of this batch pass this interlock now."""
        if refusal.interlock != Interlock.CONDITIONAL or refusal.code in self.absolute:
            return False
        return refusal.code in concessions_at(self.batch.id, self.path, at=self.a.now)


def refuse(refusal: Refusal) -> None:
    """Raise a refusal that a rule has yielded; with ``Work.interlock`` it may be conceded."""
    raise refusal


@contextmanager
def at_step(batch: UUID, path: str) -> Iterator[None]:
    """Say of every refusal inside at which step it was; it is kept on the batch, too."""
    try:
        yield
    except Refusal as refusal:
        refusal.params.setdefault("step", path)
        refusal.streams = tuple(dict.fromkeys((batch, *refusal.streams)))
        raise
