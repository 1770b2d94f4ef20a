import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipes import nodes, reader
from recipes.messages import RecipeNotReadable
from tests.recipes.texts import CART19, SIX, line_of, with_change


def refused(text: str | bytes) -> list[tuple[str, int | None]]:
    with pytest.raises(RecipeNotReadable) as caught:
        reader.read(text)
    assert all(message.sentence for message in caught.value.messages)
    return [(message.code, message.line) for message in caught.value.messages]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("a: 1\nbc: *x", (2, 5)),
        ("a: 1\n? [a]\n: 1", (2, 3)),
        ('{"a": 1,\n   "a": 2}', (2, 4)),
        ('{"a":\n  01x}', (2, 5)),
        (b"a: 1\nb: \xff", (2, 4)),
        ("<r>\n<!ENTITY x 'y'>", (2, 1)),
    ],
)
def test_a_refusal_names_line_and_column(text: str | bytes, mark: tuple[int, int]) -> None:
    with pytest.raises(RecipeNotReadable) as caught:
        reader.read(text)
    assert [(m.line, m.column) for m in caught.value.messages] == [mark]


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: 12:30", {"a": "12:30"}),
        ("a: no", {"a": "no"}),
        ("a: 1.10", {"a": "1.10"}),
        ("a: 0.9e8", {"a": "0.9e8"}),
        ("a: 0o17", {"a": "0o17"}),
        ("a: 2026-11-22", {"a": "2026-11-22"}),
        ("a: [~, null, '', x]", {"a": [None, None, "", "x"]}),
        ('{"a": 1.10, "b": [true, null, "\\u00e4"]}', {"a": "1.10", "b": ["true", None, "ä"]}),
        ('{"a": 123456789012345678901234567890}', {"a": "123456789012345678901234567890"}),
    ],
)
def test_scalars_stay_as_they_are_written(text: str, data: object) -> None:
    assert nodes.read(text).data == data


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: &x 1\nb: *x", "text.anchor", 1),
        ("a: 1\nb: *x", "text.alias", 2),
        ("a: !!python/object 1", "text.tag", 1),
        ("a: !x [1]", "text.tag", 1),
        ("a: 1\nb: 2\na: 3", "text.twice", 3),
        ('{"a": 1,\n"a": 2}', "text.twice", 2),
        ("a: 1\n---\nb: 2", "text.second_document", 2),
        ("a: 1\n b: 2", "text.not_yaml", 2),
        ("a: [1,\n2", "text.not_yaml", 3),
        ('{"a": 1\n"b": 2}', "text.not_json", 2),
        ('{"a": 01x}', "text.not_json", 1),
        ('{"a": "open}', "text.not_json", 1),
        ("", "text.empty", 1),
        ("# only a comment", "text.empty", 1),
        ("? [a]\n: 1", "text.key", 1),
        ("a: " + "[" * 40 + "]" * 40, "text.too_deep", 1),
        ('{"a": ' + "[" * 40 + "]" * 40 + "}", "text.too_deep", 1),
        ("- a", "document.no_fields", 1),
        ("text", "document.no_fields", 1),
    ],
)
def test_what_is_no_plain_text_is_refused_at_its_line(text: str, code: str, line: int) -> None:
    assert refused(text) == [(code, line)]


def test_bytes_that_are_not_utf_8_are_refused_at_their_line() -> None:
    assert refused(b"a: 1\nb: \xff") == [("text.not_utf8", 2)]


def test_control_characters_are_refused() -> None:
    assert refused("a: \x00") == [("text.not_yaml", 1)]


def test_more_than_two_megabytes_are_refused_before_they_are_parsed() -> None:
    begun = time.monotonic()
    assert refused("a: " + "x" * 2_000_000) == [("text.too_large", None)]
    assert time.monotonic() - begun < 0.5


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x]\n" + "\n".join(f"b{n}: &b{n} [*a, *a]" for n in range(100))
    assert refused(bomb) == [("text.anchor", 1)]


def test_more_steps_than_anybody_writes_are_refused() -> None:
    steps = "".join(
        f"          - {{key: s{n}, kind: confirm, text: {{en: x, de: x}}}}\n" for n in range(5000)
    )
    text = with_change(
        SIX, "          - key: clear-after\n", steps + "          - key: clear-after\n"
    )
    assert refused(text) == [("document.too_many_steps", 1)]


def test_conditions_and_formulas_that_take_long_to_check_are_refused() -> None:
    """Each is short enough by itself: it is how many there are, on steps and on what holds them."""
    data, most = nodes.read(SIX).data, reader.MOST_LETTERS
    [stage] = data["stages"]
    [operation] = stage["operations"]
    stage["when"], operation["repeat"] = "a > 1", {"until": "b > 1", "max": "2"}
    own = len("a > 1" + "b > 1" + "before" + "after")
    step = {"kind": "confirm", "text": {"en": "Do."}, "when": "c" * 500}
    count, rest = divmod(most - own, 500)
    operation["steps"] += [{"key": f"s{n}", **step} for n in range(count)]
    operation["steps"].append({**step, "key": "last", "when": "c" * rest})
    assert "document.formulas_too_long" not in codes_of(data)
    operation["steps"][-1]["when"] += "c"
    assert codes_of(data) == ["document.formulas_too_long"]


def codes_of(data: Any) -> list[str]:
    try:
        reader.read_nodes(nodes.Nodes(data))
    except RecipeNotReadable as refusal:
        return [message.code for message in refusal.messages]
    return []


FAULTS = [
    ("kind: equip", "kind: teleport", "document.union_tag_invalid"),
    ("critical: true", "critical: yes", "document.value_error"),
    ('decimals: "2"', "decimals: two", "document.value_error"),
    ('target: "1.00e8"', "target: 1,00", "document.value_error"),
    ("cleaning: 30 min", "cleaning: 12:30", "document.value_error"),
    ("recipe: SIX-STEPS", "recipe: six steps", "document.string_pattern_mismatch"),
    ("when: after", "when: later", "document.literal_error"),
    ("openness: closed", "openness: shut", "document.enum"),
    ('quantity: "70"\n            unit: mL', "quantity: a +\n            unit: mL",
     "document.value_error"),
    ("verify: true", "witness: true", "document.extra_forbidden"),
    ('identifiers: "2"', 'identifiers: "3"', "document.less_than_equal"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code"), FAULTS, ids=[fault[1] for fault in FAULTS])
def test_a_fault_of_the_document_is_named_at_its_line(old: str, new: str, code: str) -> None:
    text = with_change(SIX, old, new)
    assert refused(text) == [(code, line_of(text, new))]


def test_a_missing_field_is_named_where_it_should_stand() -> None:
    text = with_change(SIX, "            as: prodigy\n", "")
    with pytest.raises(RecipeNotReadable) as caught:
        reader.read(text)
    assert [(m.code, m.path, m.line, m.sentence) for m in caught.value.messages] == [
        (
            "document.missing",
            "seeding/seed/unit/as",
            line_of(text, "- key: unit"),
            "The field as is missing here.",
        )
    ]


def test_all_faults_of_a_document_are_named_at_once() -> None:
    text = with_change(SIX, "modality: autologous", "modality: neither")
    text = with_change(text, "cleaning: 30 min", "cleaning: soon")
    assert refused(text) == [
        ("document.enum", line_of(text, "modality")),
        ("document.value_error", line_of(text, "cleaning")),
    ]


def test_yaml_and_json_of_one_recipe_are_one_document() -> None:
    plain = nodes.read(CART19).data
    for text in (json.dumps(plain), json.dumps(plain, indent=2, ensure_ascii=False)):
        assert reader.read(text).content_hash == reader.read(CART19).content_hash


JSONS = st.recursive(
    st.none() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner,
                                                                max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=5), JSONS, max_size=4), st.sampled_from([None, 1, "\t"]))
def test_json_is_read_as_any_reader_reads_it(data: object, indent: int | str | None) -> None:
    assert nodes.read(json.dumps(data, indent=indent)).data == data


@given(st.text(max_size=200))
def test_any_text_is_refused_with_sentences(text: str) -> None:
    assert refused(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_sentences(content: bytes) -> None:
    assert refused(content)


LEAST = 'to: intermediate-container\n            count: "3"\n            least: "%s"'
VALUE = 'value: %s\n            unit: "{cells}"\n            target'
BEYOND = "            log: true"
PARAMETERS = "            parameters:\n              - {key: a, title: {en: A}, unit: Cel}"


@pytest.mark.parametrize(
    ("base", "old", "new", "place"),
    [
        ("machines", "does: stop", "does: start", "seeding/seed/ended/log"),
        ("machines", BEYOND, PARAMETERS, "seeding/seed/ended/parameters"),
        ("machines", "{key: speed, title", "{key: temperature, title",
         "seeding/seed/begun/parameters/temperature/key"),
        ("machines", "            how: luer\n", "            how: luer\n            as: prodigy\n",
         "seeding/seed/medium/as"),
        ("containers", LEAST % 2, LEAST % 4, "seeding/seed/split/least"),
        ("containers", "pour: pool", "pour: draw", "seeding/seed/pool/count"),
        ("corpus/branches", 'max: "3"}', 'max: "3",\n                 first: counter}',
         "culture/count/repeat/first"),
        ("corpus/branches", VALUE % "decimal", VALUE % "text", "culture/count/seeded/unit"),
        ("corpus/branches", "min: 6 h, max: 40 h}", "min: 6 h,\n                 warn: 40 h}",
         "harvest/collect/harvested/within/1/warn"),
        ("corpus/branches", 'action: ["0.8e8", "1.2e8"]', 'action: ["0.8e8",\n         "1.2 e 8"]',
         "culture/count/seeded/limits/action/high"),
    ],
)  # fmt: skip
def test_what_is_wrong_among_fields_is_said_at_the_one(
    base: str, old: str, new: str, place: str
) -> None:
    text = (Path(__file__).parent / f"{base}.yaml").read_text(encoding="utf-8")
    text = with_change(text, old, new)
    with pytest.raises(RecipeNotReadable) as caught:
        reader.read(text)
    (message,) = caught.value.messages
    found = nodes.read(text)
    assert (message.path, found.stands(message.at)) == (place, True)
    assert (message.line, message.column) == found.mark(message.at)


# A text that is kept as data, and a place in it behind whose name nothing is written.
UNSAID = {
    "an unquoted comma": ("text: {en: Clear the bench, and wipe it., de: X}", (1, 29)),
    "an unquoted colon": ("text:\n  en: Clear\n  note:\n", (3, 3)),
}


@pytest.mark.parametrize("case", UNSAID)
def test_what_a_text_says_is_never_dropped_silently_from_a_draft(case: str) -> None:
    text, mark = UNSAID[case]
    assert nodes.read(text).data["text"]["en"][:5] == "Clear"
    with pytest.raises(RecipeNotReadable) as refused:
        reader.written(text)
    assert [(one.code, one.line, one.column) for one in refused.value.messages] == [
        ("text.unsaid", *mark)
    ]


@pytest.mark.parametrize("text", ["a: {low: ~, high: 1}", "a: ''", "a: null", '{"a": null}'])
def test_nothing_that_somebody_wrote_down_is_nothing(text: str) -> None:
    assert reader.written(text).data == nodes.read(text).data


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("- key: seeding", f"- key: {'a' * 61}", "key has at most 60 letters."),
        ("- key: seeding", "- key: Seeding!", "key is written with small letters, digits and "
         "single hyphens, a letter first."),
        ("recipe: SIX-STEPS", "recipe: six", "recipe is written with capital letters, digits, "
         "points and hyphens."),
        ('en: "Seeding"', 'en: ""', "en is empty: something must stand there."),
        ("count: 2", 'count: "0"', "count is at least 1."),
        ("count: 2", 'count: "21"', "count is at most 20."),
    ],
)  # fmt: skip
def test_what_a_field_takes_is_said_in_words_of_ours(old: str, new: str, said: str) -> None:
    """The library that types a document speaks English only."""
    assert old in SIX
    with pytest.raises(RecipeNotReadable) as caught:
        reader.read(SIX.replace(old, new, 1))
    assert [one.sentence for one in caught.value.messages] == [said]
