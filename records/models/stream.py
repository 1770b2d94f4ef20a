from django.db import models

from mes.lib.evidence import GENESIS


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

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
