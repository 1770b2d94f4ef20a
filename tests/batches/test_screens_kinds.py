"""Every kind of step has a page: drawn from the CART19 recipe, in both languages."""

from random import Random
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from batches.pages.preview import preview_page
from batches.pages.seen import Seen, look
from batches.pages.work import step_page
from mes.lib import clock
from plant.arrival import Patient, enter_order, issue, known, receive
from plant.plant import Plant, open_plant
from recipes.kinds import KINDS
from recipes.reader import read
from records.reading import reading
from tests.builders.batches import MONDAY
from tests.builders.kinds import FOLDER
from tests.support.scenes import scene

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")


def a_cart_batch() -> tuple[Plant, UUID]:
    clock.simulate(MONDAY)
    return scene("CART19-PRODIGY, issued", _a_cart_batch)


def _a_cart_batch() -> tuple[Plant, UUID]:
    plant = open_plant(recipes=("CART19-PRODIGY",))
    patient = Patient(plant=plant, number=1, recipe="CART19-PRODIGY", luck=Random(1))
    enter_order(patient)
    receive(patient)
    issue(patient)
    return plant, known(patient.batch)


def at_position(plant: Plant, batch: UUID, position: int) -> Seen:
    """Look at a batch as if a later step were due."""
    seen = look(batch, plant.crew.actor("brandt"))
    for row in seen.steps:
        row.due_since = clock.now() if row.position == position else None
    return seen


def test_every_kind_of_step_has_a_page() -> None:
    plant, batch = a_cart_batch()
    shown: dict[str, str] = {}
    with reading(site=plant.site):
        recipe = look(batch, plant.crew.actor("brandt")).recipe
        for placed in recipe.steps():
            if placed.step.kind not in shown:
                page = step_page(at_position(plant, batch, placed.position))
                request = RequestFactory().get("/")
                shown[placed.step.kind] = render_to_string("batches/work.html", page, request)
                assert placed.step.text.say("en") in shown[placed.step.kind].replace("&#x27;", "'")
        shown |= previewed(plant)
    assert set(shown) == set(KINDS)


def previewed(plant: Plant) -> dict[str, str]:
    """Draw the kinds that CART19 has not, as the recipe's editor shows them."""
    request, actor = RequestFactory().get("/"), plant.crew.actor("brandt")
    drawn: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for name in ("machines.yaml", "containers.yaml"):
        recipe = read((FOLDER / name).read_bytes())
        for placed in recipe.steps():
            page = preview_page(recipe, placed.path, actor)
            drawn[placed.step.key] = render_to_string("batches/work.html", page, request)
            kinds[placed.step.kind] = drawn[placed.step.key]
    assert drawn["split"].count("data-scan-slot") == 4
    assert "-I01 to I03" in drawn["split"]
    assert 'alt="The chamber from the front"' in drawn["photo"]
    assert "Load programme <b>TCT</b>, version <b>4.2</b>." in drawn["begun"]
    assert 'enctype="multipart/form-data"' in drawn["photo"]
    assert 'enctype="multipart/form-data"' in drawn["ended"]
    assert 'name="v-set-speed"' in drawn["begun"]
    assert 'name="v-set-temperature"' not in drawn["begun"]
    return kinds


def test_every_step_of_the_recipe_can_be_shown_in_german() -> None:
    plant, batch = a_cart_batch()
    with reading(site=plant.site), translation.override("de"):
        recipe = look(batch, plant.crew.actor("brandt")).recipe
        for placed in recipe.steps():
            page = step_page(at_position(plant, batch, placed.position))
            assert page["text"] == placed.step.text.say("de")
            assert page["foot"]["primary"]


def test_an_irreversible_step_takes_two_touches() -> None:
    plant, batch = a_cart_batch()
    with reading(site=plant.site):
        recipe = look(batch, plant.crew.actor("brandt")).recipe
        final = next(placed for placed in recipe.steps() if placed.step.irreversible)
        page = step_page(at_position(plant, batch, final.position))
        html = render_to_string("batches/work.html", page, RequestFactory().get("/"))
    assert 'name="ready"' in html
    assert "cannot be undone" in html
