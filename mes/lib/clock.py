"""The only place that asks what time it is.

A regulated act takes its instant from the database (see ``records.act``). Pages ask
``now()``. A simulation sets its own time here, and only a database that its owner has
marked as simulated accepts an act from a process with simulated time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Refusal


class NotSimulated(Refusal):
    """A process with simulated time met a database of real records."""

    code = "clock.not_simulated"
    status = 409
    sentence = _("This database keeps real time; simulated time is refused.")
    way_out = _("Use a throw-away database that is marked as simulated.")


class _Simulation:
    at: datetime | None = None


_simulation = _Simulation()


def now() -> datetime:
    """Return the present in UTC: the simulation's, if this process has one."""
    return _simulation.at or datetime.now(UTC)


def simulated() -> datetime | None:
    """Return the simulated instant of this process, or None in real time."""
    return _simulation.at


def simulate(at: datetime | None) -> None:
    """Set the time of this process; None returns to real time. Naive times are refused."""
    if at is not None and at.tzinfo is None:
        raise ValueError("A simulated time needs its zone.")
    _simulation.at = at and at.astimezone(UTC)


def advance(by: timedelta) -> datetime:
    """Move simulated time forward by ``by`` and return it."""
    simulate(now() + by)
    return now()


@contextmanager
def simulating(at: datetime) -> Iterator[None]:
    """Run the body at simulated time, then give back what was set before."""
    before = _simulation.at
    simulate(at)
    try:
        yield
    finally:
        simulate(before)


def instant(*, read: datetime, marked_simulated: bool) -> datetime:
    """Return an act's instant from the database's reading and its mark.

    Raises NotSimulated when this process simulates and the database is not marked.
    """
    if _simulation.at is None:
        return read
    if not marked_simulated:
        raise NotSimulated()
    return _simulation.at
