"""The people of a plant: who they are, and commands and proofs in their name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from accounts.services.ceremony import Proof
from accounts.services.people import grant_qualification, grant_role, join_person
from mes.lib import clock
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from records.commands import SYSTEM_ROLE, Actor, Command

QUALIFIED_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Hire:
    """Somebody who joins: key, printed name, badge, roles."""

    key: str
    name: str
    roles: tuple[str, ...]

    @property
    def badge(self) -> str:
        """The code on the badge."""
        return f"BADGE-{self.key.upper()}"


ROSTER = (
    Hire("adeyemi", "Kemi Adeyemi", ("operator",)),
    Hire("brandt", "Lena Brandt", ("operator",)),
    Hire("sato", "Daiki Sato", ("operator",)),
    Hire("petrov", "Olga Petrov", ("operator",)),
    Hire("okafor", "Musa Okafor", ("shift-lead",)),
    Hire("brenner", "Hanna Brenner", ("qa-reviewer",)),
    Hire("vogt", "Ines Vogt", ("qa-on-call",)),
    Hire("weiss", "Anton Weiss", ("releasing-person",)),
    Hire("lindqvist", "Sara Lindqvist", ("planner",)),
    Hire("ferrari", "Elena Ferrari", ("process-owner",)),
    Hire("anand", "Ravi Anand", ("recipe-approver",)),
    Hire("haddad", "Nadia Haddad", ("coordinator",)),
    Hire("petersen", "Freya Petersen", ("treatment-centre",)),
    Hire("vogel", "Mira Vogel", ("materials",)),
    Hire("lindner", "Robert Lindner", ("qc-analyst",)),
    Hire("quist", "Carla Quist", ("qc-analyst",)),
    Hire("birk", "Mina Birk", ("microbiology",)),
    Hire("nagy", "Emil Nagy", ("engineering",)),
    Hire("reiner", "Tara Reiner", ("trainer",)),
    Hire("dietz", "Adam Dietz", ("admin",)),
    Hire("ude", "Anna Ude", ("auditor",)),
)


@dataclass(slots=True)
class Crew:
    """The people of one site, by their key."""

    site: UUID
    zone: str
    people: dict[str, tuple[UUID, Hire]] = field(default_factory=dict)

    @property
    def system(self) -> Actor:
        """The system itself, which sets a plant up."""
        return Actor(person=None, name="System", role=SYSTEM_ROLE, site=self.site, zone=self.zone)

    def actor(self, key: str, *, device: UUID | None = None) -> Actor:
        """Return a person as the actor of a command, in their first role."""
        person, hire = self.people[key]
        return Actor(
            person=person, name=hire.name, role=hire.roles[0], site=self.site, device=device,
            zone=self.zone,
        )  # fmt: skip

    def command(self, key: str, name: str, payload: Mapping[str, JSON] | None = None) -> Command:
        """Return a fresh command of a person."""
        return command_of(self.actor(key), name, payload)

    def setup(self, name: str) -> Command:
        """Return a fresh command of the system."""
        return command_of(self.system, name)

    def proof(self, key: str) -> Proof:
        """Return the proof that a person is there now, as the ceremony would have given it."""
        person, hire = self.people[key]
        return Proof(
            person=person, printed_name=hire.name, site=self.site, zone=self.zone,
            factors=("badge", "pin"), at=clock.now(),
        )  # fmt: skip


def command_of(actor: Actor, name: str, payload: Mapping[str, JSON] | None = None) -> Command:
    """Return a fresh command of an actor."""
    return Command(key=uuid7(), name=name, actor=actor, payload=payload or {})


def hire_all(crew: Crew) -> None:
    """Let everybody of the roster join the site with their roles."""
    for hire in ROSTER:
        person = uuid7()
        join_person(
            command=crew.setup("accounts.join_person"), person=person, username=hire.key,
            printed_name=hire.name, badge=hire.badge, identity_check="Passport seen, form HR-7",
        )  # fmt: skip
        for role in hire.roles:
            grant_role(command=crew.setup("accounts.grant_role"), person=person, role=role)
        crew.people[hire.key] = (person, hire)


def qualify(crew: Crew, keys: tuple[str, ...], subjects: set[str]) -> None:
    """Qualify people for procedures, for a year."""
    until = clock.now() + QUALIFIED_FOR
    for key in keys:
        for subject in sorted(subjects):
            grant_qualification(
                command=crew.setup("accounts.grant_qualification"), person=crew.people[key][0],
                subject_kind="procedure", key=subject, label=subject, valid_until=until,
            )  # fmt: skip
