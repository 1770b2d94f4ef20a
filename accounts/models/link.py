from django.db import models

from accounts.models.person import Person
from records.models import Projection


class SignInLink(Projection):
    """Which subject of an OpenID provider a person is. Made by an administrator only."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="sign_in_links")
    provider = models.CharField(max_length=40)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField()
    unlinked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "subject"],
                condition=models.Q(unlinked_at__isnull=True),
                name="accounts_signinlink_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(subject=""), name="accounts_signinlink_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.subject}"
