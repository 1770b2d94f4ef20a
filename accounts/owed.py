"""What people can owe: each app says what it means, and where one goes to do it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Owed:
    """How an obligation is said, and the address of the page on which it is met."""

    sentence: Callable[[Words], str]
    url: Callable[[UUID, str], str]


ABOUT: dict[str, Owed] = {}


def owed(about: str, *, sentence: Callable[[Words], str], url: Callable[[UUID, str], str]) -> None:
    """Declare what an obligation is about. ``url`` is given its subject and its place."""
    if about in ABOUT:
        raise TypeError(f"Two apps declare what {about} is about.")
    ABOUT[about] = Owed(sentence, url)
