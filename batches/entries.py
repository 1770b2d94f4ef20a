"""Entry kinds of a batch's stream. Those that only quality appends are declared here too,
because the engine asks for them under its lock."""

from uuid import UUID

from records.entries import Fields, Instant, Payload, Value, entry, upcast
from records.signatures import Signature

STREAM = "batch"
REGISTER = "batch-register"


class Said(Value):
    """What a rule did not clear: its code, weight and parameters."""

    code: str
    severity: str
    params: dict[str, str]


class Due(Value):
    """One time of one step that can be done from now on: its row, as the document has it.

    ``operation`` is the ref of the time of its operation; ``waits_for`` the contingency that must
    be over first, if one was called.
    """

    step: str
    iteration: int
    operation: str
    position: int
    kind: str
    verify: bool
    waits_for: str = ""


class Next(Value):
    """Where the step stands in the control recipe, and what its closing brings.

    ``due`` are the steps that can be done from now on; None, in entries of the first version,
    means the one behind it. ``ended_operations`` are refs, ``returns`` that of a contingency that
    is over, ``unfinished`` says of loops that they came to their maximum.
    """

    position: int
    operation: str
    stage: str
    begins_stage: bool
    due: tuple[Due, ...] | None = None
    ended_operations: tuple[str, ...] = ()
    ended_stages: tuple[str, ...] = ()
    returns: str = ""
    unfinished: tuple[Said, ...] = ()
    ends_batch: bool = False


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


@entry("batch.issued", version=2, stream=STREAM)
class BatchIssued(Payload):
    """A control recipe was made from a master recipe for one order (21 CFR 211.188(a)).

    ``due`` are the steps that it begins with; None, in the first version, means the first.
    """

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
    due: tuple[Due, ...] | None = None


@entry("operation.signed_on", version=1, stream=STREAM)
class OperationSignedOn(Payload):
    """The performer of an operation signed on; the actor of the entry records."""

    operation: str
    performer: UUID
    performer_name: str
    factors: tuple[str, ...]


@entry("paper-pack.made", version=1, stream=STREAM)
class PaperPackMade(Payload):
    """What is left of the batch was made ready for printing, for when the system is not there.

    It stands on the entry ``on_seq`` with the hash ``on_hash``; ``steps`` are the refs on it, in
    order. ``file`` is the hash of what it says, kept as a file.
    """

    number: int
    on_seq: int
    on_hash: str
    steps: tuple[str, ...]
    language: str
    file: str


class OnPaper(Value):
    """Where a step was written down first: the number of the pack, and the time on the paper."""

    pack: int
    at: Instant


@entry("step.performed", version=3, stream=STREAM)
class StepPerformed(Payload):
    """A step was done: values as kept, judgement with rule and version, findings.

    ``performer`` had the hands on it; the entry's actor recorded it. ``typed`` names the codes
    that came from a keyboard instead of a scanner. ``paper`` says that it was done on paper, and
    when: the entry's own time is that of its recording, always.
    """

    step: str
    iteration: int
    turn: Next
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
    paper: OnPaper | None = None


@entry("step.verified", version=2, stream=STREAM)
class StepVerified(Payload):
    """A second person verified a step; the signature covers its values."""

    step: str
    iteration: int
    turn: Next
    signature: Signature


@entry("branch.skipped", version=1, stream=STREAM)
class BranchSkipped(Payload):
    """A branch of the recipe was not taken: its condition did not hold with these values.

    ``part`` is the ref of a step, or the path of an operation or a stage; ``step`` has the row of
    the former.
    """

    part: str
    condition: str
    values: dict[str, str]
    step: Due | None = None


@entry("contingency.called", version=1, stream=STREAM)
class ContingencyCalled(Payload):
    """Something happened: an operation that the recipe has for it comes in between.

    ``operation`` is the ref of this time of it, ``caller`` of the operation that waits meanwhile.
    """

    contingency: str
    operation: str
    caller: str
    step: str
    reason: str
    due: tuple[Due, ...]


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


class Changed(Value):
    """One change of meaning between two documents, as ``recipes.difference`` found it."""

    what: str
    severity: str
    was_at: tuple[str, ...]
    at: tuple[str, ...]
    field: str = ""
    before: str = ""
    after: str = ""
    language: str = ""


@entry("redline.proposed", version=1, stream=STREAM)
class RedlineProposed(Payload):
    """Somebody wants the rest of this batch made otherwise: by a document of its own."""

    redline: UUID
    number: int
    before_hash: str
    recipe_hash: str
    reason: str
    changes: tuple[Changed, ...]


@entry("redline.signed", version=1, stream=STREAM)
class RedlineSigned(Payload):
    """Production signed the new document and what it changes."""

    redline: UUID
    signature: Signature


@entry("batch.redlined", version=1, stream=STREAM)
class BatchRedlined(Payload):
    """QA signed it: from now on the batch has pinned its own document."""

    redline: UUID
    number: int
    recipe_hash: str
    recipe_label: str
    signature: Signature


@entry("redline.ended", version=1, stream=STREAM)
class RedlineEnded(Payload):
    """The proposal was taken back or refused."""

    redline: UUID
    reason: str


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


@entry("exception.comment_asked", version=1, stream=STREAM)
class CommentAsked(Payload):
    """QA asked who performed, recorded or reported it for a comment; by quality."""

    comment: UUID
    exception: UUID
    person: UUID
    printed_name: str
    question: str


@entry("exception.commented", version=1, stream=STREAM)
class CommentGiven(Payload):
    """The person who was asked answered: the actor of the entry; by quality."""

    comment: UUID
    exception: UUID
    text: str


@entry("exception.comment_withdrawn", version=1, stream=STREAM)
class CommentWithdrawn(Payload):
    """QA does without the answer; by quality."""

    comment: UUID
    exception: UUID
    reason: str


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


@entry("gate.approved", version=1, stream=STREAM)
class GateApproved(Payload):
    """QA lets a batch go on past a gate that asks for its word; by quality."""

    step: str
    iteration: int
    reason: str
    signature: Signature


@entry("batch.reviewed", version=1, stream=STREAM)
class BatchReviewed(Payload):
    """QA reviewed the record, every exception judged; by quality."""

    signature: Signature


@entry("batch.dispositioned", version=1, stream=STREAM)
class BatchDispositioned1(Payload):
    """Certified and released, or rejected, before recipes named a shelf life."""

    disposition: str
    reason: str
    pending: tuple[str, ...]
    signature: Signature


@upcast("batch.dispositioned", version=1)
def _of_no_expiry(fields: Fields) -> Fields:
    return {**fields, "expires_at": None}


@entry("batch.dispositioned", version=2, stream=STREAM)
class BatchDispositioned(Payload):
    """The releasing person certified and released, or rejected; by quality.

    ``expires_at`` is the product's expiry, where the recipe names a shelf life and it is released.
    """

    disposition: str
    reason: str
    pending: tuple[str, ...]
    expires_at: Instant | None
    signature: Signature
