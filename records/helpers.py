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
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import make_conninfo

from records import chains
from records.chains import Part, Proved

MODULE = "records.chains"
PROJECT = Path(__file__).resolve().parent.parent
MOST = 8
# Below so many entries it takes longer to start helpers than to do without.
WORTH = 20_000
# Parts for each process: whoever is slower, or compares the checkpoints first, takes fewer. A part
# is a byte in the queue, so there may be 256 of them.
PARTS_EACH = 12

Helper = subprocess.Popen[str]


class HelperFailed(RuntimeError):
    """A part of the ledger could not be looked at: nothing may be said of the whole."""


@dataclass(frozen=True, slots=True)
class Crew:
    """The helpers, and the two ends of the pipe that is the queue of their parts and ours."""

    helpers: Sequence[Helper] = ()
    taking: IO[bytes] | None = None
    putting: IO[bytes] | None = None


def start(connection: psycopg.Connection[Any]) -> Crew:
    """Start as many helpers as are worth it: they load while the run makes ready.

    One that is asked nothing ends with the process that started it.
    """
    if _entries(connection) < WORTH:
        return Crew()
    ends = os.pipe()
    count = min(len(os.sched_getaffinity(0)), MOST) - 1
    started = [_start(queue=ends[0]) for _ in range(count)]
    return Crew(started, os.fdopen(ends[0], "rb", buffering=0), os.fdopen(ends[1], "wb"))


def _entries(connection: psycopg.Connection[Any]) -> int:
    [(count,)] = connection.execute("SELECT coalesce(sum(seq), 0) FROM records_stream").fetchall()
    return int(count)


def _start(*, queue: int) -> Helper:
    return subprocess.Popen(
        [sys.executable, "-m", MODULE], pass_fds=[queue],
        cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def prove(connection: psycopg.Connection[Any], crew: Crew) -> Callable[[], Proved]:
    """Let the helpers begin; return the function that takes parts as well and waits for them.

    The connection's transaction has to stay open until then. Raises HelperFailed.
    """
    if not crew.helpers or crew.taking is None or crew.putting is None:
        return partial(chains.prove, connection, Part())
    wanted, queue = PARTS_EACH * (len(crew.helpers) + 1), crew.taking.fileno()
    parts = chains.parts(connection, [number / wanted for number in range(1, wanted)])
    with crew.putting as putting:
        putting.write(bytes(range(len(parts))))
    address = make_conninfo(**connection.info.get_parameters(), password=connection.info.password)
    [(snapshot,)] = connection.execute("SELECT pg_export_snapshot()").fetchall()
    asked = {
        "address": address, "snapshot": snapshot, "queue": queue,
        "parts": [[part.start, part.end] for part in parts],
    }  # fmt: skip
    for helper in crew.helpers:
        _ask(helper, asked)
    return lambda: _all(connection, crew, parts)


def _ask(helper: Helper, asked: Mapping[str, Any]) -> None:
    """Tell a helper what to do; the address, which has a password, goes by its input only.

    That one is no more is said by what it returned.
    """
    with suppress(BrokenPipeError):
        if helper.stdin:
            helper.stdin.write(json.dumps(asked) + "\n")
            helper.stdin.flush()


def _all(connection: psycopg.Connection[Any], crew: Crew, parts: Sequence[Part]) -> Proved:
    found = Proved()
    for part in chains.taken(crew.taking.fileno() if crew.taking else -1, parts):
        one = chains.prove(connection, part)
        found.add(one.entries, one.flaws)
    texts = [helper.communicate()[0] for helper in crew.helpers]
    for helper, text in zip(crew.helpers, texts, strict=True):
        if helper.returncode:
            raise HelperFailed(f"A helper ended with {helper.returncode}; see what it wrote.")
        said = json.loads(text)
        found.add(said["entries"], [tuple(flaw) for flaw in said["flaws"]])
    return found
