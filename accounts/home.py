"""The first page of a person: where the work of their role begins."""

from collections.abc import Iterator
from typing import Final

from django.urls import NoReverseMatch, reverse

from accounts.selectors import Access

# Role → names of pages, the best first; only one that exists is taken.
TABLET: Final = ("batches:tablet",)
FIRST: Final[dict[str, tuple[str, ...]]] = {
    "operator": (*TABLET, "batches:index"),
    "shift-lead": ("planning:board", "planning:index", "batches:index"),
    "qa-reviewer": ("quality:index",),
    "qa-on-call": ("quality:index",),
    "releasing-person": ("quality:index",),
    "planner": ("planning:board", "planning:index"),
    "process-owner": ("recipes:versions",),
    "recipe-approver": ("recipes:versions",),
    "coordinator": ("orders:index",),
    "treatment-centre": ("orders:index",),
    "materials": ("materials:index",),
    "qc-analyst": ("quality:samples", "quality:index"),
    "microbiology": ("quality:samples", "quality:index"),
    "engineering": ("equipment:index",),
    "trainer": ("accounts:qualifications",),
    "admin": ("accounts:people",),
    "auditor": ("records:index", "batches:index"),
}
LAST: Final = "accounts:permissions"


def first_page(access: Access) -> str:
    """Return the address of the person's first page that exists."""
    return next(filter(None, map(_address, _wanted(access))), reverse(LAST))


def _wanted(access: Access) -> Iterator[str]:
    if access.device and access.may("batches.perform"):
        yield from TABLET
    for role in access.roles:
        yield from FIRST[role]


def _address(page: str) -> str | None:
    try:
        return reverse(page)
    except NoReverseMatch:
        return None
