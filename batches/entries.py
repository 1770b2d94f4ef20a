"""Entry kinds of a batch's stream. Those that only quality appends are declared here too,
because the engine asks for them under its lock."""

from uuid import UUID

from records.entries import Instant, Payload, Value, entry
from records.signatures import Signature

STREAM = "batch"
REGISTER = "batch-register"


class Said(Value):
    """What a rule did not clear: its code, weight and parameters."""

    code: str
    severity: str
    params: dict[str, str]


class Turn(Value):
    """Where the step stands in the control recipe, and what its closing begins or ends."""

    position: int
    operation: str
    stage: str
    begins_stage: bool
    ends_operation: bool
    ends_stage: bool
    ends_batch: bool


class Shown(Value):
    """What the person was shown: language, and the instruction in it."""

    language: str
    text: str


@entry("batch.numbered", version=1, stream=REGISTER)
class BatchNumbered(Payload):
    """The register gave the next number of a year to a batch."""

    batch: UUID
    year: int
    serial: int


@entry("batch.issued", version=1, stream=STREAM)
class BatchIssued(Payload):
    """A control recipe was made from a master recipe for one order (21 CFR 211.188(a))."""

    number: str
    order: UUID
    coi: str
    mark: str
    purpose: str
    recipe: str
    recipe_version: UUID
    recipe_label: str
    recipe_hash: str
    inputs: dict[str, str]


@entry("operation.signed_on", version=1, stream=STREAM)
class OperationSignedOn(Payload):
    """The performer of an operation signed on; the actor of the entry records."""

    operation: str
    performer: UUID
    performer_name: str
    factors: tuple[str, ...]


@entry("step.performed", version=1, stream=STREAM)
class StepPerformed(Payload):
    """A step was done: values as kept, judgement with rule and version, findings.

    ``performer`` had the hands on it; the entry's actor recorded it. ``typed`` names the codes
    that came from a keyboard instead of a scanner.
    """

    step: str
    iteration: int
    turn: Turn
    to_be_verified: bool
    values: dict[str, str]
    outcome: str
    rule: str
    rule_version: str
    findings: tuple[Said, ...]
    performer: UUID
    performer_name: str
    shown: Shown
    typed: tuple[str, ...] = ()


@entry("step.verified", version=1, stream=STREAM)
class StepVerified(Payload):
    """A second person verified a step; the signature covers its values."""

    step: str
    iteration: int
    turn: Turn
    signature: Signature


@entry("operation.attested", version=1, stream=STREAM)
class OperationAttested(Payload):
    """The performer attested an operation's steps with one signature."""

    operation: str
    signature: Signature


@entry("step.corrected", version=1, stream=STREAM)
class StepCorrected(Payload):
    """A recorded value was wrong: ``before`` stays readable, ``values`` stand from now on.

    Judged as a step is; the signature is the corrector's.
    """

    step: str
    iteration: int
    before: dict[str, str]
    values: dict[str, str]
    reason: str
    outcome: str
    rule: str
    rule_version: str
    findings: tuple[Said, ...]
    signature: Signature


@entry("signature.voided", version=1, stream=STREAM)
class SignatureVoided(Payload):
    """A correction touched a part that a signature covers: it stands no more.

    ``signed`` is the number of the entry in which it stands, ``about`` that entry's kind.
    """

    signed: int
    about: str
    part: str
    changed: str
    person: UUID
    printed_name: str
    meaning: str


@entry("signature.renewed", version=1, stream=STREAM)
class SignatureRenewed(Payload):
    """The part was signed again, as it is now. ``voided`` is the number of the voided entry."""

    voided: int
    about: str
    part: str
    signature: Signature


@entry("batch.completed", version=1, stream=STREAM)
class BatchCompleted(Payload):
    """Every step is closed and every operation attested: the record is complete."""


@entry("exception.raised", version=1, stream=STREAM)
class ExceptionRaised(Payload):
    """Somebody reported what was not right ("Something happened")."""

    step: str
    said: Said
    comment: str


@entry("exception.judged", version=1, stream=STREAM)
class ExceptionJudged(Payload):
    """QA judged an exception; by quality."""

    exception: UUID
    judgement: str
    comment: str


@entry("concession.asked", version=1, stream=STREAM)
class ConcessionAsked(Payload):
    """An operator asked QA to let a step pass a conditional interlock."""

    concession: UUID
    step: str
    code: str
    params: dict[str, str | int | bool | None]
    reason: str


@entry("concession.granted", version=1, stream=STREAM)
class ConcessionGranted(Payload):
    """QA on call lets one step of one batch pass one interlock until a time; by quality."""

    concession: UUID
    until: Instant
    reason: str
    risk: str
    signature: Signature


@entry("concession.declined", version=1, stream=STREAM)
class ConcessionDeclined(Payload):
    """QA on call declined; by quality."""

    concession: UUID
    reason: str


@entry("quality-hold.set", version=1, stream=STREAM)
class QualityHoldSet(Payload):
    """Disposition and irreversible steps are blocked; care of the cells goes on. By quality."""

    reason: str


@entry("quality-hold.lifted", version=1, stream=STREAM)
class QualityHoldLifted(Payload):
    """The quality hold is over. By quality."""

    reason: str


@entry("process-hold.set", version=1, stream=STREAM)
class ProcessHoldSet(Payload):
    """A person commanded the process to its safe state (ISA-88); hold times run on."""

    reason: str


@entry("process-hold.lifted", version=1, stream=STREAM)
class ProcessHoldLifted(Payload):
    """The process goes on."""

    reason: str


@entry("result.arrived", version=1, stream=STREAM)
class ResultArrived(Payload):
    """A reviewed laboratory result that a gate or formula may ask for; by quality."""

    test: str
    value: str
    outcome: str
    sample: UUID


@entry("batch.reviewed", version=1, stream=STREAM)
class BatchReviewed(Payload):
    """QA reviewed the record, every exception judged; by quality."""

    signature: Signature


@entry("batch.dispositioned", version=1, stream=STREAM)
class BatchDispositioned(Payload):
    """The releasing person certified and released, or rejected; by quality."""

    disposition: str
    reason: str
    pending: tuple[str, ...]
    signature: Signature
