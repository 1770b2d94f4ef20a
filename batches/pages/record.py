"""The batch record on screen: everything that happened, under stages, operations and steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import role_title
from batches.enums import CORRECTABLE, ExceptionState, RecordState, StepState
from batches.findings import sentence as said
from batches.models import (
    AskedComment,
    BatchException,
    Concession,
    Operation,
    RefusedAttempt,
    Stage,
    Step,
    VoidedSignature,
)
from batches.pages.clocks import safe_until
from batches.pages.desk import since
from batches.pages.limits import asked_scale, plain, scale_of
from batches.pages.seen import Seen, language
from batches.pages.values import FLAGGED, Recorded, recorded
from materials.models import Lot
from materials.selectors import (
    containers_of_batch,
    drawn_as_samples,
    label_balance,
    lots_of_batch,
)
from mes.ui.text import quantity_text, unit_text
from orders.selectors import order_of
from recipes import flow, paths
from recipes.judging import Facts, Result
from recipes.kinds import add, calculate, enter, sample, transfer
from recipes.step import StepBase
from records.models import Entry
from records.presenters import sentence

# The newest entries that the timeline holds; the audit trail holds all.
MOST_EVENTS = 400


@dataclass(frozen=True)
class Line:
    """One step of the record."""

    row: Step
    text: str
    kind: str
    values: Sequence[Recorded]
    limits: str
    flagged: bool
    url: str
    exceptions: Sequence[dict[str, Any]]
    typed: set[str]
    correctable: bool


def entry_url(stream: UUID, seq: int) -> str:
    """Return the page of an entry of the ledger."""
    return reverse("records:entry", args=[stream, seq])


def record_page(seen: Seen, *, linked: bool) -> dict[str, Any]:
    """Return the whole record of a batch; ``linked`` to its entries for who may read those."""
    exceptions = list(BatchException.objects.filter(stream=seen.batch.id))
    envelopes = _envelopes(seen.batch.id)
    typed = {
        paths.ref(e["payload"]["step"], e["payload"]["iteration"]): set(
            e["payload"].get("typed") or ()
        )
        for e in envelopes
        if e["kind"] == "step.performed"
    }
    voided = {row.signed: row for row in VoidedSignature.objects.filter(stream=seen.batch.id)}
    signed = {e["payload"]["operation"]: e for e in envelopes if e["kind"] == "operation.attested"}
    containers = containers_of_batch(seen.batch.id)
    return {
        "seen": seen,
        "linked": linked,
        "batch": seen.batch,
        "strip": _strip(seen, exceptions),
        "stages": _stages(seen, exceptions, signed, typed),
        "exceptions": _commented(seen.batch.id, exceptions),
        "concessions": list(Concession.objects.filter(stream=seen.batch.id)),
        "refused": [_attempt(a) for a in RefusedAttempt.objects.filter(stream=seen.batch.id)],
        "claims": sorted(seen.claims, key=lambda claim: claim.start),
        "containers": containers,
        "lots": _lots(seen),
        "sampled": [
            quantity_text(plain(whole), unit) for unit, whole in drawn_as_samples(containers)
        ],
        "labels": label_balance(batch=seen.batch.id),
        "signatures": _signatures(envelopes, voided),
        "events": [_event(e, linked=linked) for e in reversed(envelopes)],
        "executing": seen.batch.record_state == RecordState.EXECUTING,
    }


def _envelopes(batch: UUID) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(stream=batch).order_by("-seq")[:MOST_EVENTS]
    return [row.envelope for row in reversed(rows)]


def _strip(seen: Seen, exceptions: Sequence[BatchException]) -> dict[str, Any]:
    batch = seen.batch
    order = order_of(batch.order)
    to_judge = sum(one.state == ExceptionState.OPEN for one in exceptions)
    clock = safe_until(seen)
    facts: list[dict[str, Any]] = [
        {"label": _("Process"), "value": batch.get_process_state_display()},
        {"label": _("Record"), "value": batch.get_record_state_display()},
        {"label": _("Step"), "value": f"{min(batch.position, batch.steps)} / {batch.steps}"},
        {"label": _("To judge"), "value": to_judge, **({"sign": "warning"} if to_judge else {})},
        {"label": _("Since"), "at": since(batch)},
    ]
    if clock is not None and batch.record_state == RecordState.EXECUTING:
        facts.append({"label": _("Safe until"), "at": clock.until})
    if batch.quality_hold:
        facts.append({"label": _("Quality hold"), "value": batch.quality_hold_reason,
                      "sign": "warning"})  # fmt: skip
    sub = [f"{batch.recipe} {batch.recipe_label}", batch.number, order.number, seen.place]
    return {"mark": batch.mark, "coi": batch.coi, "facts": facts,
            "sub": " · ".join(part for part in sub if part)}  # fmt: skip


def _stages(
    seen: Seen,
    exceptions: Sequence[BatchException],
    signed: dict[str, Any],
    typed: dict[str, set[str]],
) -> list[dict[str, Any]]:
    rows = Stage.objects.filter(stream=seen.batch.id)
    operations = seen.operations
    return [
        {
            "stage": row,
            "title": seen.stage_title(row.key),
            "operations": [
                _operation(seen, one, exceptions, signed.get(one.path), typed)
                for one in operations
                if one.stage == row.key
            ],
        }
        for row in rows
    ]


def _operation(
    seen: Seen,
    row: Operation,
    exceptions: Sequence[BatchException],
    signed: Any,
    typed: dict[str, set[str]],
) -> dict[str, Any]:
    rows = seen.steps_of(row.path)
    over = [step for step in rows if step.performed_at or step.state == StepState.SKIPPED]
    return {
        "row": row,
        "title": seen.title_of(row.path),
        "signature": _signature(signed) if signed else None,
        "lines": [_line(seen, step, exceptions, typed.get(step.ref, set())) for step in over],
        "to_come": len(rows) - len(over),
        "count": len(rows),
    }


def _line(seen: Seen, row: Step, exceptions: Sequence[BatchException], typed: set[str]) -> Line:
    step = seen.step_of(row)
    return Line(
        row=row,
        text=_text(step, row),
        kind=row.kind,
        values=recorded(row, step),
        limits=limits_text(step, _facts_then(seen, row)),
        flagged=row.outcome == FLAGGED,
        url=entry_url(row.stream, row.entry_seq),
        exceptions=[exception_row(one) for one in exceptions if one.step == row.ref],
        typed=typed,
        correctable=row.kind in CORRECTABLE and row.state == StepState.CLOSED,
    )


def _text(step: StepBase, row: Step) -> str:
    """Return the instruction, and from the second time on which time it is."""
    said = step.text.say(language())
    if row.iteration == 1:
        return said
    return _("%(text)s (time %(n)s)") % {"text": said, "n": row.iteration}


def _facts_then(seen: Seen, row: Step) -> Facts:
    """Return facts for limits, from the values that were there before the step."""
    until = row.performed_at or seen.now
    done = {
        one.ref: one.values for one in seen.steps
        if one.ref != row.ref and one.performed_at and one.performed_at <= until
    }  # fmt: skip
    before = flow.visible(seen.recipe, done, path=row.path, iteration=row.iteration)
    results: dict[str, Result] = {}
    return Facts(
        at=seen.now, path=row.path, values=before, results=results, inputs=seen.batch.inputs,
        parameters=seen.recipe.parameter_values, iteration=row.iteration, rounds=done,
    )  # fmt: skip


def limits_text(step: StepBase, facts: Facts) -> str:
    """Return a step's limits in words: alert 0.9 to 1.1, action 0.8 to 1.2 with the unit."""
    scale: dict[str, str] = {}
    if isinstance(step, enter.Step | calculate.Step):
        scale = scale_of(step.limits, facts)
    elif isinstance(step, sample.Step | transfer.Step):
        scale = scale_of(step.volume.limits, facts)
    elif isinstance(step, add.Step):
        scale = asked_scale(step, facts)
    bands = {
        "alert": _("alert %(low)s to %(high)s"),
        "action": _("action %(low)s to %(high)s"),
    }
    said_bands = [
        text % {side: _bound(scale, f"{name}_{side}") for side in ("low", "high")}
        for name, text in bands.items()
        if f"{name}_low" in scale or f"{name}_high" in scale
    ]
    unit = unit_text(step.unit_of_value() or "")
    return " · ".join(said_bands) + (f" {unit}" if said_bands and unit else "")


def _bound(scale: dict[str, str], name: str) -> str:
    return quantity_text(scale[name], "") if name in scale else "–"


def _commented(batch: UUID, exceptions: Sequence[BatchException]) -> list[dict[str, Any]]:
    """Return the rows of the exceptions with what QA asked about each, and the answers."""
    asked = list(AskedComment.objects.filter(stream=batch)) if exceptions else []
    return [
        exception_row(one) | {"comments": [row for row in asked if row.exception == one.id]}
        for one in exceptions
    ]


def exception_row(one: BatchException) -> dict[str, Any]:
    """Return what ``exception_row.html`` takes."""
    judged = ", ".join(p for p in (one.judgement, one.judged_by_name) if p)
    heavy = one.severity == "critical"
    return {
        "id": one.id,
        "severity": _severity(one.severity),
        "severity_sign": "stop" if heavy else "warning",
        "what": said(one.code, one.params),
        "detail": one.comment,
        "step": one.position or "",
        "judged": judged if one.state == ExceptionState.JUDGED else "",
        "by": one.raised_by_name,
        "at": one.raised_at,
    }


def _severity(value: str) -> str:
    return {"minor": _("Minor"), "major": _("Major"), "critical": _("Critical")}.get(value, value)


def _attempt(one: RefusedAttempt) -> dict[str, Any]:
    return {"at": one.at, "text": said(one.code, one.params), "by": one.by_name,
            "code": one.code}  # fmt: skip


def _lots(seen: Seen) -> list[dict[str, Any]]:
    uses = lots_of_batch(seen.batch.id)
    lots = Lot.objects.in_bulk({use.lot for use in uses})
    rows = []
    for use in uses:
        lot = lots.get(use.lot)
        unit = lot.unit if lot else ""
        rows.append(
            {
                "lot": lot,
                "quantity": quantity_text(plain(use.quantity), unit),
                "step": _step_number(seen, use.step),
                "at": use.at,
                "by": use.by,
            }
        )
    return rows


def _step_number(seen: Seen, path: str) -> int | str:
    placed = seen.recipe.placed(path)
    return placed.position or path if placed else path


def _signatures(
    envelopes: Sequence[dict[str, Any]], voided: dict[int, VoidedSignature]
) -> list[dict[str, Any]]:
    """Return the signatures, those that a correction voided with what became of them."""
    found = [one for envelope in envelopes if (one := _signature(envelope))]
    return [one | {"voided": _voided(voided.get(one["seq"]))} for one in found]


def _voided(row: VoidedSignature | None) -> str:
    if row is None:
        return ""
    if row.renewed_at is None:
        return _("void since a correction; asked again")
    return _("void since a correction; signed again by %(name)s") % {"name": row.renewed_by_name}


def _signature(envelope: dict[str, Any]) -> dict[str, Any] | None:
    signature = envelope["payload"].get("signature")
    if not signature:
        return None
    parts = ", ".join(signature.get("parts") or ())
    at = datetime.fromisoformat(signature["at"])
    role = role_title(signature["role"])
    return {**signature, "at": at, "role": role, "covers": parts, "seq": envelope["seq"]}


def _event(envelope: dict[str, Any], *, linked: bool) -> dict[str, Any]:
    abnormal = {"exception.raised": "warning", "attempt.refused": "warning",
                "quality-hold.set": "warning", "process-hold.set": "warning"}  # fmt: skip
    sign = abnormal.get(envelope["kind"], "")
    if envelope["kind"] == "step.performed" and envelope["payload"]["findings"]:
        sign = "warning"
    return {
        "at": datetime.fromisoformat(envelope["at"]),
        "text": sentence(envelope),
        "note": envelope["actor"]["name"],
        "sign": sign,
        "sign_word": _("Exception") if sign else "",
        "url": entry_url(UUID(envelope["stream"]["id"]), envelope["seq"]) if linked else "",
    }
