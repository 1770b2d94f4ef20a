"""What lies beside the entries and is compared with what it stands for: rows and files.

An app that keeps such rows says how they are compared (``compares``).
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import connections

from records import files
from records.log import READER

Flaw = tuple[str, str]
# So many rows of a table are named; the last says how many more there are.
MOST = 20

# The fields of payloads that name a file of the store by its hash, in the hashed bytes.
NAMES_FILE = re.compile(rb'"(?:file|log|raw_file|sha256)":"([0-9a-f]{64})"')
# Kinds of which such a field names what was handed over, and kept nowhere.
HANDED_OVER = {"trail.exported"}
# Without being asked for everything a run reads one part of the files, the next one the next part.
PARTS = 256
STORED = "SELECT sha256, size FROM records_storedfile WHERE %s IS NULL OR sha256 LIKE %s || '%%'"

COPIES = "SELECT size, root, at, key, signature FROM records_checkpoint"
NODES = "SELECT level, number, hash FROM records_node"


# Takes the SQL condition on rows ``r`` that are to be looked at.
Compares = Callable[[str], Iterable[Flaw]]
_compares: list[Compares] = []


def compares(function: Compares) -> Compares:
    """Register how rows of an app are compared with what they stand for."""
    _compares.append(function)
    return function


def of_apps(horizon: int | None) -> list[Flaw]:
    """Compare what the apps keep: the rows written since a transaction, or all (None)."""
    return [flaw for one in _compares for flaw in one(written_since("r", horizon))]


def written_since(table: str, horizon: int | None) -> str:
    """SQL condition: a row version written at or after a transaction id (31-bit distance)."""
    if horizon is None:
        return "true"
    return f"((({table}.xmin::text::bigint - {horizon % 2**32:d}) & 4294967295) < 2147483648)"


def of_checkpoints(
    files: Mapping[int, tuple[Any, ...]], nodes: Mapping[tuple[int, int], bytes], *, newest: int
) -> list[Flaw]:
    """Compare what the database keeps of the checkpoints, for proofs, with their files.

    Between the ``newest`` file and its copy the checkpointer may have been ended: when it starts
    again it makes up for it.
    """
    kept = {row[0]: row for row in rows(COPIES)}
    wrong = [size for size in files if size not in kept and size != newest]
    wrong += [size for size, row in kept.items() if files.get(size, row) != row]
    theirs = {(level, number): bytes(hashed) for level, number, hashed in rows(NODES)}
    bare = [one for one, hashed in nodes.items() if theirs.get(one) != hashed]
    return [
        *told("records_checkpoint", sorted(wrong), "is not as its file has it"),
        *told("records_node", sorted(bare), "is not as the checkpoints' entries give it"),
    ]


def of_files(named: Collection[str], *, turn: int | None) -> list[Flaw]:
    """Read the files of the store and compare them with their rows; those ``named`` have one.

    ``turn`` is None for all files, or the number of the run: then one part of them is read.
    """
    some = None if turn is None else f"{turn % PARTS:02x}"
    sizes = dict(rows(STORED, [some, some]))
    lost = [one for one in named if one not in sizes] if turn is None else []
    unlike = {sha256: _unlike(sha256, size) for sha256, size in sorted(sizes.items())}
    return [
        *told("records_storedfile", sorted(lost), "an entry names this file, and no row does"),
        *(
            flaw
            for problem in ("is not in the store", "is not what was put into the store",
                            "has another size than its row says")
            for flaw in told("file", [n for n, one in unlike.items() if one == problem], problem)
        ),
    ]  # fmt: skip


def _unlike(sha256: str, size: int) -> str:
    path = files.path_of(sha256)
    if not path.exists():
        return "is not in the store"
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            return "is not what was put into the store"
        return "" if file.tell() == size else "has another size than its row says"


def told(table: str, which: Iterable[object], problem: str) -> list[Flaw]:
    """Name rows of a table, no more than MOST of them."""
    named = [f"{table} {one}" for one in which]
    flaws = [(where, problem) for where in named[:MOST]]
    if len(named) > MOST:
        flaws[-1] = (named[MOST - 1], f"{problem}; and {len(named) - MOST} more")
    return flaws


def rows(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[Any]:
    """Ask on the reader's connection, inside its running transaction."""
    with connections[READER].cursor() as cursor:
        cursor.execute(sql, params)
        found: list[Any] = cursor.fetchall()
    return found
