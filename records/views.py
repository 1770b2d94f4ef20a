"""The audit trail as people read it. Everything shown comes out of the hashed bytes."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mes.lib import clock
from mes.lib.access import requires
from mes.lib.refusals import Refusal
from records import before_after, letters, reviews, selectors, software, trail
from records import evaluation as evaluating
from records import retention as keeping
from records import self_check as checking
from records.forms import CheckedPeriod, TrailFilter
from records.models import Entry
from records.trail import Mark, Page, Wanted
from records.web import actor_of

PLACES = ("before", "after")


@requires("records.read")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The trail over all things of the site, newest first; filtered by who, what, when, why."""
    form = TrailFilter(request.GET)
    page, refused = Page([], None, None), None
    if form.is_valid():
        try:
            page = _page(request, form.wanted())
        except Refusal as refusal:
            refused = refusal
    standing = reviews.of_site(now=clock.now())
    context = {"form": form, "refused": refused, "standing": standing, **_shown(request, page)}
    status = refused.status if refused else 200 if form.is_valid() else 400
    return render(request, "records/index.html", context, status=status)


def _page(request: HttpRequest, wanted: Wanted) -> Page:
    before, after = (Mark.read(request.GET.get(place, "")) for place in PLACES)
    return trail.page(wanted.entries(), before=before, after=after)


def _shown(request: HttpRequest, page: Page) -> dict[str, Any]:
    """Return lines, and the addresses that keep the filter and go on from here."""
    kept = {name: value for name, value in request.GET.items() if value and name not in PLACES}
    query = urlencode(kept)
    return {
        "lines": selectors.lines(page.entries),
        "query": query,
        "asked": kept,
        "newer": _onward(kept, after=page.newer),
        "older": _onward(kept, before=page.older),
    }


def _onward(kept: dict[str, Any], **place: Mark | None) -> str:
    marks = {name: str(mark) for name, mark in place.items() if mark}
    return f"?{urlencode(kept | marks)}" if marks else ""


@requires("records.read")
@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """Classes of records: how long each is kept and why, and what is due."""
    return render(request, "records/retention.html", {"classes": keeping.shown(now=clock.now())})


@requires("records.read")
@require_safe
def self_check(request: HttpRequest) -> HttpResponse:
    """Which things of a period lack an element of ALCOA+."""
    form = CheckedPeriod.asked(request.GET.dict(), now=clock.now())
    found, status = _of_period(form, lambda *span: {"report": checking.of_period(*span)})
    return render(request, "records/self_check.html", {"form": form, **found}, status=status)


def _of_period(
    form: CheckedPeriod, read: Callable[[datetime, datetime], dict[str, Any]]
) -> tuple[dict[str, Any], int]:
    """Return what a period shows, and the status; a form that cannot be read says so itself."""
    if not form.is_valid():
        return {}, 400
    try:
        return read(*form.span()), 200
    except Refusal as refusal:
        return {"refused": refusal}, refusal.status


@requires("records.read")
@require_safe
def self_check_of(request: HttpRequest, stream: UUID) -> HttpResponse:
    """Whether one thing lacks an element of ALCOA+, and which entry does."""
    chain = selectors.chain(stream)
    context = {"report": checking.of_thing(stream), "chain": chain}
    return render(request, "records/self_check.html", context)


@requires("records.read")
@require_safe
def evaluation(request: HttpRequest) -> HttpResponse:
    """The periodic evaluation: every source of a period, and when it is due to be reviewed."""
    now = clock.now()
    standing = reviews.of_site(now=now, label=reviews.EVALUATION)
    begin = standing.reviewed or standing.began
    form = CheckedPeriod.asked(request.GET.dict(), now=now, since=begin)
    found, status = _of_period(form, _evaluated)
    context = {
        "form": form, "standing": standing, "software": software.code_hash(),
        "waiting": letters.dead_letters(actor_of(request).site).count(), **found,
    }  # fmt: skip
    return render(request, "records/evaluation.html", context, status=status)


def _evaluated(since: datetime, until: datetime) -> dict[str, Any]:
    found = evaluating.sections(since, until)
    return {"sections": found, "facts": evaluating.facts_of(since, until)}


@requires("records.read")
@require_safe
def stream(request: HttpRequest, stream: UUID) -> HttpResponse:
    """One thing's chain, checked while it is shown; its entries page by page, newest first."""
    chain = selectors.chain(stream)
    page = _page(request, Wanted(streams=(stream,)))
    context = {
        "chain": chain,
        "reviewed": reviews.of_stream(stream, seq=chain.stream.seq),
        "clock": keeping.clock_of(chain.stream),
        "changed": _before_after(request, stream, page.entries),
        **_shown(request, page),
    }
    return render(request, "records/stream.html", context)


@requires("records.read")
@require_safe
def reviewed(request: HttpRequest, stream: UUID) -> HttpResponse:
    """How far a thing's trail was reviewed: what the thing's own page shows of it."""
    head = selectors.head_of(stream)
    found = reviews.of_stream(stream, seq=head.seq)
    context = {"reviewed": found, "stream": stream, "seq": head.seq}
    return render(request, "records/reviewed.html", context)


@requires("records.read")
@require_safe
def changed(request: HttpRequest, stream: UUID, seq: int) -> HttpResponse:
    """Before and after of one entry: what a line of the trail opens."""
    found = selectors.entry_of(stream, seq)
    context = {"shown": _before_after(request, stream, [found])[seq]}
    return render(request, "records/changes.html", context)


def _before_after(
    request: HttpRequest, stream: UUID, entries: Sequence[Entry]
) -> dict[int, before_after.Shown]:
    actor = actor_of(request)
    return before_after.of_entries(entries, stream=stream, site=actor.site, person=actor.person)


@requires("records.read")
@require_safe
def entry(request: HttpRequest, stream: UUID, seq: int) -> HttpResponse:
    """One entry with its whole envelope, as it was hashed."""
    found = selectors.entry_of(stream, seq)
    [line] = selectors.lines([found])
    context = {
        "line": line,
        "shown": _before_after(request, stream, [found])[seq],
        "envelope": json.dumps(found.envelope, indent=2, ensure_ascii=False),
    }
    return render(request, "records/entry.html", context)
