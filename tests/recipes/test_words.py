"""A step in words, as the recipe's page and a redline show it: limits, materials, who witnesses."""

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from recipes import kinds, reader, words
from recipes.difference import difference
from recipes.difference.shown import change_groups
from recipes.document import Recipe
from recipes.drafting.plain import plain_of, yaml_of
from recipes.words import Reader
from tests.builders.recipes import library_text
from tests.recipes.test_machine_kinds import MACHINES

CONTAINERS = (Path(__file__).parent / "containers.yaml").read_bytes()
SIX = reader.read(library_text("six-steps"))


def facts_of(recipe: Recipe) -> dict[str, list[str]]:
    read = Reader(recipe)
    return {one.step.key: words.step_facts(one.step, read) for one in recipe.by_path.values()}


def test_every_kind_of_step_has_facts_and_a_name() -> None:
    assert set(words.FACTS) == set(kinds.KINDS)
    assert [kind for kind in kinds.KINDS if words.kind_words(kind) == ""] == []


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("spiked", ["Spike", "Collection bag – prodigy"]),
        ("medium", ["Luer connection", "TEXMACS – prodigy"]),
        ("begun", [
            "prodigy", "TCT 4.2", "start", "Temperature: 37 °C, ± 0.5 °C",
            "Centrifuge: Action 100 – 300 rpm",
        ]),
        ("weight", ["prodigy", "Collection bag", "Alert 90 – 110 g", "Action 80 – 120 g"]),
        ("carbon", ["Carbon dioxide", "prodigy", "Alert 4.5 – 5.5 %"]),
        ("photo", ["Photo, PDF", "at most 15 MB"]),
        ("way", ["Go on", "Stop here", "If not in order: Keep the cells at 2-8 °C and call QA."]),
        ("ended", ["prodigy", "TCT 4.2", "end", "its log is kept"]),
    ],
)  # fmt: skip
def test_steps_with_machines_files_and_decisions(key: str, facts: list[str]) -> None:
    assert facts_of(reader.read(MACHINES))[key] == facts


def test_steps_with_containers() -> None:
    found = facts_of(reader.read(CONTAINERS))
    assert {key: found[key] for key in ("split", "sample", "pool", "stored")} == {
        "split": [
            "Collection bag → Intermediate container", "From one into several new ones",
            "up to 3 of them", "Action 30 – 40 mL", "balance ± 5 %",
        ],
        "sample": [
            "viability", "from Intermediate container", "Action 0.5 – 5 mL", "tested within 4 h"
        ],
        "pool": [
            "Intermediate container → Product bag", "From several into one new one",
            "up to 3 of them", "Action 50 – 120 mL", "balance ± 5 %",
        ],
        "stored": ["Product bag", "Stored", "none is left over"],
    }  # fmt: skip


def operations() -> list[dict[str, Any]]:
    """The operations of the six steps, as plain data."""
    plain: Any = plain_of(SIX)
    found: list[dict[str, Any]] = plain["stages"][0]["operations"]
    return found


def with_seeding(**fields: Any) -> Recipe:
    """The six steps with other fields of their only stage."""
    plain: Any = plain_of(SIX)
    [stage] = plain["stages"]
    return reader.read(yaml_of({**plain, "stages": [{**stage, **fields}]}).encode())


def added_to(recipe: Recipe) -> list[dict[str, Any]]:
    """What pages show of what is new beside the six steps."""
    groups = change_groups(SIX, recipe, difference(SIX, recipe))["groups"]
    return [row["added"] for group in groups for row in group["rows"] if row["added"]]


def test_what_is_new_or_gone_is_called_in_the_readers_language() -> None:
    plain: Any = plain_of(SIX)
    [stage] = plain["stages"]
    [operation] = stage["operations"]
    less = [one for one in operation["steps"] if one["key"] != "medium"]
    other = {"material": "RPMI", "title": {"en": "Medium RPMI", "de": "Medium RPMI, deutsch"}}
    bill: Any = [{**plain["bill_of_materials"][0], **other}]
    stages: Any = [{**stage, "operations": [{**operation, "steps": less}]}]
    recipe = reader.read(yaml_of({**plain, "bill_of_materials": bill, "stages": stages}).encode())
    with translation.override("de"):
        rows = [
            row for group in change_groups(SIX, recipe, difference(SIX, recipe))["groups"]
            for row in group["rows"]
        ]  # fmt: skip
    assert [(row["was"], row["now"]) for row in rows] == [
        ("TEXMACS (TexMACS-GMP-Medium)", ""),
        ("", "RPMI (Medium RPMI, deutsch)"),
        ("Medium in die Kulturkammer geben.", ""),
    ]


WEIGHED: dict[str, Any] = {
    "key": "amount", "kind": "enter", "value": "decimal", "unit": "mL",
    "limits": {"action": ["15", "25"]}, "text": {"en": "Enter it."}, "verify": "true",
}  # fmt: skip


def test_a_new_step_is_shown_alone_with_all_that_it_asks() -> None:
    [operation] = operations()
    steps = [*operation["steps"][:-1], WEIGHED, operation["steps"][-1]]
    [added] = added_to(with_seeding(operations=[{**operation, "steps": steps}]))
    assert added == {
        "steps": [
            {
                "number": 6, "path": "seeding/seed/amount", "key": "amount", "kind": "enter",
                "text": "Enter it.", "note": "", "facts": ["Action 15 – 25 mL"],
                "marks": ["second person verifies"],
            }
        ]
    }  # fmt: skip


def test_a_new_operation_is_shown_with_its_steps_and_no_other() -> None:
    [operation] = operations()
    again: dict[str, Any] = {
        "key": "again", "title": {"en": "Again"}, "openness": "closed", "steps": [WEIGHED],
        "staff": [{"role": "operator", "count": "2", "qualification": "PRODIGY-TCT"}],
    }  # fmt: skip
    [added] = added_to(with_seeding(operations=[operation, again]))
    [shown] = added["operations"]
    assert (shown["title"], shown["openness"], shown["marks"]) == (
        "Again", "Closed", ["2 × Operator, PRODIGY-TCT"]
    )  # fmt: skip
    assert [(one["key"], one["facts"]) for one in shown["steps"]] == [
        ("amount", ["Action 15 – 25 mL"])
    ]


def test_a_contingency_that_is_new_is_shown_too() -> None:
    plain: Any = plain_of(SIX)
    leak: Any = {"key": "leak", "title": {"en": "Leak"}, "openness": "closed", "steps": [WEIGHED]}
    [added] = added_to(reader.read(yaml_of({**plain, "contingencies": [leak]}).encode()))
    [shown] = added["operations"]
    assert (shown["path"], shown["steps"][0]["path"]) == (
        "contingencies/leak", "contingencies/leak/amount"
    )  # fmt: skip


def test_what_has_only_changed_is_not_shown_as_new() -> None:
    assert added_to(with_seeding(cleaning="45 min")) == []
