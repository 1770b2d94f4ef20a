"""Reviews of accounts: one open at a time, person by person, each with a decision."""

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods

from accounts import selectors
from accounts.enums import ReviewDecision
from accounts.models import AccessReview, AccessReviewItem
from accounts.permissions import Permission, role_title
from accounts.review_exceptions import ReviewDueInvalid
from accounts.services.access_reviews import decide_access, decisions_of, open_access_review
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from records.commands import Actor
from records.reading import reading, the_one
from records.web import actor_of, command_from


@requires(Permission.ACCOUNTS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def access_reviews(request: HttpRequest) -> HttpResponse:
    """Show the open review of accounts and the past ones; open one, decide of one person.

    Who sees people reads what was decided; the services ask who may begin and decide.
    """
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            _decide(request) if "person" in request.POST else _open(request)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:access_reviews")
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        context = {**_context(actor), "refused": refused, "shown": _shown(request, actor)}
        status = refused.status if refused else 200
        return render(request, "accounts/access_reviews.html", context, status=status)


def _context(actor: Actor) -> dict[str, Any]:
    now = clock.now()
    running = selectors.open_access_review()
    return {
        "running": running,
        "lapsed": bool(running and running.due_at <= now),
        "overdue": selectors.access_review_overdue(at=now),
        "rows": _rows(running, actor) if running else [],
        "past": selectors.closed_access_reviews(),
    }


def _shown(request: HttpRequest, actor: Actor) -> dict[str, Any] | None:
    """Return the past review whose decisions are asked for, or None. Raises NotFound."""
    if "review" not in request.GET:
        return None
    try:
        review = the_one(AccessReview.objects.filter(id=UUID(request.GET["review"])))
    except ValueError as error:
        raise NotFound() from error
    return {"review": review, "rows": _rows(review, actor)}


def _rows(review: AccessReview, actor: Actor) -> list[dict[str, Any]]:
    items = AccessReviewItem.objects.filter(review=review.id)
    return [
        {
            "item": item,
            "roles": ", ".join(map(role_title, item.roles)),
            "own": item.person == actor.person,
            "decisions": [one for one in ReviewDecision if one in may],
        }
        for item, may in ((item, decisions_of(actor, item)) for item in items)
    ]


def _open(request: HttpRequest) -> None:
    day = parse_date(request.POST.get("due", "")) if _is_day(request) else None
    if day is None:
        raise ReviewDueInvalid(field="due")
    due = datetime.combine(day, time(23, 59, 59), tzinfo=timezone.get_current_timezone())
    command = command_from(request, "access_review.open", {"due": due.isoformat()})
    open_access_review(command=command, review=uuid7(), due=due)


def _is_day(request: HttpRequest) -> bool:
    try:
        return parse_date(request.POST.get("due", "")) is not None
    except ValueError:
        return False


def _decide(request: HttpRequest) -> None:
    given = request.POST
    note = given.get("note", "")
    try:
        review, person = UUID(given.get("review", "")), UUID(given.get("person", ""))
        decision = ReviewDecision(given.get("decision", ""))
    except ValueError as error:
        raise NotFound() from error
    payload = {"review": str(review), "person": str(person), "decision": decision.value,
               "note": note}  # fmt: skip
    decide_access(
        command=command_from(request, "access_review.decide", payload), review=review,
        person=person, decision=decision, note=note,
    )  # fmt: skip
