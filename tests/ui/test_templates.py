"""Every template: compiles, has nothing inline, and a page of each component is well-formed."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template, render_to_string

from mes.lib import clock
from tests.ui.pages import NOW, PAGES, page_html

TEMPLATES = Path(settings.BASE_DIR) / "templates"
OURS = [
    *sorted(TEMPLATES.glob("*.html")),
    *sorted((TEMPLATES / "components").glob("*.html")),
]
VOID = {"meta", "link", "input", "br", "hr", "img", "path", "rect", "circle"}


class Tags(HTMLParser):
    """Keeps the open tags, and says what was closed out of turn, inline or doubled."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        if (tag == "script" and "src" not in given) or tag == "style":
            self.inline.append(tag)
        if identity := given.get("id"):
            self.ids.append(identity)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, (tag, self.getpos())


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with clock.simulating(NOW):
        yield


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_template_compiles(path: Path) -> None:
    assert get_template(str(path.relative_to(TEMPLATES)))


@pytest.mark.parametrize("name", PAGES)
def test_page_is_well_formed_and_has_nothing_inline(name: str) -> None:
    tags = Tags()
    tags.feed(page_html(name))
    tags.close()
    assert tags.open == []
    assert tags.inline == []
    assert sorted(tags.ids) == sorted(set(tags.ids))


@pytest.mark.parametrize("name", ["400", "403", "404", "500"])
def test_error_page_says_what_was_not_changed(name: str) -> None:
    html = render_to_string(f"{name}.html")
    tags = Tags()
    tags.feed(html)
    assert (tags.open, tags.inline) == ([], [])
    assert len(re.findall(r"Nothing was changed|was not saved", html)) == 1


def test_a_scan_step_never_shows_the_code_that_the_scanner_must_prove() -> None:
    step = page_html("scan").split('id="step"')[1].split("</form>")[0]
    assert re.findall(r"000037", step) == []


def test_absolute_refusal_has_no_way_back_and_no_override() -> None:
    html = page_html("stop")
    assert re.findall(r'<a class="btn[^>]*href="([^"]+)"', html) == ["/h/", "/c/", "/again/"]
    assert re.findall(r"<button[^>]*type=\"submit\"", html) == []


@pytest.mark.req("P11-200a")
def test_signing_sheet_shows_what_is_signed_above_the_button() -> None:
    html = page_html("sign")
    order = [
        html.index(part)
        for part in ("Kemi Adeyemi", "I performed", "8 steps", "7b1e 04c9", ">Sign<")
    ]
    assert order == sorted(order)
    assert re.findall('name="content_hash" value="([0-9a-f]+)"', html) == ["7b1e04c9" + "00" * 24]
