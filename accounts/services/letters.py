"""Letters of alarms: one to each address, and none that was sent already.

Mail has no transaction. So each letter has a key of its own, made of message and address: a letter
that was sent is kept as a command under that key and not sent again, whatever becomes of the others
or of the worker. Only who is ended between the mail server's answer and that row sends one again,
with the same Message-ID, by which mail programs drop it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID, uuid5

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection

from records.act import act
from records.commands import Actor, Command
from records.models import CommandRecord
from records.outbox import Message
from records.reading import reading


def write_once(message: Message, *, address: str, subject: str, text: str) -> bool:
    """Send a letter unless it was sent; return whether it was sent now. Raises OSError."""
    key = uuid5(message.id, address)
    by = message.command("sign_in.letter").actor
    with _alone(key):
        if _was_sent(key, by):
            return False
        domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        headers = {"Message-ID": f"<{key}@{domain}>"}
        EmailMessage(subject, text, None, [address], headers=headers).send()
        command = Command(
            key=key, name="sign_in.letter", actor=by, payload={"message": str(message.id)}
        )
        with act(command) as a:
            a.reply = {"sent": True}
    return True


def _was_sent(key: UUID, by: Actor) -> bool:
    with reading(site=by.site):
        return CommandRecord.objects.filter(key=key).exists()


@contextmanager
def _alone(key: UUID) -> Iterator[None]:
    """Keep another worker, to whom a lapsed lease gave the same message, from the same letter."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [str(key)])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [str(key)])
