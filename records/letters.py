"""Dead letters: messages that five tries could not deliver, and what people do about them.

``records`` names no roles: the caller brings ``check``, which refuses, inside the act, who may not.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mes.lib.refusals import NotFound
from records.act import Act, act, acting
from records.commands import Actor, Command, Reply
from records.entries import Payload, entry
from records.enums import MessageState
from records.exceptions import LetterAnswered, ReasonMissing
from records.models import Message
from records.presenters import presents

LONGEST = 400
Check = Callable[[Actor], object]


class _Letter(Payload):
    """Which message, and why it was answered so. Its payload stays in the outbox."""

    message: UUID
    topic: str
    consumer: str
    problem: str
    reason: str


@entry("message.tried_again", version=1, stream="*")
class MessageTriedAgain(_Letter):
    """A dead letter goes back among those that wait, with all its tries."""


@entry("message.set_aside", version=1, stream="*")
class MessageSetAside(_Letter):
    """A dead letter will not be delivered; what it asked for was done otherwise, or not needed."""


@presents(MessageTriedAgain)
def _tried_again(p: MessageTriedAgain) -> str:
    said = {"consumer": p.consumer, "reason": p.reason}
    return _("Message for %(consumer)s is tried again: %(reason)s") % said


@presents(MessageSetAside)
def _set_aside(p: MessageSetAside) -> str:
    said = {"consumer": p.consumer, "reason": p.reason}
    return _("Message for %(consumer)s set aside: %(reason)s") % said


def dead_letters(site: UUID | None) -> QuerySet[Message]:
    """Return the dead letters of a site, and those of none; the oldest first."""
    mine = Q(site=site) | Q(site__isnull=True)
    return Message.objects.filter(mine, state=MessageState.DEAD).order_by("not_before", "id")


@acting
def try_again(*, command: Command, message: UUID, reason: str, check: Check) -> Reply:
    """Let a dead letter wait again; appends ``message.tried_again`` to the site.

    Raises NotFound, LetterAnswered, ReasonMissing and what ``check`` raises.
    """
    with act(command, streams=_site(command)) as a:
        check(a.actor)
        said = MessageTriedAgain(**_said(a, message, reason))
        a.append(_site(command)[0], said)
        Message.objects.filter(id=message).update(
            state=MessageState.WAITING, attempts=0, not_before=a.now, problem=""
        )
        a.reply = {"message": str(message)}
    return a.reply


@acting
def set_aside(*, command: Command, message: UUID, reason: str, check: Check) -> Reply:
    """Say that a dead letter need not be delivered; appends ``message.set_aside``.

    Raises NotFound, LetterAnswered, ReasonMissing and what ``check`` raises.
    """
    with act(command, streams=_site(command)) as a:
        check(a.actor)
        said = MessageSetAside(**_said(a, message, reason))
        a.append(_site(command)[0], said)
        Message.objects.filter(id=message).update(state=MessageState.ASIDE)
        a.reply = {"message": str(message)}
    return a.reply


def _site(command: Command) -> list[UUID]:
    if command.actor.site is None:
        raise NotFound()
    return [command.actor.site]


def _said(a: Act, message: UUID, reason: str) -> dict[str, Any]:
    """Lock the letter and return what the entry says of it."""
    mine = Q(site=a.actor.site) | Q(site__isnull=True)
    row = Message.objects.select_for_update().filter(mine, id=message).first()
    if row is None:
        raise NotFound()
    if row.state != MessageState.DEAD:
        raise LetterAnswered()
    text = reason.strip()[:LONGEST]
    if not text:
        raise ReasonMissing(field="reason")
    return {
        "message": row.id, "topic": row.topic, "consumer": row.consumer,
        "problem": row.problem[:LONGEST], "reason": text,
    }  # fmt: skip
