"""Colours are read from the sheet and measured as WCAG 2.2 does."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
THEMES = ("light", "dark")
GROUNDS = ("surface", "ground", "sunken")


def tokens(theme: str) -> dict[str, str]:
    block = re.search(
        rf'\[data-theme="{theme}"\] {{(.*?)}}', (CSS / "tokens.css").read_text(), re.DOTALL
    )
    assert block is not None
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block.group(1)))


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ink", ["ink", "ink-2", "ink-3", "accent", "critical", "warning-text"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_has_contrast(theme: str, ink: str, ground: str) -> None:
    colours = tokens(theme)
    assert ratio(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("on-accent", "accent"),
        ("on-accent", "accent-pressed"),
        ("on-critical", "critical"),
        ("on-warning", "warning"),
        ("on-ink", "ink"),
        ("ink", "accent-soft"),
        ("ink-2", "accent-soft"),
        ("accent", "accent-soft"),
        ("critical", "critical-soft"),
        ("ink", "critical-soft"),
        ("warning-text", "warning-soft"),
        ("ink-2", "warning-soft"),
    ],
)
def test_text_on_fill_has_contrast(theme: str, ink: str, ground: str) -> None:
    colours = tokens(theme)
    assert ratio(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_edges_of_what_is_touchable_have_contrast(theme: str, ground: str) -> None:
    colours = tokens(theme)
    assert ratio(colours["edge"], colours[ground]) >= 3


def test_both_themes_have_the_same_colours() -> None:
    assert tokens("light").keys() == tokens("dark").keys()


@pytest.mark.parametrize("sheet", ["base", "board", "desk", "scale", "tablet"])
def test_colours_come_from_tokens_only(sheet: str) -> None:
    # White and black invert the screen of a flash, whatever the theme.
    text = (CSS / f"{sheet}.css").read_text()
    colours = re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", text)
    assert set(colours) <= {"#ffffff", "#000000"}


@pytest.mark.parametrize("sheet", sorted(CSS.glob("*.css")), ids=lambda sheet: sheet.stem)
def test_every_variable_exists(sheet: Path) -> None:
    every = "".join(other.read_text() for other in CSS.glob("*.css"))
    known = set(re.findall(r"(--[\w-]+):", every))
    assert set(re.findall(r"var\((--[\w-]+)", sheet.read_text())) <= known
