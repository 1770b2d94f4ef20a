"""Refusals of corrections, and of what is signed again after one."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Interlock, Refusal


class NotCorrectable(Refusal):
    """What such a step did to lots, units, labels or times is not undone by another value."""

    code = "correction.not_correctable"
    sentence = _("A value of this step cannot be corrected: it did more than to keep a value.")
    way_out = _("Report what happened; QA judges it with the record.")


class NotYetRecorded(Refusal):
    """The step is not closed: there is nothing to correct."""

    code = "correction.not_yet_recorded"
    sentence = _("This step is not closed yet.")
    way_out = _("Perform and verify it first.")


class NothingCorrected(Refusal):
    """The correction is what the record says already."""

    code = "correction.nothing_corrected"
    status = 422
    sentence = _("These are the values that the record has already.")
    way_out = _("Change a value, or leave it.")


class CorrectionReasonMissing(Refusal):
    """A correction without a reason (21 CFR 11.10(e), Annex 11)."""

    code = "correction.reason_missing"
    status = 422
    sentence = _("A correction needs its reason.")
    way_out = _("Say how it came to the wrong value.")


class VerifierCorrects(Refusal):
    """Who verified a step would correct it and so verify their own words."""

    code = "correction.by_verifier"
    status = 403
    sentence = _("%(person)s verified this step and does not correct it.")
    way_out = _("Ask who performed it, or the shift lead.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class RecordDispositioned(Refusal):
    """After the disposition the record is history."""

    code = "correction.dispositioned"
    sentence = _("This batch was released or rejected; its record is not corrected any more.")
    way_out = _("Tell QA: what is found now is a deviation of its own.")


class NotYoursToSign(Refusal):
    """A voided signature is asked only of the person who gave it, as long as they are here."""

    code = "signature.not_yours"
    status = 403
    sentence = _("%(person)s signed this part; the signature is asked of them only.")
    way_out = _("If %(person)s is gone for good, an administrator disables the account first.")


class NotAskedAgain(Refusal):
    """The signature stands, or was given again already."""

    code = "signature.not_asked_again"
    sentence = _("This signature stands; it is not asked again.")
    way_out = _("Open the record and see who signed.")
