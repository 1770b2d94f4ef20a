from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanState(models.TextChoices):
    """requested → proposed or failed → accepted, rejected or superseded."""

    REQUESTED = "requested", _("being computed")
    PROPOSED = "proposed", _("proposed")
    FAILED = "failed", _("not possible")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    SUPERSEDED = "superseded", _("replaced")

    # Those that a planner still has to decide about; one for each batch.
    open = nonmember(("requested", "proposed", "failed"))
    # Those that the solver computes (a proposal anew, when the board has changed).
    computed = nonmember(("requested", "proposed"))
