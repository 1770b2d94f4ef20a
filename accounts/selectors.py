"""Reads about people, roles, devices and sites.

All run behind the walls by site: the caller has opened ``reading`` or an act.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.enums import QualificationStatus, SecondPerson
from accounts.models import (
    AccessReview,
    Alarm,
    Credential,
    Device,
    IdleTime,
    Obligation,
    Person,
    Qualification,
    RoleApproval,
    RoleAssignment,
    SecondPersonRule,
    SignInLink,
    Site,
)
from accounts.models.person import alike, bare
from accounts.permissions import (
    ON_A_LOCKED_TABLET,
    ROLES,
    Permission,
    permissions_of,
    roles_granting,
)
from accounts.validators import paper_numbers
from records.commands import Actor
from records.reading import the_one

BOTH_COMPONENTS: Final = (
    {"badge", "pin"}, {"username", "password"}, {"passkey", "user verification"},
)  # fmt: skip
SECOND_FACTORS: Final = frozenset({"passkey", "code", "recovery code"})


@dataclass(frozen=True, slots=True)
class Signer:
    """What a signature asks of a person: roles at the site, and the policy acknowledged."""

    roles: tuple[str, ...] = ()
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Access:
    """Who is signed in, where, on what, and with which roles."""

    person: Person
    site: Site
    device: Device | None
    roles: tuple[str, ...]
    period: UUID
    locked: bool = False
    owes: int = 0
    factors: tuple[str, ...] = ()

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the person may do at the site; what is read of a locked tablet is an operator's."""
        held = permissions_of(list(self.roles))
        return held & ON_A_LOCKED_TABLET if self.locked else held

    @property
    def opened_by_both(self) -> bool:
        """Whether both components of a signature opened the period (21 CFR 11.200(a)(1))."""
        return any(pair <= set(self.factors) for pair in BOTH_COMPONENTS)

    @property
    def second_factor(self) -> bool:
        """Whether a second factor stands behind the period."""
        return not SECOND_FACTORS.isdisjoint(self.factors)

    def may(self, permission: str) -> bool:
        """Say whether one of the person's roles grants ``permission``."""
        return permission in self.permissions

    def actor(self, role: str) -> Actor:
        """Return the person as actor in ``role``."""
        return Actor(
            person=self.person.id,
            name=self.person.printed_name,
            role=role,
            site=self.site.id,
            device=self.device.id if self.device else None,
            zone=self.site.zone,
        )


@dataclass(frozen=True, slots=True)
class PersonWithRoles:
    """A person as the list of a site shows them."""

    person: Person
    roles: tuple[str, ...]


def in_order(roles: Iterable[str]) -> tuple[str, ...]:
    """Return role keys in the order of ROLES; those that the code no longer knows are left out."""
    held = set(roles)
    return tuple(key for key in ROLES if key in held)


def _held(site: UUID) -> ArraySubquery:
    rows = RoleAssignment.objects.filter(
        person=OuterRef("id"), site=site, revoked_at__isnull=True
    ).values("role")
    return ArraySubquery(rows)


# Asked by every request, polls too: the ORM takes longer to spell it than the server to answer.
# A role that was revoked and an obligation that was met stay, and do not count.
ADMITTED = """
SELECT p.*, ARRAY(SELECT role FROM accounts_roleassignment r
                   WHERE r.person_id = p.id AND r.site = %(site)s AND revoked_at IS NULL) AS roles,
       (SELECT count(*) FROM accounts_obligation o
         WHERE o.stream = p.id AND o.site = %(site)s AND met_at IS NULL) AS owes
  FROM accounts_person p WHERE p.id = %(person)s AND p.active
"""


def access_of(*, person: UUID, site: UUID, device: UUID | None, period: UUID) -> Access | None:
    """Return the access of a signed-in period; None when person, device or role is no more.

    What the person owes is counted in the same query: every page says it.
    """
    rows = Person.objects.raw(ADMITTED, {"person": person, "site": site})
    found: Any = next(iter(rows), None)
    place = Site.objects.filter(id=site).first()
    tablet = active_device(device) if device else None
    roles = in_order(found.roles) if found else ()
    if found is None or place is None or not roles or (device and not tablet):
        return None
    return Access(person=found, site=place, device=tablet, roles=roles, period=period,
                  owes=found.owes)  # fmt: skip


def active_device(device: UUID) -> Device | None:
    """Return an enrolled tablet of the present site that was not retired."""
    return _timed(Device.objects.filter(id=device, active=True)).first()


def is_linked(device: Device, link: UUID | None) -> bool:
    """Say whether the browser that took the enrolment ``link`` is the tablet: the last one is."""
    return link is not None and device.link == link


def _timed(rows: QuerySet[Device]) -> QuerySet[Device]:
    """Add to tablets after how many seconds entry locks: the room's time, else their own."""
    times = Coalesce(_room_time(), "idle_seconds")
    return rows.annotate(lock_after=times)  # type: ignore[no-redef]


def _room_time() -> Subquery:
    rows = IdleTime.objects.filter(site=OuterRef("site"), room_class=OuterRef("room_class"))
    return Subquery(rows.values("seconds"))


def idle_times() -> list[IdleTime]:
    """Return the times after which entry locks at the present site, by class of room."""
    return list(IdleTime.objects.order_by("room_class"))


def site_of(site: UUID) -> Site:
    """Return a site. Raises NotFound for another one than the present person's."""
    return the_one(Site.objects.filter(id=site))


def sites_of(person: UUID) -> list[Site]:
    """Return the sites where a person holds a role, by code.

    Before a site is chosen only the own roles are seen: call with ``reading(person=person)``.
    """
    held = RoleAssignment.objects.filter(person=person, revoked_at__isnull=True).values("site")
    return list(Site.objects.filter(id__in=held).order_by("code"))


def sites_held_by(person: UUID) -> set[UUID]:
    """Return the sites where a person holds a role, those behind the present wall too.

    The wall shows a person their own roles at every site: for this one question it is them
    who ask. Needs a transaction, as every read does.
    """
    with asking_as(person):
        held = RoleAssignment.objects.filter(person=person, revoked_at__isnull=True)
        return {site for site in held.values_list("site", flat=True) if site}


@contextmanager
def asking_as(person: UUID | None) -> Iterator[None]:
    """Let one question be asked behind the walls of another person, or of nobody's: the site's.

    Needs a transaction, as every read does: an error ends it, and with it what was set.
    """
    mine = "SELECT set_config('mes.person', %s, true)"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('mes.person', true)")
        before = cursor.fetchone()[0] or ""
        cursor.execute(mine, [str(person or "")])
        yield
        cursor.execute(mine, [before])


def sites_answering_for(person: UUID) -> set[UUID]:
    """Return the sites that answer for an account: where roles are held, else where it was made."""
    held = sites_held_by(person)
    home = Person.objects.filter(id=person).values_list("home", flat=True).first()
    return held or ({home} if home else set())


def roles_of(person: UUID, site: UUID) -> tuple[str, ...]:
    """Return the roles that an active person holds at a site, in the order of ROLES."""
    held = RoleAssignment.objects.filter(
        person=person, person__active=True, site=site, revoked_at__isnull=True
    )
    return in_order(held.values_list("role", flat=True))


def signer_at(person: UUID, site: UUID | None) -> Signer:
    """Return what a signature asks of an active person at a site, in one query."""
    if site is None:
        return Signer()
    rows = Person.objects.filter(id=person, active=True).annotate(roles=_held(site))
    found = rows.values_list("roles", "policy").first()
    return Signer(in_order(found[0]), found[1]) if found else Signer()


def has_to_be_on_site(second: SecondPerson) -> bool:
    """Say whether the present site wants this second person on site; if nothing is set, no."""
    return SecondPersonRule.objects.filter(second=second, on_site=True).exists()


def second_person_rules() -> dict[str, SecondPersonRule]:
    """Return what the present site has set for second persons, by their kind."""
    return {row.second: row for row in SecondPersonRule.objects.all()}


def people_of(site: UUID, *, active: bool = True) -> list[PersonWithRoles]:
    """Return the people who hold a role at ``site``, by printed name."""
    held = RoleAssignment.objects.filter(site=site, revoked_at__isnull=True).values("person")
    rows = Person.objects.filter(id__in=held, active=active).annotate(roles=_held(site))
    return [PersonWithRoles(p, in_order(p.roles)) for p in rows.order_by("printed_name", "id")]


def holders_of(permission: str, site: UUID) -> list[Person]:
    """Return the people whose roles at ``site`` grant ``permission``, by printed name."""
    held = RoleAssignment.objects.filter(
        site=site, revoked_at__isnull=True, role__in=roles_granting(permission)
    ).values("person")
    return list(Person.objects.filter(id__in=held, active=True).order_by("printed_name", "id"))


def unlisted_people(site: UUID) -> tuple[list[Person], list[Person]]:
    """Return whom a site's list of roles leaves out, each by name: whose account is disabled and
    for whom the site answers; and who joined here and holds no role here (new, moved, forgotten).
    """
    held = RoleAssignment.objects.filter(site=site, revoked_at__isnull=True).values("person")
    rows = Person.objects.filter(
        Q(active=False, id__in=held) | Q(active=False, home=site) | ~Q(id__in=held) & Q(home=site)
    ).order_by("printed_name", "id")
    found = list(rows)
    return [one for one in found if not one.active], [one for one in found if one.active]


def held_everywhere(person: UUID) -> list[RoleAssignment]:
    """Return the roles that a person holds at any site. Call it in ``asking_as(person)``."""
    return list(RoleAssignment.objects.filter(person=person, revoked_at__isnull=True))


def approvers_for(receiver: UUID, granting: Actor) -> list[Person]:
    """Return who can approve a role of ``receiver``: the site's quality unit, by printed name.

    Who reviews its trail, and with it everything granted; neither who grants nor who receives.
    """
    if granting.site is None:
        return []
    found = holders_of(Permission.RECORDS_REVIEW, granting.site)
    return [one for one in found if one.id not in (receiver, granting.person)]


def approval_asked(assignment: UUID, approver: UUID | None) -> RoleApproval:
    """Return the approval of a role that this person is asked for. Raises NotFound."""
    return the_one(RoleApproval.objects.filter(id=assignment, approver=approver or UUID(int=0)))


def approvals_of(assignments: Iterable[UUID]) -> dict[UUID, RoleApproval]:
    """Return what was asked of approvers and answered, by role as held, in one query."""
    return RoleApproval.objects.in_bulk(list(assignments))


def person_of(person: UUID) -> Person:
    """Return a person. Raises NotFound."""
    return the_one(Person.objects.filter(id=person))


def people_called(name: str) -> list[Person]:
    """Return the people of all sites with this printed name, disabled ones too, oldest first."""
    return _alike("printed_name", name)


def people_checked_on(paper: str) -> list[Person]:
    """Return the people of all sites whose identity was checked on this paper, once or again."""
    return [*_alike("identity_check", paper), *_alike("identity_recheck", paper)]


def people_of_number(paper: str) -> list[Person]:
    """Return the people of all sites on whose paper a number of this paper stands, oldest first."""
    numbers = paper_numbers(paper)
    if not numbers:
        return []
    wanted = rf"(^|[^A-Z0-9])({'|'.join(numbers)})([^A-Z0-9]|$)"
    rows = Person.objects.alias(once=bare(F("identity_check")), again=bare(F("identity_recheck")))
    found = rows.filter(Q(once__regex=wanted) | Q(again__regex=wanted))
    return list(found.order_by("joined_at", "id"))


def _alike(column: str, text: str) -> list[Person]:
    rows = Person.objects.alias(as_seen=alike(F(column)))
    return list(rows.filter(as_seen=alike(Value(text))).order_by("joined_at", "id"))


def person_by_badge(badge: str) -> Person | None:
    """Return the person with this badge, whatever its case; disabled people too."""
    return Person.objects.filter(badge__iexact=badge.strip()).first() if badge.strip() else None


def person_by_username(username: str) -> Person | None:
    """Return the person with this user name, whatever its case; disabled people too."""
    name = username.strip()
    return Person.objects.filter(username__iexact=name).first() if name else None


def names_of(people: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the printed names of people, in one query."""
    wanted = {person for person in people if person}
    return dict(Person.objects.filter(id__in=wanted).values_list("id", "printed_name"))


def assignments_of(person: UUID, site: UUID) -> Sequence[RoleAssignment]:
    """Return the roles that a person holds at a site as rows, oldest first."""
    rows = RoleAssignment.objects.filter(person=person, site=site, revoked_at__isnull=True)
    return list(rows.order_by("granted_at", "id"))


def qualifications_of(people: Iterable[UUID], *, at: datetime) -> dict[UUID, set[str]]:
    """Return the keys of what each person is qualified for at ``at``, in one query."""
    held: dict[UUID, set[str]] = {}
    rows = Qualification.objects.filter(
        person__in=list(people), valid_until__gt=at, status=QualificationStatus.VALID
    )
    for person, key in rows.values_list("person_id", "key"):
        held.setdefault(person, set()).add(key)
    return held


def devices() -> list[Device]:
    """Return the enrolled tablets of the present site, by code."""
    rows = Device.objects.filter(active=True).order_by("code")
    return list(_timed(rows))


def open_alarms() -> QuerySet[Alarm]:
    """Return the alarms of sign-in that wait for an answer, newest first."""
    return Alarm.objects.filter(answered_at__isnull=True).order_by("-raised_at", "-id")


def answered_alarms(*, most: int) -> list[Alarm]:
    """Return the alarms that were answered last."""
    return list(Alarm.objects.filter(answered_at__isnull=False).order_by("-answered_at")[:most])


def secrets_of(person: UUID) -> dict[str, Credential]:
    """Return a person's secrets by kind: when each was set, and whether by another."""
    return {row.kind: row for row in Credential.objects.filter(person=person).defer("hash")}


def holds_passkey(person: UUID) -> bool:
    """Say whether a person has made a passkey."""
    held = Authenticator.objects.filter(user_id=person, type=Authenticator.Type.WEBAUTHN)
    return bool(held.exists())


def links_of(person: UUID) -> list[SignInLink]:
    """Return the subjects of OpenID providers that a person is."""
    rows = SignInLink.objects.filter(person=person, unlinked_at__isnull=True)
    return list(rows.order_by("linked_at", "id"))


def person_by_subject(provider: str, subject: str) -> Person | None:
    """Return the person who is a provider's subject; disabled people too."""
    link = SignInLink.objects.filter(
        provider=provider, subject=subject, unlinked_at__isnull=True
    ).select_related("person")
    found = link.first()
    return found.person if found else None


def obligations_of(person: UUID) -> list[Obligation]:
    """Return what a person owes at this site, the oldest first."""
    return list(Obligation.objects.filter(stream=person, met_at__isnull=True))


# A review of accounts closed within this time keeps a site's rights reviewed.
REVIEW_EVERY: Final = timedelta(days=183)


def open_access_review() -> AccessReview | None:
    """Return the review of accounts that is open at the present site."""
    return AccessReview.objects.filter(closed_at__isnull=True).first()


def closed_access_reviews() -> list[AccessReview]:
    """Return the past reviews of accounts of the present site, newest first."""
    return list(AccessReview.objects.filter(closed_at__isnull=False)[:20])


def access_review_overdue(*, at: datetime) -> bool:
    """Say whether no review was closed lately and none runs in time."""
    rows = AccessReview.objects.filter(
        Q(closed_at__gt=at - REVIEW_EVERY) | Q(closed_at__isnull=True, due_at__gt=at)
    )
    return not rows.exists()
