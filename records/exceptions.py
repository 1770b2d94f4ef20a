"""Refusals that belong to the frame itself."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Refusal


class Stale(Refusal):
    """The stream moved on since the page was shown."""

    code = "stale"
    sentence = _("This changed at %(at)s after you opened it (%(by)s). Nothing was saved.")
    way_out = _("Look at it again, then decide.")
    instants = ("at",)


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


class CheckTooLong(Refusal):
    """More entries were to be checked than one page does."""

    code = "self_check.too_long"
    status = 400
    sentence = _("These records have more than %(most)s entries together.")
    way_out = _("Choose a shorter time. At a terminal, manage self_check checks all of them.")


class LetterAnswered(Refusal):
    """A dead letter that somebody answered meanwhile."""

    code = "letter.answered"
    sentence = _("This message is no dead letter any more.")
    way_out = _("Open the list again: somebody has answered it.")


class IncidentClosedBefore(Refusal):
    """An incident that somebody closed meanwhile."""

    code = "incident.closed"
    sentence = _("This incident was closed by %(by)s.")
    way_out = _("Open another one if it happened again.")


class RootCauseMissing(Refusal):
    """An incident without what its closing asks for (EU GMP Annex 11, 13)."""

    code = "incident.root_cause_missing"
    status = 422
    sentence = _("An incident is closed with its root cause, a critical one also with its CAPA.")
    way_out = _("Write the root cause; of a critical one also what was done, and its CAPA.")


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


class OwnEntries(Refusal):
    """A reviewer of the trail who had a part in it (EU GMP draft Annex 11, 12.5)."""

    code = "trail.own_entries"
    sentence = _("%(person)s had a part in entry %(first)s of this trail and cannot review it.")
    way_out = _("Review it up to entry %(before)s, or ask somebody who had no part in it.")
    recorded = True


class NothingToReview(Refusal):
    """A part of the trail without an entry."""

    code = "trail.nothing_to_review"
    status = 422
    sentence = _("There is no entry in this part of the trail.")
    way_out = _("Choose another time.")


class PeriodNotOver(Refusal):
    """A period that has no end yet: entries could still be added to it."""

    code = "trail.period_not_over"
    status = 422
    sentence = _("A period can be reviewed when it is over, from its beginning to its end.")
    way_out = _("Choose an end before now and after the beginning.")


class RetentionRuns(Refusal):
    """A record that must still be kept (21 CFR 11.10(c))."""

    code = "retention.runs"
    sentence = _("This record is kept until %(until)s and cannot be deleted.")
    way_out = _("Nothing has to be done. The attempt was recorded.")
    recorded = True
    instants = ("until",)


class RetentionHasNoEnd(Refusal):
    """A record whose clock has not begun, or that has no end of its own."""

    code = "retention.no_end"
    sentence = _("This record is kept without an end yet and cannot be deleted.")
    way_out = _("Nothing has to be done. The attempt was recorded.")
    recorded = True


class DeletionNotOffered(Refusal):
    """A record whose time is over: this product deletes none."""

    code = "retention.not_offered"
    sentence = _("The time of this record is over, but nothing is deleted here.")
    way_out = _("Take it out with its whole site when that is retired. The attempt was recorded.")
    recorded = True


class FileNotTaken(Refusal):
    """A file that is too large, or not what is asked for."""

    code = "file.not_taken"
    status = 422
    sentence = _("This file is not taken: %(problem)s")
    way_out = _("Choose another file, or take the photo again.")
