"""What a plain Django project would keep: rows that are saved, with simple-history."""

from django.db import models
from simple_history.models import HistoricalRecords


class PlainBatch(models.Model):
    number = models.CharField(max_length=20)
    position = models.PositiveIntegerField(default=1)
    due_since = models.DateTimeField()
    process_state = models.CharField(max_length=20)
    record_state = models.CharField(max_length=20)
    quality_hold = models.BooleanField(default=False)
    history = HistoricalRecords()


class PlainOperation(models.Model):
    batch = models.ForeignKey(PlainBatch, models.PROTECT)
    path = models.CharField(max_length=130)
    performer_name = models.CharField(max_length=120)
    history = HistoricalRecords()


class PlainStep(models.Model):
    batch = models.ForeignKey(PlainBatch, models.PROTECT)
    path = models.CharField(max_length=190, db_index=True)
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=20)
    values = models.JSONField(default=dict)
    outcome = models.CharField(max_length=20, default="")
    rule = models.CharField(max_length=60, default="")
    performed_by = models.UUIDField(null=True)
    performer_name = models.CharField(max_length=120, default="")
    recorded_by = models.UUIDField(null=True)
    recorder_name = models.CharField(max_length=120, default="")
    performed_at = models.DateTimeField(null=True)
    history = HistoricalRecords()


class PlainAudit(models.Model):
    """The audit row that a careful plain project writes beside each change."""

    model = models.CharField(max_length=60)
    row = models.BigIntegerField()
    actor = models.UUIDField()
    actor_name = models.CharField(max_length=120)
    role = models.CharField(max_length=60)
    at = models.DateTimeField()
    before = models.JSONField()
    after = models.JSONField()
    reason = models.TextField()


class PlainCommand(models.Model):
    """The idempotency key with its reply."""

    key = models.UUIDField(unique=True)
    fingerprint = models.CharField(max_length=64)
    reply = models.JSONField()
    at = models.DateTimeField()


class PlainMessage(models.Model):
    """The outbox row."""

    topic = models.CharField(max_length=80)
    payload = models.JSONField()
    not_before = models.DateTimeField()


class PlainEntry(models.Model):
    """A bare table for the baseline of an append."""

    stream = models.UUIDField()
    seq = models.BigIntegerField()
    body = models.BinaryField()
