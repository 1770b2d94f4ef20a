from django.db import models

from records.enums import MessageState


class Message(models.Model):
    """A row of the outbox: PostgreSQL is the queue of record, Celery only its doorbell.

    No row-level policy: workers lease messages of all sites; a handler's act works at the
    message's ``site``. ``id`` is the key of the effect's command.
    """

    id = models.UUIDField(primary_key=True)
    topic = models.CharField(max_length=80)
    consumer = models.CharField(max_length=80)
    site = models.UUIDField(null=True)
    zone = models.CharField(max_length=60, default="UTC")
    payload = models.JSONField()
    cause = models.UUIDField()
    state = models.CharField(
        max_length=10, choices=MessageState.choices, db_default=MessageState.WAITING
    )
    not_before = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    # The database session of the worker that took it: a lease ends with it.
    leased_by = models.IntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(db_default=0)
    problem = models.TextField(db_default="")
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=MessageState.values), name="records_message_state"
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                name="records_message_due",
                condition=models.Q(state__in=["waiting", "leased"]),
            ),
            models.Index(fields=["cause"], name="records_message_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} → {self.consumer} ({self.state})"
