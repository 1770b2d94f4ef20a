"""Choices of samples, results, judgements, gates and dossiers."""

from enum import nonmember

from django.db import models
from django.utils.translation import gettext_lazy as _


class SampleState(models.TextChoices):
    DRAWN = "drawn", _("Drawn")
    RECEIVED = "received", _("Received")
    TESTED = "tested", _("Tested")


class ResultOutcome(models.TextChoices):
    """What the specification says of a result; an alert passes and is looked at."""

    WITHIN = "within", _("Within limits")
    ALERT = "alert", _("Outside alert limits")
    OUTSIDE = "outside", _("Outside specification")
    UNJUDGED = "unjudged", _("No criterion")


class Judgement(models.TextChoices):
    """How QA answers an exception."""

    ACCEPTED = "accepted", _("Accepted")
    DEVIATION = "deviation", _("Deviation opened")


class DeviationState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class GateState(models.TextChoices):
    """``waiting`` never blocks: it is for what comes after the release."""

    OPEN = "open", _("Open")
    PASSED = "passed", _("Passed")
    WAITING = "waiting", _("Waiting")


class GateKey(models.TextChoices):
    """The points at which a disposition is held up, in the order of the bar."""

    RECORD = "record", _("Record")
    EXCEPTIONS = "exceptions", _("Exceptions")
    DEVIATIONS = "deviations", _("Deviations")
    CONCESSIONS = "concessions", _("Concessions")
    TESTS = "tests", _("Release tests")
    LABELS = "labels", _("Labels")
    HOLD = "hold", _("Quality hold")
    REVIEW = "review", _("Review")
    LATER = "later", _("After release")

    # What a reviewer needs; the rest concerns the releasing person alone.
    for_review = nonmember(frozenset({"record", "exceptions", "deviations", "concessions"}))


class ReviewStanding(models.TextChoices):
    """Whether there is a review that still covers the record as it stands."""

    MISSING = "missing", _("not signed")
    VALID = "valid", _("signed")
    VOID = "void", _("void: the record changed since")


class CriterionStanding(models.TextChoices):
    """How far a criterion of the specification is."""

    MISSING = "missing", _("No result")
    UNREVIEWED = "unreviewed", _("To be reviewed")
    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Failed")


class DossierState(models.TextChoices):
    REQUESTED = "requested", _("Being written")
    RENDERED = "rendered", _("Ready")
