"""Days of the week as rooms have them: 1 is Monday, 7 is Sunday (ISO 8601). Pure."""

from collections.abc import Collection, Iterator
from typing import Final

from django.utils.dates import WEEKDAYS_ABBR

WEEK: Final = (1, 2, 3, 4, 5, 6, 7)


def days_text(days: Collection[int]) -> str:
    """Return days in words, three or more that follow one another as a span: ``Mon–Fri``."""
    return ", ".join(_runs(sorted(days)))


def _runs(days: list[int]) -> Iterator[str]:
    while days:
        length = next((n for n, day in enumerate(days) if day != days[0] + n), len(days))
        run, days = days[:length], days[length:]
        words = [str(WEEKDAYS_ABBR[day - 1]) for day in run]
        yield f"{words[0]}–{words[-1]}" if length > 2 else ", ".join(words)
