"""Alarms of what a batch held: an exception of the batch, judged once the alarm is over."""

from uuid import UUID

from batches.entries import ExceptionRaised, QualityHoldSet, Said
from batches.enums import Disposition
from batches.models import Batch, BatchException
from batches.selectors import batch_of
from equipment.models import Alarm
from mes.ui.text import plain_text, unit_text
from quality.findings import EQUIPMENT_ALARM
from quality.services.touched import exception_came
from recipes.enums import Severity
from records.act import act, acting
from records.commands import Command, Reply
from records.entries import instant_text
from records.outbox import Message


@acting
def raise_of_alarm(*, command: Command, batch: UUID, alarm: Alarm, message: Message) -> Reply:
    """Raise an alarm for QA on a batch that it meets, once; appends ``exception.raised``.

    A batch that was released before the alarm was recorded is held: what has not left stays.
    """
    with act(command, streams=[batch]) as a:
        if not _raised(batch, alarm):
            seen = batch_of(batch)
            a.append(batch, ExceptionRaised(step="", said=said_of(alarm), comment=""))
            exception_came(a, batch)
            if _is_out(seen) and not seen.quality_hold:
                a.append(batch, QualityHoldSet(reason=f"{alarm.number} {alarm.watched}"))
        a.done(message)
    return a.reply


def _raised(batch: UUID, alarm: Alarm) -> bool:
    rows = BatchException.objects.filter(stream=batch, code=EQUIPMENT_ALARM)
    return rows.filter(params__alarm=str(alarm.id)).exists()


def _is_out(batch: Batch) -> bool:
    return batch.disposition == Disposition.RELEASED


def said_of(alarm: Alarm) -> Said:
    """Return what an exception says of an alarm; a limit that is not there is left out."""
    limits = {"low": alarm.low, "high": alarm.high}
    params = {
        "alarm": str(alarm.id), "number": alarm.number, "resource": alarm.resource_label,
        "watched": alarm.watched, "value": plain_text(alarm.value),
        "measure": unit_text(alarm.unit), "began": instant_text(alarm.began_at),
        **{name: plain_text(value) for name, value in limits.items() if value is not None},
    }  # fmt: skip
    severity = Severity.CRITICAL if alarm.critical else Severity.MAJOR
    return Said(code=EQUIPMENT_ALARM, severity=severity.value, params=params)
