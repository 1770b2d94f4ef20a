import json
from typing import Any

from django.db import models

from records.models.fields import CurrentTransaction, TransactionIdField


class Entry(models.Model):
    """One link of a stream's chain. Only ``body`` and ``hash`` are evidence.

    The other columns but ``xid`` are copies out of the body, for indexes; ``verify``
    compares them. ``xid`` is the transaction that wrote the row, for the guard.
    """

    pk = models.CompositePrimaryKey("stream", "seq")
    stream = models.UUIDField()
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField()
    site = models.UUIDField(null=True)
    actor = models.UUIDField(null=True)
    role = models.CharField(max_length=60)
    at = models.DateTimeField()
    command = models.UUIDField()
    body = models.BinaryField()
    hash = models.BinaryField()
    xid = TransactionIdField(db_default=CurrentTransaction())

    class Meta:
        indexes = [
            # The order of the trail; a page goes on from an entry. Not by site: those of all
            # sites belong to each, and no index serves "this one or none" in order.
            models.Index(fields=["at", "stream", "seq"], name="records_entry_trail"),
            models.Index(fields=["command"], name="records_entry_command"),
            # For the checkpointer: what was written since it last looked.
            models.Index(fields=["xid"], name="records_entry_xid"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.stream}/{self.seq}"

    @property
    def envelope(self) -> dict[str, Any]:
        """The whole envelope, read from the hashed bytes."""
        read: dict[str, Any] = json.loads(bytes(self.body))
        return read
