from django.db import models

from accounts.enums import CredentialKind
from accounts.models.person import Person


class Credential(models.Model):
    """What a person knows, as an Argon2id hash. No evidence: kept out of the ledger.

    That it was changed, and by whom, is an entry on the person's stream.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="credentials")
    kind = models.CharField(max_length=10, choices=CredentialKind.choices)
    hash = models.CharField(max_length=200)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="accounts_credential_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=CredentialKind.values), name="accounts_credential_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(hash__startswith="argon2$argon2id$"),
                name="accounts_credential_argon2id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"


class Attempt(models.Model):
    """How often a secret was tried in vain, counted before each hashing.

    ``scope`` is the device, or the nil id for all devices together.
    """

    person = models.ForeignKey(Person, models.PROTECT)
    kind = models.CharField(max_length=10, choices=CredentialKind.choices)
    scope = models.UUIDField()
    tries = models.PositiveIntegerField()
    first_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "scope"], name="accounts_attempt_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tries} × {self.kind} of {self.person_id}"
