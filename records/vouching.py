"""What the checkpoints say about the database: the part of ``verify`` that an owner cannot fool.

Each file's signature, root and consistency with the one before is checked, and each entry that a
file names must still be there with that hash.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections

from mes.lib import evidence
from records import beside, log, pulses, signing
from records.checkpoints import Checkpoint, all_files
from records.log import READER
from records.places import Place, near_the_data, place

CHUNK = 10_000
# An act may wait for a lock, and a clock may be set: not for as long as this.
LATE = timedelta(minutes=15)
UNREADABLE = "cannot be read"

# A digest of a stretch of the database's log, spelled as the files spell it: it is the same only
# where their lines are, so that those have to be looked at elsewhere only.
SPELLED = """
SELECT sha256(convert_to(string_agg(line, chr(10)), 'UTF8'))
  FROM (SELECT stream || '/' || seq || ' ' || encode(hash, 'hex') AS line
          FROM records_leaf WHERE number >= %s AND number < %s ORDER BY number) lines
"""
# The files, counted from 1, that hold an entry which is not as the log has it, or says a time
# too early or too late for its file. A file's place is found from the numbers at which they begin.
DOUBTED = """
WITH l AS MATERIALIZED (
    SELECT number, stream, seq, hash, width_bucket(number, %s::bigint[]) AS file
      FROM records_leaf WHERE number < %s
)
SELECT DISTINCT l.file
  FROM l LEFT JOIN records_entry e ON e.stream = l.stream AND e.seq = l.seq
 WHERE e.hash IS DISTINCT FROM l.hash
    OR e.at < (%s::timestamptz[])[l.file] OR e.at > (%s::timestamptz[])[l.file]
"""
# What differs in a file that is doubted.
COMPARE = """
WITH f AS MATERIALIZED (
    SELECT %s + place - 1 AS number, split_part(line, '/', 1)::uuid AS stream,
           split_part(split_part(line, '/', 2), ' ', 1)::bigint AS seq,
           decode(right(line, 64), 'hex') AS hash
      FROM string_to_table(%s, chr(10)) WITH ORDINALITY lines (line, place)
)
SELECT f.stream, f.seq, e.hash IS NULL, e.hash IS DISTINCT FROM f.hash, e.at < %s, e.at > %s
  FROM f LEFT JOIN records_entry e ON e.stream = f.stream AND e.seq = f.seq
  LEFT JOIN records_leaf l ON l.number = f.number
 WHERE (%s::uuid IS NULL OR f.stream = %s)
   AND (e.hash IS DISTINCT FROM f.hash OR l.hash IS DISTINCT FROM f.hash
        OR l.stream <> f.stream OR l.seq <> f.seq OR e.at < %s OR e.at > %s)
 ORDER BY f.number
"""
REST = """
SELECT l.stream, l.seq FROM records_leaf l
  LEFT JOIN records_entry e ON e.stream = l.stream AND e.seq = l.seq
 WHERE l.number >= %s AND e.hash IS DISTINCT FROM l.hash ORDER BY l.number
"""
# Entries that no checkpointer saw, although it looked after the time that they say: it asks for
# what running transactions may still write, so one that says an old transaction is never numbered.
OVERLOOKED = """
SELECT e.stream, e.seq FROM records_entry e
 WHERE (e.at < %s OR e.at > clock_timestamp() + %s)
   AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
   AND NOT EXISTS (SELECT FROM records_leaf l WHERE l.stream = e.stream AND l.seq = e.seq)
"""
SIMULATED = (
    "marks the database as thrown away: acts may take made-up times, and no time is compared with"
    " the checkpoints"
)


@dataclass(slots=True)
class Vouched:
    """What was found: what does not hold, and what a reader should know of the rest."""

    entries: int = 0
    flaws: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def sealed() -> int:
    """Return how many checkpoints there are, to be asked before the transaction begins.

    What a file seals is in the database before the file is there: of one that came later the
    transaction's snapshot knows nothing, and its entries would be taken for forged.
    """
    return len(place().files())


def check(*, files: int, stream: UUID | None = None) -> Vouched:
    """Compare the database (inside the reader's running transaction) with the oldest ``files``.

    ``stream`` limits the comparison of entries to one; the files are checked all the same.
    """
    return _Check(place(), stream).run(files)


@dataclass(frozen=True, slots=True)
class _File:
    """A checkpoint's file: its first number, and between which times its entries may be."""

    path: PurePath
    first: int
    earliest: datetime | None
    latest: datetime | None


class _Check:
    def __init__(self, outside: Place, stream: UUID | None) -> None:
        self.outside, self.stream = outside, stream
        self.found = Vouched()
        self.tree = evidence.Tree()
        self.before: Checkpoint | None = None
        self.files: list[_File] = []
        self.lines: list[str] = []
        self.doubted: set[int] = set()
        self.keys = signing.public_keys()
        self.simulated = self._rows("SELECT EXISTS (SELECT FROM records_simulation)")[0][0]
        self.wrong: dict[UUID, list[tuple[int, str]]] = {}
        self.copies: dict[int, tuple[Any, ...]] = {}
        self.nodes: dict[tuple[int, int], bytes] = {}

    def run(self, files: int) -> Vouched:
        for path, checkpoint in islice(all_files(self.outside), files):
            if not self._holds(path, checkpoint):
                break
        self._spelled()
        self._doubt()
        self._rest()
        self._overlooked()
        self._name()
        self._beside()
        self._note()
        return self.found

    def _holds(self, path: PurePath, checkpoint: Checkpoint | None) -> bool:
        """Check one file; say whether those behind it can still be read as its continuation."""
        leaves = _leaves(checkpoint)
        if checkpoint is None or leaves is None:
            self._say(path, UNREADABLE)
            return False
        if checkpoint.previous != self.tree.size:
            gap = f"those from {self.tree.size} to {checkpoint.previous}"
            self._say(path, f"does not follow the checkpoint before it: {gap} are missing")
            return False
        for problem in self._problems(checkpoint, leaves):
            self._say(path, problem)
        latest = None if self.simulated else datetime.fromisoformat(checkpoint.at) + LATE
        self.files.append(_File(path, checkpoint.previous, self._earliest(), latest))
        self.copies[checkpoint.size] = tuple(checkpoint.fields().values())
        self.lines += checkpoint.lines
        if len(self.lines) >= CHUNK:
            self._spelled()
        self.found.entries += self._ours(checkpoint.lines)
        self.before = checkpoint
        return True

    def _ours(self, lines: Sequence[str]) -> int:
        if self.stream is None:
            return len(lines)
        return sum(line.startswith(str(self.stream)) for line in lines)

    def _problems(self, it: Checkpoint, leaves: Sequence[bytes]) -> Iterator[str]:
        nodes = log.grown(self.tree, leaves)
        self.nodes |= {(one.level, one.number): bytes(one.hash) for one in nodes}
        if (self.tree.size, self.tree.root()) != (it.size, it.root):
            yield "its entries do not give its root"
        if it.key not in self.keys:
            yield f"signed by the key {it.key}, which is not known here"
        elif not signing.signed_by(self.keys[it.key], signature=it.signature, content=it.signed):
            yield "its signature does not fit"
        before = self.before
        if before and not evidence.consistent(
            before.size, before.root, it.size, it.root, it.consistency
        ):
            yield f"it does not continue checkpoint {before.size}"

    def _spelled(self) -> None:
        """Compare the lines read since the last time with the database's log, as one text."""
        first = self.tree.size - len(self.lines)
        text = "\n".join(self.lines).encode("utf-8", "replace")
        [(theirs,)] = self._rows(SPELLED, [first, self.tree.size])
        if theirs != (hashlib.sha256(text).digest() if text else None):
            ends = [*(one.first for one in self.files[1:]), self.tree.size]
            self.doubted |= {n for n, end in enumerate(ends) if end > first}
        self.lines = []

    def _doubt(self) -> None:
        """Ask the database about all files at once; look line by line into those in doubt."""
        firsts = [one.first for one in self.files]
        earliest = [one.earliest for one in self.files]
        latest = [one.latest for one in self.files]
        rows = self._rows(DOUBTED, [firsts, self.tree.size, earliest, latest])
        for number in sorted(self.doubted | {row[0] - 1 for row in rows}):
            self._compare(self.files[number])

    def _compare(self, file: "_File") -> None:
        it = Checkpoint.read(self.outside.read(file.path))
        if not it.is_spelled:
            self._say(file.path, UNREADABLE)
            return
        for start in range(0, len(it.lines), CHUNK):
            some = "\n".join(it.lines[start : start + CHUNK])
            times, ours = [file.earliest, file.latest], self.stream
            params = [it.previous + start, some, *times, ours, ours, *times]
            for row in self._rows(COMPARE, params):
                self.wrong.setdefault(row[0], []).append((row[1], _problem(row, it)))

    def _earliest(self) -> datetime | None:
        """Return before which no entry of the next checkpoint may say to have been written."""
        if self.before is None or self.simulated:
            return None
        return datetime.fromisoformat(self.before.at) - LATE

    def _rest(self) -> None:
        """What the database's own log has beyond the files, and must not have lost."""
        for stream, seq in self._rows(REST, [self.tree.size]):
            if self.stream in (None, stream):
                problem = "is not as the database's log has it"
                self.wrong.setdefault(stream, []).append((seq, problem))
        kept = self._rows("SELECT max(size) FROM records_checkpoint")[0][0] or 0
        if kept > self.tree.size:
            problem = f"checkpoint {kept} was signed and is not here, {self.tree.size} is the last"
            self._say(PurePath(str(self.outside)), problem)

    def _overlooked(self) -> None:
        """What the log does not have and should."""
        if self.before is None or self.simulated:
            return
        last = datetime.fromisoformat(self.before.at) - LATE
        for stream, seq in self._rows(OVERLOOKED, [last, LATE]):
            if self.stream in (None, stream):
                problem = (
                    f"is in no checkpoint, and says a time at which {self.before.size} was not"
                )
                self.wrong.setdefault(stream, []).append((seq, problem))

    def _beside(self) -> None:
        """What the database keeps of the checkpoints for proofs, and the mark that stops clocks."""
        if self.simulated and settings.PRODUCTION:
            self.found.flaws.append(("records_simulation", SIMULATED))
        newest = self.before.size if self.before else 0
        self.found.flaws += beside.of_checkpoints(self.copies, self.nodes, newest=newest)

    def _name(self) -> None:
        """Name the first wrong entry of each stream: behind a rewritten one all hashes differ."""
        for stream, entries in self.wrong.items():
            (seq, problem), *behind = sorted(entries)
            more = f"; and {len(behind)} behind it" if behind else ""
            self.found.flaws.append((f"entry {stream}/{seq}", problem + more))

    def _note(self) -> None:
        notes = self.found.notes
        if self.before is None:
            notes.append("No checkpoint vouches for this database from outside.")
            return
        newer = self._rows("SELECT count(*) FROM records_entry")[0][0] - self.tree.size
        notes.append(
            f"Checkpoint {self.before.size} of {self.before.at} vouches for"
            f" {self.found.entries} entries; {max(newer, 0)} are newer."
        )
        key = near_the_data("key of the checkpoints", signing.key_path())
        notes += [*self.outside.weaknesses(), *key]
        notes += pulses.reached()

    def _say(self, path: PurePath, problem: str) -> None:
        self.found.flaws.append((f"checkpoint {path.name}", problem))

    def _rows(self, sql: str, params: Sequence[Any] = ()) -> list[Any]:
        with connections[READER].cursor() as cursor:
            cursor.execute(sql, params)
            rows: list[Any] = cursor.fetchall()
        return rows


def _leaves(it: Checkpoint | None) -> list[bytes] | None:
    """Return the hashes of the entries that a file names; None where it cannot be read."""
    try:
        return None if it is None else [bytes.fromhex(line[-64:]) for line in it.lines]
    except (ValueError, TypeError):
        return None


def _problem(row: Any, it: Checkpoint) -> str:
    _, _, missing, differs, backdated, ahead = row
    if missing:
        return f"is missing; checkpoint {it.size} of {it.at} has it"
    if differs:
        return f"was rewritten after checkpoint {it.size} of {it.at}"
    if ahead:
        return f"says a time long after checkpoint {it.size} of {it.at}, which has it"
    if backdated:
        return "says a time long before the checkpoint that does not have it yet"
    return f"stands elsewhere in the database's log than in checkpoint {it.size}"
