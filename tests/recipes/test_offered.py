"""What the editor offers where a code is asked for. Pure."""

from typing import Any

import pytest

from recipes import nodes, reader, units
from recipes.drafting.fields import form_of
from recipes.drafting.offered import USUAL_UNITS, offered
from recipes.site import Site
from tests.recipes.test_drafting import data_of, leaves_of

SITE = reader.typed(nodes.read("""
site: A
materials: [X-1]
units: [{material: X-1, unit: '{bags}'}]
rooms: [{class: grade-B}]
equipment: [{class: crf}]
qualifications: [{qualification: Q-1, people: 1}]
roles: [operator]
"""), Site)  # fmt: skip
SEED = ("stages", "seeding", "operations", "seed", "steps")
OFFERED = {
    (): {"bill_of_materials/TEXMACS/unit": "units"},
    ("stages", "seeding"): {
        "room/class": "rooms", "equipment/prodigy/class": "classes", "staff/#0/role": "roles",
        "staff/#0/qualification": "qualifications",
    },
    (*SEED, "unit"): {"as": "equipment"},
    (*SEED, "medium"): {"material": "materials", "unit": "units"},
}  # fmt: skip


def test_the_lists_are_what_the_site_has_and_the_draft_names() -> None:
    data = data_of("six-steps")
    found = offered(data, SITE)
    assert found == {
        "materials": ["TEXMACS", "X-1"], "rooms": ["grade-B", "grade-C"],
        "classes": ["crf", "prodigy"], "qualifications": ["PRODIGY-TCT", "Q-1"],
        "roles": ["operator"], "tests": [], "equipment": ["prodigy"],
        "units": sorted({*USUAL_UNITS, "{bags}"}),
    }  # fmt: skip
    assert offered(data, None)["rooms"] == ["grade-C"]
    assert offered("no recipe", None)["materials"] == []


@pytest.mark.parametrize("place", OFFERED)
def test_a_field_that_asks_for_a_code_offers_its_list(place: Any) -> None:
    shown = {leaf.path: leaf for leaf in leaves_of(form_of(data_of("six-steps"), place, errors={}))}
    for name, known in OFFERED[place].items():
        assert shown["/".join((*place, *name.split("/")))].known == known


def test_what_names_a_thing_of_its_own_is_not_offered() -> None:
    place = ("stages", "seeding")
    shown = {leaf.path: leaf for leaf in leaves_of(form_of(data_of("six-steps"), place, errors={}))}
    assert shown["stages/seeding/equipment/prodigy/as"].known == ""


def test_every_unit_that_is_offered_is_a_unit() -> None:
    assert [unit for unit in USUAL_UNITS if not units.known(unit)] == []
