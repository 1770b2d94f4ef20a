"""What I owe: the page on which nobody else's work stands."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import selectors
from accounts.models import Obligation
from accounts.owed import ABOUT
from mes.lib.access import signed_in
from records.web import actor_of


@signed_in
@require_safe
def owed(request: HttpRequest) -> HttpResponse:
    """List what the person who is signed in owes at this site, the oldest first."""
    person = actor_of(request).person
    rows = selectors.obligations_of(person) if person else []
    return render(request, "accounts/owed.html", {"rows": [_row(row) for row in rows]})


def _row(row: Obligation) -> dict[str, Any]:
    about = ABOUT.get(row.about)
    return {
        "what": about.sentence(row.words) if about else row.about,
        "url": about.url(row.subject, row.place) if about else "",
        "batch": row.words.get("batch", ""),
        "why": row.words.get("why", ""),
        "since": row.incurred_at,
    }
