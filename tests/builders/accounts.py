"""Sites, people and tablets as the real services make them. Needs ``committed_db``."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.test import Client
from django.urls import reverse

from accounts import sessions
from accounts.permissions import ROLES, role_title
from accounts.selectors import access_of
from accounts.services.centres import set_centre
from accounts.services.credentials import set_credential
from accounts.services.devices import PlaceRef, enrol_device
from accounts.services.people import grant_role, join_person
from accounts.services.policy import acknowledge_policy
from accounts.services.qualifications import grant_qualification
from accounts.services.sites import open_site
from mes.lib import clock
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from records.commands import SYSTEM_ROLE, Actor, Command
from records.reading import reading
from tests.support.scenes import scene

ZONE = "Europe/Berlin"
PIN = "274951"
PASSWORD = "a calm night at the plant"
LATER = datetime(2030, 1, 1, tzinfo=UTC)
# Code, zone and jurisdiction of the site that most tests are about.
USUAL = ("MZ1", ZONE, "EU")

# What the demo site calls the holder of each role.
NAMES = {
    "operator": "Olga Petrov",
    "shift-lead": "Samir Haddad",
    "qa-reviewer": "Quinn Abel",
    "qa-on-call": "Ines Vogt",
    "releasing-person": "Rosa Keller",
    "planner": "Paul Novak",
    "process-owner": "Petra Oster",
    "recipe-approver": "Ravi Anand",
    "coordinator": "Clara Orlov",
    "treatment-centre": "Tom Castell",
    "materials": "Mira Vogel",
    "qc-analyst": "Carl Quist",
    "microbiology": "Mina Birk",
    "engineering": "Emil Nagy",
    "trainer": "Tara Reiner",
    "admin": "Adam Dietz",
    "auditor": "Anna Ude",
}


@dataclass
class DemoSite:
    """A site and its people, by role."""

    id: UUID
    code: str
    zone: str = ZONE
    people: dict[str, UUID] = field(default_factory=dict)
    actors: dict[tuple[UUID, str], Actor] = field(default_factory=dict, repr=False)
    # One further person for each role, with secrets: user name and badge of who has not signed in.
    outside: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)

    @property
    def system(self) -> Actor:
        """The system itself, at this site."""
        return system_actor(self.id)

    def person(self, role: str) -> UUID:
        """Return the site's holder of a role, who joins when first asked for."""
        if role not in self.people:
            self.people[role] = person(role, site=self, name=NAMES[role])
        return self.people[role]

    def actor(self, role: str) -> Actor:
        """Return the site's holder of a role as actor, read when first asked for."""
        known = (self.person(role), role)
        if known not in self.actors:
            self.actors[known] = actor_of(self.person(role), role, self)
        return self.actors[known]


def system_actor(site: UUID | None) -> Actor:
    """Return the system itself as actor at a site."""
    return Actor(person=None, name="system", role=SYSTEM_ROLE, site=site, zone=ZONE)


def a_command(actor: Actor, name: str = "test", payload: dict[str, JSON] | None = None) -> Command:
    """Return a new command of ``actor``."""
    return Command(key=uuid7(), name=name, actor=actor, payload=payload or {})


def open_demo_site(code: str = "MZ1", *, zone: str = ZONE, jurisdiction: str = "EU") -> DemoSite:
    """Open a site. In real time its people are there; else they join when first asked for."""
    said = (code, zone, jurisdiction)
    if said != USUAL or clock.simulated():
        return _opened(*said)
    return scene("site", lambda: _peopled(_opened(*said)), anew=lambda: _opened(*said))


def _opened(code: str, zone: str, jurisdiction: str) -> DemoSite:
    site = uuid7()
    open_site(
        command=a_command(system_actor(site)),
        site=site, code=code, name=f"Plant {code}", zone=zone, jurisdiction=jurisdiction,
    )  # fmt: skip
    return DemoSite(id=site, code=code, zone=zone)


def _peopled(site: DemoSite) -> DemoSite:
    for role in NAMES:
        site.actor(role)
        site.outside[role] = _with_secrets(site, role)
    return site


def person(
    *roles: str,
    site: DemoSite,
    name: str = "",
    username: str = "",
    badge: str = "",
    secrets: bool = False,
    acknowledged: bool = True,
) -> UUID:
    """Let a person join with roles at a site; with PIN and password if ``secrets``.

    They know the policy of electronic signatures, unless they have not ``acknowledged`` it.
    """
    made = uuid7()
    tail = str(made)[-8:]
    name = name or f"{role_title(roles[0]) if roles else 'Nobody'} {tail}"
    join_person(
        command=a_command(site.system),
        person=made,
        username=username or f"{roles[0] if roles else 'nobody'}-{tail}",
        printed_name=name,
        badge=badge or f"B-{tail}",
        identity_check=f"passport seen, form HR-7 of {made}",
        another_human="two sites of a test may have people of the same names",
    )
    for role in roles:
        grant_role(command=a_command(site.system), person=made, role=role)
    if acknowledged:
        themselves = Actor(person=made, name=name, role="", site=site.id, zone=site.zone)
        acknowledge_policy(command=a_command(themselves), person=made)
    if secrets:
        give_secrets(made, site)
    return made


def give_secrets(person: UUID, site: DemoSite) -> None:
    """Give a person the PIN and the password of all tests."""
    for kind, secret in (("pin", PIN), ("password", PASSWORD)):
        command = a_command(site.system)
        set_credential(command=command, person=person, kind=kind, secret=secret)


def actor_of(person: UUID, role: str, site: DemoSite, *, device: UUID | None = None) -> Actor:
    """Return a person as actor in a role at a site, as the middleware makes it."""
    with reading(site=site.id, person=person):
        access = access_of(person=person, site=site.id, device=device, period=uuid7())
    assert access is not None
    assert role in access.roles
    return access.actor(role)


def qualify(person: UUID, key: str, *, site: DemoSite, until: datetime = LATER) -> None:
    """Qualify a person for what a recipe's step asks."""
    grant_qualification(
        command=a_command(site.system),
        person=person, subject_kind="procedure", key=key, label=key, valid_until=until,
    )  # fmt: skip


def tablet(
    site: DemoSite,
    code: str = "T-01",
    *,
    place: PlaceRef | None = None,
    idle_seconds: int = 300,
) -> UUID:
    """Enrol a tablet."""
    made = uuid7()
    enrol_device(
        command=a_command(site.system),
        device=made, code=code, label=f"Tablet {code}", place=place, idle_seconds=idle_seconds,
    )  # fmt: skip
    return made


def client_on(device: UUID | None = None, site: DemoSite | None = None) -> Client:
    """Return a browser: a desk, or an enrolled tablet of a site."""
    client = Client(enforce_csrf_checks=False)
    if device is not None and site is not None:
        token = sessions.enrolment_token(device=device, site=site.id)
        address = reverse("accounts:enrol", kwargs={"token": token})
        assert client.post(address, {"key": str(uuid7())}).status_code == 302
    return client


def belongs(who: UUID, centre: UUID | None, *, site: DemoSite) -> None:
    """Say to which treatment centre somebody from outside belongs."""
    set_centre(command=a_command(site.system), person=who, centre=centre, reason="a test's word")


def signed_in_client(
    site: DemoSite, *roles: str, device: UUID | None = None, centre: UUID | None = None
) -> Client:
    """Return the browser of a new person with these roles, signed in through the pages."""
    known = site.outside.pop(roles[0], None) if len(roles) == 1 and centre is None else None
    username, badge = known or _with_secrets(site, *roles, centre=centre)
    client = client_on(device, site)
    answer = client.post(*_form(username, badge, on_tablet=device is not None))
    assert answer.status_code == 302, answer.content
    return client


def _with_secrets(site: DemoSite, *roles: str, centre: UUID | None = None) -> tuple[str, str]:
    """Let a person join who can sign in; return user name and badge."""
    tail = str(uuid7())[-8:]
    made = person(*roles, site=site, username=f"u-{tail}", badge=f"K-{tail}", secrets=True)
    if centre is not None:
        belongs(made, centre, site=site)
    return f"u-{tail}", f"K-{tail}"


def _form(username: str, badge: str, *, on_tablet: bool) -> tuple[str, dict[str, str]]:
    key = str(uuid7())
    if on_tablet:
        return reverse("accounts:tablet_sign_in"), {"key": key, "badge": badge, "pin": PIN}
    return reverse("accounts:sign_in"), {"key": key, "username": username, "password": PASSWORD}


def all_roles() -> list[str]:
    """Return the keys of all roles."""
    return list(ROLES)
