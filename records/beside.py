"""What lies beside the entries and is compared with what it stands for: rows and files."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connections

from records.log import READER

Flaw = tuple[str, str]
# So many rows of a table are named; the last says how many more there are.
MOST = 20

COPIES = "SELECT size, root, at, key, signature FROM records_checkpoint"
NODES = "SELECT level, number, hash FROM records_node"


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


def told(table: str, which: Iterable[object], problem: str) -> list[Flaw]:
    """Name rows of a table, no more than MOST of them."""
    named = [f"{table} {one}" for one in which]
    flaws = [(where, problem) for where in named[:MOST]]
    if len(named) > MOST:
        flaws[-1] = (named[MOST - 1], f"{problem}; and {len(named) - MOST} more")
    return flaws


def rows(sql: str, params: Sequence[Any] = ()) -> list[Any]:
    """Ask on the reader's connection, inside its running transaction."""
    with connections[READER].cursor() as cursor:
        cursor.execute(sql, params)
        found: list[Any] = cursor.fetchall()
    return found
