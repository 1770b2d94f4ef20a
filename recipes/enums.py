"""Choices of a recipe's document and of a judgement."""

from enum import nonmember

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Modality(TextChoices):
    """Whose cells the product is made from."""

    AUTOLOGOUS = "autologous", _("Autologous")
    ALLOGENEIC = "allogeneic", _("Allogeneic")


class Openness(TextChoices):
    """Whether material meets the room's air while an operation runs."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    FUNCTIONALLY_CLOSED = "functionally_closed", _("Functionally closed")


class ReleaseStage(TextChoices):
    """Which decision needs a test's result."""

    RELEASE = "release", _("For release")
    AFTER_RELEASE = "after_release", _("After release")


class ValueType(TextChoices):
    """How an entered value is read."""

    DECIMAL = "decimal", pgettext_lazy("a value", "Number")
    INTEGER = "integer", _("Whole number")
    TEXT = "text", _("Text")
    DATE = "date", _("Date")


class ContainerKind(TextChoices):
    """What a labelled container is to the batch."""

    PATIENT = "patient-container", _("Collection bag")
    INTERMEDIATE = "intermediate-container", _("Intermediate container")
    PRODUCT = "product-container", _("Product bag")
    SAMPLE = "sample-container", _("Sample container")


class Connection(TextChoices):
    """How two ends are connected."""

    WELD = "weld", _("Sterile weld")
    LUER = "luer", _("Luer connection")
    SPIKE = "spike", _("Spike")


class Pouring(TextChoices):
    """How material goes from container to container."""

    DRAW = "draw", _("From one into another")
    SPLIT = "split", _("From one into several new ones")
    POOL = "pool", _("From several into one new one")


class Fate(TextChoices):
    """What becomes of a container at its end."""

    STORED = "stored", _("Stored")
    DISCARDED = "discarded", _("Discarded")
    CONSUMED = "consumed", _("Used up")


class FileKind(TextChoices):
    """What a file is, by its content."""

    PHOTO = "photo", _("Photo")
    PDF = "pdf", _("PDF")
    TEXT = "text", _("Text or table")


class Outcome(TextChoices):
    """What a rule said of the values of a step."""

    CLEARED = "cleared", _("Cleared by a rule")
    FLAGGED = "flagged", _("Flagged by a rule")
    UNCHECKED = "unchecked", _("Seen by no rule")


class Severity(TextChoices):
    """How much a finding weighs."""

    MINOR = "minor", _("Minor")
    MAJOR = "major", _("Major")
    CRITICAL = "critical", _("Critical")


class VersionStatus(TextChoices):
    """Where a version of a recipe is on its way. Only an effective one makes batches."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    EFFECTIVE = "effective", _("Effective")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")

    # Nothing can become of a version in one of these.
    ended = nonmember(frozenset({"superseded", "withdrawn"}))
    # Two people have approved it: what it says can be taken into other recipes.
    approved = nonmember(frozenset({"approved", "effective"}))


class CommentState(TextChoices):
    """Whether a comment on a version waits for an answer; only then it holds the approval up."""

    OPEN = "open", _("Waits for an answer")
    ANSWERED = "answered", _("Answered")
    RESOLVED = "resolved", _("Resolved")


class DraftState(TextChoices):
    """Whether a draft is still written."""

    OPEN = "open", _("Being written")
    SENT = "sent", _("Sent to review")
    DISCARDED = "discarded", _("Discarded")


class UseKind(TextChoices):
    """What a version refers to, for where-used questions."""

    MATERIAL = "material", _("Material")
    EQUIPMENT = "equipment", _("Equipment class")
    ROOM = "room", _("Room class")
    QUALIFICATION = "qualification", _("Qualification")
    TEST = "test", _("Test")
    OPERATION = "operation", _("Operation of the library")


class Quality(TextChoices):
    """Why a step is critical: it steers the product's quality, or it shows it."""

    PARAMETER = "parameter", _("Critical process parameter")
    ATTRIBUTE = "attribute", _("Critical quality attribute")


class RehearsalState(TextChoices):
    """Where a rehearsal is."""

    ASKED = "asked", _("Waits for a worker")
    RUNNING = "running", _("Running")
    COMPLETE = "complete", _("Complete")
