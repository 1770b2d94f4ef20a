"""Refusals that belong to the frame itself."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Refusal


class Stale(Refusal):
    """The stream moved on since the page was shown."""

    code = "stale"
    sentence = _("This changed at %(at)s after you opened it (%(by)s). Nothing was saved.")
    way_out = _("Look at it again, then decide.")


class KeyReused(Refusal):
    """One idempotency key, two different commands."""

    code = "command.key_reused"
    status = 422
    sentence = _("This command was sent before with other content. Nothing was saved.")
    way_out = _("Open the page again and send it anew.")


class KeyMissing(Refusal):
    """A command without a usable idempotency key."""

    code = "command.key_missing"
    status = 400
    sentence = _("The command carries no valid key.")
    way_out = _("Send a UUID of version 7 that the client made for this one command.")


class StreamExists(Refusal):
    """A thing is to be made twice under one identifier."""

    code = "stream.exists"
    sentence = _("A record with this identifier exists already.")
    way_out = _("Open the existing record.")


class NotRecordable(Refusal):
    """Text or a number that has no canonical form (lone surrogate, NUL, huge integer)."""

    code = "value.not_recordable"
    status = 400
    sentence = _("A value holds characters that cannot be recorded.")
    way_out = _("Type the value again.")


class Busy(Refusal):
    """The locks were not had in time."""

    code = "busy"
    status = 409
    sentence = _("Somebody else is working on the same things right now. Nothing was saved.")
    way_out = _("Try again in a moment.")


class TrailTooLong(Refusal):
    """More entries were asked for than one export holds."""

    code = "trail.too_long"
    status = 400
    sentence = _("This part of the trail has more than %(most)s entries.")
    way_out = _("Choose a shorter time or one kind, and export again.")


class LetterAnswered(Refusal):
    """A dead letter that somebody answered meanwhile."""

    code = "letter.answered"
    sentence = _("This message is no dead letter any more.")
    way_out = _("Open the list again: somebody has answered it.")


class ReasonMissing(Refusal):
    """An act that asks for a reason, without one."""

    code = "reason.missing"
    status = 422
    sentence = _("A reason is asked for.")
    way_out = _("Write what happened and why this is right.")


class FilterUnreadable(Refusal):
    """A filter of the trail that cannot be read: nothing is shown, rather than too much."""

    code = "trail.filter_unreadable"
    status = 400
    sentence = _("The filter cannot be read, so nothing is exported.")
    way_out = _("Open the audit trail, mend the filter, and export again.")


class TrailTooWide(Refusal):
    """A question to the trail that takes too long."""

    code = "trail.too_wide"
    status = 503
    sentence = _("This question takes too long on so many entries.")
    way_out = _("Choose a shorter time, one thing or one kind, and ask again.")
