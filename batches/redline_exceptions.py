"""Refusals of redlines: what of one batch's own version is changed."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Interlock, Refusal, refuses


class RedlineReasonMissing(Refusal):
    """A redline, or its end, without a reason."""

    code = "redline.reason_missing"
    status = 422
    sentence = _("A reason is asked for.")
    way_out = _("Say what happened that nobody foresaw.")


class RedlineIsOpen(Refusal):
    """A batch has one proposal at a time."""

    code = "redline.is_open"
    sentence = _("A redline of this batch waits for its signatures already.")
    way_out = _("Sign it or take it back first.")


class NothingRedlined(Refusal):
    """The proposal is the document that the batch has."""

    code = "redline.nothing_changed"
    status = 422
    sentence = _("This is what the batch is made by already; nothing was changed.")
    way_out = _("Change what is to be done otherwise.")


class RedlineTouchesBegun(Refusal):
    """The proposal changes what was reached, or what judges it."""

    code = "redline.touches_begun"
    sentence = _("This has begun, or judges what was done, and stays as it is: %(places)s.")
    way_out = _("Change only what was not begun; propose it again if the batch went on meanwhile.")
    interlock = Interlock.ABSOLUTE


class RedlineSignedBefore(Refusal):
    """The redline does not wait for this signature."""

    code = "redline.signed_before"
    sentence = _("This redline does not wait for this signature: %(state)s.")
    way_out = _("Open the page again and see where it stands.")


class RedlineUnsigned(Refusal):
    """QA signs what production wants."""

    code = "redline.unsigned"
    sentence = _("Production has not signed this redline yet.")
    way_out = _("Ask the shift lead or the process owner to sign first.")


class RedlineOwn(Refusal):
    """One person would sign for both, or approve their own proposal."""

    code = "redline.own_work"
    status = 403
    sentence = _("%(person)s proposed or signed this redline for production; QA is another person.")
    way_out = _("Ask somebody else of QA.")
    interlock = Interlock.ABSOLUTE
    recorded = True


refuses("batches_redline_one_open", RedlineIsOpen)
