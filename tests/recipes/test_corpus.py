"""A corpus of recipes: broken ones with one fault each, ones that a plant cannot run, correct ones.

A case is a change to a recipe of the library or to ``corpus/branches.yaml``, and what the compiler
must say of it and where. Nothing else of that weight may be said.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from recipes import compiler, nodes
from recipes.faults import CHECKS
from recipes.messages import Message, Weight
from recipes.site import Site, read_site
from tests.recipes.texts import LIBRARY, with_change

CORPUS = Path(__file__).with_name("corpus")
BASES = {
    "branches": CORPUS / "branches.yaml",
    "machines": CORPUS.parent / "machines.yaml",
    "containers": CORPUS.parent / "containers.yaml",
}
SITE = (CORPUS / "site.yaml").read_text(encoding="utf-8")
# What is said because a field is not there stands on the line of what should have it.
ABSENT = frozenset(
    {"room.missing", "staff.none", "sample.no_hold", "sample.no_test", "specification.empty"}
)


@dataclass(frozen=True, slots=True)
class Case:
    """One recipe and what is to be found in it."""

    name: str
    text: str
    fault: str = ""
    at: str = ""
    weight: Weight = Weight.ERROR
    site: Site | None = None
    absent: bool = False


def changed(text: str, changes: list[dict[str, str]]) -> str:
    for change in changes:
        text = with_change(text, change["old"], change["new"])
    return text


def case_of(row: dict[str, Any], *, plant: bool) -> Case:
    base = row.get("base", "branches")
    path = BASES.get(base, LIBRARY / f"{base}.yaml")
    site = read_site(changed(SITE, row.get("plant", []))) if plant else None
    return Case(
        name=row.get("name") or f"{row['fault']} {row['at']}",
        text=changed(path.read_text(encoding="utf-8"), row.get("changes", [])),
        fault=row.get("fault", ""), at=row.get("at", ""),
        weight=Weight(row.get("weight", "error")), site=site, absent=row.get("absent", False),
    )  # fmt: skip


def cases(*names: str, plant: bool = False) -> list[Case]:
    rows = [row for name in names for row in yaml.safe_load((CORPUS / name).read_text("utf-8"))]
    return [case_of(row, plant=plant) for row in rows]


BROKEN = cases(*(f"broken/{path.name}" for path in sorted((CORPUS / "broken").glob("*.yaml"))))
PLANTS = cases("plants.yaml", plant=True)
CORRECT = [*cases("correct.yaml"), *cases("correct.yaml", plant=True)[:1]]


def said(case: Case) -> tuple[Message, ...]:
    recipe, messages = compiler.check_text(case.text, case.site)
    assert recipe is not None, messages
    return messages


@pytest.mark.req("S88-2", "F211-186")
@pytest.mark.parametrize("case", [*BROKEN, *PLANTS], ids=lambda case: case.name)
def test_one_fault_is_found_at_its_place_and_nothing_else(case: Case) -> None:
    weights = {Weight.ERROR, case.weight}
    found = [m for m in said(case) if m.severity in weights]
    assert [(m.code, m.path, m.severity) for m in found] == [(case.fault, case.at, case.weight)]
    (message,) = found
    assert message.sentence.endswith(".")
    text = nodes.read(case.text)
    # The line is that of the very field, unless what is wrong is that it is not there.
    assert text.stands(message.at) is (case.fault not in ABSENT and not case.absent)
    assert (message.line, message.column) == text.mark(message.at)


@pytest.mark.req("S88-2")
@pytest.mark.parametrize("case", CORRECT, ids=lambda case: case.name)
def test_nothing_is_said_of_a_correct_recipe(case: Case) -> None:
    assert said(case) == ()


def test_the_corpus_is_as_large_as_promised_and_has_every_check() -> None:
    errors = [case for case in BROKEN if case.weight == Weight.ERROR]
    counts = (len(errors) >= 60, len(PLANTS) >= 15, len(CORRECT) >= 10)
    assert counts == (True, True, True)
    assert {case.fault for case in [*BROKEN, *PLANTS]} == set(CHECKS)


def test_the_corpus_has_no_case_twice() -> None:
    texts = [(case.text, case.site) for case in [*BROKEN, *PLANTS, *CORRECT]]
    assert len({(text, repr(site)) for text, site in texts}) == len(texts)
