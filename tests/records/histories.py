"""Random histories of every entry kind: appended and folded as the services do it.

Each golden payload is varied leaf by leaf and appended to a stream of its kind that is there, or
to a new one. What the database refuses is undone and tried otherwise, so that what stays is a
valid history; an old version is written as it was when it was the newest.
"""

import re
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from mes.lib.ids import uuid7
from records import store
from records.act import Act, New, act
from records.commands import Actor, Command
from records.entries import Payload, declared, instant_text
from records.folding import Folded, run_fold
from records.verification import Difference, Report
from tests.test_golden import OPENING, OPENS, keep_document, plain_of, published

Kind = tuple[str, int]
Leaf = tuple[Kind, tuple[Any, ...]]

UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
NUMBER = re.compile(r"-?\d+\.\d+")
HASH = re.compile(r"[0-9a-f]{64}")
ODD = ("ä", "'", '"', "\\", "%s", "\u2028", "0", "=1")
# From a try on nothing is varied but what a site has once only, and that keeps its length.
TRIES, CALM = 40, 20
# Says where in a document it changes something: of another place it would say nothing.
PLACED = "recipe-draft.edited"
# What a site or the world has once only: nearly always another one.
CODES = {
    "coi",
    "din",
    "mark",
    "code",
    "number",
    "username",
    "badge",
    "identity_check",
    "facility",
    "pseudonym",
    "barcode",
}


@dataclass
class History:
    """What was appended, by kind and version, and the streams of each kind."""

    chance: Random
    site: UUID
    streams: dict[str, list[UUID]] = field(default_factory=dict)
    accepted: dict[Kind, int] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    # How often a leaf was varied in what was refused since it was varied in what was not.
    blame: Counter[Leaf] = field(default_factory=Counter)
    varied: set[Leaf] = field(default_factory=set)
    calm: bool = False

    def run(self, *, more: int) -> None:
        """Append every published kind and version once, and ``more`` by chance, in any order."""
        kinds = [(kind, version) for kind, version, _ in published()]
        wanted = [*kinds, *self.chance.choices(kinds, k=more)]
        self.chance.shuffle(wanted)
        for kind in wanted:
            self._append(kind)

    def _append(self, kind: Kind) -> None:
        """Append an entry; leaves that were varied when it was refused are varied less."""
        for attempt in range(TRIES):
            self.varied.clear()
            self.calm = attempt >= CALM
            try:
                self._try(kind, new=attempt > 2 and attempt % 2 == 0)
            except Exception as error:  # noqa: BLE001 - whatever refuses, nothing of it is left
                self.refused.append(f"{kind}: {type(error).__name__} {error}")
                self.blame.update(self.varied)
            else:
                self.blame.subtract(dict.fromkeys(self.varied, 1))
                return

    def _try(self, kind: Kind, *, new: bool) -> None:
        of = self._stream_kind(kind)
        there = self.streams.setdefault(of, [])
        opening = kind[0] in OPENING
        fresh = opening or new or not there or self.chance.random() < 0.2
        if of == "site" and there:
            fresh = False
        stream = self._new_id(of) if fresh else self.chance.choice(there)
        first = OPENS.get(of)
        with act(self._command(), streams=[] if fresh else [stream],
                 new=[New(of, stream, self.site)] if fresh else []) as a:  # fmt: skip
            if fresh and first and not opening:
                append(a, stream, (first, 1), self._varied((first, 1)))
            append(a, stream, kind, self._varied(kind))
        if fresh:
            there.append(stream)
            if first and not opening:
                self._count((first, 1))
        self._count(kind)

    def _stream_kind(self, kind: Kind) -> str:
        found = declared()[kind[0]][kind[1]].stream_kind
        return found if found != "*" else self.chance.choice(["batch", "lot", "person"])

    def _new_id(self, of: str) -> UUID:
        return self.site if of == "site" else uuid7()

    def _command(self) -> Command:
        actor = Actor(person=uuid7(), name="H. Istory", role="operator", site=self.site)
        return Command(key=uuid7(), name="history", actor=actor, payload={})

    def _count(self, kind: Kind) -> None:
        self.accepted[kind] = self.accepted.get(kind, 0) + 1

    def _varied(self, kind: Kind) -> Payload:
        """Return the golden payload with its identifiers exchanged and some leaves changed."""
        payload = declared()[kind[0]][kind[1]]
        plain = self._other_ids(plain_of(*kind))
        for path in leaves(plain):
            if kind[0] == PLACED and path[-1] not in ("en", "de"):
                continue
            tried = deepcopy(plain)
            changed(tried, path, self.chance)
            if self.calm and (path[-1] not in CODES or length(tried) != length(plain)):
                continue
            blamed = 0.5 / (1 + max(self.blame[kind, path], 0))
            often = 0.9 if path[-1] in CODES else blamed
            if tried != plain and self.chance.random() < often and valid(payload, tried):
                plain = tried
                self.varied.add((kind, path))
        return payload.model_validate(plain)

    def _other_ids(self, value: Any) -> Any:
        """Exchange identifiers, mostly each for the same one throughout the history."""
        if isinstance(value, dict):
            return {self._other_ids(key): self._other_ids(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self._other_ids(part) for part in value]
        if isinstance(value, str) and UUID_TEXT.fullmatch(value):
            sites = {plain_of("role.granted", 1)["site"]: str(self.site)}
            same = self.ids.setdefault(value, str(uuid7()))
            return sites.get(value) or (same if self.chance.random() < 0.7 else str(uuid7()))
        return value


def append(a: Act, stream: UUID, kind: Kind, payload: Payload) -> None:
    """Append an entry; one of an old version is folded through its upcasts, as it was then."""
    if kind[1] == max(declared()[kind[0]]):
        a.append(stream, payload)
        return
    a.heads[stream], envelope = store.append(
        a.heads[stream], payload, command=a.command, at=a.now
    )  # fmt: skip
    run_fold(Folded.of(envelope))


def length(plain: Any) -> int:
    """Return how much text there is in a payload."""
    return len(str(plain))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all leaves."""
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    found: list[tuple[Any, ...]] = []
    for key, part in parts:
        here = (*path, key)
        found += leaves(part, here) if isinstance(part, (dict, list)) else [here]
    return found


def changed(plain: Any, path: tuple[Any, ...], chance: Random) -> None:
    """Put another value of the same form at ``path``."""
    for key in path[:-1]:
        plain = plain[key]
    plain[path[-1]] = other(plain[path[-1]], chance)


def other(value: Any, chance: Random) -> Any:
    """Return another value of the same form."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return chance.choice([0, 1, value + 1, chance.randrange(1000)])
    return other_text(value, chance) if isinstance(value, str) else value


def other_text(value: str, chance: Random) -> str:
    """Return another text of the same form; what is found by its hash stays."""
    if HASH.fullmatch(value):
        return value
    if UUID_TEXT.fullmatch(value):
        return str(some_id(chance))
    if INSTANT.fullmatch(value):
        shifted = datetime.fromisoformat(value) + timedelta(seconds=chance.randrange(-9999, 9999))
        return instant_text(shifted)
    if NUMBER.fullmatch(value):
        return f"{chance.randrange(1, 10**6)}.{chance.randrange(100):02}"
    ending = "".join(chance.choices("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=3))
    return value[:-3] + ending if chance.random() < 0.8 else value + chance.choice(ODD)


def some_id(chance: Random) -> UUID:
    """Return an identifier by chance, the same for the same seed."""
    return UUID(int=chance.getrandbits(128), version=4)


def valid(payload: type[Payload], plain: dict[str, Any]) -> bool:
    """Say whether a payload may be so, written as an entry writes it."""
    try:
        return payload.model_validate(plain).fields() == plain
    except ValueError:
        return False


def history(seed: int, *, more: int = 60) -> History:
    """Write a history by a seed into the database that the application uses."""
    made = History(Random(seed), uuid7())
    keep_document()
    made.run(more=more)
    return made


def every_kind() -> set[Kind]:
    """Return every published kind with each of its versions."""
    return {(kind, version) for kind, version, _ in published()}


def differences(report: Report) -> list[Difference]:
    """Return what was found, but for what made-up payloads name: no store has these files, and
    nobody kept these documents."""
    made_up = re.compile("an entry names this file|a recipe's version names it")
    return [one for one in report.differences if not made_up.match(one.problem)]
