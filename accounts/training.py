"""Reads of qualifications: who holds what, what is asked, what a failed one touches.

As ``accounts.selectors``, these run behind the walls by site.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F, Func, IntegerField, Q, Value

from accounts.entries import QualificationFailed, QualificationGranted
from accounts.enums import QualificationStatus, SubjectKind
from accounts.models import AskedSubject, ProcedureVersion, Qualification, RoleAssignment
from accounts.selectors import person_of
from accounts.subjects import Held
from records.models import Entry


def held_of(person: UUID, *, at: datetime) -> list[Held]:
    """Return what a person is qualified for at ``at``, in one query."""
    rows = Qualification.objects.filter(
        person=person, valid_until__gt=at, status=QualificationStatus.VALID
    )
    return [Held(*row) for row in rows.values_list("subject_kind", "key", "version")]


def procedure_of(version: UUID) -> ProcedureVersion | None:
    """Return a version of a procedure by its own stream; None for one that was never said."""
    return ProcedureVersion.objects.filter(id=version).first()


def effective_procedure(key: str) -> ProcedureVersion | None:
    """Return the newest version of a procedure that is worked by at the present site."""
    return ProcedureVersion.objects.filter(key=key).order_by("-number").first()


def effective_procedures() -> dict[str, ProcedureVersion]:
    """Return the newest version of each procedure at the present site, by key."""
    return {row.key: row for row in ProcedureVersion.objects.order_by("number")}


def outdated(key: str, *, before: int, site: UUID | None) -> list[Qualification]:
    """Return what people of a site hold for a version of a procedure before ``before``."""
    people = RoleAssignment.objects.filter(site=site, revoked_at__isnull=True).values("person")
    rows = Qualification.objects.filter(
        subject_kind=SubjectKind.PROCEDURE, key=key, status=QualificationStatus.VALID,
        person__in=people, person__active=True,
    )  # fmt: skip
    return list(rows.exclude(version__gte=before).order_by("id"))


def asked_subjects() -> list[AskedSubject]:
    """Return what the present site asks, and asked once, by class of room or of equipment."""
    return list(AskedSubject.objects.order_by("subject_kind", "key"))


def qualifications_held(people: Iterable[UUID]) -> list[Qualification]:
    """Return every qualification of these people but the withdrawn ones, by kind and key."""
    rows = Qualification.objects.filter(person__in=list(people)).select_related("person")
    kept = rows.exclude(status=QualificationStatus.WITHDRAWN)
    return list(kept.order_by("subject_kind", "key", "person__printed_name", "id"))


def last_good_of(person: UUID, qualification: UUID) -> datetime:
    """Return when the qualification was granted last: the last good assessment.

    Where this site cannot see the grant (made at another one), since the person joined.
    """
    rows = Entry.objects.filter(stream=person, kind=QualificationGranted.kind).order_by("-seq")
    wanted = str(qualification)
    said = (r.at for r in rows if r.envelope["payload"]["qualification"] == wanted)
    return next(said, None) or person_of(person).joined_at


def streams_touched(person: UUID, *, site: UUID | None, since: datetime) -> list[UUID]:
    """Return the streams of a site whose entries since then are the person's work, but their own.

    Theirs is what they appended, and what names them: work that another recorded for them. A
    review of accounts and an alarm of sign-in name people who did nothing there.
    """
    rows = Entry.objects.filter(site=site, at__gte=since).exclude(stream=person)
    named = Position(Value(str(person).encode()), F("body"))
    idle = Q(kind__startswith="access_review.") | Q(kind__startswith="sign_in.")
    made = rows.annotate(named=named).filter(Q(actor=person) | Q(named__gt=0) & ~idle)
    return list(made.order_by("stream").values_list("stream", flat=True).distinct())


class Position(Func):
    """Where one row of bytes stands in another, from 1; 0 if it does not."""

    function = "position"
    template = "%(function)s(%(expressions)s)"
    arg_joiner = " in "
    output_field = IntegerField()


def failures_of(people: Iterable[UUID], *, most: int) -> list[Entry]:
    """Return the last failed assessments of these people, newest first."""
    rows = Entry.objects.filter(stream__in=list(people), kind=QualificationFailed.kind)
    return list(rows.order_by("-at")[:most])
