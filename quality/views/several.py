"""Several reviews in one ceremony: what is ready, and why the rest is not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.access import opened_in
from accounts.permissions import Permission
from batches.models import Batch
from mes.lib.access import requires
from mes.lib.evidence import JSON
from mes.lib.refusals import NotFound, Refusal
from mes.ui.text import quantity_text
from quality import services
from quality.enums import ReviewStanding
from quality.exceptions import FlaggedAlone, GatesOpen, NotIndependent
from quality.models import Result
from quality.rules import review_standing
from quality.selectors.record import BatchRecord, records_of
from quality.services import results
from quality.services import review as reviewing
from quality.services.several import MOST, RECORDS, RESULTS, Reviewed
from quality.views.common import BOTH, page_reading, proof_from, refusal_of, status_of
from quality.views.signing import page_of
from records.commands import Actor, Reply
from records.web import actor_of, command_from

MOST_LISTED = 100
Row = TypeVar("Row")
Words = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[Row]):
    """A page over one kind of record: what waits for its person, and how a line reads."""

    kind: Reviewed[Row]
    title: str
    rule: str
    empty: str
    meaning: str
    command: str
    address: str
    review: Callable[..., Reply]
    waiting: Callable[[Actor], list[Row]]
    words: Callable[[Row], Words]


@requires(Permission.QUALITY_REVIEW_RESULT)
@sensitive_post_parameters("password", "pin")
@require_http_methods(BOTH)
def review_results(request: HttpRequest) -> HttpResponse:
    """Review several results with one ceremony: those that were opened and that a rule cleared."""
    listing = Listing(
        kind=RESULTS, title=_("Review several results"), meaning=results.REVIEWED,
        rule=_(
            "One ceremony, and a signature of its own under each. Only what you have opened since "
            "you signed in, as it still is, and what a rule has cleared."
        ),
        empty=_("Open results below; what you have read comes here."),
        command="results.review", address="quality:review_results",
        review=services.review_results, waiting=_waiting_results, words=_result_words,
    )  # fmt: skip
    return _page(request, listing)


@requires(Permission.QUALITY_REVIEW)
@sensitive_post_parameters("password", "pin")
@require_http_methods(BOTH)
def review_records(request: HttpRequest) -> HttpResponse:
    """Sign the reviews of several batch records that were opened, every exception judged."""
    listing = Listing(
        kind=RECORDS, title=_("Sign several reviews"), meaning=reviewing.REVIEWED,
        rule=_(
            "One ceremony, and a signature of its own under each. Only records that you have "
            "opened since you signed in, as they still are, with every exception judged."
        ),
        empty=_("Open records below; what you have reviewed comes here."),
        command="batches.review", address="quality:review_records",
        review=services.review_records, waiting=_waiting_records, words=_record_words,
    )  # fmt: skip
    return _page(request, listing)


def _page(request: HttpRequest, listing: Listing[Row]) -> HttpResponse:
    refused: Refusal | None = None
    if request.method == "POST":
        refused = refusal_of(lambda: _sign(request, listing))
        if refused is None:
            return redirect(listing.address)
    with page_reading(request):
        lines = _lines(request, listing)
        context = {
            "listing": listing,
            "ready": [line for line in lines if line["ready"]],
            "others": [line for line in lines if not line["ready"]],
            "refused": refused,
            "by_badge": request.GET.get("by") == "badge" or bool(request.POST.get("badge")),
            "proof": {"badge": request.POST.get("badge", "")},
        }
        return render(
            request, "quality/several.html", context, status=status_of(None, refused)
        )  # fmt: skip


def _lines(request: HttpRequest, listing: Listing[Row]) -> list[Words]:
    """Return a line for each record that waits; ticked as the form was, at first all that may."""
    kind, actor = listing.kind, actor_of(request)
    opened, posted = opened_in(request, kind.key), set(request.POST.getlist(kind.key))
    lines: list[Words] = []
    for row in listing.waiting(actor):
        seen = opened.get(kind.id_of(row))
        content = kind.content_of(row) if seen else ""
        alone = kind.excluded(row, actor.person or UUID(int=0), name=actor.name)
        value = f"{kind.id_of(row)}:{content}"
        ready = bool(seen) and seen == content and alone is None
        ticked = value in posted if posted else sum(line["ready"] for line in lines) < MOST
        lines.append(
            {**listing.words(row), "name": kind.name_of(row), "value": value, "content": content,
             "ready": ready, "ticked": ready and ticked, "why": _why(alone, seen),
             "theirs": isinstance(alone, NotIndependent)}
        )  # fmt: skip
    return lines


def _why(alone: Refusal | None, seen: str | None) -> str:
    """Say what keeps a record out: first what the review of it alone would say, too."""
    if isinstance(alone, GatesOpen):
        return str(alone.params["gates"])
    if isinstance(alone, NotIndependent):
        return _("you worked on this batch: another person reviews it")
    if isinstance(alone, FlaggedAlone):
        return _("no rule has cleared it: on its own sheet")
    if alone is not None:
        return str(alone)
    return _("changed since you opened it") if seen else _("to be opened")


def _sign(request: HttpRequest, listing: Listing[Row]) -> None:
    kind = listing.kind
    shown = _ticked(request.POST.getlist(kind.key))
    opened = opened_in(request, kind.key)
    proof = proof_from(request, actor_of(request))
    payload: dict[str, JSON] = {"shown": {str(one): content for one, content in shown.items()}}
    command = command_from(request, listing.command, payload)
    listing.review(command=command, shown=shown, opened=opened, proof=proof)


def _ticked(given: list[str]) -> dict[UUID, str]:
    pairs = (text.partition(":") for text in given)
    try:
        return {UUID(record): content for record, _colon, content in pairs}
    except ValueError as error:
        raise NotFound() from error


# --- results --------------------------------------------------------------------------------------


def _waiting_results(actor: Actor) -> list[Result]:
    rows = Result.objects.to_review().exclude(entered_by=actor.person or UUID(int=0))
    return list(rows.select_related("sample").order_by("entered_at", "id")[:MOST_LISTED])


def _result_words(row: Result) -> Words:
    by = _("entered by %(name)s") % {"name": row.entered_by_name}
    return {
        "what": quantity_text(row.value, row.unit or ""),
        "text": f"{row.sample.batch_number} · {by}",
        "url": reverse("quality:review_result", kwargs={"result": row.id}) + "?from=several",
    }


# --- batch records --------------------------------------------------------------------------------


def _waiting_records(actor: Actor) -> list[BatchRecord]:
    """Return the records that lack a review, whoever may give it; the oldest first."""
    rows = Batch.objects.for_review().order_by("completed_at", "id")[:MOST_LISTED]
    records = records_of(list(rows))
    return [one for one in records if review_standing(one) != ReviewStanding.VALID]


def _record_words(record: BatchRecord) -> Words:
    batch = record.batch
    return {
        "mark": batch.mark,
        "coi": batch.coi,
        "text": f"{batch.recipe} {batch.recipe_label} · {_reviewed_words(record)}",
        "url": page_of(batch.id),
    }


def _reviewed_words(record: BatchRecord) -> str:
    """Say what the record holds that a reviewer has looked at."""
    steps, exceptions = len(record.steps), len(record.exceptions)
    deviations, concessions = len(record.deviations), len(record.concessions)
    counted = [
        (steps, ngettext("%(n)s step", "%(n)s steps", steps)),
        (
            exceptions,
            ngettext("%(n)s exception judged", "%(n)s exceptions judged", exceptions),
        ),
        (deviations, ngettext("%(n)s deviation", "%(n)s deviations", deviations)),
        (concessions, ngettext("%(n)s concession", "%(n)s concessions", concessions)),
    ]
    said = [words % {"n": n} for n, words in counted if n]
    return ", ".join(said if exceptions else [*said, _("nothing was out of order")])
