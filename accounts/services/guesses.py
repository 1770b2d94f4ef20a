"""How wrong tries are counted: the same for a person's secret and for a name that nobody has.

Pure: rows are counted in memory, whoever locked them saves them. Who guesses learns nothing from
the answers of whom there is: a name that nobody has is refused after as many tries.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final, Protocol

from accounts.sign_in_exceptions import LockedOut, TriedTooSoon
from mes.lib.refusals import Refusal

# reliability.md 47: five tries for each person and place, ten for each secret.
TRIES_HERE: Final = 5
TRIES_EVERYWHERE: Final = 10
# Of these, at places where the person was not right lately, while there is another where they were.
TRIES_OF_STRANGERS: Final = 7
# In this time one wrong try fades, as long as nothing is blocked.
FADES: Final = timedelta(days=1)
WINDOW: Final = timedelta(minutes=15)
# Wrong tries → how long the next one waits. A person who types is hardly held up.
BACK_OFF: Final = {3: timedelta(seconds=2), 4: timedelta(seconds=5)}


class Counted(Protocol):
    """A row that counts tries: at one place, or at all together."""

    tries: int
    # When counting began; None where nothing was counted yet.
    first_at: Any
    last_at: datetime | None


def begin_window(here: Counted, at: datetime) -> None:
    """Forget the tries of a place whose window is over."""
    if here.first_at is not None and here.first_at <= at - WINDOW:
        here.tries = 0


def window_ends(here: Counted, at: datetime) -> datetime:
    """Return when the present window of a place ends."""
    began: datetime = here.first_at or at
    return began + WINDOW


def is_locked(here: Counted) -> bool:
    """Say whether the place takes no more tries in this window."""
    return here.tries >= TRIES_HERE


def locked_out(here: Counted, at: datetime) -> LockedOut:
    """Return the refusal of a place that is locked."""
    left = window_ends(here, at) - at
    return LockedOut(minutes=max(1, ceil(left.total_seconds() / 60)))


def back_off(here: Counted, at: datetime) -> Refusal | None:
    """Return the refusal of a try that came too soon after the third, or None."""
    wait = BACK_OFF.get(here.tries)
    if wait is None or here.last_at is None or here.last_at + wait <= at:
        return None
    return TriedTooSoon(seconds=seconds_of(here.last_at + wait - at))


def seconds_of(left: timedelta) -> int:
    """Return a wait in whole seconds, at least one."""
    return max(1, ceil(left.total_seconds()))


def fade(everywhere: Counted, at: datetime) -> None:
    """Let a wrong try fade for each whole day since counting began."""
    if everywhere.tries and everywhere.first_at is not None:
        days = max(0, (at - everywhere.first_at) // FADES)
        everywhere.tries = max(0, everywhere.tries - days)
        everywhere.first_at += days * FADES


def count(rows: Sequence[Counted], at: datetime) -> None:
    """Count one try, here and everywhere."""
    for row in rows:
        row.first_at = row.first_at if row.tries else at
        row.tries, row.last_at = row.tries + 1, at
