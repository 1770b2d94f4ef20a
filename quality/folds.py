"""Entries of samples, and of batches where quality keeps its own rows → rows."""

from uuid import UUID, uuid5

from batches.entries import BatchDispositioned, BatchReviewed
from quality import entries
from quality.enums import DeviationState, DossierState, SampleState
from quality.models import Deviation, Disposition, Dossier, Result, Review, Sample
from records.folding import Folded, change, create, fold


def part(stream: UUID, path: str) -> UUID:
    """Return the identifier of a part of a stream's thing: made from its id and a path."""
    return uuid5(stream, f"quality/{path}")


@fold(entries.SampleRegistered)
def _(e: Folded[entries.SampleRegistered]) -> None:
    p = e.payload
    create(
        Sample, e, id=e.stream, number=p.number, batch=p.batch, batch_number=p.batch_number,
        step=p.step, label=p.label, tests=list(p.tests), volume=p.volume, unit=p.unit,
        drawn_at=p.drawn_at, state=SampleState.DRAWN, received_by_name="", condition="",
    )  # fmt: skip


@fold(entries.SampleReceived)
def _(e: Folded[entries.SampleReceived]) -> None:
    change(
        Sample.objects.all(), e, state=SampleState.RECEIVED, condition=e.payload.condition,
        received_at=e.at, received_by=e.actor, received_by_name=e.actor_name,
    )  # fmt: skip


@fold(entries.ResultEntered)
def _(e: Folded[entries.ResultEntered]) -> None:
    _make_result(e, e.payload.result, e.payload.finding)


@fold(entries.ResultCorrected)
def _(e: Folded[entries.ResultCorrected]) -> None:
    p = e.payload
    change(Result.objects.filter(id=p.corrects), e, superseded=True)
    _make_result(e, p.result, p.finding, corrects=p.corrects, reason=p.reason)
    change(Sample.objects.filter(state=SampleState.TESTED), e, state=SampleState.RECEIVED)


def _make_result(
    e: Folded[entries.ResultEntered] | Folded[entries.ResultCorrected],
    result: UUID,
    found: entries.Finding,
    *,
    corrects: UUID | None = None,
    reason: str = "",
) -> None:
    sample = Sample.objects.get(id=e.stream)
    create(
        Result, e, id=result, sample=sample, batch=sample.batch, test=found.test,
        typed=found.typed, value=found.value, unit=found.unit, interim=found.interim,
        method=found.method, equipment=found.equipment, raw_file=found.raw_file,
        outcome=found.outcome, rule=found.rule, rule_version=found.rule_version,
        findings=[said.model_dump(mode="json") for said in found.findings], entered_at=e.at,
        entered_by=e.actor, entered_by_name=e.actor_name, reviewed_by_name="",
        corrects=corrects, correction_reason=reason,
    )  # fmt: skip


@fold(entries.ResultReviewed)
def _(e: Folded[entries.ResultReviewed]) -> None:
    p = e.payload
    change(
        Result.objects.filter(id=p.result), e, reviewed_at=e.at,
        reviewed_by=p.signature.person, reviewed_by_name=p.signature.printed_name,
    )  # fmt: skip
    sample = Sample.objects.get(id=e.stream)
    final = sample.results.filter(superseded=False, interim=False, reviewed_at__isnull=False)
    if set(sample.tests) <= set(final.values_list("test", flat=True)):
        change(Sample.objects.all(), e, state=SampleState.TESTED)


@fold(entries.DeviationOpened)
def _(e: Folded[entries.DeviationOpened]) -> None:
    p = e.payload
    create(
        Deviation, e, id=p.deviation, number=p.number, batch=e.stream, exception=p.exception,
        concession=p.concession, description=p.description, opened_at=e.at, opened_by=e.actor,
        opened_by_name=e.actor_name, state=DeviationState.OPEN, conclusion="", closed_by_name="",
    )  # fmt: skip


@fold(entries.DeviationClosed)
def _(e: Folded[entries.DeviationClosed]) -> None:
    p = e.payload
    change(
        Deviation.objects.filter(id=p.deviation), e, state=DeviationState.CLOSED,
        conclusion=p.conclusion, closed_at=e.at, closed_by=p.signature.person,
        closed_by_name=p.signature.printed_name,
    )  # fmt: skip


@fold(BatchReviewed)
def _(e: Folded[BatchReviewed]) -> None:
    signed = e.payload.signature
    create(
        Review, e, id=part(e.stream, f"review/{e.seq}"), batch=e.stream,
        content_hash=signed.content_hash, at=e.at, by=signed.person, by_name=signed.printed_name,
    )  # fmt: skip


@fold(BatchDispositioned)
def _(e: Folded[BatchDispositioned]) -> None:
    p = e.payload
    create(
        Disposition, e, id=part(e.stream, "disposition"), batch=e.stream,
        disposition=p.disposition, reason=p.reason, pending=list(p.pending), at=e.at,
        expires_at=p.expires_at, by=p.signature.person, by_name=p.signature.printed_name,
        final_by_name="",
    )  # fmt: skip


@fold(entries.LaterResultsCertified)
def _(e: Folded[entries.LaterResultsCertified]) -> None:
    signed = e.payload.signature
    change(
        Disposition.objects.all(), e, final_at=e.at, final_by=signed.person,
        final_by_name=signed.printed_name,
    )  # fmt: skip


@fold(entries.DossierRequested)
def _(e: Folded[entries.DossierRequested]) -> None:
    p = e.payload
    create(
        Dossier, e, id=p.dossier, batch=e.stream, number=p.number, state=DossierState.REQUESTED,
        requested_at=e.at, requested_by_name=e.actor_name, sha256="",
    )  # fmt: skip


@fold(entries.DossierRendered)
def _(e: Folded[entries.DossierRendered]) -> None:
    p = e.payload
    change(
        Dossier.objects.filter(id=p.dossier), e, state=DossierState.RENDERED, rendered_at=e.at,
        sha256=p.sha256, size=p.size, upto=p.upto,
    )  # fmt: skip
