"""The recipes of the library: each compiles without a message, in two languages, and runs."""

from collections.abc import Callable

import pytest

from plant.library import FILES, source
from plant.rehearsal import Summary, rehearse
from recipes import compiler, reader
from recipes.document import Recipe
from recipes.enums import Modality
from recipes.kinds import KINDS
from recipes.outline import Outline
from recipes.rehearsal import rehearse as rehearse_document

Recording = Callable[[str, object], None]
BESIDE = ("CART19-CRYO", "MSC-WJ-ALLO-BANKED")


@pytest.fixture(scope="module", params=sorted(FILES))
def recipe(request: pytest.FixtureRequest) -> Recipe:
    return reader.read(source(request.param))


def test_it_compiles_without_a_message_but_for_the_first_look(recipe: Recipe) -> None:
    messages = [one.code for one in compiler.compile_recipe(recipe)]
    assert messages == (["specification.empty"] if recipe.recipe == "SIX-STEPS" else [])


def test_every_text_is_there_in_english_and_german(recipe: Recipe) -> None:
    languages = {text.languages for _path, text in Outline(recipe).texts()}
    assert languages == {frozenset({"en", "de"})}


def test_patients_come_through_the_document(recipe: Recipe) -> None:
    found = rehearse_document(recipe, patients=20, seed=4)
    assert (found.patients, len(found.turn_rounds)) == (20, 20)
    assert found.in_specification >= 0.8
    # A recipe that asks for what cannot be done meets refusals in its rehearsal.
    codes = {code for _path, code, _share in found.exceptions}
    assert not {code for code in codes if code.startswith(("value.", "formula.", "run.wrong"))}


def test_the_bank_is_one_donor_and_many_doses() -> None:
    recipe = reader.read(source("MSC-WJ-ALLO-BANKED"))
    splits = [p.step for p in recipe.steps() if getattr(p.step, "pour", "") == "split"]
    assert recipe.modality == Modality.ALLOGENEIC
    assert [(str(one.to), one.count) for one in splits] == [  # type: ignore[attr-defined]
        ("intermediate-container", 6), ("intermediate-container", 8), ("product-container", 12),
    ]  # fmt: skip


def test_the_library_shows_every_kind_of_step() -> None:
    recipes = [reader.read(source(code)) for code in FILES]
    assert {p.step.kind for recipe in recipes for p in recipe.steps()} == set(KINDS)


@pytest.mark.slow
@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("code", BESIDE)
def test_a_batch_goes_from_the_order_to_its_release(code: str, record_property: Recording) -> None:
    found: Summary = rehearse(patients=2, recipe=code, seed=1)
    record_property("count", found.steps)
    assert (found.released, found.double_bookings, found.verified) == (2, 0, True)
    assert found.differences == []
