"""Sentences of exceptions that quality raises, beside those of the engine."""

from django.utils.translation import gettext_lazy as _

from batches.findings import SENTENCES

OUT_OF_SPECIFICATION = "result.out_of_specification"
LATE_FAILURE = "late.failure"
LOT_QUARANTINED = "lot.quarantined"
EQUIPMENT_ALARM = "equipment.alarm"
# Raised by the engine: the rest of the batch was made by another document.
REDLINED = "redline.applied"
# A result that failed: whoever entered one of its test is no judge of it.
RESULT_FAILED = frozenset({OUT_OF_SPECIFICATION, LATE_FAILURE})

SENTENCES |= {
    OUT_OF_SPECIFICATION: _("%(test)s is out of specification: %(value)s %(unit)s."),
}
