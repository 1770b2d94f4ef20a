"""What of planning stands in the audit trail: its streams, and kinds of entries in words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning.entries import BOARD, PLAN
from planning.models import Plan
from records.things import found_by, labels_of, thing, words

thing(
    PLAN, pgettext_lazy("thing", "Plan"), retention="quality-system",
    labels=labels_of(Plan, "number"), find=found_by(Plan, "batch_label"),
)  # fmt: skip
thing(BOARD, _("Board"), retention="quality-system")

words({
    "plan-board.opened": _("Board opened"),
    "plan-board.numbered": _("Plan number given"),
    "plan-board.changed": _("Board changed"),
    "plan.requested": _("Plan asked for"),
    "plan.proposed": _("Plan proposed"),
    "plan.accepted": _("Plan accepted"),
    "plan.rejected": _("Plan rejected"),
    "plan.failed": _("Plan failed"),
    "plan.superseded": _("Plan replaced"),
})  # fmt: skip
