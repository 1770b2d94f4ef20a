"""The sections of the product, in the order of the work."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SECTIONS: Final[tuple[tuple[str, Promise], ...]] = (
    ("orders", _("Orders")),
    ("board", _("Board")),
    ("batches", _("Batches")),
    ("quality", _("Quality")),
    ("recipes", _("Recipes")),
    ("materials", _("Materials")),
    ("equipment", _("Equipment")),
    ("records", _("Records")),
    ("people", _("People")),
    ("system", _("System")),
)
# First parts of addresses that are pages of a section, though they do not begin with its name.
PAGES_OF: Final = {"documents": "system", "incidents": "system", "letters": "system"}


@dataclass(frozen=True)
class Item:
    """One entry of the navigation."""

    key: str
    label: Promise
    url: str
    current: bool


def _url(key: str) -> str:
    """Return the section's first page; the board is a page of planning, people of accounts."""
    for name in (f"{key}:index", f"planning:{key}", f"accounts:{key}", key):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return f"/{key}/"


def items(allowed: Collection[str], *, section: str, path: str) -> list[Item]:
    """Return the allowed sections; `section` or else the path says which is the present one."""
    first = path.strip("/").split("/")[0]
    present = section or PAGES_OF.get(first, first)
    return [
        Item(key, label, _url(key), key == present) for key, label in SECTIONS if key in allowed
    ]
