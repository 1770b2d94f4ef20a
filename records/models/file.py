from django.db import models


class StoredFile(models.Model):
    """What is known of a file in the content-addressed store; its bytes never change."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    media_type = models.CharField(max_length=80)
    size = models.BigIntegerField()

    def __str__(self) -> str:
        return self.sha256
