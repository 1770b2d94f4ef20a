"""What of batches stands in the audit trail: its streams, and kinds of entries in words."""

from django.utils.translation import gettext_lazy as _

from batches.entries import REGISTER, STREAM
from batches.findings import sentence
from batches.models import Batch, BatchException, BatchResult, Step
from recipes.enums import Outcome
from records.things import TITLES, found_by, labels_of, says, thing, words

thing(
    STREAM, _("Batch"), retention="batch-document", page="batches:record",
    labels=labels_of(Batch, "number"), find=found_by(Batch, "number", "coi"),
)  # fmt: skip
thing(REGISTER, _("Register of batch numbers"), retention="quality-system")

words({
    "batch.numbered": _("Batch number given"),
    "batch.issued": _("Batch issued"),
    "operation.signed_on": _("Signed on to an operation"),
    "paper-pack.made": _("Paper pack made"),
    "step.performed": _("Step performed"),
    "step.verified": _("Step verified"),
    "branch.skipped": _("Branch skipped"),
    "contingency.called": _("Contingency called"),
    "step.corrected": _("Step corrected"),
    "operation.attested": _("Operation attested"),
    "signature.voided": _("Signature void"),
    "signature.renewed": _("Signed again"),
    "batch.completed": _("Batch record complete"),
    "redline.proposed": _("Redline proposed"),
    "redline.signed": _("Redline signed for production"),
    "batch.redlined": _("Redline applied"),
    "redline.ended": _("Redline not done"),
    "exception.raised": _("Exception reported"),
    "exception.judged": _("Exception judged"),
    "exception.comment_asked": _("Comment asked for"),
    "exception.commented": _("Comment given"),
    "exception.comment_withdrawn": _("Question withdrawn"),
    "concession.asked": _("Concession asked for"),
    "concession.granted": _("Concession granted"),
    "concession.declined": _("Concession declined"),
    "quality-hold.set": _("Quality hold set"),
    "quality-hold.lifted": _("Quality hold lifted"),
    "process-hold.set": _("Process hold set"),
    "process-hold.lifted": _("Process hold lifted"),
    "result.arrived": _("Result arrived at the batch"),
    "gate.approved": _("Gate approved by QA"),
    "batch.reviewed": _("Batch record reviewed"),
    "batch.dispositioned": _("Batch released or rejected"),
})  # fmt: skip


def _outcome(key: str) -> str:
    return str(dict(Outcome.choices).get(key, key))


says(BatchResult, outcome=_outcome)
says(Step, outcome=_outcome)
TITLES[BatchException] = lambda row: sentence(row["code"], row["params"])
