"""Samples: registered from the floor, received by the laboratory."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from batches.entries import ExceptionRaised, Said
from batches.selectors import batch_of, recipe_of, sample_id
from quality.entries import SAMPLE, SampleReceived, SampleRegistered
from quality.enums import SampleState
from quality.exceptions import SampleAlreadyReceived
from quality.models import Sample
from quality.services.signing import written
from quality.services.touched import exception_came
from recipes.enums import Severity
from recipes.judging import Facts
from recipes.kinds.sample import Step as SampleStep
from recipes.parts import duration_text
from records.act import New, act, acting
from records.commands import Command, Reply
from records.outbox import Message
from records.reading import reading, the_one

HOLD_MISSED = "sample.hold_missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A sample as the floor reports it. ``volume`` is in ``unit`` (UCUM)."""

    batch: UUID
    batch_number: str
    step: str
    label: str
    tests: tuple[str, ...]
    volume: Decimal | None
    unit: str
    drawn_at: datetime

    @property
    def id(self) -> UUID:
        """The sample's stream: the same for the same label of a batch."""
        return sample_id(self.batch, self.label)


def sample_of(sample: UUID) -> Sample:
    """Return a sample of this site. Raises NotFound."""
    return the_one(Sample.objects.filter(id=sample))


@acting
def register_sample(*, command: Command, drawn: Drawn, message: Message | None = None) -> Reply:
    """Register a sample that was drawn; appends ``sample.registered``.

    Numbered within its batch, under the batch's lock. Raises StreamExists for one that is
    registered already.
    """
    new = New(SAMPLE, drawn.id, command.actor.site)
    with act(command, streams=[drawn.batch], new=[new]) as a:
        check_permission(a.actor, Permission.QUALITY_ENTER_RESULT)
        serial = Sample.objects.of_batch(drawn.batch).count() + 1
        number = f"S-{drawn.batch_number.removeprefix('B-')}-{serial:02}"
        said = SampleRegistered(
            number=number, batch=drawn.batch, batch_number=drawn.batch_number, step=drawn.step,
            label=drawn.label or number, tests=drawn.tests, volume=drawn.volume,
            unit=drawn.unit, drawn_at=drawn.drawn_at,
        )  # fmt: skip
        a.append(drawn.id, said)
        if message:
            a.done(message)
        a.reply = {"sample": str(drawn.id), "number": number}
    return a.reply


@acting
def receive_sample(*, command: Command, sample: UUID, condition: str) -> Reply:
    """Take a sample into the laboratory; ``condition`` says what was seen.

    Raises SampleAlreadyReceived, TextMissing. Appends ``sample.received``; one that comes after
    the hold time of its recipe is taken in as well, and is an exception of the batch.
    """
    with reading(site=command.actor.site, person=command.actor.person):
        batch = sample_of(sample).batch
    with act(command, streams=[sample, batch]) as a:
        check_permission(a.actor, Permission.QUALITY_ENTER_RESULT)
        seen = sample_of(sample)
        if seen.state != SampleState.DRAWN:
            raise SampleAlreadyReceived(sample=seen.number, by=seen.received_by_name)
        a.append(sample, SampleReceived(condition=written(condition, field="condition")))
        late = _too_late(seen, at=a.now)
        if late:
            a.append(batch, ExceptionRaised(step=seen.step, said=late, comment=""))
            exception_came(a, batch)
        a.reply = {"sample": str(sample)}
    return a.reply


def _too_late(sample: Sample, *, at: datetime) -> Said | None:
    """Return what is said of a sample whose hold time to the test is over, else None."""
    recipe = recipe_of(batch_of(sample.batch))
    placed = recipe.placed(sample.step)
    hold = placed.step.hold if placed and isinstance(placed.step, SampleStep) else None
    if hold is None:
        return None
    most = Facts(at=at, parameters=recipe.parameter_values).span(hold)
    waited = at - sample.drawn_at
    if waited <= most:
        return None
    params = {"sample": sample.number, "elapsed": duration_text(waited),
              "max": duration_text(most)}  # fmt: skip
    return Said(code=HOLD_MISSED, severity=Severity.MAJOR.value, params=params)
