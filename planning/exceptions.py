"""Refusals of planning, and the sentences of what a plan lacks."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Refusal


class PlanOutdated(Refusal):
    """Another plan was accepted since this one was computed."""

    code = "plan.outdated"
    sentence = _("Plan %(plan)s was computed before the board changed. Nothing was booked.")
    way_out = _("It is being computed anew; look at the new proposal, then decide.")


class PlanNotOpen(Refusal):
    """The plan was decided, replaced or has no proposal yet."""

    code = "plan.not_open"
    sentence = _("Plan %(plan)s is %(state)s by now. Nothing was changed.")
    way_out = _("Look at the board again, then decide.")


class PlanAlreadyAsked(Refusal):
    """Two open plans for one batch; also what the partial unique index says."""

    code = "plan.already_asked"
    sentence = _("A plan for this batch is open already.")
    way_out = _("Decide about it first, or ask for a new one in its place.")


class NothingToPlan(Refusal):
    """Every stage of the batch has begun, or its record is complete."""

    code = "plan.nothing_to_plan"
    sentence = _("Batch %(batch)s has no stage left to be planned.")
    way_out = _("Choose another batch.")


class Impossible(Refusal):
    """No plan can be made; the subclasses say what is missing."""

    code = "plan.impossible"
    status = 422
    sentence = _("No plan can be made.")


class NoPlaceOfClass(Impossible):
    code = "plan.no_place"
    sentence = _("Stage %(stage)s asks for a room of class %(wanted)s; there is none for its work.")
    way_out = _("Open such a room, or correct the recipe.")


class NoUnitOfClass(Impossible):
    code = "plan.no_unit"
    sentence = _("Stage %(stage)s asks for a %(wanted)s; none is in service where it can be used.")
    way_out = _("Bring one back into service, or commission one.")


class NothingFree(Impossible):
    code = "plan.nothing_free"
    sentence = _("Stage %(stage)s finds no free %(wanted)s until %(until)s.")
    way_out = _("Move other bookings, have units calibrated, or plan for later.")
    instants = ("until",)


class TooLate(Impossible):
    code = "plan.too_late"
    sentence = _("Stage %(stage)s must begin by %(latest)s; the earliest possible is %(earliest)s.")
    way_out = _("Move other bookings, or agree on a later collection.")
    instants = ("latest", "earliest")
