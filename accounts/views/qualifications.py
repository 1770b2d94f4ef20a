"""Who is qualified for what: the trainer's matrix; grant, renew, fail, withdraw, ask."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import selectors, training
from accounts.enums import QualificationStatus, SubjectKind
from accounts.forms import AskSubject, EndQualification, Qualify
from accounts.models import Person, ProcedureVersion, Qualification
from accounts.permissions import Permission
from accounts.services.qualifications import (
    WARNED,
    ask_subject,
    fail_qualification,
    grant_qualification,
    withdraw_qualification,
)
from mes.lib import clock
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from records.models import Entry
from records.reading import reading
from records.web import actor_of, command_from

MOST_FAILURES = 20
ENDINGS = {"fail": fail_qualification, "withdraw": withdraw_qualification}


class Cell(NamedTuple):
    """How a person stands in a subject: shape and word, never colour alone."""

    sign: str
    word: str
    until: datetime
    version: int | None = None


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
    if "ask" in request.POST:
        _ask(request)
        return
    end, said = ENDINGS.get(request.POST.get("end", "")), EndQualification(request.POST)
    if end is None or not said.is_valid():
        raise NotFound()
    held, person = said.cleaned_data["held"], said.cleaned_data["person"]
    reason = said.cleaned_data["reason"]
    payload = {"qualification": str(held), "person": str(person), "reason": reason}
    command = command_from(request, f"qualification.{request.POST['end']}", payload)
    end(command=command, person=person, qualification=held, reason=reason)


def _ask(request: HttpRequest) -> None:
    said = AskSubject(request.POST)
    if not said.is_valid():
        raise NotFound()
    found = said.cleaned_data
    values = {
        "subject_kind": found["subject_kind"],
        "key": found["class_code"],
        "asked": request.POST["ask"] == "yes",
        "reason": found["reason"],
    }
    command = command_from(request, "qualification.ask", values)
    ask_subject(command=command, **values)


def _grant(request: HttpRequest, values: dict[str, Any]) -> None:
    zone = ZoneInfo(actor_of(request).zone)
    midnight = datetime.combine(values["valid_until"] + timedelta(days=1), time(), tzinfo=zone)
    said = {
        "person": values["person"],
        "subject_kind": values["subject_kind"],
        "key": values["subject"],
        "label": values["subject"],
        "valid_until": midnight.astimezone(UTC),
        "version": values["version"],
    }
    payload = {name: str(value) for name, value in said.items()}
    command = command_from(request, "qualification.grant", payload)
    grant_qualification(command=command, **said)


def _page(site: UUID | None, *, now: datetime) -> dict[str, Any]:
    people = [row.person for row in selectors.people_of(site)] if site else []
    ids = [person.id for person in people]
    held = training.qualifications_held(ids)
    failures = training.failures_of(ids, most=MOST_FAILURES)
    effective = training.effective_procedures()
    cells = {row.id: _cell(row, effective, now=now) for row in held}
    labels = {person.id: person.printed_name for person in people}
    return {
        "subjects": _subjects(held),
        "rows": _rows(people, held, cells),
        "held": held,
        "due": [row for row in held if cells[row.id].sign == "clock"],
        "outdated": [
            {"held": row, "effective": effective[row.key]}
            for row in held
            if cells[row.id].sign == "warning"
        ],
        "asked": [row for row in training.asked_subjects() if row.asked],
        "ask_form": AskSubject(),
        "failures": [_failure(entry, labels) for entry in failures],
    }


def _subjects(held: list[Qualification]) -> list[dict[str, str]]:
    seen = dict.fromkeys((row.subject_kind, row.key) for row in held)
    titles = dict(SubjectKind.choices)
    return [{"kind": str(titles.get(kind, kind)), "key": key} for kind, key in seen]


def _rows(
    people: list[Person], held: list[Qualification], cells: dict[UUID, Cell]
) -> list[dict[str, Any]]:
    subjects = list(dict.fromkeys((row.subject_kind, row.key) for row in held))
    placed = {(row.person_id, row.subject_kind, row.key): cells[row.id] for row in held}
    return [
        {"person": person, "cells": [placed.get((person.id, *subject)) for subject in subjects]}
        for person in people
    ]


def _cell(row: Qualification, effective: dict[str, ProcedureVersion], *, now: datetime) -> Cell:
    sign, word = _standing(row, effective, now=now)
    return Cell(sign, word, row.valid_until, row.version)


def _standing(
    row: Qualification, effective: dict[str, ProcedureVersion], *, now: datetime
) -> tuple[str, str]:
    if row.status == QualificationStatus.SUSPENDED:
        return "stop", _("suspended")
    if row.valid_until <= now:
        return "cross", _("expired")
    if _is_outdated(row, effective.get(row.key)):
        return "warning", _("older version")
    if row.valid_until <= now + WARNED:
        return "clock", _("due")
    return "tick", _("valid")


def _is_outdated(row: Qualification, effective: ProcedureVersion | None) -> bool:
    if effective is None or row.subject_kind != SubjectKind.PROCEDURE:
        return False
    return (row.version or 0) < effective.counts_from


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
