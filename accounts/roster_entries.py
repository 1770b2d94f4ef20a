"""What the ledger says of shifts, of who works them, and of who can be called.

Days and wall times are those of the site. A duty carries its instants as well: a later change
of shift or zone moves no duty that was given before.
"""

from uuid import UUID

from records.entries import Instant, Payload, entry


@entry("shift.set", version=1, stream="site")
class ShiftSet(Payload):
    """A shift in wall time ("06:00"); one that ends at or before its start ends the day after."""

    shift: UUID
    code: str
    name: str
    start: str
    end: str
    reason: str


@entry("shift.ended", version=1, stream="site")
class ShiftEnded(Payload):
    shift: UUID
    reason: str


@entry("duty.rostered", version=1, stream="person")
class DutyRostered(Payload):
    """The person works a shift, leads it, or is on call through it. ``day`` is its first."""

    duty: UUID
    site: UUID
    what: str
    day: str
    shift: UUID
    shift_code: str
    starts_at: Instant
    ends_at: Instant
    reason: str


@entry("duty.cancelled", version=1, stream="person")
class DutyCancelled(Payload):
    duty: UUID
    what: str
    day: str
    shift_code: str
    reason: str


@entry("absence.noted", version=1, stream="person")
class AbsenceNoted(Payload):
    """The person is away from the first to the last day, both included; why is not said."""

    absence: UUID
    site: UUID
    first: str
    last: str


@entry("absence.ended", version=1, stream="person")
class AbsenceEnded(Payload):
    """The person is here after all."""

    absence: UUID
    reason: str


@entry("person.reachable", version=1, stream="person")
class PersonReachable(Payload):
    """The number under which the plant calls the person; empty for none."""

    phone: str
