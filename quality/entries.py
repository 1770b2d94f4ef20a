"""Entry kinds of samples, and those on a batch's stream that only quality knows."""

from uuid import UUID

from batches.entries import STREAM as BATCH
from batches.entries import Said
from records.entries import Fields, Instant, Payload, Quantity, Value, entry, upcast
from records.signatures import Signature

SAMPLE = "sample"


class Finding(Value):
    """A result as it was read and judged (21 CFR 211.194(a)).

    ``typed`` is the raw text, ``value`` how it was read; ``raw_file`` the hash of the raw data.
    """

    test: str
    typed: str
    value: str
    unit: str
    interim: bool
    method: str
    equipment: str
    raw_file: str
    outcome: str
    rule: str
    rule_version: str
    findings: tuple[Said, ...]


@entry("sample.registered", version=1, stream=SAMPLE)
class SampleRegistered(Payload):
    """A sample was drawn from a batch; the laboratory expects it."""

    number: str
    batch: UUID
    batch_number: str
    step: str
    label: str
    tests: tuple[str, ...]
    volume: Quantity | None
    unit: str
    drawn_at: Instant


@entry("sample.received", version=1, stream=SAMPLE)
class SampleReceived(Payload):
    """The laboratory took the sample in; ``condition`` is what was seen."""

    condition: str


@entry("result.entered", version=1, stream=SAMPLE)
class ResultEntered(Payload):
    """An analyst entered a result; it counts once another person has reviewed it."""

    result: UUID
    finding: Finding


@entry("result.corrected", version=1, stream=SAMPLE)
class ResultCorrected(Payload):
    """A result replaces an earlier one, which stays readable."""

    result: UUID
    corrects: UUID
    finding: Finding
    reason: str


@entry("result.reviewed", version=1, stream=SAMPLE)
class ResultReviewed(Payload):
    """A second person checked a result for accuracy and compliance (21 CFR 211.194(a)(8))."""

    result: UUID
    signature: Signature


@entry("deviation.opened", version=1, stream=BATCH)
class DeviationOpened(Payload):
    """What was not right is investigated (21 CFR 211.192): an exception, or a concession."""

    deviation: UUID
    number: str
    exception: UUID | None
    concession: UUID | None
    description: str


@entry("deviation.closed", version=1, stream=BATCH)
class DeviationClosed(Payload):
    """The investigation has its conclusion."""

    deviation: UUID
    conclusion: str
    signature: Signature


@entry("batch.later-results-certified", version=1, stream=BATCH)
class LaterResultsCertified(Payload):
    """The second stage of a two-stage release: every result that was pending is in and good."""

    tests: tuple[str, ...]
    signature: Signature


@entry("dossier.requested", version=1, stream=BATCH)
class DossierRequested(Payload):
    """Somebody asked for the batch record as a document."""

    dossier: UUID
    number: int


@entry("dossier.rendered", version=1, stream=BATCH)
class DossierRenderedV1(Payload):
    """As it was before the readable record was named with it."""

    dossier: UUID
    sha256: str
    size: int
    upto: int


@upcast("dossier.rendered", version=1)
def _of_no_record(fields: Fields) -> Fields:
    return {**fields, "record": ""}


@entry("dossier.rendered", version=2, stream=BATCH)
class DossierRendered(Payload):
    """The document was written; ``upto`` is the last entry of the batch that stands in it.

    ``record`` is the seal of the readable record in it (``quality.dossier.seal_of``): a copy of the
    record as JSON holds by it.
    """

    dossier: UUID
    sha256: str
    size: int
    upto: int
    record: str
