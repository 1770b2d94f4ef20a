"""The act: the one way in which anything regulated is written.

    command → act (locks its streams, one instant) → entries → folds → outbox

One transaction. It opens with one trip (site and person for the walls by site, new heads,
the locks in id order, the key, the clock), runs the body, and closes with one (command row,
messages, deferred constraints). Nothing slow or outside happens inside it.
"""

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ParamSpec
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction

from mes.lib import clock
from mes.lib.evidence import JSON, NotCanonical
from mes.lib.refusals import NotFound, Refusal, refusal_of_constraint
from records import outbox, store
from records.commands import Actor, Command, Reply
from records.entries import AttemptRefused, Payload
from records.exceptions import Busy, KeyReused, NotRecordable, Stale, StreamExists
from records.folding import Folded, run_fold
from records.store import Head

LOCK_NOT_HAD = {"55P03", "40P01", "40001"}
COMMAND_KEY = "records_commandrecord_pkey"


class Replay(Exception):
    """The key was seen before; carries what was answered then."""

    def __init__(self, outcome: Mapping[str, Any]) -> None:
        self.outcome = outcome
        super().__init__("replayed command")


class KeyRace(Exception):
    """Two transactions wrote the same new key; the loser runs again and finds the reply."""


@dataclass(frozen=True, slots=True)
class New:
    """A stream that the act makes. ``site`` is None for what all sites share.

    ``may_exist`` is for a stream that whoever comes first makes, such as a site's register.
    """

    kind: str
    id: UUID
    site: UUID | None
    may_exist: bool = False


@dataclass(slots=True)
class Act:
    """What the body of an act works with. ``now`` is its one instant."""

    command: Command
    now: datetime
    heads: dict[UUID, Head]
    reply: Reply = field(default_factory=dict)
    messages: list[outbox.Draft] = field(default_factory=list)

    @property
    def actor(self) -> Actor:
        """Who acts."""
        return self.command.actor

    def append(self, stream: UUID, payload: Payload) -> int:
        """Append an entry to a locked stream and fold it; return its number.

        Raises NotRecordable for text that has no canonical form.
        """
        head = self.heads[stream]
        if payload.stream_kind not in ("*", head.kind):
            raise TypeError(f"{payload.kind} does not stand on a {head.kind} stream.")
        try:
            head, envelope = store.append(head, payload, command=self.command, at=self.now)
        except NotCanonical as error:
            raise NotRecordable() from error
        self.heads[stream] = head
        run_fold(Folded.of(envelope, payload))
        return head.seq

    def expect(self, stream: UUID, seq: int) -> None:
        """Raise Stale when the stream holds entries that the page did not show."""
        if self.heads[stream].seq != seq:
            at, by = store.last_written(stream, seq=self.heads[stream].seq)
            raise Stale(at=at, by=by)

    def enqueue(
        self, topic: str, payload: Mapping[str, JSON], *, not_before: datetime | None = None
    ) -> None:
        """Put a message for each subscriber of ``topic`` into the outbox, with this act."""
        self.messages += outbox.drafts(topic, payload, not_before=not_before or self.now)

    def done(self, message: "outbox.Message") -> None:
        """Mark an outbox message as done by this act."""
        outbox.mark_done(message, at=self.now)


@contextmanager
def act(
    command: Command, *, streams: Sequence[UUID] = (), new: Sequence[New] = ()
) -> Iterator[Act]:
    """Open the one transaction in which ``command`` is done.

    Locks all ``streams`` and makes ``new`` ones before the body looks at anything.
    Raises Replay (for ``acting``) when the key was seen, KeyReused when it stood for
    something else, NotFound for a stream of no or another site, StreamExists, Busy.
    """
    try:
        with transaction.atomic(durable=True):
            heads = [(one.id, one.kind, one.site) for one in new]
            opened = store.open_act(command, streams=streams, new=heads)
            if opened.earlier is not None:
                _refuse_other_content(opened.earlier, command)
                raise Replay(opened.earlier.outcome)
            if any(one.id not in opened.made for one in new if not one.may_exist):
                raise StreamExists()
            if set(opened.heads) != {*streams, *(n.id for n in new)}:
                raise NotFound()
            now = clock.instant(read=opened.read, marked_simulated=opened.simulated)
            running = Act(command=command, now=now, heads=opened.heads)
            yield running
            done = {"reply": running.reply}
            store.close_act(command, at=now, outcome=done, drafts=running.messages)
    except IntegrityError as error:
        raise _meaning(error) from error
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) in LOCK_NOT_HAD:
            raise Busy() from error
        raise


def _refuse_other_content(earlier: store.Earlier, command: Command) -> None:
    if earlier.fingerprint != command.fingerprint:
        raise KeyReused()


def _meaning(error: IntegrityError) -> Exception:
    """Return what a violated constraint means: a lost race on the key, or a refusal."""
    constraint = store.constraint_of(error)
    if constraint == COMMAND_KEY:
        return KeyRace()
    return refusal_of_constraint(constraint) or error


def discard(message: outbox.Message) -> None:
    """Do a message whose effect is nothing to record: by an act that says no more than that.

    So each message that is done has the act that did it, which ``verify`` asks for.
    """
    try:
        with act(message.command("message.discard")) as a:
            a.done(message)
    except (Replay, KeyReused):  # what was done, or refused, under its key is kept already
        outbox.mark_done(message, at=clock.now())


Args = ParamSpec("Args")


def acting(service: Callable[Args, Reply]) -> Callable[Args, Reply]:
    """Make a service idempotent: a replayed key returns its stored reply, or its refusal.

    A recorded refusal is kept by a second small act under the same key, so that a double
    tap counts once. The service takes its command as the keyword ``command``.
    """

    @functools.wraps(service)
    def run(*args: Args.args, **kwargs: Args.kwargs) -> Reply:
        try:
            return service(*args, **kwargs)
        except KeyRace:
            return run(*args, **kwargs)
        except Replay as replay:
            return answered(replay.outcome)
        except Refusal as refusal:
            if refusal.recorded:
                command: Any = kwargs["command"]
                keep_refusal(command, refusal)
            raise

    return run


def answered(outcome: Mapping[str, Any]) -> Reply:
    """Return a stored reply, or raise the stored refusal again."""
    if "refused" in outcome:
        raise Refusal.revive(
            code=outcome["refused"], params=outcome["params"], field=outcome["field"]
        )
    reply: Reply = outcome["reply"]
    return reply


def keep_refusal(command: Command, refusal: Refusal) -> None:
    """Record a refused attempt on the streams that it names, under the command's own key."""
    said = AttemptRefused(command=command.name, code=refusal.code, params=refusal.params)
    try:
        with transaction.atomic(durable=True):
            opened = store.open_act(command, streams=refusal.streams, new=[])
            if opened.earlier is not None:
                return
            now = clock.instant(read=opened.read, marked_simulated=opened.simulated)
            running = Act(command=command, now=now, heads=opened.heads)
            for stream in opened.heads:
                running.append(stream, said)
            outcome = {"refused": refusal.code, "params": refusal.params, "field": refusal.field}
            store.close_act(command, at=now, outcome=outcome, drafts=[])
    except IntegrityError as error:
        if store.constraint_of(error) != COMMAND_KEY:
            raise
