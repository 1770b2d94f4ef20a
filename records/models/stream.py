from django.db import models
from django.db.models import Exists, OuterRef, Q

from mes.lib.evidence import GENESIS
from records.models.entry import Entry


class StreamQuerySet(models.QuerySet["Stream"]):
    """Heads of streams. Any head may be locked; read is only what the walls let be read."""

    def seen(self) -> "StreamQuerySet":
        """Keep the streams whose entries this site may read: a shared one is a head to all.

        The wall of entries decides; a stream that is still empty tells nothing.
        """
        first = Entry.objects.filter(stream=OuterRef("id"), seq=1)
        return self.filter(Q(site__isnull=False) | Q(seq=0) | Exists(first))


class Stream(models.Model):
    """The head of one thing's chain: the only lock there is.

    ``seq`` and ``hash`` are those of its last entry; only the chain trigger moves them.
    ``site`` is None for things that all sites share (a person).
    """

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=40)
    site = models.UUIDField(null=True)
    seq = models.BigIntegerField(db_default=0)
    hash = models.BinaryField(db_default=GENESIS)
    # The one column that the application may update: a row lock asks for that right.
    lockable = models.BooleanField(db_default=True)

    objects = StreamQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
