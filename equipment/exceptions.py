"""Refusals of rooms, places, units and claims."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Interlock, Refusal


class PlaceTaken(Refusal):
    """The hours are taken; also what the exclusion constraint says."""

    code = "claim.taken"
    sentence = _("This place or unit is taken in these hours. Nothing was booked.")
    way_out = _("Choose other hours or another place, or ask for a new plan.")


class TakenBy(PlaceTaken):
    """The hours are taken, and we know by whom."""

    code = "claim.taken_by"
    sentence = _("%(resource)s is taken by batch %(holder)s in these hours. Nothing was booked.")
    way_out = _("Choose other hours or another place, or ask for a new plan.")


class AlreadyOccupied(Refusal):
    """Two occupied claims on one place or unit; also what the partial unique index says."""

    code = "claim.already_occupied"
    interlock = Interlock.ABSOLUTE
    sentence = _("This place or unit is occupied. Nothing was recorded.")
    way_out = _("Finish line clearance there first, or use another place.")


class OccupiedByAnother(Refusal):
    """Another patient's material is there."""

    code = "claim.occupied_by_another"
    interlock = Interlock.ABSOLUTE
    recorded = True
    sentence = _("%(resource)s is occupied by batch %(holder)s. Do nothing there.")
    way_out = _("Take your material back to its own place and call the shift lead.")


class NotCleared(Refusal):
    """The batch's own earlier claim on the same place was not given back."""

    code = "claim.not_cleared"
    sentence = _("%(resource)s is still held for stage %(purpose)s of this batch.")
    way_out = _("Finish line clearance of that stage first.")


class NotClaimed(Refusal):
    """A place or unit is used that the batch has not booked."""

    code = "claim.none"
    interlock = Interlock.CONDITIONAL
    recorded = True
    sentence = _("%(resource)s is not booked for this batch.")
    way_out = _("Use the booked one, ask the planner to book this one, or ask QA.")


class ClaimInConflict(Refusal):
    """The claim before ran over and holds the hours."""

    code = "claim.in_conflict"
    interlock = Interlock.CONDITIONAL
    sentence = _("%(resource)s is not free yet: batch %(holder)s runs longer than planned.")
    way_out = _("Wait for its line clearance, or ask the planner for another place.")


class ClaimEnded(Refusal):
    """The claim was moved, given back or begun meanwhile."""

    code = "claim.ended"
    sentence = _("The booking of %(resource)s is %(state)s by now. Nothing was changed.")
    way_out = _("Look at the board again, then decide.")


class EmptyHours(Refusal):
    """A booking that ends before it begins."""

    code = "claim.empty_hours"
    status = 422
    sentence = _("The booking ends before it begins.")
    way_out = _("Choose an end after the start.")


class RoomNotForOpenWork(Refusal):
    """Open work in a room that is validated for closed work only."""

    code = "room.not_for_open_work"
    sentence = _("Room %(room)s is for closed work only.")
    way_out = _("Book a room for open work.")


class RoomNotExclusive(Refusal):
    """Open work asks for all places of its room; one of them was not booked with it."""

    code = "room.not_exclusive"
    sentence = _("Open work takes all of room %(room)s; place %(place)s is missing.")
    way_out = _("Book all places of the room for the same hours.")


class RoomInOpenUse(Refusal):
    """Another patient's open work holds the room in these hours."""

    code = "room.in_open_use"
    interlock = Interlock.ABSOLUTE
    sentence = _("Room %(room)s is held by batch %(holder)s alone in these hours.")
    way_out = _("Choose other hours or another room.")


class RoomInUse(Refusal):
    """A place is to be added to a room that has bookings for open work."""

    code = "room.in_use"
    sentence = _("Room %(room)s has bookings for open work, which take all its places.")
    way_out = _("Add the place when these bookings are over or moved.")


class CodeTaken(Refusal):
    """A code or a barcode names one thing only."""

    code = "equipment.code_taken"
    status = 422
    sentence = _("This code or barcode is in use already.")
    way_out = _("Give another one.")


class HoursNotPaired(Refusal):
    """Hours of a room without their other end, or of no length; also what the constraint says."""

    code = "room.hours_not_paired"
    status = 422
    sentence = _("A room that opens also closes, and at another time.")
    way_out = _("Give both times; leave both empty for a room that is open all day.")


class DaysUnknown(Refusal):
    """Days on which a room opens that are none, or none of a week; also the constraint's word."""

    code = "room.days_unknown"
    status = 422
    sentence = _("A room opens on one day of the week at least.")
    way_out = _("Tick the days on which it may be worked in.")


class CapabilityUnreadable(Refusal):
    """A capability that no recipe could name."""

    code = "unit.capability_unreadable"
    status = 422
    sentence = _("“%(written)s” is no capability.")
    way_out = _("Write each as recipes do: small letters, digits and hyphens, such as co2.")


class WrongClass(Refusal):
    """The unit is of another class than the step asks for."""

    code = "unit.wrong_class"
    interlock = Interlock.CONDITIONAL
    recorded = True
    sentence = _("%(unit)s is a %(found)s; this step asks for a %(asked)s.")
    way_out = _("Scan the booked unit, or ask QA.")


class UnitOutOfService(Refusal):
    """The unit is broken or under maintenance."""

    code = "unit.out_of_service"
    interlock = Interlock.CONDITIONAL
    recorded = True
    sentence = _("%(unit)s is out of service.")
    way_out = _("Use another unit; call the shift lead to move the batch, or ask QA.")


class UnitOutOfCalibration(Refusal):
    """The calibration is due."""

    code = "unit.out_of_calibration"
    interlock = Interlock.CONDITIONAL
    recorded = True
    sentence = _("The calibration of %(unit)s was due on %(due)s.")
    way_out = _("Use another unit, have this one calibrated, or ask QA.")
    instants = ("due",)


class UnitNotClean(Refusal):
    """The unit was not cleaned after its last use, or the cleaning has lapsed."""

    code = "unit.not_clean"
    interlock = Interlock.CONDITIONAL
    recorded = True
    sentence = _("%(unit)s has not been cleaned since its last use, or its cleaning has lapsed.")
    way_out = _("Clean it and record the cleaning, use another unit, or ask QA.")


class AlarmLimitsMissing(Refusal):
    """Limits that let every value pass, or none; also what the constraint says."""

    code = "alarm.limits_missing"
    status = 422
    sentence = _("An alarm has a lower limit, an upper limit, or both, the lower one first.")
    way_out = _("Give at least one limit; of two, the lower one must be below the upper one.")


class JustificationMissing(Refusal):
    """Limits without a why (draft Annex 11, 8)."""

    code = "alarm.justification_missing"
    status = 422
    sentence = _("Limits of an alarm are justified; nothing was saved.")
    way_out = _("Write why they are these: the qualification, the specification, the procedure.")


class AlreadyWatched(Refusal):
    """One setting for each thing that is watched; also what the constraint says."""

    code = "alarm.already_watched"
    sentence = _("This is watched here already. Nothing was saved.")
    way_out = _("Change the setting that is there, with a reason.")


class ValueWithinLimits(Refusal):
    """No alarm without a value outside the limits."""

    code = "alarm.value_within_limits"
    status = 422
    sentence = _("%(value)s lies within the limits (%(limits)s): that is no alarm.")
    way_out = _("Check the value. If the limits are wrong, engineering changes the setting.")


class ValueOutsideLimits(Refusal):
    """An alarm is cleared by a value that is within the limits again."""

    code = "alarm.value_outside_limits"
    status = 422
    sentence = _("%(value)s is still outside the limits (%(limits)s). The alarm stays.")
    way_out = _(
        "Clear it once the value is back. If the limits are wrong, engineering changes the setting."
    )


class AlarmInFuture(Refusal):
    """An alarm cannot begin later than it is recorded."""

    code = "alarm.in_future"
    status = 422
    sentence = _("The alarm would begin after now.")
    way_out = _("Give the instant at which the value left its limits.")


class AlarmStands(Refusal):
    """One alarm at a time of one setting; also what the partial unique index says."""

    code = "alarm.stands"
    sentence = _("An alarm of this setting stands already. Nothing was recorded.")
    way_out = _("Acknowledge that one, and clear it when the value is back.")


class AlarmAcknowledgedBefore(Refusal):
    """An alarm is acknowledged once."""

    code = "alarm.acknowledged_before"
    sentence = _("%(by)s acknowledged alarm %(number)s already.")
    way_out = _("Nothing is to be done. What else was seen is reported at the batch.")


class AlarmClearedBefore(Refusal):
    """An alarm is cleared once."""

    code = "alarm.cleared_before"
    sentence = _("%(by)s cleared alarm %(number)s already.")
    way_out = _("If the value left its limits again, raise a new alarm.")


class AlarmCommentMissing(Refusal):
    """A critical alarm is acknowledged with a comment (draft Annex 11, 8)."""

    code = "alarm.comment_missing"
    status = 422
    sentence = _("Alarm %(number)s is critical: it is acknowledged with a comment only.")
    way_out = _("Write what was seen and done.")
