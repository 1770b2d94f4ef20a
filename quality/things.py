"""What of quality stands in the audit trail: its streams, and kinds of entries in words."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from batches.models import BatchException
from quality.entries import SAMPLE
from quality.enums import Judgement
from quality.models import Sample
from records.things import evaluates, found_by, labels_of, says, thing, words


def _batch_of(sample: UUID) -> UUID | None:
    return Sample.objects.filter(pk=sample).values_list("batch", flat=True).first()


thing(
    SAMPLE, _("Sample"), retention="batch-document", page="quality:sample",
    labels=labels_of(Sample, "number"), find=found_by(Sample, "number", "label"), follows=_batch_of,
)  # fmt: skip

words({
    "sample.registered": _("Sample registered"),
    "sample.received": _("Sample received"),
    "result.entered": _("Result entered"),
    "result.corrected": _("Result corrected"),
    "result.reviewed": _("Result reviewed"),
    "deviation.opened": _("Deviation opened"),
    "deviation.closed": _("Deviation closed"),
    "batch.later-results-certified": _("Later results certified"),
    "dossier.requested": _("Copy of the record asked for"),
    "dossier.rendered": _("Copy of the record written"),
})  # fmt: skip


def _judgement(key: str) -> str:
    return str(dict(Judgement.choices).get(key, key))


says(BatchException, judgement=_judgement)
evaluates("deviations", "deviation.opened", "deviation.closed")
