"""Recipes as text, for tests that break one thing at a time."""

from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[2] / "recipes" / "library"
SIX = (LIBRARY / "six-steps.yaml").read_text(encoding="utf-8")
CART19 = (LIBRARY / "cart19-prodigy.yaml").read_text(encoding="utf-8")


def with_change(text: str, old: str, new: str) -> str:
    """Return the text with the one place where ``old`` stands changed."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def line_of(text: str, part: str) -> int:
    """Return the line on which ``part`` first stands."""
    return text[: text.index(part)].count("\n") + 1
