from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """Why a batch is made; only patient and product batches can ship."""

    PATIENT = "patient", _("Patient")
    PRODUCT = "product", _("Product")
    ENGINEERING = "engineering", _("Engineering")
    SIMULATION = "simulation", _("Aseptic process simulation")


class ProcessState(models.TextChoices):
    """State of the process (ISA-88); a patient batch is never reset."""

    IDLE = "idle", _("Idle")
    RUNNING = "running", _("Running")
    HELD = "held", _("Held")
    COMPLETE = "complete", _("Complete")


class RecordState(models.TextChoices):
    """State of the batch record, a machine of its own."""

    EXECUTING = "executing", _("Executing")
    COMPLETE = "complete", _("Complete")
    IN_REVIEW = "in_review", _("In review")
    DISPOSITIONED = "dispositioned", _("Dispositioned")


class StageState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")
    SKIPPED = "skipped", _("Skipped")


class OperationState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    TO_BE_ATTESTED = "to_be_attested", _("To be attested")
    ATTESTED = "attested", _("Attested")
    SKIPPED = "skipped", _("Skipped")

    over = nonmember(("attested", "skipped"))


class StepState(models.TextChoices):
    """A performed step that asks for a second person waits for the verification.

    Skipped is what stands in a branch that was not taken.
    """

    WAITING = "waiting", _("Waiting")
    TO_BE_VERIFIED = "to_be_verified", _("To be verified")
    CLOSED = "closed", _("Closed")
    SKIPPED = "skipped", _("Skipped")

    open = nonmember(("waiting", "to_be_verified"))


class ExceptionState(models.TextChoices):
    OPEN = "open", _("To judge")
    JUDGED = "judged", _("Judged")


class CommentState(models.TextChoices):
    """What became of a question about an exception."""

    ASKED = "asked", _("Waits for the answer")
    GIVEN = "given", _("Answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ConcessionState(models.TextChoices):
    ASKED = "asked", _("Asked")
    GRANTED = "granted", _("Granted")
    DECLINED = "declined", _("Declined")


class RedlineState(models.TextChoices):
    PROPOSED = "proposed", _("Waits for signatures")
    APPLIED = "applied", _("Applied")
    ENDED = "ended", _("Not done")


class Disposition(models.TextChoices):
    RELEASED = "released", _("Released")
    REJECTED = "rejected", _("Rejected")


# Kinds of steps that keep a value and do nothing else, so that it can be corrected; the others
# moved material, claims, labels or time.
CORRECTABLE = frozenset({"enter", "choose"})
