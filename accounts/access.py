"""The access of a request, as the middleware found it out; and what its person has opened."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest

from accounts.selectors import Access
from records.commands import Actor

NOBODY = Actor(person=None, name="", role="", site=None)
# Session → kind of record → its id → the hash of what was shown. It ends with the period.
OPENED: Final = "opened"
MOST_OPENED: Final = 200


def access_of(request: HttpRequest) -> Access | None:
    """Return who is signed in, or None."""
    found: Access | None = getattr(request, "access", None)
    return found


def note_opened(request: HttpRequest, kind: str, record: UUID, content_hash: str) -> None:
    """Note, on the server, that the person signed in was shown a record with this content."""
    every = dict(request.session.get(OPENED, {}))
    shown = dict(every.get(kind, {}))
    if shown.get(str(record)) == content_hash:
        return
    shown.pop(str(record), None)
    shown[str(record)] = content_hash
    every[kind] = dict(list(shown.items())[-MOST_OPENED:])
    request.session[OPENED] = every


def opened_in(request: HttpRequest, kind: str) -> dict[UUID, str]:
    """Return what the person signed in has opened in this period, with the hash of each."""
    shown: dict[str, str] = request.session.get(OPENED, {}).get(kind, {})
    return {UUID(record): content for record, content in shown.items()}
