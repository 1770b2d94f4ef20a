"""Who is qualified for what: the trainer's matrix; grant, renew, fail, withdraw, ask."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone
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
from records.models import Entry, Stream
from records.reading import reading
from records.things import Named, named
from records.web import actor_of, command_from

MOST_FAILURES = 20
# As many records as a person looks through; the trail has all.
MOST_NAMED = 12
ENDINGS = {"fail": fail_qualification, "withdraw": withdraw_qualification}


class Cell(NamedTuple):
    """How a person stands in a subject: shape and word, never colour alone."""

    sign: str
    word: str
    until: datetime
    version: int | None = None

    @property
    def said(self) -> str:
        """All that the sign stands for."""
        day = formats.date_format(timezone.localtime(self.until), "j M Y")
        said = _("%(word)s, until %(day)s") % {"word": self.word, "day": day}
        return f"{said}, v{self.version}" if self.version else said


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
        page = _page(actor.site, now=clock.now(), chosen=request.GET.get("person", ""))
        context = page | {"form": form, "refused": refused}
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


def _page(site: UUID | None, *, now: datetime, chosen: str) -> dict[str, Any]:
    people = [row.person for row in selectors.people_of(site)] if site else []
    ids = [person.id for person in people]
    held = training.qualifications_held(ids)
    failures = training.failures_of(ids, most=MOST_FAILURES)
    effective = training.effective_procedures()
    cells = {row.id: _cell(row, effective, now=now) for row in held}
    labels = {person.id: person.printed_name for person in people}
    holders = {row.person_id for row in held}
    return {
        "subjects": _subjects(held),
        "kinds": _kinds(held),
        "rows": _rows([person for person in people if person.id in holders], held, cells),
        "without": [person.printed_name for person in people if person.id not in holders],
        "chosen": _chosen(people, held, cells, chosen),
        "due": [row for row in held if cells[row.id].sign == "clock"],
        "outdated": [
            {"held": row, "effective": effective[row.key]}
            for row in held
            if cells[row.id].sign == "warning"
        ],
        "asked": [row for row in training.asked_subjects() if row.asked],
        "ask_form": AskSubject(),
        "failures": _failures(failures, labels),
    }


def _chosen(
    people: list[Person], held: list[Qualification], cells: dict[UUID, Cell], chosen: str
) -> dict[str, Any] | None:
    """Return one person's qualifications, each with how it stands."""
    person = next((one for one in people if str(one.id) == chosen), None)
    if person is None:
        return None
    own = [{"row": row, "cell": cells[row.id]} for row in held if row.person_id == person.id]
    return {"person": person, "held": own}


def _kinds(held: list[Qualification]) -> list[dict[str, Any]]:
    """Return the kinds of subject, and over how many columns each stands."""
    titles = dict(SubjectKind.choices)
    subjects = dict.fromkeys((row.subject_kind, row.key) for row in held)
    counts = Counter(kind for kind, _key in subjects)
    return [{"title": str(titles.get(kind, kind)), "span": n} for kind, n in counts.items()]


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


def _failures(entries: list[Entry], labels: dict[UUID, str]) -> list[dict[str, Any]]:
    """Return the failed assessments; the records that were touched have their names."""
    touched = {UUID(one) for entry in entries for one in _touched(entry)[:MOST_NAMED]}
    names = named(Stream.objects.filter(id__in=touched).values_list("id", "kind"))
    return [_failure(entry, labels, names) for entry in entries]


def _touched(entry: Entry) -> list[str]:
    return list(entry.envelope["payload"]["streams"])


def _failure(entry: Entry, labels: dict[UUID, str], names: dict[UUID, Named]) -> dict[str, Any]:
    said, streams = entry.envelope["payload"], _touched(entry)
    shown = [UUID(one) for one in streams[:MOST_NAMED]]
    return {
        "person": labels[entry.stream],
        "label": said["label"],
        "reason": said["reason"],
        "at": entry.at,
        "since": datetime.fromisoformat(said["since"]),
        "streams": streams,
        "named": [{"id": one, "name": names.get(one, one)} for one in shown],
        "more": len(streams) - len(shown),
    }
