"""The one log over all streams, as the database keeps it: numbers, subtrees, proofs.

Written on the reader's connection, which sees all sites and may only add to these tables. Two
checkpointers cannot both number an entry: the second meets the first one's number and stops.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connections, transaction

from mes.lib import evidence
from mes.lib.evidence import JSON
from records import routing
from records.models import Checkpoint, Leaf, Node

READER = "reader"
# Proofs read at most 256 hashes for each of these levels.
STORED_LEVELS = (8, 16, 24)
BLOCK, HASH = 256, 32
ROUND, SOME = 50_000, 10_000


class AnotherRuns(Exception):
    """Another checkpointer has numbered entries meanwhile."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """An entry with its number in the log. ``str`` is its line in a checkpoint's file."""

    number: int
    stream: UUID
    seq: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.stream}/{self.seq} {self.hash.hex()}"

    @classmethod
    def read(cls, number: int, line: str) -> "Numbered":
        """Read a line of a checkpoint's file. Raises ValueError."""
        entry, _, hashed = line.partition(" ")
        stream, _, seq = entry.partition("/")
        return cls(number, UUID(stream), int(seq), bytes.fromhex(hashed))


# Whatever a snapshot did not see was written by a transaction at or after its xmin; within
# a stream entries become visible in order, because its head is locked until the commit.
NUMBER = """
INSERT INTO records_leaf (number, stream, seq, hash)
SELECT %(size)s + row_number() OVER (ORDER BY at, stream, seq) - 1, stream, seq, hash
  FROM (SELECT at, stream, seq, hash FROM records_entry e
         WHERE xid >= %(since)s::text::xid8
           AND NOT EXISTS (SELECT FROM records_leaf l WHERE l.stream = e.stream AND l.seq = e.seq)
         ORDER BY at, stream, seq LIMIT %(limit)s) news
RETURNING number, stream, seq, hash
"""


def horizon() -> int:
    """Return the oldest transaction that still runs: what it writes has not been seen."""
    with connections[READER].cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        found: int = cursor.fetchone()[0]
    return found


def number_new(tree: evidence.Tree, *, since: int) -> list[Numbered]:
    """Number entries written from transaction ``since`` on, and grow ``tree`` by them.

    At most ROUND in one transaction. Raises AnotherRuns; the tree is then not to be used again.
    """
    try:
        with transaction.atomic(using=READER, durable=True):
            return _number(tree, since)
    except IntegrityError as error:
        raise AnotherRuns("Another checkpointer numbers entries: one is enough.") from error


def _number(tree: evidence.Tree, since: int) -> list[Numbered]:
    with connections[READER].cursor() as cursor:
        cursor.execute("SET TRANSACTION READ WRITE")
        cursor.execute(NUMBER, {"size": tree.size, "since": since, "limit": ROUND})
        news = sorted((_row(row) for row in cursor.fetchall()), key=lambda one: one.number)
    with routing.on(READER):
        Node.objects.bulk_create(grown(tree, [one.hash for one in news]))
    return news


def grown(tree: evidence.Tree, leaves: Sequence[bytes]) -> list[Node]:
    """Grow a tree by leaves; return the nodes to keep of the subtrees that they completed."""
    size = tree.size
    completed = dict(enumerate(tree.extend(leaves)))
    return [
        Node(level=level, number=number, hash=hashed)
        for level in STORED_LEVELS
        for number, hashed in enumerate(completed.get(level, []), size >> level)
    ]


def _row(row: Sequence[Any]) -> Numbered:
    return Numbered(row[0], row[1], row[2], bytes(row[3]))


def numbered() -> Iterator[list[Numbered]]:
    """Yield the whole log in order, as the reader sees it, some thousand entries at a time."""
    with routing.on(READER):
        columns = Leaf.objects.order_by("number").values_list("number", "stream", "seq", "hash")
        rows = columns.iterator(chunk_size=SOME)
        while some := [_row(row) for row in islice(rows, SOME)]:
            yield some


def keep(checkpoint: dict[str, Any]) -> None:
    """Keep a copy of a signed checkpoint in the database."""
    with routing.on(READER), transaction.atomic(using=READER):
        with connections[READER].cursor() as cursor:
            cursor.execute("SET TRANSACTION READ WRITE")
        Checkpoint.objects.create(**checkpoint)


def kept(size: int) -> bool:
    """Say whether a copy of the checkpoint over so many entries is in the database."""
    with routing.on(READER):
        return Checkpoint.objects.filter(size=size).exists()


def spans() -> evidence.Span:
    """Return the function that one proof asks for the root over leaves; it reads no block twice.

    What is not kept is hashed from a block of 256 kept hashes: three of them for a million leaves.
    """
    blocks: dict[tuple[int, int], list[bytes]] = {}

    def span(start: int, end: int) -> bytes:
        level = (end - start).bit_length() - 1
        if end - start != 1 << level:
            middle = evidence.split(start, end)
            return evidence.node_hash(span(start, middle), span(middle, end))
        stored = max(one for one in (0, *STORED_LEVELS) if one <= level)
        first, last = start >> stored, end >> stored
        number = first // BLOCK
        block = blocks.get((stored, number)) or _stored(stored, number)
        blocks[stored, number] = block
        hashes = block[first - number * BLOCK : last - number * BLOCK]
        while len(hashes) > 1:
            pairs = zip(hashes[::2], hashes[1::2], strict=True)
            hashes = [evidence.node_hash(*pair) for pair in pairs]
        return hashes[0]

    return span


# A block as one value: no row for each of its hashes.
LEAVES = """
SELECT string_agg(hash, ''::bytea ORDER BY number) FROM records_leaf
 WHERE number BETWEEN %s AND %s
"""
NODES = """
SELECT string_agg(hash, ''::bytea ORDER BY number) FROM records_node
 WHERE number BETWEEN %s AND %s AND level = %s
"""


def _stored(level: int, block: int) -> list[bytes]:
    numbers = [block * BLOCK, block * BLOCK + BLOCK - 1]
    if level:
        return _hashes(NODES, [*numbers, level])
    return [evidence.leaf_hash(leaf) for leaf in _hashes(LEAVES, numbers)]


def _hashes(sql: str, params: list[int]) -> list[bytes]:
    with connections[routing.current()].cursor() as cursor:
        cursor.execute(sql, params)
        joined = bytes(cursor.fetchone()[0] or b"")
    return [joined[at : at + HASH] for at in range(0, len(joined), HASH)]


def anchor(stream: UUID) -> dict[str, JSON] | None:
    """Return the proof that a stream's newest checkpointed entry is in the newest checkpoint.

    Its chain carries that proof back to its first entry. None while no checkpoint has it.
    """
    point = Checkpoint.objects.order_by("-size").first()
    leaves = Leaf.objects.filter(stream=stream, number__lt=point.size if point else 0)
    leaf = leaves.order_by("-seq").first()
    if point is None or leaf is None:
        return None
    proof = evidence.inclusion_proof(spans(), leaf.number, point.size)
    return {
        "seq": leaf.seq,
        "number": leaf.number,
        "proof": [step.hex() for step in proof],
        "checkpoint": point.fields,
    }
