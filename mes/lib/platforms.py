"""Until when others mend what the product stands on: the platforms, and the end of each.

A platform that is no longer mended gets no more security fixes (draft Annex 11, 15). Whoever raises
a version in the requirements adds its line here; a test and ``check --deploy`` say what has ended.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

SOON: Final = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Platform:
    """A release of a platform, the last day on which it is mended, and who says so."""

    name: str
    release: str
    until: date
    source: str

    def __str__(self) -> str:
        return f"{self.name} {self.release}"


PLATFORMS: Final = (
    Platform("Python", "3.11", date(2027, 10, 31), "PEP 664"),
    Platform("Python", "3.12", date(2028, 10, 31), "PEP 693"),
    Platform("Python", "3.13", date(2029, 10, 31), "PEP 719"),
    Platform("Python", "3.14", date(2030, 10, 31), "PEP 745"),
    Platform("Django", "5.2", date(2028, 4, 30), "Django, supported versions (long-term release)"),
    Platform("PostgreSQL", "18", date(2030, 11, 14), "PostgreSQL, versioning policy"),
)


class UnknownPlatform(LookupError):
    """A version of which nobody has written until when it is mended."""


def platform_of(name: str, version: str) -> Platform:
    """Return the line of a version such as 5.2.8 or 18.1. Raises UnknownPlatform."""
    for one in PLATFORMS:
        if one.name == name and f"{version}.".startswith(f"{one.release}."):
            return one
    raise UnknownPlatform(f"{name} {version}")


def ended(platforms: Iterable[Platform], *, on: date) -> list[Platform]:
    """Return those that are mended no longer on a day."""
    return [one for one in platforms if one.until < on]


def ending(platforms: Iterable[Platform], *, on: date) -> list[Platform]:
    """Return those that are mended for less than half a year from a day on."""
    return [one for one in platforms if on <= one.until < on + SOON]
