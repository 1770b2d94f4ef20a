"""Who is qualified for what: the trainer's matrix; grant, renew, fail, withdraw."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import selectors
from accounts.enums import QualificationStatus, SubjectKind
from accounts.forms import EndQualification, Qualify
from accounts.models import Person, Qualification
from accounts.permissions import Permission
from accounts.services.people import grant_qualification
from accounts.services.qualifications import fail_qualification, withdraw_qualification
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from records.models import Entry
from records.reading import reading
from records.web import actor_of, command_from

WARNED = timedelta(days=30)
MOST_FAILURES = 20
ENDINGS = {"fail": fail_qualification, "withdraw": withdraw_qualification}


class Cell(NamedTuple):
    """How a person stands in a subject: shape and word, never colour alone."""

    sign: str
    word: str
    until: datetime


@requires(Permission.ACCOUNTS_READ)
@require_http_methods(["GET", "HEAD", "POST"])
def qualifications(request: HttpRequest) -> HttpResponse:
    """Show the matrix of people and subjects; a trainer grants, renews, fails and withdraws."""
    refused: Refusal | None = None
    form = Qualify(request.POST if "grant" in request.POST else None, people=_choices(request))
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            _change(request, form)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:qualifications")
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        context = _page(actor.site, now=clock.now()) | {"form": form, "refused": refused}
        wrong = 400 if form.is_bound and not form.is_valid() else 200
        status = refused.status if refused else wrong
        return render(request, "accounts/qualifications.html", context, status=status)


def _choices(request: HttpRequest) -> list[tuple[str, str]]:
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        found = selectors.people_of(actor.site) if actor.site else []
    return [(str(row.person.id), row.person.printed_name) for row in found]


def _change(request: HttpRequest, form: Qualify) -> None:
    if form.is_bound:
        _grant(request, form.cleaned_data)
        return
    end, said = ENDINGS.get(request.POST.get("end", "")), EndQualification(request.POST)
    if end is None or not said.is_valid():
        raise NotFound()
    held, person = said.cleaned_data["held"], said.cleaned_data["person"]
    reason = said.cleaned_data["reason"]
    payload = {"qualification": str(held), "person": str(person), "reason": reason}
    command = command_from(request, f"qualification.{request.POST['end']}", payload)
    end(command=command, person=person, qualification=held, reason=reason)


def _grant(request: HttpRequest, values: dict[str, Any]) -> None:
    zone = ZoneInfo(actor_of(request).zone)
    midnight = datetime.combine(values["valid_until"] + timedelta(days=1), time(), tzinfo=zone)
    said = {
        "person": values["person"],
        "subject_kind": values["subject_kind"],
        "key": values["subject"],
        "label": values["subject"],
        "valid_until": midnight.astimezone(UTC),
    }
    payload = {name: str(value) for name, value in said.items()}
    command = command_from(request, "qualification.grant", payload)
    grant_qualification(command=command, **said)


def _page(site: UUID | None, *, now: datetime) -> dict[str, Any]:
    people = [row.person for row in selectors.people_of(site)] if site else []
    ids = [person.id for person in people]
    held = selectors.qualifications_held(ids)
    failures = selectors.failures_of(ids, most=MOST_FAILURES)
    labels = {person.id: person.printed_name for person in people}
    return {
        "subjects": _subjects(held),
        "rows": _rows(people, held, now=now),
        "held": held,
        "due": [row for row in held if _cell(row, now=now).sign == "clock"],
        "failures": [_failure(entry, labels) for entry in failures],
    }


def _subjects(held: list[Qualification]) -> list[dict[str, str]]:
    seen = dict.fromkeys((row.subject_kind, row.key) for row in held)
    titles = dict(SubjectKind.choices)
    return [{"kind": str(titles.get(kind, kind)), "key": key} for kind, key in seen]


def _rows(
    people: list[Person], held: list[Qualification], *, now: datetime
) -> list[dict[str, Any]]:
    subjects = list(dict.fromkeys((row.subject_kind, row.key) for row in held))
    cells = {(row.person_id, row.subject_kind, row.key): _cell(row, now=now) for row in held}
    return [
        {"person": person, "cells": [cells.get((person.id, *subject)) for subject in subjects]}
        for person in people
    ]


def _cell(row: Qualification, *, now: datetime) -> Cell:
    if row.status == QualificationStatus.SUSPENDED:
        return Cell("stop", _("suspended"), row.valid_until)
    if row.valid_until <= now:
        return Cell("cross", _("expired"), row.valid_until)
    if row.valid_until <= now + WARNED:
        return Cell("clock", _("due"), row.valid_until)
    return Cell("tick", _("valid"), row.valid_until)


def _failure(entry: Entry, labels: dict[UUID, str]) -> dict[str, Any]:
    said = entry.envelope["payload"]
    return {
        "person": labels[entry.stream],
        "label": said["label"],
        "reason": said["reason"],
        "at": entry.at,
        "since": datetime.fromisoformat(said["since"]),
        "streams": said["streams"],
    }
