from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class Jurisdiction(models.TextChoices):
    """Whose rules the site's dispositions follow: a QP certifies (EU), the quality unit (US)."""

    EU = "EU", _("European Union")
    US = "US", _("United States")


class CredentialKind(models.TextChoices):
    """What only the person knows. A badge alone is never a credential."""

    PIN = "pin", _("PIN")
    PASSWORD = "password", _("Password")


class GuessKind(models.TextChoices):
    """What can be guessed, and is counted: secrets, and the codes of a second factor."""

    PIN = "pin", _("PIN")
    PASSWORD = "password", _("Password")
    CODE = "code", _("One-time code")
    PASSKEY = "passkey", _("Passkey")


class FactorKind(models.TextChoices):
    """What a person holds beside a secret, or instead of one."""

    PASSKEY = "passkey", _("Passkey")
    CODE = "code", _("Generator of codes")
    RECOVERY = "recovery", _("Codes on paper")


class PeriodEnd(models.TextChoices):
    """Why a signed-in period ended."""

    SIGNED_OUT = "signed-out", _("signed out")
    LOCKED = "locked", _("entry locked by the person")
    IDLE = "idle", _("left idle")
    CHANGED = "changed", _("another person took over")
    EXPIRED = "expired", _("longest period reached")


class AlarmKind(models.TextChoices):
    """What an administrator is told of at once (21 CFR 11.300(d))."""

    LOCKED_OUT = "locked-out", _("too many wrong tries of one person at one place")
    BLOCKED = "blocked", _("a secret is blocked after wrong tries in several places")
    SPRAY = "spray", _("many people were tried from one place")
    DENIED = "denied", _("a person says that wrong tries of their secret were not theirs")


class SecondPerson(models.TextChoices):
    """The second persons of four eyes; a site says of each whether they have to be on site."""

    VERIFIER = "verifier", _("Who verifies a step")
    RESULT_REVIEWER = "result-reviewer", _("Who reviews a result")
    REVIEWER = "reviewer", _("Who reviews a batch record")
    CLOSER = "closer", _("Who closes a deviation")
    CONCESSION = "concession", _("Who grants a concession")
    RELEASING = "releasing", _("Who certifies, releases or rejects")
    APPROVER = "approver", _("Who approves a recipe")
    DOCUMENT = "document", _("Who approves a document of the system")


class Presence(models.TextChoices):
    """What is known of where a signer was."""

    TABLET = "tablet", _("at an enrolled tablet of the site")
    DESK = "desk", _("at a desk inside of the site's networks")
    REMOTE = "remote", _("outside of the site's networks")
    UNKNOWN = "unknown", _("at a desk whose place nothing proves")


class ReviewDecision(models.TextChoices):
    """What a review of accounts decides of a person's rights at a site."""

    KEEP = "keep", _("keep as it is")
    CHANGE = "change", _("change the roles")
    DISABLE = "disable", _("disable the account")


class SubjectKind(models.TextChoices):
    """What a person can be qualified for."""

    PROCEDURE = "procedure", _("Procedure")
    EQUIPMENT_CLASS = "equipment-class", _("Equipment class")
    GOWNING = "gowning", _("Gowning")
    PROCESS_SIMULATION = "process-simulation", _("Aseptic process simulation")

    # What the site asks for; a procedure and its simulation are asked by the recipe itself.
    by_site = nonmember(["gowning", "equipment-class"])


class QualificationStatus(models.TextChoices):
    """How a qualification stands apart from its time; only a valid one counts."""

    VALID = "valid", _("valid")
    SUSPENDED = "suspended", _("suspended")
    WITHDRAWN = "withdrawn", _("withdrawn")


class DutyKind(models.TextChoices):
    """What a person is rostered for."""

    WORKS = "works", _("Works the shift")
    LEAD = "lead", _("Lead of the hour")
    QA_ON_CALL = "qa-on-call", _("QA on call")

    # One person at a time at a site.
    of_one = nonmember(["lead", "qa-on-call"])

    @property
    def permission(self) -> str | None:
        """The permission without which nobody is called for it."""
        return {"lead": "batches.hold", "qa-on-call": "quality.concede"}.get(self.value)
