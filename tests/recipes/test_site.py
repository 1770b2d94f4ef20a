"""A plant's description: for how long a class of rooms is open without a break."""

from datetime import timedelta

import pytest

from recipes.messages import RecipeNotReadable
from recipes.site import read_site

ROOMS = "site: Example\nrooms:\n"


def longest(*rooms: str) -> timedelta | None:
    lines = "".join(f"  - {{class: grade-C{more}}}\n" for more in rooms)
    other = "  - {class: grade-B, hours: 00:00-24:00}\n"
    return read_site(ROOMS + lines + other).longest_open("grade-C")


@pytest.mark.parametrize(
    ("rooms", "hours"),
    [
        ([""], None),
        ([", hours: 00:00-24:00"], None),
        ([", days: [mon, tue, wed, thu, fri, sat, sun]"], None),
        ([", days: [mon, tue, wed, thu, fri]"], 120),
        ([", hours: 00:00-24:00, days: [fri, sat, mon, sun]"], 96),
        ([", days: [wed]"], 24),
        ([", days: [mon, wed, thu]"], 48),
        ([", hours: 22:00-06:00, days: [mon, tue]"], 8),
        ([", hours: 06:00-22:00"], 16),
        ([", hours: 06:00-22:00", ", days: [sat, sun]"], 48),
        ([", hours: 06:00-22:00", ""], None),
    ],
)
def test_a_class_is_open_as_long_as_its_longest_room(rooms: list[str], hours: int | None) -> None:
    assert longest(*rooms) == (None if hours is None else timedelta(hours=hours))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("days: [monday]", "days 1 must be one of mon, tue, wed, thu, fri, sat or sun."),
        ("days: []", "days needs at least 1."),
    ],
)
def test_days_that_are_none_are_named_with_their_line(given: str, said: str) -> None:
    with pytest.raises(RecipeNotReadable) as caught:
        longest(f", {given}")
    assert [(one.line, one.sentence) for one in caught.value.messages] == [(3, said)]
