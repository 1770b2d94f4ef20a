"""The browser's session: which signed-in period it belongs to. It is no evidence.

The times of a period: twelve hours at most; left idle, a tablet locks its entry and a desk
is signed out. No profile or page can change them (EU GMP draft Annex 11, 11.11).
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.middleware.csrf import rotate_token

from mes.lib import clock
from mes.lib.ids import uuid7

LONGEST: Final = timedelta(hours=12)
DESK_IDLE: Final = timedelta(minutes=15)
# Activity is noted no oftener than this, so that not every click writes the session.
NOTED_AFTER: Final = timedelta(seconds=20)
KEY: Final = "period"

DEVICE_COOKIE: Final = "device"
DEVICE_SALT: Final = "accounts.device"
ENROLMENT_SALT: Final = "accounts.enrolment"
ENROLMENT_LASTS: Final = timedelta(hours=24)
A_YEAR: Final = 365 * 24 * 3600


class Tablet(NamedTuple):
    """What an enrolled browser says of itself: the tablet, its site, and by which enrolment."""

    device: UUID
    site: UUID
    link: UUID


@dataclass(frozen=True, slots=True)
class Period:
    """A signed-in period as the session keeps it."""

    id: UUID
    person: UUID
    site: UUID
    device: UUID | None
    opened: datetime
    active: datetime
    locked: bool = False
    # By what it was opened: whether one component is enough for a signature in it.
    factors: tuple[str, ...] = ()
    # On a tablet: the enrolment by which the browser was it.
    link: UUID | None = None

    def expired(self, at: datetime) -> bool:
        """Say whether the period has reached its longest time."""
        return at - self.opened >= LONGEST

    def idle(self, at: datetime, limit: timedelta) -> bool:
        """Say whether nothing was done for ``limit``."""
        return at - self.active >= limit


def period_of(session: SessionBase) -> Period | None:
    """Return the period of a session, or None."""
    kept: dict[str, Any] | None = session.get(KEY)
    if kept is None:
        return None
    return Period(
        id=UUID(kept["id"]),
        person=UUID(kept["person"]),
        site=UUID(kept["site"]),
        device=UUID(kept["device"]) if kept["device"] else None,
        opened=datetime.fromisoformat(kept["opened"]),
        active=datetime.fromisoformat(kept["active"]),
        locked=kept["locked"],
        factors=tuple(kept.get("factors", ())),
        link=UUID(kept["link"]) if kept.get("link") else None,
    )


def _keep(session: SessionBase, period: Period) -> None:
    session[KEY] = {
        name: value if value is None or isinstance(value, bool | tuple) else _text(value)
        for name, value in asdict(period).items()
    }


def _text(value: UUID | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def begin(request: HttpRequest, opened: dict[str, Any]) -> None:
    """Start a session for the period that a sign-in replied: new key, nothing of the old one."""
    now = clock.now()
    request.session.flush()
    device, tablet = opened["device"], device_of(request)
    period = Period(
        id=UUID(opened["period"]),
        person=UUID(opened["person"]),
        site=UUID(opened["site"]),
        device=UUID(device) if device else None,
        opened=now,
        active=now,
        factors=tuple(opened.get("factors", ())),
        link=tablet.link if device and tablet else None,
    )
    _keep(request.session, period)
    rotate_token(request)


def touch(session: SessionBase, period: Period, at: datetime) -> None:
    """Note that something was done."""
    if at - period.active >= NOTED_AFTER:
        _keep(session, replace(period, active=at))


def lock(session: SessionBase, period: Period) -> Period:
    """Lock entry: what is on the screen stays, nothing can be sent."""
    locked = replace(period, locked=True)
    _keep(session, locked)
    return locked


def end(session: SessionBase) -> None:
    """Forget the session and its key."""
    session.flush()


def remember_device(response: HttpResponseBase, tablet: Tablet, *, secure: bool) -> None:
    """Make the browser an enrolled tablet, by a signed cookie."""
    value = signing.dumps([str(one) for one in tablet], salt=DEVICE_SALT)
    response.set_cookie(
        DEVICE_COOKIE, value, max_age=A_YEAR, httponly=True, samesite="Lax", secure=secure
    )


def forget_device(response: HttpResponseBase) -> None:
    """Make the browser a desk again."""
    response.delete_cookie(DEVICE_COOKIE, samesite="Lax")


def device_of(request: HttpRequest) -> Tablet | None:
    """Return what an enrolled browser says of itself, or None.

    It may be the tablet no more. A cookie of old, without an enrolment, is none.
    """
    found = _ids(request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_SALT, lasts=None)
    return Tablet(*found) if len(found) == 3 else None


def enrolment_token(*, device: UUID, site: UUID) -> str:
    """Return what one tablet opens, once and within a day, to become ``device``."""
    return signing.dumps([str(device), str(site), str(uuid7())], salt=ENROLMENT_SALT)


def enrolment_of(token: str) -> tuple[UUID, UUID, UUID] | None:
    """Return device, site and the enrolment's own id, or None when it is forged or too old."""
    found = _ids(token, salt=ENROLMENT_SALT, lasts=ENROLMENT_LASTS)
    return (found[0], found[1], found[2]) if len(found) == 3 else None


def _ids(value: str, *, salt: str, lasts: timedelta | None) -> list[UUID]:
    try:
        return [UUID(one) for one in signing.loads(value, salt=salt, max_age=lasts)]
    except signing.BadSignature:
        return []
