"""Which pins of a recipe this site can vouch for: those of its library, and of signed packages.

A package brings the operations that its document pins, so they count here too – under a code that
this site's own library has not: a code that it has means its own operation. Reads only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any

from recipes.document import Pin, Recipe
from recipes.entries import DraftOpened
from recipes.exceptions import PackageBroken
from recipes.interchange.package import is_package, operations_in
from recipes.models import LibraryOperation, RecipeDraft
from recipes.places import operations_of
from recipes.site import Site
from records import files
from records.entries import decode
from records.models import Entry, StoredFile

ZIP = "application/zip"


def pinned(recipe: Recipe) -> tuple[Pin, ...]:
    """Return the pins of a document, in its order."""
    return tuple(one.pinned for _path, one in operations_of(recipe) if one.pinned is not None)


def pinned_codes(recipe: Recipe) -> frozenset[str]:
    """Return the codes of the operations that a document pins."""
    return frozenset(pin.operation for pin in pinned(recipe))


def codes_in(data: Any) -> frozenset[str]:
    """Return the same of a draft's plain data, which may be no recipe yet."""
    stages = _things(data, "stages")
    operations = [*_things(data, "contingencies")]
    operations += [one for stage in stages for one in _things(stage, "operations")]
    pins = [one.get("pinned") for one in operations if isinstance(one, dict)]
    codes = [pin.get("operation") for pin in pins if isinstance(pin, dict)]
    return frozenset(code for code in codes if isinstance(code, str))


def _things(data: Any, field: str) -> list[Any]:
    found = data.get(field) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def with_library(
    codes: Collection[str], site: Site | None = None, *, brought: Iterable[Pin] = ()
) -> Site | None:
    """Return what is known of a site, and what may be pinned under these codes.

    Without codes nothing is asked, so a recipe without pins costs no query. ``brought`` are the
    operations of a package that is only looked into.
    """
    if not codes:
        return site
    known = tuple(
        sorted(_known(codes, brought), key=lambda pin: (pin.operation, pin.version, pin.hash))
    )
    return (site or Site(site="–")).model_copy(update={"operations": known})


def _known(codes: Collection[str], brought: Iterable[Pin]) -> frozenset[Pin]:
    """Return the versions of the library, withdrawn ones too: recipes that have them keep them."""
    rows = LibraryOperation.objects.filter(code__in=codes)
    own = frozenset(
        Pin(operation=row.code, version=row.number, hash=row.content_hash) for row in rows
    )
    strange = frozenset(codes) - {pin.operation for pin in own}
    if not strange:
        return own
    return own | {pin for pin in (*brought, *_brought()) if pin.operation in strange}


def _brought() -> Iterator[Pin]:
    """Yield what packages brought along from which drafts of this site were opened."""
    drafts = RecipeDraft.objects.values("id")
    for row in Entry.objects.filter(stream__in=drafts, seq=1, kind=DraftOpened.kind):
        opened = decode(row.kind, row.version, row.envelope["payload"])
        if isinstance(opened, DraftOpened) and opened.file_hash is not None:
            yield from _in_package(opened.file_hash)


@lru_cache(maxsize=256)
def _in_package(sha256: str) -> tuple[Pin, ...]:
    """Return the operations in a package that was believed when it was opened, by its hash."""
    if not StoredFile.objects.filter(sha256=sha256, media_type=ZIP).exists():
        return ()
    try:
        content = files.get(sha256)
        return tuple(operations_in(content)) if is_package(content) else ()
    except (OSError, ValueError, PackageBroken):
        return ()
