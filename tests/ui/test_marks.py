from itertools import pairwise

import pytest

from mes.lib import marks
from mes.lib.marks import PatientMark
from mes.ui.marks import draw, spoken


def test_every_mark_once() -> None:
    every = [str(mark) for mark in marks.every()]
    assert len(every) == 3610
    assert len(set(every)) == 3610


def test_every_mark_is_read_back() -> None:
    assert all(marks.read(str(mark)) == mark for mark in marks.every())


@pytest.mark.parametrize("text", ["", "circle-filled", "star-filled-KM", "circle-filled-KO", "KM"])
def test_read_refuses(text: str) -> None:
    with pytest.raises(marks.NotAMark):
        marks.read(text)


def test_spoken_name() -> None:
    assert spoken(PatientMark("circle", "filled", "KM")) == "filled circle, K M"


def test_neighbours_in_the_order_differ_in_shape_or_fill() -> None:
    every = list(marks.every())
    assert all((a.shape, a.fill) != (b.shape, b.fill) for a, b in pairwise(every))


def test_drawing_speaks_and_has_its_size() -> None:
    svg = draw(PatientMark("house", "outlined", "TR"), 20)
    assert svg.startswith(
        '<svg class="mark mark-outlined" role="img" aria-label="outlined house, T R"'
    )
    assert svg.count('width="20" height="20"') == 1
    assert svg.endswith(">TR</text></svg>")
