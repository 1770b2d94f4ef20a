"""The access of a request, as the middleware found it out."""

from django.http import HttpRequest

from accounts.selectors import Access
from records.commands import Actor

NOBODY = Actor(person=None, name="", role="", site=None)


def access_of(request: HttpRequest) -> Access | None:
    """Return who is signed in, or None."""
    found: Access | None = getattr(request, "access", None)
    return found
