"""Proving a large ledger on several cores: a helper process for each core but one.

Each has a connection of its own on the one snapshot of the run, so all look at the same ledger.
"""

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
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


class HelperFailed(RuntimeError):
    """A part of the ledger could not be looked at: nothing may be said of the whole."""


def prove(connection: psycopg.Connection[Any]) -> Callable[[], Proved]:
    """Let helpers begin; return the function that proves the rest and waits for what they find.

    The connection's transaction has to stay open until then. Raises HelperFailed.
    """
    if _entries(connection) < WORTH:
        return partial(chains.prove, connection, Part())
    shares = min(len(os.sched_getaffinity(0)), MOST) - 1 + OURS
    cuts = [number / shares for number in range(1, math.ceil(shares))]
    *theirs, ours = chains.parts(connection, cuts)
    address = make_conninfo(**connection.info.get_parameters(), password=connection.info.password)
    [(snapshot,)] = connection.execute("SELECT pg_export_snapshot()").fetchall()
    started = [
        _start({"address": address, "snapshot": snapshot, "start": part.start, "end": part.end})
        for part in theirs
    ]
    return lambda: _all(started, chains.prove(connection, ours))


def _entries(connection: psycopg.Connection[Any]) -> int:
    [(count,)] = connection.execute("SELECT coalesce(sum(seq), 0) FROM records_stream").fetchall()
    return int(count)


def _start(asked: dict[str, Any]) -> "subprocess.Popen[str]":
    """Start a helper; the address, which has a password, goes by its input and not by its name."""
    helper = subprocess.Popen(
        [sys.executable, "-m", MODULE],
        cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if helper.stdin:
        helper.stdin.write(json.dumps(asked) + "\n")
        helper.stdin.flush()
    return helper


def _all(started: "list[subprocess.Popen[str]]", found: Proved) -> Proved:
    texts = [helper.communicate()[0] for helper in started]
    for helper, text in zip(started, texts, strict=True):
        if helper.returncode:
            raise HelperFailed(f"A helper ended with {helper.returncode}; see what it wrote.")
        said = json.loads(text)
        found.entries += said["entries"]
        found.flaws += [tuple(flaw) for flaw in said["flaws"]]
    return found
