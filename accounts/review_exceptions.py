"""Refusals of reviews of accounts."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Refusal, refuses


class ReviewerIsAnother(Refusal):
    """The trail is reviewed as oneself."""

    code = "trail.another_person"
    status = 403
    sentence = _("%(signer)s gave the proof, but %(person)s is signed in.")
    way_out = _("Sign as yourself, or let %(signer)s sign in.")


class ReviewIsOpen(Refusal):
    """One review of accounts at a time."""

    code = "access_review.open"
    sentence = _("A review of the accounts of this site is open.")
    way_out = _("Finish it first.")


class ReviewDueInvalid(Refusal):
    """A review is due within a year, and not in the past."""

    code = "access_review.due"
    status = 422
    sentence = _("A review is due on a day to come, within a year.")
    way_out = _("Choose another day.")


class AlreadyDecided(Refusal):
    """Somebody else has decided of this person."""

    code = "access_review.decided"
    sentence = _("This person was decided of already.")
    way_out = _("Open the page again.")


refuses("accounts_accessreview_one_open", ReviewIsOpen)
