"""A whole plant: site, people, house and recipes, made by the real services."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.services.sites import open_site
from mes.lib.ids import uuid7
from orders.services.register import open_register
from plant import house, library
from plant.crew import Crew, give_roles, hire_all, open_centres, qualify
from plant.house import House
from recipes import reader
from recipes.document import Recipe

ZONE = "Europe/Berlin"
# Facility codes A9990 to A9999 are set aside for tests and demonstrations (ISBT 128).
FACILITY = "A9999"
# Why a recipe of one's own is approved where this plant lacks something: it judges the recipe.
SIMULATED = "Approved at a simulated plant, for its rehearsal."
HANDS = ("adeyemi", "brandt", "sato", "petrov", "okafor")


@dataclass(slots=True)
class Plant:
    """A plant that runs: its crew, its house and its effective recipes."""

    site: UUID
    crew: Crew
    house: House
    versions: dict[str, UUID]
    recipes: dict[str, Recipe]


def open_plant(
    *,
    recipes: tuple[str, ...] = (),
    texts: Sequence[bytes] = (),
    code: str = "MZ1",
    name: str = "Mainz MZ1",
    said: Callable[[str], None] = lambda _: None,
) -> Plant:
    """Open a site, hire its people, build its house, approve its recipes: it has what they need.

    ``recipes`` are codes of the library, ``texts`` recipes of one's own; for those rooms, units
    and rights are added that the house would not have. ``said`` hears what is being done, for a
    progress line.
    """
    site = uuid7()
    crew = Crew(site=site, zone=ZONE)
    said("site and people")
    open_site(
        command=crew.setup("accounts.open_site"), site=site, code=code, name=name, zone=ZONE,
        jurisdiction="EU",
    )  # fmt: skip
    hire_all(crew)
    open_centres(crew)
    open_register(command=crew.setup("orders.open_register"), facility=FACILITY)
    sources = [*(library.source(one) for one in recipes), *texts]
    documents = {recipe.recipe: recipe for recipe in map(reader.read, sources)}
    qualify(crew, HANDS, documents.values())
    own = [reader.read(text) for text in texts]
    give_roles(crew, HANDS, {role for recipe in own for role in roles_asked(recipe)})
    said("rooms, equipment and lots")
    built = house.build(crew, tuple(documents.values()), own=own)
    said("recipes, approved by two people")
    versions = {
        code: library.make_effective_from(crew, source, reason=SIMULATED if source in texts else "")
        for code, source in zip(documents, sources, strict=True)
    }
    return Plant(site=site, crew=crew, house=built, versions=versions, recipes=documents)


def roles_asked(recipe: Recipe) -> Iterator[str]:
    """Yield the roles that steps ask of their performer."""
    yield from (placed.step.role for placed in recipe.by_path.values() if placed.step.role)
