"""Entry kinds of rooms, places and units. Claims stand on the stream of what is claimed."""

from uuid import UUID

from records.entries import Instant, Payload, Quantity, Value, entry

ROOM = "room"
PLACE = "place"
UNIT = "unit"


@entry("room.opened", version=1, stream=ROOM)
class RoomOpened(Payload):
    """A room came into use with its class and the work that it is validated for."""

    code: str
    name: str
    room_class: str
    policy: str


@entry("room.hours_set", version=2, stream=ROOM)
class RoomHoursSet(Payload):
    """When a room may be worked in, in the site's wall time (``06:00``); None: all day. And why.

    ``days`` are those of the week on which it opens, 1 is Monday; None: every day.
    """

    opens: str | None
    closes: str | None
    days: tuple[int, ...] | None
    reason: str


@entry("place.made", version=1, stream=PLACE)
class PlaceMade(Payload):
    """A room got a numbered place."""

    room: UUID
    number: int
    label: str
    barcode: str


@entry("unit.commissioned", version=1, stream=UNIT)
class UnitCommissioned(Payload):
    """A unit came into use, at a place or movable."""

    code: str
    unit_class: str
    barcode: str
    place: UUID | None
    calibration_due: Instant | None
    cleaning_due: Instant | None


@entry("unit.calibrated", version=1, stream=UNIT)
class UnitCalibrated(Payload):
    """A calibration, good until ``due``."""

    due: Instant
    certificate: str


@entry("unit.cleaned", version=1, stream=UNIT)
class UnitCleaned(Payload):
    """A cleaning by a procedure, good until ``due`` (None: until the next use)."""

    procedure: str
    due: Instant | None


@entry("unit.status", version=1, stream=UNIT)
class UnitStatusSet(Payload):
    """A unit went out of service or came back, and why."""

    status: str
    reason: str


@entry("unit.capabilities_set", version=1, stream=UNIT)
class UnitCapabilitiesSet(Payload):
    """What a unit can do of what is asked of its class; None: all of it. And why that is so."""

    capabilities: tuple[str, ...] | None
    reason: str


class StageSpan(Value):
    """A stage that a claim covers, with its planned hours."""

    key: str
    start: Instant
    end: Instant


@entry("unit.programme_started", version=1, stream="unit")
class UnitProgrammeStarted(Payload):
    """A unit began a programme of its own for a batch (EU GMP Part IV 17)."""

    programme: str
    programme_version: str
    batch: UUID
    batch_number: str


@entry("unit.programme_ended", version=1, stream="unit")
class UnitProgrammeEnded(Payload):
    """The programme is over: how, with how many alarms, and the hash of the unit's log."""

    programme: str
    ended: str
    alarms: int
    log: str
    batch: UUID
    batch_number: str


@entry("claim.planned", version=1, stream="*")
class ClaimPlanned(Payload):
    """Somebody will hold a place or unit from ``start`` to ``end``, cleaning included.

    ``work_end`` is where the cleaning begins. ``exclusive`` claims of a place stand for all of its
    room. ``instead_of`` is the claim elsewhere that this one replaces.
    """

    claim: UUID
    resource_kind: str
    resource_label: str
    holder_kind: str
    holder: UUID
    holder_label: str
    holder_mark: str
    purpose: str
    stages: tuple[StageSpan, ...]
    alias: str
    exclusive: bool
    start: Instant
    work_end: Instant
    end: Instant
    plan: UUID | None
    instead_of: UUID | None


@entry("claim.moved", version=1, stream="*")
class ClaimMoved(Payload):
    """A claim that has not begun got other hours on the same place or unit."""

    claim: UUID
    stages: tuple[StageSpan, ...]
    start: Instant
    work_end: Instant
    end: Instant


@entry("claim.occupied", version=1, stream="*")
class ClaimOccupied(Payload):
    """The first act there; from now on only clearance ends it."""

    claim: UUID
    start: Instant
    work_end: Instant
    end: Instant


@entry("claim.extended", version=1, stream="*")
class ClaimExtended(Payload):
    """The work runs longer than planned."""

    claim: UUID
    start: Instant
    work_end: Instant
    end: Instant


@entry("claim.released", version=1, stream="*")
class ClaimReleased(Payload):
    """Clearance ended the claim; ``cleaned`` says whether a unit may be used again at once."""

    claim: UUID
    start: Instant
    end: Instant
    cleaned: bool


@entry("claim.withdrawn", version=1, stream="*")
class ClaimWithdrawn(Payload):
    """A claim was given back before it began."""

    claim: UUID
    reason: str


@entry("claim.conflicted", version=1, stream="*")
class ClaimConflicted(Payload):
    """The claim before ran into this one; it waits for the planner."""

    claim: UUID
    because_of: UUID


@entry("alarm_setting.set", version=1, stream="*")
class AlarmSettingSet(Payload):
    """What of a unit or room is watched, within which limits, and why they are these.

    A change is the next version of the same setting and has a ``reason``; the first has none.
    """

    setting: UUID
    setting_version: int
    watched: str
    unit: str
    low: Quantity | None
    high: Quantity | None
    critical: bool
    justification: str
    reason: str


@entry("alarm.raised", version=1, stream="*")
class AlarmRaised(Payload):
    """A value left the limits of a version of a setting, at ``began``."""

    alarm: UUID
    number: str
    resource_kind: str
    resource_label: str
    setting: UUID
    setting_version: int
    watched: str
    unit: str
    low: Quantity | None
    high: Quantity | None
    critical: bool
    value: Quantity
    began: Instant


@entry("alarm.acknowledged", version=1, stream="*")
class AlarmAcknowledged(Payload):
    """Somebody has seen an alarm; what they did about it."""

    alarm: UUID
    number: str
    comment: str


@entry("alarm.cleared", version=1, stream="*")
class AlarmCleared(Payload):
    """The value is back within the limits, those of the version that is in force by now."""

    alarm: UUID
    number: str
    value: Quantity
    unit: str
    low: Quantity | None
    high: Quantity | None
    setting_version: int
