"""SET ledger: appending by many at once, verifying, and proving, on made-up entries.

Verification is counted in two parts: what proves (chains, copies against the hashed bytes, and
the checkpoints), and what folds every projection anew.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from random import Random, choice
from uuid import UUID

from django.db import connections

from bench.acts import BenchSaid
from bench.measure import Figure, median_ms, p95, scaled, seconds
from bench.models import PlainEntry
from mes.lib import evidence
from mes.lib.ids import uuid7
from plant.crew import command_of
from records import log
from records.act import New, act
from records.checkpoints import Checkpointer
from records.commands import Actor, Command
from records.store import APPEND, Head, envelope_of
from records.verification import Report, verify

SITE = UUID("01900000-0000-7000-8000-0000000000a1")
AT = datetime(2026, 11, 23, tzinfo=UTC)
STREAMS, CLIENTS, TOGETHER, PROCESSES = 50, 16, 10, 2
APPENDS_A_SECOND, VERIFIED_A_SECOND = 2_000, 100_000
PROOF_BYTES, PROOF_MS = 1024, 10.0
LEAVES = 1_000_000


def actor() -> Actor:
    """Return a made-up person of the site."""
    return Actor(person=uuid7(), name="B. Ench", role="operator", site=SITE, zone="Europe/Berlin")


def figures(*, full: bool) -> Iterator[Figure]:
    """Measure; yields the lines of the table. Needs an empty throw-away database."""
    yield from _appends(each=400 if full else 100)
    yield from _verification(entries=1_000_000 if full else 200_000)
    yield from _proofs(leaves=LEAVES if full else LEAVES // 10)


def _appends(*, each: int) -> Iterator[Figure]:
    """16 clients append to 50 chains; the baseline inserts the same bytes into a bare table."""
    said = BenchSaid(text="Volume 5.2 mL entered, within its limits.")
    streams = [uuid7() for _ in range(STREAMS)]
    bodies = {}
    for stream in streams:
        with act(command_of(actor(), "bench"), new=[New("bench", stream, SITE)]) as a:
            envelope = envelope_of(a.heads[stream], said, command=a.command, at=a.now)
            bodies[stream] = evidence.canonical(envelope)

    def chained(entries: int = 1) -> None:
        stream = choice(streams)
        with act(command_of(who, "bench"), streams=[stream]) as running:
            for _ in range(entries):
                running.append(stream, said)

    def bare() -> None:
        stream = choice(streams)
        PlainEntry.objects.create(stream=stream, seq=1, body=bodies[stream])

    who = actor()
    yield from _chains(streams, said, each=each * 4)
    _at_once(bare, each=10), _at_once(chained, each=10)
    theirs, ours = (_at_once(one, each=each) for one in (bare, chained))
    ten = _at_once(lambda: chained(TOGETHER), each=each // 4) * 4 / TOGETHER
    count, wanted = CLIENTS * each, APPENDS_A_SECOND / scaled(1)
    yield Figure(
        "append to 50 chains / bare INSERT, 16 clients",
        f"{count} acts each; {wanted:.0f}/s wanted",
        f"{count / ours:.0f}/s", f"{count / theirs:.0f}/s", ours / theirs,
    )  # fmt: skip
    yield Figure(
        f"the same, {TOGETHER} entries an act", f"{count // 4} acts; {wanted:.0f}/s wanted",
        f"{count / ten:.0f}/s", f"{count / theirs:.0f}/s", ten / theirs,
    )  # fmt: skip


# One trip opens and locks, the other appends and commits.
LOCK = """
BEGIN; SELECT set_config('mes.site', %s, true);
SELECT kind, site, seq, hash FROM records_stream WHERE id = %s FOR NO KEY UPDATE
"""
APPEND_AND_COMMIT = f"{APPEND}; COMMIT"
BARE = "INSERT INTO bench_plainentry (stream, seq, body) VALUES (%s, %s, %s)"


def _chains(streams: list[UUID], said: BenchSaid, *, each: int) -> Iterator[Figure]:
    """What the chain itself asks: lock the head, hash, insert, with guard, trigger and walls.

    Both sides by the driver alone, in as few trips as each needs; no command, rows or messages.
    """
    who = actor()
    command = Command(key=uuid7(), name="bench", actor=who, payload={})
    plain = evidence.canonical(
        envelope_of(Head(streams[0], "bench", SITE, 0, evidence.GENESIS), said,
                    command=command, at=AT)
    )  # fmt: skip

    def chained() -> None:
        stream, raw = choice(streams), connections["default"].connection
        locked = raw.execute(LOCK, [str(SITE), stream])
        locked.nextset(), locked.nextset()
        kind, site, seq, previous = locked.fetchone()
        head = Head(stream, kind, site, seq, bytes(previous))
        body = evidence.canonical(envelope_of(head, said, command=command, at=AT))
        hashed = evidence.entry_hash(head.hash, body)
        raw.execute(
            APPEND_AND_COMMIT,
            [stream, seq + 1, said.kind, said.version, SITE, who.person, who.role,
             AT, command.key, body, hashed],
        )  # fmt: skip

    def bare() -> None:
        connections["default"].connection.execute(BARE, [choice(streams), 1, plain])

    _at_once(bare, each=20), _at_once(chained, each=20)
    theirs, ours = (_at_once(one, each=each) for one in (bare, chained))
    count, wanted = CLIENTS * each, APPENDS_A_SECOND / scaled(1)
    yield Figure(
        "chain an entry (lock, hash, insert) / bare INSERT",
        f"{count} entries each, {STREAMS} chains, {CLIENTS} clients; {wanted:.0f}/s wanted",
        f"{count / ours:.0f}/s", f"{count / theirs:.0f}/s", ours / theirs,
        kept=count / ours >= wanted,
    )  # fmt: skip


def _at_once(one: Callable[[], None], *, each: int) -> float:
    """Return the seconds in which every client did ``each``; connections are open before.

    Clients are threads of a few processes, as people's requests are. A client that fails ends
    the measurement: what it left undone would be taken for speed.
    """
    processes = get_context("fork")
    gate = processes.Barrier(CLIENTS + 1, timeout=60)

    def client() -> None:
        connections["default"].ensure_connection()
        gate.wait()
        for _ in range(each):
            one()
        connections.close_all()

    def some() -> None:
        clients = CLIENTS // PROCESSES
        with ThreadPoolExecutor(clients) as threads:
            for running in [threads.submit(client) for _ in range(clients)]:
                running.result()

    connections.close_all()
    running = [processes.Process(target=some) for _ in range(PROCESSES)]
    for process in running:
        process.start()
    gate.wait()
    began = time.perf_counter()
    for process in running:
        process.join()
    assert not any(process.exitcode for process in running)
    return time.perf_counter() - began


def _verification(*, entries: int, rounds: int = 20) -> Iterator[Figure]:
    # Of fewer rounds the slowest in twenty would be made up: it lies beyond the slowest of them.
    made_up(streams=entries // 200, each=200)
    Checkpointer().checkpoint()
    taken: list[Report] = []
    whole = [seconds(lambda: taken.append(verify(everything=True))) for _ in range(rounds)]
    assert all(report.clean for report in taken)
    found = taken[0].entries
    proving = [report.proving for report in taken]
    speed, wanted = found / p95(proving), VERIFIED_A_SECOND / scaled(1)
    yield Figure(
        "verify chains, copies, checkpoints / with the folds",
        f"{found} entries, {rounds} rounds; the slowest in twenty: {speed:.0f}/s,"
        f" {wanted:.0f}/s wanted",
        f"{found / p95(proving):.0f}/s", f"{found / p95(whole):.0f}/s",
        median_ms(proving) / median_ms(whole), kept=speed >= wanted,
    )  # fmt: skip


def made_up(*, streams: int, each: int) -> None:
    """Write properly chained entries as the owner, past the services: they are only read."""
    who, said = actor(), BenchSaid(text="Volume 5.2 mL entered, within its limits.")
    command = Command(key=uuid7(), name="bench", actor=who, payload={})
    with connections["owner"].cursor() as cursor:
        for table in ("entry", "stream"):
            cursor.execute(
                f"ALTER TABLE records_{table} DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY"
            )
        heads = []
        columns = "stream, seq, kind, version, site, actor, role, at, command, body, hash"
        with cursor.copy(f"COPY records_entry ({columns}) FROM STDIN") as copy:
            for _ in range(streams):
                head = Head(uuid7(), "bench", SITE, 0, evidence.GENESIS)
                for _ in range(each):
                    body = evidence.canonical(envelope_of(head, said, command=command, at=AT))
                    hashed = evidence.entry_hash(head.hash, body)
                    head = Head(head.id, head.kind, head.site, head.seq + 1, hashed)
                    copy.write_row(
                        [head.id, head.seq, said.kind, said.version, SITE, who.person, who.role,
                         AT, command.key, body, hashed]
                    )  # fmt: skip
                heads.append(head)
        with cursor.copy("COPY records_stream (id, kind, site, seq, hash) FROM STDIN") as copy:
            for head in heads:
                copy.write_row([head.id, head.kind, head.site, head.seq, head.hash])
        cursor.execute("ANALYZE records_entry; ANALYZE records_stream")
        # As they were: a verification looks at the walls, too.
        for table in ("entry", "stream"):
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
                [f"records_{table}"],
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE records_{table} ENABLE ALWAYS TRIGGER {name}")
            cursor.execute(f"ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY")
    connections["owner"].close()


def _proofs(*, leaves: int) -> Iterator[Figure]:
    """Prove entries of a log of made-up hashes, kept in the tables that the product keeps it in.

    Numbers and subtrees are written by the owner with COPY; the proofs are those of exports.
    """
    root = _log_of(leaves)
    taken, sizes, chance = [], [], Random(1)
    for number in (chance.randrange(leaves) for _ in range(200)):
        began = time.perf_counter()
        proof = evidence.inclusion_proof(log.spans(), number, leaves)
        taken.append(time.perf_counter() - began)
        sizes.append(sum(map(len, proof)))
        leaf = _made_up_hash(number)
        assert evidence.included(leaf, index=number, size=leaves, proof=proof, root=root)
    allowed = scaled(PROOF_MS)
    slow = p95(taken) * 1000
    yield Figure(
        "prove an entry of the log, p95 / allowed",
        f"{leaves} leaves; {max(sizes)} bytes at most", f"{slow:.2f} ms", f"{allowed:.2f} ms",
        slow / allowed, 1.0, kept=max(sizes) <= PROOF_BYTES,
    )  # fmt: skip


def _made_up_hash(number: int) -> bytes:
    return hashlib.sha256(b"%d" % number).digest()


def _log_of(leaves: int) -> bytes:
    """Write a log of made-up hashes over whatever was there; return its root."""
    tree, stream = evidence.Tree(), uuid7()
    hashes = [_made_up_hash(number) for number in range(leaves)]
    with connections["owner"].cursor() as cursor:
        for table in ("leaf", "node", "checkpoint"):
            cursor.execute(f"ALTER TABLE records_{table} DISABLE TRIGGER USER")
            cursor.execute(f"TRUNCATE records_{table}")
        with cursor.copy("COPY records_leaf (number, stream, seq, hash) FROM STDIN") as copy:
            for number, hashed in enumerate(hashes):
                copy.write_row([number, stream, number + 1, hashed])
        with cursor.copy("COPY records_node (level, number, hash) FROM STDIN") as copy:
            for node in log.grown(tree, hashes):
                copy.write_row([node.level, node.number, node.hash])
        cursor.execute("ANALYZE records_leaf; ANALYZE records_node")
    connections["owner"].close()
    return tree.root()
