import json
from datetime import timedelta

import pytest
from pydantic import ValidationError

from mes.lib import evidence
from recipes import reader
from recipes.document import Need
from recipes.kinds import KINDS
from tests.recipes.texts import CART19, SIX, with_change

FLOW_KINDS = {
    "confirm", "scan", "enter", "choose", "equip", "add", "sample", "label", "calculate", "timer",
    "transfer", "clear", "gate",
}  # fmt: skip


def test_steps_come_with_their_path_and_number() -> None:
    placed = list(reader.read(SIX).steps())
    assert [(p.position, p.path) for p in placed] == [
        (1, "seeding/seed/clear-before"),
        (2, "seeding/seed/identity"),
        (3, "seeding/seed/unit"),
        (4, "seeding/seed/seeded"),
        (5, "seeding/seed/medium"),
        (6, "seeding/seed/clear-after"),
    ]


def test_the_library_recipe_has_the_kinds_and_the_length_that_were_asked_for() -> None:
    recipe = reader.read(CART19)
    assert {p.step.kind for p in recipe.steps()} == FLOW_KINDS <= set(KINDS)
    assert (recipe.length >= 60, len(recipe.stages)) == (True, 12)


def test_one_prodigy_and_its_place_are_held_from_selection_to_harvest() -> None:
    recipe = reader.read(CART19)
    held = [need for need in recipe.needs if need.last == "harvest" and need.first != "harvest"]
    assert held == [
        Need("place", "grade-C", None, "selection", "harvest", False),
        Need("unit", "prodigy", "prodigy", "selection", "harvest", False),
    ]
    assert [need.alias for need in recipe.needs_at("wash")] == [None, "prodigy"]


def test_only_filling_is_open() -> None:
    recipe = reader.read(CART19)
    assert [stage.key for stage in recipe.stages if stage.open] == ["fill"]
    assert [need.first for need in recipe.needs if need.open] == ["fill"]


def test_canonical_bytes_read_back_give_the_same_document() -> None:
    for text in (SIX, CART19):
        recipe = reader.read(text)
        again = reader.read(recipe.canonical)
        assert (again, again.content_hash) == (recipe, recipe.content_hash)


def test_the_hash_is_that_of_the_canonical_document() -> None:
    recipe = reader.read(SIX)
    assert recipe.content_hash == evidence.content_hash(json.loads(recipe.canonical))


def test_comments_and_order_of_fields_do_not_change_the_hash() -> None:
    moved = "# another comment\nmodality: autologous\n" + with_change(
        SIX, "modality: autologous\n", ""
    )
    assert reader.read(moved).content_hash == reader.read(SIX).content_hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Prodigy scannen.", "Den Prodigy scannen."),
        ('"1.1e8"', '"1.15e8"'),
        ("verify: true", "verify: false"),
        ("expected: 40 min", "expected: 41 min"),
    ],
)
def test_any_change_in_any_language_changes_the_hash(old: str, new: str) -> None:
    assert reader.read(with_change(SIX, old, new)).content_hash != reader.read(SIX).content_hash


def test_a_document_cannot_be_changed() -> None:
    recipe = reader.read(SIX)
    with pytest.raises(ValidationError):
        recipe.recipe = "OTHER"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        next(recipe.steps()).step.critical = True  # type: ignore[misc]


def test_a_reference_is_read_from_where_it_stands() -> None:
    recipe = reader.read(CART19)
    here = "harvest/harvest/fold"
    means = {
        name: placed.path if placed else None
        for name in ("harvested", "harvest.car_share", "selection.seed.seeded", "nothing")
        for placed in [recipe.meaning(name, at=here)]
    }
    assert means == {
        "harvested": "harvest/harvest/harvested",
        "harvest.car_share": "harvest/harvest/car-share",
        "selection.seed.seeded": "selection/seed/seeded",
        "nothing": None,
    }


def test_durations_are_durations() -> None:
    stage = reader.read(CART19).stage_by_key["selection"]
    assert (stage.duration.low, stage.duration.expected, stage.duration.high) == (
        timedelta(hours=6), timedelta(hours=8), timedelta(hours=12)
    )  # fmt: skip
