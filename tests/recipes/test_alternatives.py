"""Whether branches cover every way: answers that exclude one another, comparisons that do not."""

import pytest

from recipes import alternatives
from recipes.conditions import Asked
from recipes.outline import Outline
from recipes.reader import read
from tests.recipes.texts import SIX

FIRST = Outline(read(SIX)).steps[0]
ANSWERS = {"a/b/bag": ["good", "bad", "odd"]}


def way(*conditions: str) -> alternatives.Way:
    return alternatives.way_of(Asked((), text, "a/b/c", FIRST) for text in conditions)


@pytest.mark.parametrize(
    ("given", "branches", "covered"),
    [
        ((), [], False),
        ((), [()], True),
        (("x > 5",), [("x > 5",)], True),
        ((), [("x > 5",)], False),
        ((), [("x > 5",), ("x <= 5",)], True),
        ((), [("x > 5",), ("not x > 5",)], True),
        ((), [("x > 5",), ("x < 5",)], False),
        ((), [("x == 5",), ("x != 5",)], True),
        ((), [('bag == "good"',), ('bag != "good"',)], True),
        ((), [('bag == "good"',), ('b.bag == "bad"',)], False),
        ((), [('bag == "good"',), ('b.bag == "bad"',), ('a.b.bag == "odd"',)], True),
        (('bag != "odd"',), [('bag == "good"',), ('bag == "bad"',)], True),
        (('bag == "good"',), [('bag != "bad"',)], True),
        (('bag == "good"',), [('bag == "bad"',)], False),
        ((), [("x > 5", "y > 5"), ("x <= 5",), ("y <= 5",)], True),
        ((), [("x > 5 and y > 5",), ("x <= 5",)], False),
        (("x > 5",), [("y > 1",), ("y <= 1", "x > 5")], True),
        ((), [("x > 5 or y > 5",), ("not (x > 5 or y > 5)",)], True),
        ((), [('other == "yes"',), ('other != "yes"',)], True),
        ((), [('other == "yes"',), ('other == "no"',)], False),
    ],
)
def test_branches_cover_every_way_or_they_do_not(
    given: tuple[str, ...], branches: list[tuple[str, ...]], covered: bool
) -> None:
    found = [way(*one) for one in branches]
    assert alternatives.covered(found, given=way(*given), offered=ANSWERS.get) is covered


def test_a_way_on_many_conditions_does_not_cover_them() -> None:
    many = [way(*(f"x{n} > 5" for n in range(20))), way("x0 <= 5")]
    assert alternatives.covered(many, given=way(), offered=ANSWERS.get) is False


def test_more_questions_than_are_followed_are_not_answered_with_a_message() -> None:
    answers = [f"a{number}" for number in range(20)]
    many = [way(f'q{number} == "a0"') for number in range(20)]
    assert alternatives.covered(many, given=way(), offered=lambda _name: answers) is True
