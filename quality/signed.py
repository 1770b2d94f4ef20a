"""What signatures of QC and QA are under, told once more for the self-check of records."""

from batches.entries import ConcessionGranted
from mes.lib.evidence import JSON
from quality.entries import DeviationClosed, ResultReviewed
from quality.services.concessions import concession_content, concession_of
from quality.services.deviations import deviation_content, deviation_of
from quality.services.results import result_content, result_of
from records.folding import Folded
from records.signed import signed_under


@signed_under(ResultReviewed)
def _reviewed(e: Folded[ResultReviewed]) -> JSON:
    """The result: one that was reviewed is replaced by another and never changed."""
    return result_content(result_of(e.payload.result))


@signed_under(DeviationClosed)
def _closed(e: Folded[DeviationClosed]) -> JSON:
    return deviation_content(deviation_of(e.stream, e.payload.deviation), e.payload.conclusion)


@signed_under(ConcessionGranted)
def _granted(e: Folded[ConcessionGranted]) -> JSON:
    p = e.payload
    row = concession_of(e.stream, p.concession)
    return concession_content(row, until=p.until, reason=p.reason, risk=p.risk)
