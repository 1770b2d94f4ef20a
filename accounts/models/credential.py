from django.db import models

from accounts.enums import CredentialKind, GuessKind
from accounts.models.person import Person


class Credential(models.Model):
    """What a person knows, as an Argon2id hash. No evidence: kept out of the ledger.

    That it was changed, and by whom, is an entry on the person's stream.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="credentials")
    kind = models.CharField(max_length=10, choices=CredentialKind.choices)
    hash = models.CharField(max_length=200)
    changed_at = models.DateTimeField()
    # Set by another person: it proves nothing, and is good for choosing one's own.
    temporary = models.BooleanField(default=False)
    # Hashed with the master key, which the database does not have.
    keyed = models.BooleanField(default=False)

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

    ``scope`` is the tablet or a desk's address, or the nil id for all places together.
    """

    person = models.ForeignKey(Person, models.PROTECT)
    kind = models.CharField(max_length=10, choices=GuessKind.choices)
    scope = models.UUIDField()
    tries = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)
    # Refused before any hash, since the entry that told of such tries last.
    refused = models.PositiveIntegerField(default=0)
    refused_since = models.DateTimeField(null=True)
    # Of all places together: refused since then, until somebody answers for it.
    blocked_at = models.DateTimeField(null=True)
    # Wrong tries of which the person has not said yet whether they were theirs.
    unanswered = models.PositiveIntegerField(default=0)
    unanswered_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "scope"], name="accounts_attempt_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tries} × {self.kind} of {self.person_id}"


class Source(models.Model):
    """A tablet or a desk's address from which secrets are tried; slowed after a spray."""

    scope = models.UUIDField(primary_key=True)
    # When a try was last let through.
    last_at = models.DateTimeField(null=True)
    slow_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"source {self.scope}"


class Tried(models.Model):
    """Who was tried from a source: when in vain, and when it was really that person.

    ``identity`` is the person, or a keyed hash of a name or badge that nobody has; tries of the
    latter are counted here, at the place and (nil id) at all places together.
    """

    scope = models.UUIDField()
    identity = models.UUIDField()
    wrong_at = models.DateTimeField(null=True)
    right_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "identity"], name="accounts_tried_once"),
        ]
        indexes = [models.Index(fields=["scope", "wrong_at"], name="accounts_tried_wrong")]

    def __str__(self) -> str:
        return f"{self.identity} from {self.scope}"
