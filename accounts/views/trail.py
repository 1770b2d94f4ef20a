"""Reviewing a part of the audit trail, and taking one along."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import access_of
from accounts.models import Person
from accounts.permissions import Permission
from accounts.services import trail as services
from accounts.services.at_desk import prove_at_desk
from accounts.services.trail import LONGEST, REVIEWED
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.evidence import content_hash
from mes.lib.refusals import NotFound, Refusal
from mes.lib.wall import EARLIEST, LATEST
from records import exports, selectors
from records.entries import AttemptRefused
from records.forms import TrailFilter
from records.reading import reading
from records.retention import clock_of
from records.reviews import EVALUATION, PERIOD, SETTLED, Asked, Part, of_site, part_of
from records.things import words_of
from records.web import actor_of, command_from

PAGE = "accounts/trail_review.html"


class Period(forms.Form):
    """Which part is reviewed: of one thing up to an entry, or a period in instants or days.

    Of a period all things, or the sources of the periodic evaluation.
    """

    stream = forms.UUIDField(required=False, widget=forms.HiddenInput)
    upto = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    since = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    until = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    evaluation = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def asked(self, *, now: datetime) -> Asked:
        """Return the part; of a period what is not said goes from the last review to now."""
        if not self.is_valid():
            raise NotFound()
        given = self.cleaned_data
        if given["stream"]:
            return Asked(about=given["stream"], upto=given["upto"] or 0)
        standing = of_site(now=now, label=EVALUATION if given["evaluation"] else PERIOD)
        return Asked(
            since=_instant(given["since"]) or standing.reviewed or standing.began,
            until=_instant(given["until"]) or now - 2 * SETTLED, evaluation=given["evaluation"],
        )  # fmt: skip


class Comment(forms.Form):
    """What the reviewer says of it."""

    comment = forms.CharField(
        label=gettext_lazy("What was looked at and found"), max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


def _instant(text: str) -> datetime | None:
    """Return an instant as written, or the midnight of a day at the site; None for neither."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not EARLIEST <= at.date() <= LATEST:
        return None
    return at if at.tzinfo else timezone.make_aware(at)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is reviewed, in words, and the hash that its signature is under."""

    part: Part
    content: str
    kinds: list[tuple[str, int]]
    refused: int
    back: str

    @classmethod
    def of(cls, part: Part) -> "Sheet":
        """Return the sheet of a part."""
        counts = Counter(entry.kind for entry in part.covered)
        kinds = sorted(((words_of(kind), n) for kind, n in counts.items()), key=lambda k: -k[1])
        shown = content_hash(part.content(""))
        refused = counts[AttemptRefused.kind]
        return cls(part, shown, kinds, refused, _back(part) + _filter(part))


def _back(of: Part | Asked) -> str:
    """Return where a part is read: the thing's trail, that of all things, or the evaluation."""
    if of.about:
        return reverse("records:stream", args=[of.about])
    return reverse("records:evaluation" if of.evaluation else "records:index")


def _filter(part: Part) -> str:
    """Return the filter of the trail that shows a period; nothing for a thing."""
    if part.since is None or part.until is None:
        return ""
    asked: dict[str, str] = {}
    for name, at in (("since", part.since), ("until", part.until)):
        local = timezone.localtime(at)
        asked |= {name: f"{local:%Y-%m-%d}", f"{name}_time": f"{local:%H:%M}"}
    return f"?{urlencode(asked)}"


@requires(Permission.RECORDS_REVIEW)
@sensitive_post_parameters("password", "pin")
@require_http_methods(["GET", "HEAD", "POST"])
def trail_review(request: HttpRequest) -> HttpResponse:
    """Show a part of the trail for review; sign that it was reviewed."""
    given = request.POST if request.method == "POST" else request.GET
    form, comment = Period(given), Comment(request.POST or None)
    if request.method != "POST":
        return _page(request, form, comment, None)
    try:
        back = _sign(request, form, request.POST.get("comment", ""))
    except Refusal as refusal:
        actor = actor_of(request)
        with reading(site=actor.site, person=actor.person):
            return _page(request, form, comment, refusal)
    return redirect(back)


def _sign(request: HttpRequest, form: Period, comment: str) -> str:
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        asked = form.asked(now=clock.now())
    said = {name: str(value or "") for name, value in form.cleaned_data.items()}
    command = command_from(request, "trail.review", {**said, "comment": comment})
    proof = prove_at_desk(request.POST.dict(), actor=actor, within=access_of(request))
    services.review_trail(
        command=command, asked=asked, comment=comment, proof=proof,
        shown=request.POST.get("content_hash", ""),
    )  # fmt: skip
    return _back(asked)


def _page(
    request: HttpRequest, form: Period, comment: Comment, refused: Refusal | None
) -> HttpResponse:
    access = access_of(request)
    assert access is not None  # noqa: S101 - the middleware lets nobody else in
    now, person = clock.now(), access.person
    asked = form.asked(now=now)
    sheet, problem = _sheet(asked, person, now)
    refused = refused or problem
    context = {
        "sheet": sheet, "asked": asked, "refused": refused, "form": comment, "meaning": REVIEWED,
        "username": person.username, "proof": {"autofocus": True},
        "by_badge": request.GET.get("by") == "badge" or bool(request.POST.get("badge")),
    }  # fmt: skip
    return render(request, PAGE, context, status=refused.status if refused else 200)


@requires(Permission.RECORDS_REVIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_record(request: HttpRequest, stream: UUID) -> HttpResponse:
    """Ask for the deletion of a record: refused with the reason, and the attempt is kept."""
    refused: Refusal | None = None
    reason = request.POST.get("reason", "")[:LONGEST]
    if request.method == "POST":
        said = {"stream": str(stream), "reason": reason}
        try:
            command = command_from(request, "record.delete", said)
            services.delete_record(command=command, stream=stream, reason=reason)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        chain = selectors.chain(stream)
        context = {"chain": chain, "clock": clock_of(chain.stream), "refused": refused}
        status = refused.status if refused else 200
        return render(request, "records/delete.html", context, status=status)


def _sheet(asked: Asked, person: Person, now: datetime) -> tuple[Sheet | None, Refusal | None]:
    """Return what is signed, or why this person cannot review it. Raises NotFound."""
    try:
        part = part_of(asked, reviewer=person.id, name=person.printed_name, now=now)
    except NotFound:
        raise
    except Refusal as refusal:
        return None, refusal
    return Sheet.of(part), None


NOT_KEPT = "*"
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@requires(Permission.RECORDS_READ)
@require_POST
def trail_export(request: HttpRequest) -> HttpResponse:
    """Take the filtered trail along: the button names the form. That it was taken is an entry.

    Raises TrailTooLong, FilterUnreadable, TrailTooWide, NotFound for another form, KeyReused when
    the trail has grown since the button was first pressed.
    """
    form = request.POST.get("form", "")
    if form not in TYPES:
        raise NotFound()
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        asked = TrailFilter(request.POST)
        entries = exports.chosen(asked.wanted().entries())
        content = exports.as_bytes(entries, form=form)
    said = {
        name: str(value) for name, value in request.POST.items() if name in asked.fields and value
    }
    if "why" in said:  # words that somebody looks for may be a patient's name
        said["why"] = NOT_KEPT
    digest = sha256(content).hexdigest()
    # With its hash in the command, a key that is sent again hands over what was noted or nothing.
    command = command_from(request, "trail.export", {"form": form, "sha256": digest, **said})
    services.note_export(
        command=command, form=form, asked=said, entries=len(entries), sha256=digest
    )
    response = HttpResponse(content, content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="audit-trail.{form}"'
    return response
