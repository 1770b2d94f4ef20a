"""Proving a large ledger on several cores: a helper process for each core but one.

Each has a connection of its own on the one snapshot of the run, so all look at the same ledger.
They are started before it is clear what each is asked: a process takes a moment to load.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from records import chains
from records.chains import Part, Proved

MODULE = "records.chains"
PROJECT = Path(__file__).resolve().parent.parent
MOST = 8
# Below so many entries it takes longer to start helpers than to do without.
WORTH = 20_000
# The run itself compares the checkpoints meanwhile: this much of a helper's share is left for it.
OURS = 1 / 4

Helper = subprocess.Popen[str]


class HelperFailed(RuntimeError):
    """A part of the ledger could not be looked at: nothing may be said of the whole."""


def start(connection: psycopg.Connection[Any]) -> list[Helper]:
    """Start as many helpers as are worth it: they load while the run makes ready.

    One that is asked nothing ends with the process that started it.
    """
    if _entries(connection) < WORTH:
        return []
    return [_start() for _ in range(min(len(os.sched_getaffinity(0)), MOST) - 1)]


def _entries(connection: psycopg.Connection[Any]) -> int:
    [(count,)] = connection.execute("SELECT coalesce(sum(seq), 0) FROM records_stream").fetchall()
    return int(count)


def _start() -> Helper:
    return subprocess.Popen(
        [sys.executable, "-m", MODULE],
        cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def prove(connection: psycopg.Connection[Any], helpers: Sequence[Helper]) -> Callable[[], Proved]:
    """Give each helper its part; return the function that proves the rest and waits for them.

    The connection's transaction has to stay open until then. Raises HelperFailed.
    """
    if not helpers:
        return partial(chains.prove, connection, Part())
    shares = len(helpers) + OURS
    cuts = [number / shares for number in range(1, len(helpers) + 1)]
    *theirs, ours = chains.parts(connection, cuts)
    address = make_conninfo(**connection.info.get_parameters(), password=connection.info.password)
    [(snapshot,)] = connection.execute("SELECT pg_export_snapshot()").fetchall()
    for helper, part in zip(helpers, theirs, strict=False):
        asked = {"address": address, "snapshot": snapshot, "start": part.start, "end": part.end}
        _ask(helper, asked)
    return lambda: _all(helpers, chains.prove(connection, ours))


def _ask(helper: Helper, asked: Mapping[str, Any]) -> None:
    """Tell a helper what to do; the address, which has a password, goes by its input only.

    That one is no more is said by what it returned.
    """
    with suppress(BrokenPipeError):
        if helper.stdin:
            helper.stdin.write(json.dumps(asked) + "\n")
            helper.stdin.flush()


def _all(helpers: Sequence[Helper], found: Proved) -> Proved:
    texts = [helper.communicate()[0] for helper in helpers]
    for helper, text in zip(helpers, texts, strict=True):
        if helper.returncode:
            raise HelperFailed(f"A helper ended with {helper.returncode}; see what it wrote.")
        said = json.loads(text)
        found.entries += said["entries"]
        found.flaws += [tuple(flaw) for flaw in said["flaws"]]
    return found
