"""Tries of a secret that were refused before any hash: two entries a window, however many come.

The first of a window is an entry of its own, as other refusals are. Those after it are counted in
a row, and told by one entry when the window has ended: who guesses by the thousand writes two.
"""

from typing import Any, Final
from uuid import UUID

from accounts import origin
from accounts.entries import TriesRefused
from accounts.services.throttle import Noted, Try, take_refused
from mes.lib.ids import uuid7
from mes.lib.refusals import Refusal
from records import outbox
from records.act import act, acting
from records.commands import Actor, Command, Reply
from records.entries import AttemptRefused

WINDOW_ENDS: Final = "sign_in.window_ends"


def note_refused(tried: Try, refusal: Refusal, noted: Noted, *, actor: Actor) -> None:
    """Keep the first refused try of a window on the person's stream; the rest is told later."""
    command = Command(key=uuid7(), name="credential.prove", actor=actor)
    _note(command=command, tried=tried, refusal=refusal, noted=noted)


@acting
def _note(*, command: Command, tried: Try, refusal: Refusal, noted: Noted) -> Reply:
    assert tried.person is not None  # noqa: S101 - only somebody's tries are counted
    device = command.actor.device
    with act(command, streams=[tried.person]) as a:
        said = AttemptRefused(command=command.name, code=refusal.code, params=refusal.params)
        a.append(tried.person, said)
        window: dict[str, Any] = {
            "person": str(tried.person), "kind": tried.kind.value, "scope": str(noted.scope),
            "device": str(device) if device else None,
            "address": None if device else origin.address(),
        }  # fmt: skip
        a.enqueue(WINDOW_ENDS, window, not_before=noted.ends)
    return a.reply


@acting
def tell_refused(*, command: Command, message: outbox.Message) -> Reply:
    """Tell how many tries of a window were refused; appends ``sign_in.tries_refused``.

    Nothing for a single one, which stands there already.
    """
    window = message.payload
    person = UUID(window["person"])
    with act(command, streams=[person]) as a:
        refused, since = take_refused(person, window["kind"], UUID(window["scope"]))
        if refused > 1 and since is not None:
            said = TriesRefused(
                credential=window["kind"], refused=refused, since=since,
                device=UUID(window["device"]) if window["device"] else None,
                address=window["address"],
            )  # fmt: skip
            a.append(person, said)
        a.done(message)
    return a.reply
