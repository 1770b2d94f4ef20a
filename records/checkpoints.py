"""Checkpoints: signed roots of the log, in files outside the database (``records.places``).

Each file holds the root over all entries so far, its Ed25519 signature, the proof that the log
of the checkpoint before is its beginning, and a line for each entry that came since. So the files
alone are a second copy of the log, and name what a changed database has lost or rewritten. The acts
that wrote these entries have a line each as well (``records.kept_acts``).
"""

import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from mes.lib import clock, evidence
from mes.lib.evidence import JSON
from records import kept_acts, log, routing, signing
from records.entries import instant_text
from records.log import Numbered
from records.places import Place, place

SCHEMA = "mes.checkpoint/1"
# Stream, sequence number and hash of an entry, as ``Numbered`` writes them, each on its line.
LINES = re.compile(
    r"(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/[1-9][0-9]{0,17}"
    r" [0-9a-f]{64}\n)*+"
)


class LogRefused(Exception):
    """The database's log does not continue the newest checkpoint; nothing is signed on top."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed root, with the entries that came since the one before."""

    size: int
    root: bytes
    at: str
    key: str
    signature: bytes
    previous: int
    consistency: list[bytes]
    lines: list[str]
    acts: list[str] = field(default_factory=list)
    acts_signature: bytes = b""

    @property
    def signed(self) -> bytes:
        """What the signature covers."""
        return evidence.checkpoint_bytes(self.fields())

    @property
    def signed_acts(self) -> bytes:
        """What the signature over the acts covers."""
        return kept_acts.content(self.root, self.acts)

    @property
    def leaves(self) -> list[Numbered]:
        """The entries that came since, with their numbers."""
        return [Numbered.read(n, line) for n, line in enumerate(self.lines, self.previous)]

    @property
    def is_spelled(self) -> bool:
        """Whether each line is spelled as that of an entry."""
        if not all(isinstance(line, str) for line in self.lines):
            return False
        text = "\n".join([*self.lines, ""])
        return bool(LINES.fullmatch(text)) and text.count("\n") == len(self.lines)

    def fields(self) -> dict[str, JSON]:
        """Return size, root, time, key and signature as the file has them."""
        return {
            "size": self.size,
            "root": self.root.hex(),
            "at": self.at,
            "key": self.key,
            "signature": base64.b64encode(self.signature).decode(),
        }

    def text(self) -> str:
        """Return the whole file."""
        rest = {
            "previous": self.previous,
            "consistency": [step.hex() for step in self.consistency],
            "leaves": self.lines,
            "acts": self.acts,
            "acts_signature": base64.b64encode(self.acts_signature).decode(),
        }
        return json.dumps({"schema": SCHEMA, **self.fields(), **rest}, indent=0) + "\n"

    @classmethod
    def read(cls, text: str) -> "Checkpoint":
        """Read a file; how its lines are spelled is asked apart. Raises ValueError, KeyError or
        TypeError.
        """
        e = json.loads(text)
        return cls(
            size=int(e["size"]),
            root=bytes.fromhex(e["root"]),
            at=e["at"],
            key=e["key"],
            signature=base64.b64decode(e["signature"], validate=True),
            previous=int(e["previous"]),
            consistency=[bytes.fromhex(step) for step in e["consistency"]],
            lines=list(e["leaves"]),
            # Those written before acts were have none.
            acts=list(e.get("acts", ())),
            acts_signature=base64.b64decode(e.get("acts_signature", ""), validate=True),
        )


def newest(place: Place) -> Checkpoint | None:
    """Return the newest checkpoint. Raises LogRefused when its file cannot be read, or OSError."""
    for file in place.files()[-1:]:
        try:
            found = Checkpoint.read(place.read(file))
        except (ValueError, KeyError, TypeError) as error:
            raise LogRefused(f"{file} cannot be read: {error!r}") from error
        if not found.is_spelled:
            raise LogRefused(f"{file} cannot be read: a line is not that of an entry")
        return found
    return None


def write(checkpoint: Checkpoint, place: Place) -> PurePath:
    """Write a file, named by its size. Raises FileExistsError when that was signed before."""
    return place.add(named(checkpoint.size), checkpoint.text())


def named(size: int) -> str:
    """Return the name of the file of a checkpoint over so many entries."""
    return f"{size:012d}.json"


class Checkpointer:
    """The one process that numbers entries and signs. Made anew after any error."""

    def __init__(self, outside: Place | None = None) -> None:
        """Read the log again and compare it with the newest checkpoint. Raises LogRefused."""
        self.outside = outside or place()
        self.key = signing.private_key()
        self.tree = evidence.Tree()
        self.previous = newest(self.outside)
        self.pending: list[Numbered] = []
        self.since = 0
        self._read(self.previous.size if self.previous else 0)
        if self.previous and not log.kept(self.previous.size):
            # It was ended between the file and its copy.
            log.keep(self.previous.fields())

    def _read(self, signed: int) -> None:
        for leaves in log.numbered():
            older = [leaf for leaf in leaves if leaf.number < signed]
            newer = leaves[len(older) :]
            self._grow(older)
            if newer and not self.pending:
                self._compare()
            self._grow(newer)
            self.pending += newer
        if self.tree.size <= signed:
            self._compare()

    def _grow(self, leaves: Sequence[Numbered]) -> None:
        for number, leaf in enumerate(leaves, self.tree.size):
            if leaf.number != number:
                raise LogRefused(f"Number {number} is missing in the database's log.")
        self.tree.extend(leaf.hash for leaf in leaves)

    def _compare(self) -> None:
        if self.previous is None:
            return
        if (self.tree.size, self.tree.root()) != (self.previous.size, self.previous.root):
            raise LogRefused(
                f"The database's log of {self.tree.size} entries does not continue checkpoint"
                f" {self.previous.size} of {self.previous.at}: a restored backup, or altered."
                " Run verify; it names the entries."
            )

    def checkpoint(self) -> Checkpoint | None:
        """Number what is new, sign and write; None when nothing is. Raises AnotherRuns."""
        self._number()
        if not self.pending:
            return None
        made = self._signed(self.previous.size if self.previous else 0)
        write(made, self.outside)
        log.keep(made.fields())
        self.previous, self.pending = made, []
        return made

    def _number(self) -> None:
        horizon = log.horizon()
        news: Sequence[Numbered] = log.number_new(self.tree, since=self.since)
        while news:
            self.pending += news
            news = log.number_new(self.tree, since=self.since)
        self.since = horizon

    def _signed(self, previous: int) -> Checkpoint:
        size, root, at = self.tree.size, self.tree.root(), instant_text(clock.now())
        key = signing.key_id(self.key.public_key())
        with routing.on(log.READER):
            proof = evidence.consistency_proof(log.spans(), previous, size) if previous else []
        lines, acts = [str(one) for one in self.pending], kept_acts.lines(previous, size)
        unsigned = Checkpoint(size, root, at, key, b"", previous, proof, lines, acts)
        return replace(
            unsigned,
            signature=self.key.sign(unsigned.signed),
            acts_signature=self.key.sign(unsigned.signed_acts),
        )


def all_files(outside: Place) -> Iterator[tuple[PurePath, Checkpoint | None]]:
    """Yield each file with what it says, oldest first; None where it cannot be read."""
    for file, text in outside.texts():
        yield file, _read(text)


def some_files(
    outside: Place, sizes: Sequence[int]
) -> Iterator[tuple[PurePath, Checkpoint | None]]:
    """Yield the files of some checkpoints as ``all_files`` does; one that is gone is left out."""
    wanted = {named(size) for size in sizes}
    for file in outside.files():
        if file.name in wanted:
            yield file, _read(outside.text(file))


def _read(text: str | None) -> Checkpoint | None:
    try:
        return None if text is None else Checkpoint.read(text)
    except (ValueError, KeyError, TypeError):
        return None
