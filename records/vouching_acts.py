"""What the checkpoints say about acts: a whole run asks for all, others for those written since."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

from records import beside, kept_acts, signing
from records.beside import Flaw
from records.checkpoints import Checkpoint, all_files, some_files
from records.places import place

CHUNK: Final = 10_000


# The sizes of the checkpoints that hold acts of which a row was written since.
TOUCHED = """
SELECT DISTINCT (SELECT min(size) FROM records_checkpoint k WHERE k.size > l.number)
  FROM (SELECT key FROM records_commandrecord r WHERE {written} UNION
        SELECT cause FROM records_message r WHERE {written}) acts
  JOIN records_entry e ON e.command = acts.key
  JOIN records_leaf l ON l.stream = e.stream AND l.seq = e.seq ORDER BY 1
"""


def check(horizon: int | None) -> list[Flaw]:
    """Compare the acts of the checkpoints with the database, in the reader's transaction.

    All of them (None), or those whose rows were written since a transaction. A file that cannot be
    read was named before, and those behind it say nothing here either.
    """
    acts, flaws, keys = Acts(), [], signing.public_keys()
    for path, checkpoint in _files(horizon):
        if checkpoint is None:
            break
        if checkpoint.acts and not signing.signed_by(
            keys.get(checkpoint.key), signature=checkpoint.acts_signature,
            content=checkpoint.signed_acts,
        ):  # fmt: skip
            flaws.append((f"checkpoint {path.name}", "the signature over its acts does not fit"))
        acts.add(checkpoint)
    return flaws + acts.flaws()


def _files(horizon: int | None) -> Iterator[tuple[PurePath, Checkpoint | None]]:
    if horizon is None:
        return all_files(place())
    touched = beside.rows(TOUCHED.format(written=beside.written_since("r", horizon)))
    return some_files(place(), [row[0] for row in touched if row[0]])


@dataclass(slots=True)
class Acts:
    """The acts of files that follow one another, compared with the database some at a time."""

    firsts: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    told: list[Sequence[str]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def add(self, it: Checkpoint) -> None:
        """Take in the acts of a file."""
        if self.sizes and self.sizes[-1] != it.previous:
            self.compare()  # they are compared in one stretch
        if not it.acts:
            self.compare()  # written before acts were: the database is not asked about it
            return
        self.firsts.append(it.previous)
        self.sizes.append(it.size)
        self.told.append(it.acts)
        if sum(map(len, self.told)) >= CHUNK:
            self.compare()

    def compare(self) -> None:
        """Compare what was taken in since the last time."""
        if not self.firsts:
            return
        params = {"firsts": self.firsts, "start": self.firsts[0], "end": self.sizes[-1]}
        ours = [line for acts in self.told for line in acts]
        [(theirs,)] = beside.rows(kept_acts.SPELLED, params)
        if theirs != hashlib.sha256("\n".join(ours).encode("utf-8", "replace")).digest():
            self._name(ours, [str(row[0]) for row in beside.rows(kept_acts.LINES, params)])
        self.firsts, self.sizes, self.told = [], [], []

    def _name(self, ours: Sequence[str], theirs: Sequence[str]) -> None:
        there = {key: (command, sent) for key, command, sent in map(_parts, theirs)}
        for key, command, sent in map(_parts, ours):
            found = there.get(key)
            # Without its entries an act is not asked for: those are missing, and named.
            if found and found[0] != command:
                self.commands.append(key)
            if found and found[1] != sent:
                self.messages.append(key)

    def flaws(self) -> list[Flaw]:
        """Compare the rest; name each act that is not as the checkpoints have it."""
        self.compare()
        commands, messages = dict.fromkeys(self.commands), dict.fromkeys(self.messages)
        return [
            *beside.told("records_commandrecord", commands, "is not as its checkpoint has it"),
            *beside.told(
                "records_message of act", messages, "a message is not as its checkpoint has it"
            ),
        ]


def _parts(line: str) -> tuple[str, str, str]:
    key, _, rest = line.partition(" ")
    command, _, sent = rest.partition(" ")
    return key, command, sent
