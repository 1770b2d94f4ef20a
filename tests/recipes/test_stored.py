"""A document that was approved stays readable, whatever the rules of reading have become."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from recipes import formulas, parts, reader, remaining, selectors, stored
from recipes.difference import difference
from recipes.document import Operation, Recipe
from recipes.exceptions import NotCompiled
from recipes.messages import RecipeNotReadable
from recipes.models import RecipeVersion
from recipes.remaining import Begun
from recipes.rules import check_compiles, check_compiles_as_before
from recipes.stored import Stored
from recipes.views import pages
from records.reading import reading as snapshot
from tests.builders.accounts import open_demo_site, signed_in_client
from tests.builders.recipes import imported, library_text
from tests.recipes.texts import SIX, with_change

# What each of today's rules would refuse, in a document of yesterday.
YESTERDAY = {
    "a duration": with_change(SIX, "cleaning: 30 min", "cleaning: 5000 d"),
    "a formula": with_change(SIX, 'y: "70"\n            unit', "y: 1 + (2 > 1)\n            unit"),
}

BOTH = with_change(YESTERDAY["a formula"], "cleaning: 30 min", "cleaning: 5000 d")


@pytest.fixture
def yesterday(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the reader take what it refuses today, until the rules are made strict again."""
    monkeypatch.setattr(parts, "LONGEST", timedelta(days=100_000))
    monkeypatch.setattr(formulas, "check_kinds", lambda *_given, **_more: None)

    def over() -> None:
        monkeypatch.undo()
        for kept in (selectors.document, selectors.source_text, selectors.differences):
            kept.cache_clear()
        vars(pages)["_messages"].cache_clear()

    return over


@pytest.mark.parametrize("name", ["six-steps", "cart19-cryo", "msc-wj-allo-banked"])
def test_what_is_read_by_its_shape_is_the_same_document(name: str) -> None:
    recipe = reader.read(library_text(name))
    found: Recipe = vars(stored)["_part"](Stored, recipe.dump())
    assert found.dump() == recipe.dump()
    assert found.content_hash == recipe.content_hash
    assert [type(one.step) for one in found.steps()] == [type(one.step) for one in recipe.steps()]
    assert difference(recipe, found) == ()
    assert type(stored.read(recipe.dump())) is Recipe


@pytest.mark.parametrize("rule", YESTERDAY)
def test_what_would_be_refused_today_is_read_and_not_approved(rule: str, yesterday: Any) -> None:
    before = reader.read(YESTERDAY[rule])
    yesterday()
    with pytest.raises(RecipeNotReadable):
        reader.read(YESTERDAY[rule])
    found = stored.read(before.dump())
    assert (type(found), found.content_hash) == (Stored, before.content_hash)
    with pytest.raises(NotCompiled):
        check_compiles(found)


SEEDED = Begun(frozenset({"seeding/seed"}))


def test_the_rest_of_a_batch_of_yesterday_is_judged_by_what_is_new_in_it(yesterday: Any) -> None:
    before = reader.read(BOTH)
    yesterday()
    kept = stored.read(before.dump())
    rest = remaining.text_of(kept, SEEDED)
    assert remaining.rewritten(kept, SEEDED, rest.encode()).content_hash == before.content_hash
    more = rest.replace("quantity: '70'", "quantity: '80'")
    changed = remaining.rewritten(kept, SEEDED, more.encode())
    assert [one.field for one in difference(kept, changed)] == ["quantity"]
    with pytest.raises(RecipeNotReadable) as refused:
        remaining.rewritten(kept, SEEDED, rest.replace("unit: mL", "unit: [mL]", 1).encode())
    assert [(one.line, one.path) for one in refused.value.messages] == [
        (5, "bill_of_materials/TEXMACS/unit")
    ]
    check_compiles_as_before(kept, changed)
    with pytest.raises(NotCompiled):
        check_compiles(changed)
    with pytest.raises(NotCompiled):
        check_compiles_as_before(kept, stored.read({**changed.dump(), "stages": []}))


def test_an_operation_of_the_library_stays_readable(yesterday: Any) -> None:
    plain = reader.read(YESTERDAY["a formula"]).stages[0].operations[0].reusable()
    yesterday()
    kept: Operation = stored.part(Operation, {**plain, "key": "x"})
    assert next(step.kind for step in kept.steps) == "clear"


@pytest.mark.req("P11-10c")
def test_the_pages_of_a_version_that_would_be_refused_today_are_there(
    yesterday: Any, committed_db: str
) -> None:
    site = open_demo_site()
    version = imported(site, BOTH.encode())
    yesterday()
    client = signed_in_client(site, "process-owner")
    for page in ("version", "source", "picture", "changes", "touches", "batchml_file"):
        answer = client.get(reverse(f"recipes:{page}", args=[version]))
        assert (page, answer.status_code) == (page, 200)
    with snapshot(site=site.id, person=None):
        row = RecipeVersion.objects.get(id=version)
        assert selectors.document(row.content_hash).length == row.steps


def test_a_change_is_refused_only_for_what_was_not_said_of_the_approved_document() -> None:
    """An older compiler may have let pass what a running batch is bound to."""
    let_pass = with_change(SIX, "expected: 40 min", "expected: 10 min")
    before = reader.read(let_pass)
    after = reader.read(with_change(let_pass, "cleaning: 30 min", "cleaning: 20 min"))
    with pytest.raises(NotCompiled):
        check_compiles(after)
    check_compiles_as_before(before, after)
    worse = reader.read(with_change(let_pass, "when: after", "when: before"))
    with pytest.raises(NotCompiled, match="line clearance after"):
        check_compiles_as_before(before, worse)
