"""A small kind of its own for the frame's tests: a box that is filled and emptied.

Its projection is the product's own (a material lot would bring its rules along), so that the
guard, the walls by site and the rebuild are tried on a real table.
"""

from typing import Any
from uuid import UUID

from mes.lib.ids import uuid7
from records.act import New, act, acting
from records.commands import Actor, Command, Reply
from records.entries import Payload, entry

SITE = UUID("01900000-0000-7000-8000-0000000000a1")
OTHER_SITE = UUID("01900000-0000-7000-8000-0000000000b2")
PERSON = UUID("01900000-0000-7000-8000-0000000000c3")


@entry("trial.said", version=1, stream="trial")
class TrialSaid(Payload):
    """Somebody said something."""

    text: str


@entry("trial.filed", version=1, stream="trial")
class TrialFiled(Payload):
    """Somebody kept a file."""

    file: str


def actor(*, site: UUID | None = SITE, person: UUID | None = PERSON) -> Actor:
    """Return a person of a site."""
    return Actor(person=person, name="T. Rial", role="operator", site=site, zone="Europe/Berlin")


def command(*, key: UUID | None = None, by: Actor | None = None, **payload: Any) -> Command:
    """Return a fresh command, or one with a given key."""
    return Command(key=key or uuid7(), name="trial.say", actor=by or actor(), payload=payload)


@acting
def say(*, command: Command, stream: UUID, text: str, new: bool = False) -> Reply:
    """Append ``trial.said``; with ``new`` on a stream made by the act."""
    made = [New("trial", stream, command.actor.site)] if new else []
    with act(command, streams=[] if new else [stream], new=made) as a:
        seq = a.append(stream, TrialSaid(text=text))
        a.enqueue("trial.said", {"stream": str(stream), "text": text})
        a.reply = {"seq": seq}
    return a.reply


@acting
def keep_file(*, command: Command, stream: UUID, file: str) -> Reply:
    """Append ``trial.filed``."""
    with act(command, streams=[stream]) as a:
        a.append(stream, TrialFiled(file=file))
    return a.reply


def stream_with(*texts: str, by: Actor | None = None) -> UUID:
    """Return a new stream in which these were said."""
    stream = uuid7()
    for number, text in enumerate(texts):
        say(command=command(by=by, text=text), stream=stream, text=text, new=number == 0)
    return stream
