"""The walls themselves: what in the database's catalogue protects the records, as a list.

Who owns the database can drop a policy, disable a guard or widen a grant, and no row shows it. So
``walls.txt`` beside this file names each table, column, constraint, trigger, policy, function,
grant and role as the migrations make them (``make walls``; a test compares), and ``verify``
compares the live catalogue with it. The list comes with the software: no owner of a database can
alter it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction

from records.log import READER
from records.wall_lines import ALL, VERSION

# All names in full, and none that an owner put before those of the server.
ALONE = "SET LOCAL search_path = pg_catalog, pg_temp"
AGAIN = "SET LOCAL search_path = public"
# A list of texts in a condition is cast as a whole when a migration made it, and one by one after
# a dump and a restore.
_CAST = re.compile(r"\(('(?:[^']|'')*'::character varying)\)::text")
_CAST_OF_ALL = re.compile(r"\((ARRAY\[[^][]*\])\)::text\[\]")
# Versions of catalogues that this process found to be as they are meant.
_whole: set[tuple[Any, ...]] = set()


def standing(alias: str = READER) -> list[str]:
    """Return the walls of a database as they stand, a line for each, inside its transaction."""
    with connections[alias].cursor() as cursor:
        cursor.execute(ALONE)
        cursor.execute(ALL)
        lines = [str(row[0]) for row in cursor.fetchall()]
        cursor.execute(AGAIN)
    return lines


def text(alias: str = READER) -> str:
    """Return the list of a database's walls, as the file has it."""
    with transaction.atomic(using=alias):
        return "".join(f"{line}\n" for line in standing(alias))


@cache
def meant(path: Path) -> tuple[str, ...]:
    """Return the walls as the software's migrations make them."""
    return tuple(path.read_text("utf-8").splitlines())


def check() -> list[tuple[str, str]]:
    """Return each wall that is not as it was built, and how, inside the reader's transaction.

    A catalogue of which no row was written since this process found it whole is not read again.
    """
    lines = meant(Path(settings.MES_WALLS))
    with connections[READER].cursor() as cursor:
        cursor.execute(ALONE)
        cursor.execute(VERSION)
        version = (lines, *cursor.fetchone())
        cursor.execute(AGAIN)
    if version in _whole:
        return []
    found = differences(lines, standing())
    if not found:
        _whole.add(version)
    return found


def differences(lines: Sequence[str], found: Sequence[str]) -> list[tuple[str, str]]:
    """Name what differs between two lists: each thing once, with what is there and is meant."""
    meant, there = set(map(_alike, lines)), set(map(_alike, found))
    ours, theirs = _named(meant - there), _named(there - meant)
    return [
        (name, _told(ours.get(name), theirs.get(name))) for name in sorted(ours.keys() | theirs)
    ]


def _alike(line: str) -> str:
    """Return a line without the casts that a server moves when a restored dump is read again."""
    if "ARRAY[" not in line:
        return line
    plain = _CAST.sub(r"\1", line)
    return _CAST_OF_ALL.sub(r"\1", plain)


def _named(lines: Iterable[str]) -> Mapping[str, str]:
    named: dict[str, Any] = {}
    for line in sorted(lines):
        name, _, what = line.partition(": ")
        named[name] = f"{named[name]}; {what}" if name in named else what
    return named


def _told(meant: str | None, found: str | None) -> str:
    if found is None:
        return f"this wall is gone; the migrations make it: {meant}"
    if meant is None:
        return f"no migration makes this: {found}"
    return f"this wall was changed: it is {found}; the migrations make it {meant}"
