"""What a document says of flow, time and people, and that older documents keep their hash."""

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from pydantic import ValidationError

from recipes import paths, reader
from recipes.judging import Facts, ValueMissing
from recipes.messages import RecipeNotReadable
from recipes.parts import TimeLimit
from tests.recipes.texts import CART19, SIX, with_change

HOLD, EMPTIES = "            hold: 24 h   # (m)\n", '            empties: "true"'
# What the library's recipe was given since: a shelf life, the vector by volume, how long samples
# may wait and what becomes of the harvest bag; and a witness of what the scan verifies was taken.
SINCE = (
    ("shelf_life: {from: freeze/freeze/run, max: parameters.shelf_life}   # (m)\n", ""),
    ('  - {key: shelf_life, unit: d, default: "365", low: "30", high: "1825", source: "m", title: '
     '{en: "Shelf life of the frozen product", '
     'de: "Haltbarkeit des eingefrorenen Produkts"}}\n', ""),
    ('  - {key: vector_titre, unit: "{TU}/mL", default: "1e8", low: "1e7", high: "1e11", '
     'source: "m", title: {en: "Titre of the vector, as planned for", '
     'de: "Titer des Vektors, wie geplant"}}\n', ""),
    ('seed_cells / parameters.vector_titre", unit: mL', 'seed_cells", unit: "{TU}"'),
    (next(line for line in CART19.splitlines(keepends=True) if line.startswith(EMPTIES)), ""),
    ('copies: "2"\n            critical: true\n',
     'copies: "2"\n            critical: true\n            verify: true\n'),
)  # fmt: skip
OLDER = reduce(lambda text, change: with_change(text, *change), SINCE, CART19.replace(HOLD, ""))
# As they were before branches, loops and limits of time came into the document.
HASHES = {
    OLDER: "6d880ce01b917a4ce1424245ca90d137292dd088f9f4b8db0e9c47e99d3c7555",
    SIX: "d225d9a6ed55ec788e1ea8fb5db5201badb21dda558f3aff94813f5235ea2733",
}
HEAD = "      - key: seed\n"
LOOP = (
    "        after: []\n"
    "        when: inputs.patient_weight > 10\n"
    '        repeat: {until: "seeded >= 1e8", max: "3", first: seeded, last: medium}\n'
    "        staff: [{role: operator, qualification: PRODIGY-TCT}]\n"
)
STEP = "            kind: equip\n"
MORE = (
    '            when: "inputs.patient_weight < 100"\n'
    "            within: [{from: identity, min: 1 min, warn: 50 min, max: 1 h}]\n"
    "            starts: thawed\n"
    "            role: operator\n"
    "            qualification: PRODIGY-TCT\n"
    "            offline: true\n"
    "            absolute: [unit.not_clean]\n"
    "            quality: parameter\n"
    '            reaction: {en: "Call QA.", de: "QA rufen."}\n'
    f"            pictures: [{{sha256: {'a' * 64}, alt: {{en: A scanner, de: Ein Scanner}}}}]\n"
)


def full() -> str:
    return with_change(with_change(SIX, HEAD, HEAD + LOOP), STEP, STEP + MORE)


@pytest.mark.parametrize("text", HASHES, ids=["cart19", "six"])
def test_a_document_without_the_new_parts_keeps_its_hash(text: str) -> None:
    assert reader.read(text).content_hash == HASHES[text]


def test_every_construct_is_read_and_written_as_it_stands() -> None:
    recipe = reader.read(full())
    operation = recipe.stages[0].operations[0]
    assert (operation.after, operation.when) == ((), "inputs.patient_weight > 10")
    assert operation.repeat is not None
    assert (operation.repeat.max, operation.repeat.first) == (3, "seeded")
    step = recipe.by_path["seeding/seed/unit"].step
    assert step.within == (TimeLimit(from_="identity", min="1 min", warn="50 min", max="1 h"),)
    assert (step.offline, step.absolute, step.quality) == (True, ("unit.not_clean",), "parameter")
    assert [text.say("de") for text in step.texts()][1:] == ["QA rufen.", "Ein Scanner"]
    again = reader.read(recipe.canonical)
    assert (again, again.content_hash) == (recipe, recipe.content_hash)
    assert again.content_hash not in HASHES.values()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('until: "seeded >= 1e8"', 'until: "seeded + 1"', "a condition is asked for"),
        ('max: "3"', 'max: "0"', "max is at least 1."),
        (", last: medium", "", "a first and a last step"),
        ("min: 1 min, warn: 50 min, max: 1 h", "warn: 50 min", "a min, a max or both"),
        ("min: 1 min, warn: 50 min, max: 1 h", "min: 1 min, warn: 5 min", "before a max"),
        ("absolute: [unit.not_clean]", "absolute: [Unit]", "not written as"),
        ("a" * 64, "a" * 63, "not written as"),
        ("quality: parameter", "quality: yes", "parameter"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_stands(old: str, new: str, sentence: str) -> None:
    with pytest.raises(RecipeNotReadable) as refused:
        reader.read(with_change(full(), old, new))
    assert any(sentence in message.sentence for message in refused.value.messages)


def test_the_when_of_a_line_clearance_is_no_condition() -> None:
    recipe = reader.read(SIX)
    assert recipe.by_path["seeding/seed/clear-before"].step.condition is None
    with pytest.raises(RecipeNotReadable):
        reader.read(with_change(SIX, "when: before", "when: inputs.patient_weight > 1"))


def test_a_contingency_has_its_steps_in_each_stage_that_offers_it() -> None:
    recipe = reader.read(CART19)
    offering = [stage for stage in recipe.stages if recipe.offered_in(stage)]
    assert offering
    for stage in offering:
        for called in recipe.offered_in(stage):
            path = f"{stage.key}/{called.key}/{called.steps[0].key}"
            placed = recipe.placed(f"{path}#2")
            assert placed is not None
            assert (placed.position, placed.stage, placed.operation) == (0, stage, called)
    assert recipe.length == len(list(recipe.steps())) < len(recipe.by_path)


def test_a_ref_is_a_path_and_a_time() -> None:
    assert paths.ref("a/b/c", 1) == "a/b/c"
    assert paths.split(paths.ref("a/b/c", 12)) == ("a/b/c", 12)
    assert paths.split("a/b/c#x") == ("a/b/c#x", 1)


NOW = datetime(2027, 1, 4, tzinfo=UTC)


def test_a_name_says_which_iteration_it_means() -> None:
    counts = {"one/grow/count": "3", "one/grow/count#2": "5", "one/grow/count#3": "8"}
    rounds = {ref: {"value": value} for ref, value in counts.items()}
    third = Facts(
        at=NOW, path="one/grow/decide", iteration=3, rounds=rounds,
        values={"one/grow/count": rounds["one/grow/count#3"]},
    )  # fmt: skip
    for formula, value in (("count", 8), ("count[1]", 3), ("count[-1]", 5), ("count[-2]", 3)):
        assert third.evaluate(formula) == value
    assert third.holds("count >= 2 * count[1] and count < 2 * count[-1]")
    assert third.asked("count >= 2 * count[1] and inputs.weight > 2") == {
        "count": "8", "inputs.weight": "–"
    }  # fmt: skip
    for formula in ("count[-3]", "count[4]"):
        with pytest.raises(ValueMissing):
            third.evaluate(formula)


def test_an_answer_is_compared_with_its_key() -> None:
    facts = Facts(at=NOW, path="one/grow/next", values={"one/grow/bag": {"choice": "leaking"}})
    assert facts.holds('bag == "leaking"')
    assert not facts.holds('bag != "leaking"')
    with pytest.raises(ValueMissing):
        facts.holds('other == "leaking"')


def test_a_time_limit_has_bounds() -> None:
    limit = TimeLimit.model_validate({"from": "clock.thawed", "max": "parameters.stability"})
    assert limit.spans == (("max", "parameters.stability"),)
    assert TimeLimit.model_validate({"from": "a", "min": "2 h"}).spans == (
        ("min", timedelta(hours=2)),
    )
    with pytest.raises(ValidationError):
        TimeLimit.model_validate({"from": "clock.thawed"})
