from django.db import models


class Leaf(models.Model):
    """An entry's place in the one log over all streams. Numbered by the checkpointer alone."""

    number = models.BigIntegerField(primary_key=True)
    stream = models.UUIDField()
    seq = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="records_leaf_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.stream}/{self.seq}"


class Node(models.Model):
    """The root over 2^level leaves from ``number`` * 2^level on: spares a proof reading all."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Checkpoint(models.Model):
    """A copy of a signed root, for exports. What proves anything is the file outside."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    at = models.CharField(max_length=40)
    key = models.CharField(max_length=16)
    signature = models.CharField(max_length=128)

    def __str__(self) -> str:
        return f"{self.size} of {self.at}"

    @property
    def fields(self) -> dict[str, str | int]:
        """The checkpoint as it stands in its file."""
        return {name: getattr(self, name) for name in ("size", "root", "at", "key", "signature")}
