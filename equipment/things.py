"""What of equipment stands in the audit trail: its streams, and kinds of entries in words."""

from django.utils.translation import gettext_lazy as _

from equipment.entries import PLACE, ROOM, UNIT
from equipment.models import Claim, Place, Room, Unit
from records.things import evaluates, found_by, labels_of, says, thing, title_of, words

thing(
    ROOM, _("Room"), retention="equipment", page="equipment:room",
    labels=labels_of(Room, "code"), find=found_by(Room, "code", "name"),
)  # fmt: skip
thing(
    PLACE, _("Place"), retention="equipment", page="equipment:place",
    labels=labels_of(Place, "label"), find=found_by(Place, "label", "barcode"),
)  # fmt: skip
thing(
    UNIT, _("Unit"), retention="equipment", page="equipment:unit",
    labels=labels_of(Unit, "code"), find=found_by(Unit, "code", "barcode"),
)  # fmt: skip

words({
    "room.opened": _("Room came into use"),
    "room.hours_set": _("Hours of a room set"),
    "place.made": _("Place made"),
    "unit.commissioned": _("Unit commissioned"),
    "unit.calibrated": _("Unit calibrated"),
    "unit.capabilities_set": _("Capabilities of a unit set"),
    "unit.cleaned": _("Unit cleaned"),
    "unit.programme_ended": _("Programme of a unit ended"),
    "unit.programme_started": _("Programme of a unit started"),
    "unit.status": _("Status of a unit changed"),
    "alarm_setting.set": _("Limits of an alarm set"),
    "alarm.raised": _("Alarm raised"),
    "alarm.acknowledged": _("Alarm acknowledged"),
    "alarm.cleared": _("Alarm cleared"),
    "claim.planned": _("Booked"),
    "claim.moved": _("Booking moved"),
    "claim.occupied": _("Occupied"),
    "claim.extended": _("Occupation runs longer"),
    "claim.released": _("Cleared and free"),
    "claim.withdrawn": _("Booking given back"),
    "claim.conflicted": _("Booking in conflict"),
})  # fmt: skip

says(Claim, holder_kind=title_of)
evaluates(
    "configuration", "room.opened", "place.made", "unit.commissioned", "unit.status",
    "alarm_setting.set",
)  # fmt: skip
