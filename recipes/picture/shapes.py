"""The shapes of a picture, and how text is broken into lines that fit."""

from __future__ import annotations

from dataclasses import dataclass, field

# The mean width of a letter of the pictures' text, in units of the picture, and of their titles,
# which are bold; wide enough for the fonts of a system that has not the site's own.
LETTER, TITLE = 6.6, 8.4


@dataclass(frozen=True, slots=True)
class Rect:
    """A box; ``kind`` is its style."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, written as SVG does."""

    points: str
    kind: str = "line"


@dataclass(frozen=True, slots=True)
class Label:
    """Text that begins at a point on its base line."""

    x: float
    y: float
    text: str
    kind: str = "label"


@dataclass(slots=True)
class Link:
    """Shapes that lead to a place; ``title`` says all that there is no room for."""

    url: str
    title: str
    rects: list[Rect] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    inner: list[Link] = field(default_factory=list)


def line(*points: tuple[float, float], kind: str = "line") -> Line:
    """Return a line through points."""
    return Line(" ".join(f"{x:g},{y:g}" for x, y in points), kind)


def fitted(text: str, width: float, *, lines: int, letter: float = LETTER) -> list[str]:
    """Break a text into at most ``lines`` lines; what does not fit ends in an ellipsis."""
    most = max(6, int(width / letter))
    found: list[str] = [""]
    for word in text.split():
        joined = f"{found[-1]} {word}".strip()
        if len(joined) <= most or not found[-1]:
            found[-1] = joined
        else:
            found.append(word)
    cut = [one if len(one) <= most else f"{one[: most - 1]}…" for one in found[:lines]]
    if len(found) > lines:
        cut[-1] = f"{cut[-1][: most - 1].rstrip()}…"
    return cut
