"""The difference between two documents by meaning. Pure."""

from random import Random
from typing import Any

import pytest
from django.utils import translation

from recipes import reader
from recipes.difference import Difference, What, difference, difference_of_data
from recipes.difference.words import SENTENCES, beside, sentence
from recipes.difference.words import said as told
from recipes.drafting import asked
from recipes.drafting.between import between
from recipes.drafting.changes import (
    Address,
    Change,
    Insert,
    Move,
    Overtaken,
    Put,
    Remove,
    Twice,
    apply_all,
    name_of,
)
from recipes.drafting.plain import normal
from recipes.enums import Severity
from tests.builders.recipes import library_text
from tests.recipes.test_drafting import an_edit, data_of

W = What
NAMES = ["six-steps", "cart19-prodigy"]
SEED = ("stages", "seeding", "operations", "seed", "steps")
SEEDED = (*SEED, "seeded")
ROUNDS = 150


def changed(*edits: tuple[Address, Any], name: str = "six-steps") -> tuple[Difference, ...]:
    """Return the difference that putting values at addresses makes."""
    data = before = data_of(name)
    for address, value in edits:
        data = apply_all(data, asked.put(data, address, value))
    return difference_of_data(before, data)


def said(found: tuple[Difference, ...]) -> list[tuple[What, str, Severity]]:
    return [(one.what, one.path, one.severity) for one in found]


@pytest.mark.parametrize("name", NAMES)
def test_a_document_does_not_differ_from_itself(name: str) -> None:
    recipe = reader.read(library_text(name))
    assert difference(recipe, recipe) == ()


SEEDED_PATH = "seeding/seed/seeded"
CASES: dict[str, tuple[Address, Any, What, Severity]] = {
    "narrowed": ((*SEEDED, "limits", "alert", "low"), "0.95e8", W.LIMIT_NARROWED, Severity.MAJOR),
    "widened": ((*SEEDED, "limits", "alert", "high"), "1.2e8", W.LIMIT_WIDENED, Severity.CRITICAL),
    "removed": ((*SEEDED, "limits", "alert"), None, W.LIMIT_REMOVED, Severity.CRITICAL),
    "a formula": (
        (*SEEDED, "limits", "alert", "low"), "parameters.x", W.LIMIT_SHIFTED, Severity.CRITICAL
    ),
    "unit": ((*SEEDED, "unit"), "mL", W.UNIT_CHANGED, Severity.CRITICAL),
    "verified": ((*SEED, "unit", "verify"), "true", W.VERIFICATION_ADDED, Severity.MAJOR),
    "instruction": ((*SEEDED, "text", "en"), "Count and enter.", W.TEXT_CHANGED, Severity.MAJOR),
    "note": ((*SEEDED, "note", "en"), "Twice.", W.TEXT_CHANGED, Severity.MINOR),
    "kind": ((*SEEDED, "kind"), "confirm", W.KIND_CHANGED, Severity.MAJOR),
    "estimate": (
        ("stages", "seeding", "duration", "expected"), "45 min", W.DURATION_LENGTHENED,
        Severity.MINOR,
    ),
    "class": (("stages", "seeding", "room", "class"), "grade-B", W.CLASS_CHANGED, Severity.MAJOR),
    "openness": (
        (*SEED[:-1], "openness"), "open", W.OPENNESS_CHANGED, Severity.CRITICAL
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_said_by_what_it_means(case: str) -> None:
    address, value, what, severity = CASES[case]
    found = changed((address, value))
    assert (what, severity) in [(one.what, one.severity) for one in found]


def test_only_what_was_changed_is_said() -> None:
    found = changed(((*SEEDED, "limits", "alert", "low"), "0.95e8"))
    assert said(found) == [(W.LIMIT_NARROWED, SEEDED_PATH, Severity.MAJOR)]
    assert (found[0].before, found[0].after, found[0].stage) == (
        "0.9e8 – 1.1e8", "0.95e8 – 1.1e8", "seeding"
    )  # fmt: skip
    assert sentence(found[0]) == "Alert limit narrowed from 0.9e8 – 1.1e8 to 0.95e8 – 1.1e8"


def test_a_limit_that_is_new_was_not_there() -> None:
    limit = (*SEEDED, "limits", "alert")
    data = data_of("six-steps")
    without = apply_all(data, asked.put(data, limit, None))
    assert [(one.what, one.after) for one in difference_of_data(without, data)] == [
        (W.LIMIT_ADDED, "0.9e8 – 1.1e8")
    ]


def test_a_text_in_one_language_is_a_change_in_that_language() -> None:
    found = changed(((*SEEDED, "text", "de"), "Zellen zählen."))
    assert [(one.what, one.language, one.after) for one in found] == [
        (W.TEXT_CHANGED, "de", "Zellen zählen.")
    ]


HOLD = {
    "18 h": W.HOLD_SHORTENED,
    "99 d": W.HOLD_LENGTHENED,
    None: W.HOLD_REMOVED,
}


@pytest.mark.parametrize(("span", "what"), HOLD.items())
def test_a_hold_time_is_shorter_or_longer(span: str | None, what: What) -> None:
    lag = ("stages", "seeding", "lag", "max")
    before = apply_all(data_of("six-steps"), asked.put(data_of("six-steps"), lag, "2 d"))
    after = apply_all(before, asked.put(before, lag, span))
    assert [one.what for one in difference_of_data(before, after)] == [what]
    back = {W.HOLD_SHORTENED: W.HOLD_LENGTHENED, W.HOLD_LENGTHENED: W.HOLD_SHORTENED}
    again = [one.what for one in difference_of_data(after, before)]
    assert again == [back.get(what, W.HOLD_ADDED)]


def test_a_parameter_says_where_it_is_used() -> None:
    data = data_of("cart19-prodigy")
    number = next(p for p in data["parameters"] if _used(data, f"parameters.{p['key']}"))
    after = apply_all(
        data, asked.put(data, ("parameters", number["key"], "default"), "1")
    )  # fmt: skip
    found = difference_of_data(data, after)
    assert found[0].at == ("parameters", number["key"], "default")
    assert {one.what for one in found[1:]} - {W.CHANGED}


DOSE, DOUBLE = (f"dose_level = {n}\u202f×\u202f10⁶ cells/kg" for n in (1, 2))
BY_WEIGHT = "parameters.dose_level * inputs.patient_weight"
# A parameter, its new value, and what is said of the places that use it.
PARAMETERS: dict[str, tuple[str, list[tuple[str, What, str, str]]]] = {
    "transport_low": ("1", [
        (f"receipt/accept/{step}", W.LIMIT_WIDENED, "2 °C (transport_low) – 8 °C (transport_high)",
         "1 °C (transport_low) – 8 °C (transport_high)") for step in ("logger-low", "logger-high")
    ]),
    "thaw_to_add": ("45", [
        ("transduction/transduce/thaw-to-add", W.HOLD_SHORTENED, "60 min (thaw_to_add)",
         "45 min (thaw_to_add)"),
    ]),
    "transduction_volume": ("90", [
        ("transduction/transduce/medium", W.PARAMETER_CHANGED, "transduction_volume = 100 mL",
         "transduction_volume = 90 mL"),
        ("wash/wash/medium", W.PARAMETER_CHANGED, "transduction_volume = 100 mL",
         "transduction_volume = 90 mL"),
    ]),
    "dose_level": ("2e6", [
        ("", W.CRITERION_CHANGED, f"0.8 * {BY_WEIGHT} – 1.2 * {BY_WEIGHT} ({DOSE})",
         f"0.8 * {BY_WEIGHT} – 1.2 * {BY_WEIGHT} ({DOUBLE})"),
        ("harvest/harvest/car-t", W.LIMIT_SHIFTED, f"≥ {BY_WEIGHT} ({DOSE})",
         f"≥ {BY_WEIGHT} ({DOUBLE})"),
        ("fill/prepare/dose-volume", W.PARAMETER_CHANGED, DOSE, DOUBLE),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("key", PARAMETERS)
def test_what_uses_a_parameter_says_its_values_before_and_now(key: str) -> None:
    value, expected = PARAMETERS[key]
    found = changed((("parameters", key, "default"), value), name="cart19-prodigy")
    assert [one.at for one in found[:1]] == [("parameters", key, "default")]
    assert [
        (one.path, one.what, told(one, one.before), told(one, one.after)) for one in found[1:]
    ] == expected


def test_a_parameter_in_another_unit_is_a_shifted_limit_whatever_its_number() -> None:
    found = changed((("parameters", "transport_low", "unit"), "K"), name="cart19-prodigy")
    assert [(one.what, one.before) for one in found[1:]] == [
        (W.LIMIT_SHIFTED, "2 Cel (transport_low) – 8 Cel (transport_high)")
    ] * 2


def _used(data: Any, name: str) -> bool:
    if isinstance(data, dict):
        return any(_used(value, name) for value in data.values())
    if isinstance(data, list):
        return any(_used(value, name) for value in data)
    return bool(data == name)


# --- criteria, tests, materials -------------------------------------------------------------------


def criterion(data: Any) -> str:
    return next(str(one["key"]) for one in data["specification"] if "low" in one.get("limits", {}))


def test_a_criterion_is_tighter_or_looser() -> None:
    data = data_of("cart19-prodigy")
    low = ("specification", criterion(data), "limits", "low")
    whats = {}
    for value in ("0.001", "1000"):
        after = apply_all(data, asked.put(data, low, value))
        whats[value] = [(one.what, one.severity) for one in difference_of_data(data, after)]
    assert whats == {
        "0.001": [(W.CRITERION_LOOSENED, Severity.CRITICAL)],
        "1000": [(W.CRITERION_TIGHTENED, Severity.MAJOR)],
    }


LISTS = {
    "tests": (W.TEST_ADDED, W.TEST_REMOVED),
    "specification": (W.CRITERION_ADDED, W.CRITERION_REMOVED),
    "bill_of_materials": (W.MATERIAL_ADDED, W.MATERIAL_REMOVED),
    "bill_of_equipment": (W.EQUIPMENT_ADDED, W.EQUIPMENT_REMOVED),
}


@pytest.mark.parametrize("field", LISTS)
def test_what_a_list_holds_more_or_less_is_said(field: str) -> None:
    data = data_of("cart19-prodigy")
    less = {**data, field: data[field][1:]}
    gone, new = (difference_of_data(a, b) for a, b in ((data, less), (less, data)))
    assert ([one.what for one in gone], [one.what for one in new]) == (
        [LISTS[field][1]], [LISTS[field][0]]
    )  # fmt: skip
    assert str(name_of(data[field][0])) in gone[0].before


# --- steps: new, gone, elsewhere, renamed --------------------------------------------------------


def test_a_step_that_is_moved_is_moved_and_nothing_else() -> None:
    data = data_of("six-steps")
    change = Move(at=SEED, name="seeded", was_after=None, into=SEED, after=None)
    found = difference_of_data(data, apply_all(data, [change]))
    assert said(found) == [(W.STEP_MOVED, SEEDED_PATH, Severity.MAJOR)]


ACCEPT = ("stages", "receipt", "operations", "accept", "steps")
ORDER = ("clear-before", "identity", "bag", "logger-low", "logger-high")


@pytest.mark.parametrize("name", ORDER)
def test_of_a_list_only_the_step_that_was_moved_is_named(name: str) -> None:
    data = data_of("cart19-prodigy")
    for after in (None, *(other for other in ORDER if other != name)):
        rest = [one for one in ORDER if one != name]
        place = 0 if after is None else rest.index(after) + 1
        passed = sorted((place, ORDER.index(name)))
        found = difference_of_data(
            data, apply_all(data, asked.move(data, (*ACCEPT, name), into=ACCEPT, after=after))
        )
        said = [(one.what, one.at[-1], one.before, one.after) for one in found]
        if passed[0] == passed[1]:
            assert said == []
        elif passed[0] + 1 == passed[1]:  # of two neighbours, nobody knows which was moved
            first, second = (ORDER[number] for number in passed)
            assert said == [(W.STEPS_SWAPPED, second, first, second)]
        else:
            was = ORDER[ORDER.index(name) - 1] if name != ORDER[0] else ""
            assert said == [(W.STEP_MOVED, name, f"accept/{was}", f"accept/{after or ''}")]


def test_a_place_is_said_in_words() -> None:
    data = data_of("cart19-prodigy")
    change = asked.move(data, (*ACCEPT, "bag"), into=ACCEPT, after=None)
    assert [sentence(one) for one in difference_of_data(data, apply_all(data, change))] == [
        "Step moved: it was behind “accept/identity”, it is the first in “accept”"
    ]
    change = asked.move(data, (*ACCEPT, "bag"), into=ACCEPT, after="clear-before")
    [found] = difference_of_data(data, apply_all(data, change))
    assert sentence(found) == "Steps changed places: “bag” now comes before “identity”"
    assert beside(found) == ("identity, bag", "bag, identity")


def test_a_step_in_another_operation_is_the_same_step() -> None:
    data = data_of("cart19-prodigy")
    stages = data["stages"]
    here, there = stages[0], stages[1]
    at = ("stages", here["key"], "operations", here["operations"][0]["key"], "steps")
    into = ("stages", there["key"], "operations", there["operations"][0]["key"], "steps")
    name = next(
        str(one["key"])
        for one in here["operations"][0]["steps"]
        if one["key"] not in [step["key"] for step in there["operations"][0]["steps"]]
    )
    found = difference_of_data(data, apply_all(data, [Move(at=at, name=name, into=into)]))
    assert [(one.what, one.was_at, one.at) for one in found] == [
        (W.STEP_MOVED, (*at, name), (*into, name))
    ]


def test_a_renamed_step_keeps_what_is_said_of_it() -> None:
    found = changed(
        ((*SEEDED, "key"), "cells-seeded"),
        ((*SEED, "cells-seeded", "limits", "alert", "low"), "0.95e8"),
    )
    assert [(one.what, one.path) for one in found if one.path] == [
        (W.STEP_RENAMED, "seeding/seed/cells-seeded"),
        (W.LIMIT_NARROWED, "seeding/seed/cells-seeded"),
    ]


def test_a_key_that_is_gone_is_said_where_something_else_names_the_step_alike() -> None:
    """Found by other seeds of the edits below: ``as`` gives the step the name that its key had."""
    place = ("stages", "selection", "operations", "load", "steps", "prodigy")
    found = changed(((*place, "key"), None), name="cart19-prodigy")
    assert [(one.what, one.at, one.before, one.after) for one in found] == [
        (W.CHANGED, (*place, "key"), "prodigy", "")
    ]


def test_the_parts_of_a_renamed_stage_are_the_same_parts() -> None:
    found = changed((("stages", "seeding", "key"), "start"))
    assert [one.what for one in found] == [W.STAGE_RENAMED]


def test_a_new_step_and_one_that_is_gone() -> None:
    data = data_of("six-steps")
    step: dict[str, Any] = {"key": "look", "kind": "confirm", "text": {"en": "Look."}}
    new = apply_all(data, [Insert(at=SEED, after="seeded", item=step)])
    assert said(difference_of_data(data, new)) == [
        (W.STEP_ADDED, "seeding/seed/look", Severity.MAJOR)
    ]
    assert said(difference_of_data(new, data)) == [
        (W.STEP_REMOVED, "seeding/seed/look", Severity.CRITICAL)
    ]


def test_a_stage_that_is_gone_is_said_once() -> None:
    data = data_of("cart19-prodigy")
    less = {**data, "stages": data["stages"][1:]}
    gone = [one for one in difference_of_data(data, less) if one.path]
    assert [one.what for one in gone] == [W.STAGE_REMOVED]


# --- any script of edits -------------------------------------------------------------------------


def touches(found: Difference, change: Change) -> bool:
    """Whether a difference stands where a change was made, at it or inside it."""
    match change:
        case Put():
            places = [change.at, change.at[:-1]]
        case Insert() | Remove():
            places = [(*change.at, str(name_of(change.item)))]
        case Move():  # two neighbours that change places are one move, of either
            return (found.what is W.ORDER_CHANGED and found.at == change.at) or (
                found.what.endswith(("_moved", "_swapped"))
                and change.at in {found.was_at[:-1], found.at[:-1]}
            )
    ways = [way for way in (found.at, found.was_at) if way]
    return any(_near(way, place) for way in ways for place in places)


def _near(one: Address, other: Address) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


@pytest.mark.parametrize("name", NAMES)
def test_every_edit_is_found_again_where_it_was_made(name: str) -> None:
    luck, begun = Random(name), data_of(name)
    data, tried = begun, 0
    for number in range(ROUNDS):
        try:
            after = normal(apply_all(data, an_edit(data, luck)))
        except (Overtaken, Twice):
            continue
        found = difference_of_data(data, after)
        missed = [
            change
            for change in between(data, after)
            if not any(touches(one, change) for one in found)
        ]
        assert (bool(found), missed) == (data != after, [])
        assert all(sentence(one) for one in found)
        tried += data != after
        data = begun if number % 25 == 24 else after
    assert tried > ROUNDS / 2


def test_what_a_difference_says_back_is_as_much() -> None:
    data = data_of("six-steps")
    after = apply_all(data, asked.put(data, (*SEEDED, "unit"), "mL"))
    there, back = difference_of_data(data, after), difference_of_data(after, data)
    assert [(one.before, one.after) for one in there] == [(one.after, one.before) for one in back]


def test_every_meaning_has_its_sentence_in_every_language() -> None:
    one = Difference(W.CHANGED, Severity.MINOR, (), ("title",), "title", "a", "b", "en")
    assert set(SENTENCES) == set(What)
    for what in What:
        with translation.override("en"):
            made = Difference(
                what, one.severity, one.was_at, one.at, one.field, one.before, one.after, "en"
            )
            assert "%(" not in sentence(made)


def test_five_thousand_steps_are_compared_in_a_moment() -> None:
    steps = [
        {"key": f"s{n}", "kind": "confirm", "text": {"en": f"Do {n}."}} for n in range(5000)
    ]  # fmt: skip
    operations = [
        {"key": f"o{n}", "title": {"en": "O"}, "openness": "closed",
         "steps": steps[n * 50 : n * 50 + 50]}
        for n in range(100)
    ]  # fmt: skip
    data: Any = {"recipe": "LONG", "stages": [{"key": "s", "operations": operations}]}
    after: Any = {"recipe": "LONG", "stages": [{"key": "s", "operations": operations[::-1]}]}
    found = difference_of_data(data, after)
    assert [one.what for one in found] == [W.OPERATION_MOVED] * 99
