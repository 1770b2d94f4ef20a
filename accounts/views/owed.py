"""What I owe: the page on which nobody else's work stands."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import selectors
from accounts.access import access_of
from accounts.models import Obligation
from accounts.owed import ABOUT
from mes.lib import clock
from mes.lib.access import signed_in
from records.web import actor_of


@signed_in
@require_safe
def owed(request: HttpRequest) -> HttpResponse:
    """List what the person who is signed in owes at this site, the oldest first."""
    person = actor_of(request).person
    rows = owed_rows(person) if person else []
    return render(request, for_gloves(request, "accounts/owed.html"), {"rows": rows})


def for_gloves(request: HttpRequest, page: str) -> str:
    """Return a page's template for where it is read: the large one on a tablet."""
    access = access_of(request)
    large = page.replace(".html", "_tablet.html")
    return large if access is not None and access.device else page


def owed_rows(person: UUID) -> list[dict[str, Any]]:
    """Return what a person owes at the present site, as pages show it. Call it in a reading."""
    return [_row(row) for row in selectors.obligations_of(person)]


def _row(row: Obligation) -> dict[str, Any]:
    about = ABOUT.get(row.about)
    return {
        "what": about.sentence(row.words) if about else row.about,
        "url": about.url(row.subject, row.place) if about else "",
        "batch": row.words.get("batch", ""),
        "why": row.words.get("why", ""),
        "since": row.incurred_at,
        "days": (clock.now() - row.incurred_at).days,
    }
