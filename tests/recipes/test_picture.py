"""A recipe as a picture: what hangs below what, and that every part leads to its place."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from django.urls import reverse

from recipes import reader
from recipes.document import Recipe
from recipes.drafting.changes import Put
from recipes.drafting.plain import normal, yaml_of
from recipes.picture import Chart, chart_of
from recipes.picture.graph import Graph
from recipes.picture.shapes import TITLE, Link, Rect, fitted
from recipes.services import drafts
from tests.builders.accounts import DemoSite, a_command, open_demo_site, signed_in_client
from tests.builders.recipes import imported, library_text
from tests.recipes.test_drafting import data_of
from tests.recipes.test_editor_browser import a_draft

NAMES = ["six-steps", "cart19-prodigy"]


def recipe_of(data: Any) -> Recipe:
    return reader.read(yaml_of(data).encode())


def branched(after: dict[str, Any], **more: dict[str, str]) -> Recipe:
    """Return a recipe whose stages wait for others as ``after`` says."""
    data = data_of("six-steps")
    stage = data["stages"][0]
    stages = [
        normal({**stage, "key": key, "title": {"en": key}, **more.get(key, {}),
                **({"after": names} if names is not None else {})})
        for key, names in after.items()
    ]  # fmt: skip
    return recipe_of({**data, "stages": stages})


def drawn(recipe: Recipe) -> Chart:
    return chart_of(recipe, "/".join, lambda text: text.say("en"))


def links(found: list[Link]) -> Iterator[Link]:
    for one in found:
        yield one
        yield from links(one.inner)


def test_lines_follow_the_order_of_the_document() -> None:
    graph = Graph(recipe_of(data_of("cart19-prodigy")).stages)
    last = len(graph.parts) - 1
    assert graph.edges == tuple((n, n + 1) for n in range(last))
    assert (graph.layer, set(graph.lane.values())) == (tuple(range(last + 1)), {0})


def test_what_runs_beside_each_other_stands_beside_each_other() -> None:
    graph = Graph(branched({"a": [], "b": [], "c": ["b"], "d": None}).stages)
    assert graph.edges == ((1, 2), (0, 3), (2, 3))
    assert (graph.layer, graph.lane) == ((0, 0, 1, 2), {0: 0, 1: 1, 2: 1, 3: 0})


@pytest.mark.parametrize("name", NAMES)
def test_every_part_leads_to_its_place(name: str) -> None:
    recipe = recipe_of(data_of(name))
    chart = drawn(recipe)
    found = {one.url for one in links([*chart.stages, *chart.called])}
    steps = {
        f"stages/{p.stage.key}/operations/{p.operation.key}/steps/{p.step.key}"
        for p in recipe.steps()
    }
    assert steps <= found
    assert {f"contingencies/{one.key}" for one in recipe.contingencies} <= found
    assert all(one.title for one in links(chart.stages))


def boxes(chart: Chart) -> list[Rect]:
    return [rect for one in [*chart.stages, *chart.called] for rect in one.rects]


def apart(one: Rect, other: Rect) -> bool:
    return (
        one.x + one.width <= other.x or other.x + other.width <= one.x
        or one.y + one.height <= other.y or other.y + other.height <= one.y
    )  # fmt: skip


SHAPES: list[dict[str, Any]] = [
    {"a": None, "b": ["a"], "c": ["a"], "d": ["a"], "e": None},
    {"a": [], "b": [], "c": [], "d": ["a"], "e": ["b", "d"], "f": None, "g": None},
    dict.fromkeys("abcdefghijklmn"),
]


@pytest.mark.parametrize("after", SHAPES)
def test_no_box_covers_another_and_all_lie_on_the_page(after: dict[str, list[str]]) -> None:
    chart = drawn(branched(after))
    assert all(apart(one, other) for one, other in combinations(boxes(chart), 2))
    assert all(
        rect.x >= 0 and rect.x + rect.width <= chart.width
        and rect.y >= 0 and rect.y + rect.height <= chart.height
        for rect in boxes(chart)
    )  # fmt: skip
    assert [one.kind for one in chart.symbols].count("begin") >= 1


def test_conditions_and_branches_are_drawn() -> None:
    after: dict[str, Any] = {"a": None, "b": ["a"], "c": ["a"], "d": None}
    chart = drawn(branched(after, c={"when": "inputs.patient_weight >= 40"}))
    kinds = [one.kind for one in chart.lines]
    assert (kinds.count("parallel"), kinds.count("transition")) == (4, 1)
    assert [one.kind for one in chart.labels] == ["condition"]


def test_a_long_recipe_fills_a_page_on_its_side() -> None:
    chart = drawn(recipe_of(data_of("cart19-prodigy")))
    assert 0.8 < chart.width / chart.height < 2


def test_a_long_text_ends_in_an_ellipsis() -> None:
    assert fitted("one two three four five", 66, lines=2) == ["one two", "three fou…"]
    assert fitted("Donaudampfschifffahrt", 66, lines=1) == ["Donaudamp…"]
    # A title is bold: it takes a second line before it leaves its frame.
    assert fitted("one two three", 66, lines=2, letter=TITLE) == ["one two", "three"]


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


def test_the_pages_draw_a_version_and_a_draft(site: DemoSite) -> None:
    version = imported(site, library_text("cart19-prodigy"))
    client = signed_in_client(site, "process-owner")
    page = client.get(reverse("recipes:picture", args=[version])).content.decode()
    assert (page.count('<svg class="chart"'), page.count("chart-begin")) == (1, 1)
    assert f'href="/recipes/{version}/#receipt/accept/clear-before"' in page
    assert " style=" not in page
    draft = a_draft(site)
    shown = client.get(reverse("recipes:draft_picture", args=[draft])).content.decode()
    assert f'href="/recipes/drafts/{draft}/?at=stages%2Fseeding"' in shown
    broken = Put(at=("modality",), was="autologous", value="neither")
    command = a_command(site.actor("process-owner"))
    drafts.edit_draft(command=command, draft=draft, changes=[broken])
    again = client.get(reverse("recipes:draft_picture", args=[draft])).content.decode()
    assert ("no recipe yet" in again, '<svg class="chart"' in again) == (True, False)
