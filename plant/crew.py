"""The people of a plant: who they are, and commands and proofs in their name."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from accounts.enums import Presence, SubjectKind
from accounts.services.centres import register_centre, set_centre
from accounts.services.ceremony import Proof
from accounts.services.people import grant_role, join_person
from accounts.services.policy import acknowledge_policy
from accounts.services.qualifications import ask_subject, grant_qualification
from mes.lib import clock
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from mes.lib.refusals import Refusal
from recipes.document import Recipe
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
    Hire("silva", "Rui Silva", ("shift-lead",)),
    Hire("kaya", "Deniz Kaya", ("shift-lead",)),
    Hire("brenner", "Hanna Brenner", ("qa-reviewer",)),
    Hire("vogt", "Ines Vogt", ("qa-on-call",)),
    Hire("maier", "Jonas Maier", ("qa-on-call",)),
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
            factors=("badge", "pin"), at=clock.now(), presence=Presence.TABLET,
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
            printed_name=hire.name, badge=hire.badge,
            identity_check=f"Passport seen, form HR-7 of {hire.key}",
        )  # fmt: skip
        for role in hire.roles:
            grant_role(command=crew.setup("accounts.grant_role"), person=person, role=role)
        crew.people[hire.key] = (person, hire)
        acknowledge_policy(command=crew.command(hire.key, "policy.acknowledge"), person=person)


CENTRES: Final = (("TC-07", "Hamburg Nord"), ("TC-12", "Wien West"))
# Who is of which treatment centre.
OF_CENTRE: Final = {"petersen": "TC-07"}


def open_centres(crew: Crew) -> None:
    """Register the treatment centres that order here, and say who belongs to which."""
    made = {}
    for code, name in CENTRES:
        made[code] = uuid7()
        register_centre(
            command=crew.setup("accounts.register_centre"), centre=made[code], code=code, name=name
        )
    for key, code in OF_CENTRE.items():
        set_centre(
            command=crew.setup("accounts.set_centre"), person=crew.people[key][0],
            centre=made[code], reason="Contact of this centre.",
        )  # fmt: skip


def give_roles(crew: Crew, keys: tuple[str, ...], roles: set[str]) -> None:
    """Give people roles that they do not have; a role that the product does not know is left."""
    for key in keys:
        person, hire = crew.people[key]
        for role in sorted(roles - set(hire.roles)):
            with suppress(Refusal):
                grant_role(command=crew.setup("accounts.grant_role"), person=person, role=role)


def qualify(crew: Crew, keys: tuple[str, ...], recipes: Iterable[Recipe]) -> None:
    """Qualify people for all that recipes ask of hands, for a year; ask it at the site.

    Training is on the first version, which need not be effective yet.
    """
    asked = sorted({subject for recipe in recipes for subject in _subjects(recipe)})
    for kind in SubjectKind.by_site:
        for key in sorted({key for of, key, _ in asked if of == kind}):
            ask_subject(
                command=crew.setup("accounts.ask_subject"), subject_kind=kind, key=key,
                asked=True, reason="Everybody who works there is assessed.",
            )  # fmt: skip
    until = clock.now() + QUALIFIED_FOR
    for person in keys:
        for kind, key, version in asked:
            grant_qualification(
                command=crew.setup("accounts.grant_qualification"), person=crew.people[person][0],
                subject_kind=kind, key=key, label=key, valid_until=until,
                version=version or None,
            )  # fmt: skip


def _qualifications(recipe: Recipe) -> Iterator[str]:
    """Yield what the people of stages and operations, and single steps, ask for by name."""
    operations = [operation for stage in recipe.stages for operation in stage.operations]
    people = [stage.staff for stage in recipe.stages]
    people += [operation.staff for operation in (*operations, *recipe.contingencies)]
    for staff in people:
        yield from (one.qualification for one in staff if one.qualification)
    for placed in recipe.by_path.values():
        if placed.step.qualification:
            yield placed.step.qualification


def _subjects(recipe: Recipe) -> Iterator[tuple[str, str, int]]:
    """Yield kind, key and version of what a recipe asks of hands."""
    yield SubjectKind.PROCEDURE.value, recipe.recipe, 1
    yield SubjectKind.PROCESS_SIMULATION.value, recipe.process_type or recipe.recipe, 0
    for asked in _qualifications(recipe):
        yield SubjectKind.PROCEDURE.value, asked, 0
    for stage in recipe.stages:
        if stage.room:
            yield SubjectKind.GOWNING.value, stage.room.class_, 0
        for need in stage.equipment:
            yield SubjectKind.EQUIPMENT_CLASS.value, need.class_, 0
