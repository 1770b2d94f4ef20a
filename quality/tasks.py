"""Consumers of outbox messages. Each fetches by id and calls one service."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from batches.entries import Said
from batches.models import Batch
from batches.selectors import batch_of
from batches.services.issue import doubtful
from equipment.models import Alarm
from equipment.selectors import claims_met
from equipment.services.alarms import ALARM_CHANGED
from materials.selectors import batches_of_lot
from orders.services.collections import COLLECTION_QUARANTINED
from quality import findings
from quality.dossier import assemble, render, seal_of
from quality.services.alarms import raise_of_alarm
from quality.services.dossiers import REQUESTED, keep_dossier
from quality.services.holds import hold_by_rule, raise_by_rule
from quality.services.results import LATE_FAILURE
from quality.services.samples import Drawn, register_sample
from quality.services.touched import TOUCHED, void_review
from recipes.enums import Severity
from records import files
from records.act import act, discard
from records.exceptions import StreamExists
from records.outbox import Message, subscribe
from records.reading import reading

BATCH_SUSPECT = "batch.suspect"
BATCH_ALARMED = "batch.alarmed"


@subscribe("sample.drawn", consumer="quality.register_sample")
def register(message: Message) -> None:
    """Register a sample that the floor has drawn; once, however often it is told."""
    said: dict[str, Any] = dict(message.payload)
    tests = said["tests"]
    drawn = Drawn(
        batch=UUID(said["batch"]),
        batch_number=said["batch_number"],
        step=said["step"],
        label=said["label"],
        tests=tuple(tests.split(",") if isinstance(tests, str) else tests),
        volume=Decimal(said["volume"]) if said.get("volume") else None,
        unit=said["unit"],
        drawn_at=datetime.fromisoformat(said["drawn_at"]),
    )
    try:
        register_sample(command=message.command("sample.register"), drawn=drawn, message=message)
    except StreamExists:
        discard(message)


@subscribe("lot.quarantined", consumer="quality.find_batches")
def find_batches(message: Message) -> None:
    """Find every batch that used a quarantined lot; one message each, so one act each."""
    with act(message.command("lot.quarantined")) as a:
        for batch in batches_of_lot(UUID(message.payload["lot"])):
            a.enqueue(BATCH_SUSPECT, {"batch": str(batch), **message.payload})
        a.done(message)


@subscribe(BATCH_SUSPECT, consumer="quality.hold_batch")
def hold_suspect(message: Message) -> None:
    """Set the quality hold on one batch; feeding and monitoring go on."""
    lot, reason = message.payload["code"], message.payload["reason"]
    said = Said(
        code=findings.LOT_QUARANTINED, severity=Severity.MAJOR.value,
        params={"lot": lot, "reason": reason},
    )  # fmt: skip
    hold_by_rule(
        command=message.command("batch.hold_suspect"), batch=UUID(message.payload["batch"]),
        reason=f"{lot}: {reason}", said=said, message=message,
    )  # fmt: skip


@subscribe(ALARM_CHANGED, consumer="quality.find_alarmed")
def find_alarmed(message: Message) -> None:
    """Find every batch that an alarm meets so far: at its beginning, and at its end once more."""
    with act(message.command("alarm.changed")) as a:
        alarm = Alarm.objects.get(id=UUID(message.payload["alarm"]))
        met = {claim.holder for claim in claims_met(alarm)}
        known = Batch.objects.filter(id__in=met).order_by("id")
        for batch in known.values_list("id", flat=True):
            a.enqueue(BATCH_ALARMED, {"batch": str(batch), "alarm": str(alarm.id)})
        a.done(message)


@subscribe(BATCH_ALARMED, consumer="quality.raise_alarm")
def raise_alarm(message: Message) -> None:
    """Have QA answer an alarm on one batch."""
    with reading(site=message.site):
        alarm = Alarm.objects.get(id=UUID(message.payload["alarm"]))
    raise_of_alarm(
        command=message.command("batch.raise_alarm"), batch=UUID(message.payload["batch"]),
        alarm=alarm, message=message,
    )  # fmt: skip


@subscribe(COLLECTION_QUARANTINED, consumer="quality.raise_doubt")
def raise_doubt(message: Message) -> None:
    """Have QA answer a collection in quarantine. A batch issued later says it at its issue."""
    if not message.payload["batch"]:
        discard(message)
        return
    raise_by_rule(
        command=message.command("batch.raise_doubt"), batch=UUID(message.payload["batch"]),
        said=doubtful(message.payload["reason"]), message=message,
    )  # fmt: skip


@subscribe(LATE_FAILURE, consumer="quality.hold_released")
def hold_released(message: Message) -> None:
    """Hold a released batch whose later result failed; what has not left stays here."""
    test, value = message.payload["test"], message.payload["value"]
    hold_by_rule(
        command=message.command("batch.hold_late_failure"),
        batch=UUID(message.payload["batch"]), reason=f"{test}: {value}", said=None,
        message=message,
    )  # fmt: skip


@subscribe(TOUCHED, consumer="quality.void_review")
def void_touched(message: Message) -> None:
    """Void the review of a batch whose record changed since, and ask its reviewer again."""
    void_review(
        command=message.command("review.void"), batch=UUID(message.payload["batch"]),
        changed=message.payload["changed"], message=message,
    )  # fmt: skip


@subscribe(REQUESTED, consumer="quality.write_dossier")
def write_dossier(message: Message) -> None:
    """Write a batch record as PDF outside any transaction, keep the file, then name it."""
    batch = UUID(message.payload["batch"])
    with reading(site=message.site):
        book = assemble(batch_of(batch))
    file = files.put(render(book), media_type="application/pdf")
    keep_dossier(
        command=message.command("dossier.keep"), dossier=UUID(message.payload["dossier"]),
        batch=batch, file=file, upto=int(book["header"]["upto"]), record=seal_of(book),
        message=message,
    )  # fmt: skip
