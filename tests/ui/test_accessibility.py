"""axe, target sizes and overflow on a page of every component, in both themes and three shapes."""

import pytest
from playwright.sync_api import Page, expect

from tests.support import axe
from tests.support.axe import ALIKE, grave_faults
from tests.ui.conftest import Show
from tests.ui.pages import PAGES

SHAPES = {"landscape": (1280, 800), "portrait": (800, 1280), "enlarged": (640, 400)}


def sized(page: Page, shape: str) -> None:
    width, height = SHAPES[shape]
    page.set_viewport_size({"width": width, "height": height})


def test_axe_finds_what_is_grave_and_names_it(page: Page) -> None:
    page.set_content("<html lang=en><title>A</title><main><h1>A</h1><button></button></main>")
    assert grave_faults(page) == ["button-name button"]


def test_axe_looks_at_a_few_of_what_is_built_alike_and_at_all_that_is_not(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"<li id=row-{n}><button></button></li>" for n in range(ALIKE + 2))
    other = "<li id=other><b><button></button></b></li>"
    page.set_content(f"<html lang=en><title>A</title><main><ul>{rows}{other}</ul></main>")
    few = [f"button-name #row-{n} > button" for n in range(ALIKE)]
    assert grave_faults(page) == [*few, "button-name b > button"]
    monkeypatch.setattr(axe, "whole", True)
    every = [f"button-name #row-{n} > button" for n in range(ALIKE + 2)]
    assert grave_faults(page) == [*every, "button-name b > button"]


PAGE = """<html lang=en><title>A</title><style>p { color: #000 } [data-hit] { color: #eee }</style>
<main><h1>A</h1><p%s>Text</p></main>"""


def test_colours_are_looked_at_again_where_a_part_is_in_another_state(page: Page) -> None:
    page.set_content(PAGE % "")
    assert (grave_faults(page), grave_faults(page)) == ([], [])
    page.set_content(PAGE % " data-hit=alert")
    assert (grave_faults(page), grave_faults(page)) == (["color-contrast p"], ["color-contrast p"])


# Until what fades or moves has come to its end; what turns for ever is not waited for.
STILL = """() => new Promise(done => requestAnimationFrame(done)).then(() => Promise.all(
    document.getAnimations().filter(one => one.effect.getComputedTiming().endTime < 10_000)
        .map(one => one.finished.catch(() => null))
))"""


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_in_either_theme(show: Show, page: Page, name: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    show(name)
    expect(page.locator(".flash")).to_have_count(0)
    for theme in ("light", "dark"):
        page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
        page.evaluate(STILL)
        assert (theme, grave_faults(page)) == (theme, [])


# Two buttons one above the other: what a glove would hit by chance.
OVERLAPS = """() => {
    const boxes = [...document.querySelectorAll(".btn, .key")]
        .filter(part => part.offsetParent !== null && part.closest("footer, main"))
        .map(part => [
            part.textContent.trim(), part.getBoundingClientRect(),
            part.closest("footer, .sheet-foot"),
        ]);
    return boxes.flatMap(([text, a, foot], n) => boxes.slice(n + 1)
        .filter(([, b, other]) => foot === other && a.left < b.right && b.left < a.right
            && a.top < b.bottom && b.top < a.bottom)
        .map(([other]) => `${text} / ${other}`));
}"""
SMALL = """touch => [...document.querySelectorAll(
        "main button, main a, main .choice, footer .btn, .key")]
    .filter(part => part.offsetParent !== null)
    .map(part => [part, part.getBoundingClientRect()])
    .filter(([part, box]) =>
        Math.min(box.width, box.height) < (part.matches("[data-primary]") ? 104 : 79) * touch)
    .map(([part, box]) => `${part.textContent.trim()} ${box.width} x ${box.height}`)"""


@pytest.mark.parametrize("name", PAGES)
def test_pages_fit_and_targets_are_large_enough_for_gloves(
    show: Show, page: Page, name: str
) -> None:
    show(name)
    for shape in SHAPES:
        sized(page, shape)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert (shape, wide) == (shape, min(wide, SHAPES[shape][0]))
        if name == "desk" or shape == "enlarged":
            continue
        for touch in (1.0, 1.2):
            page.evaluate("touch => { document.documentElement.dataset.touch = touch; }", touch)
            assert (shape, touch, page.evaluate(SMALL, touch)) == (shape, touch, [])
            assert (shape, touch, page.evaluate(OVERLAPS)) == (shape, touch, [])


def test_desk_targets_are_at_least_24(show: Show, page: Page) -> None:
    show("desk")
    page.set_viewport_size({"width": 1440, "height": 900})
    small = page.evaluate(
        """() => [...document.querySelectorAll(
                ".btn, .topbar a, summary, input:not([type=hidden]), select, label:has(input)")]
            .filter(part => part.offsetParent !== null && !part.matches("label input"))
            .map(part => [part.textContent.trim() || part.name, part.getBoundingClientRect()])
            .filter(([, box]) => Math.min(box.width, box.height) < 24)
            .map(([text, box]) => `${text} ${box.width}x${box.height}`)"""
    )
    assert small == []
