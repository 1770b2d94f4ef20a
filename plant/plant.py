"""A whole plant: site, people, house and recipes, made by the real services."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from accounts.services.sites import open_site
from mes.lib.ids import uuid7
from orders.services.register import open_register
from plant import house, library
from plant.crew import Crew, hire_all, qualify
from plant.house import House
from recipes.document import Recipe

ZONE = "Europe/Berlin"
# Facility codes A9990 to A9999 are set aside for tests and demonstrations (ISBT 128).
FACILITY = "A9999"
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
    recipes: tuple[str, ...],
    code: str = "MZ1",
    name: str = "Mainz MZ1",
    said: Callable[[str], None] = lambda _: None,
) -> Plant:
    """Open a site, hire its people, build its house, approve its recipes.

    ``said`` hears what is being done, for a progress line.
    """
    site = uuid7()
    crew = Crew(site=site, zone=ZONE)
    said("site and people")
    open_site(
        command=crew.setup("accounts.open_site"), site=site, code=code, name=name, zone=ZONE,
        jurisdiction="EU",
    )  # fmt: skip
    hire_all(crew)
    open_register(command=crew.setup("orders.open_register"), facility=FACILITY)
    said("recipes, approved by two people")
    documents = {one: library.parsed(one) for one in recipes}
    versions = {one: library.make_effective(crew, one) for one in recipes}
    qualify(crew, HANDS, documents.values())
    said("rooms, equipment and lots")
    built = house.build(crew, tuple(documents.values()))
    return Plant(site=site, crew=crew, house=built, versions=versions, recipes=documents)
