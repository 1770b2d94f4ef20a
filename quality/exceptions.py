"""Refusals of QA and QC. Each says what, why, what was not done, and what to do now."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Interlock, Refusal


class UnknownTest(Refusal):
    """The sample was not drawn for this test, or the recipe does not know it."""

    code = "test.unknown"
    status = 422
    sentence = _("Sample %(sample)s was not drawn for the test %(test)s.")
    way_out = _("Choose a test of this sample.")


class SampleNotReceived(Refusal):
    """No result before the laboratory has the sample."""

    code = "sample.not_received"
    sentence = _("Sample %(sample)s has not been received by the laboratory.")
    way_out = _("Receive the sample first.")


class SampleAlreadyReceived(Refusal):
    """Received twice."""

    code = "sample.already_received"
    sentence = _("Sample %(sample)s was received before, by %(by)s.")
    way_out = _("Go on with its results.")


class ResultStands(Refusal):
    """A final result of the test is there; testing again until it fits is no way."""

    code = "result.stands"
    sentence = _("%(test)s has a result already: %(value)s, by %(by)s.")
    way_out = _("Correct that result and give the reason, or draw another sample.")


class ResultSuperseded(Refusal):
    """The result was replaced by a correction."""

    code = "result.superseded"
    sentence = _("This result was corrected meanwhile. Nothing was saved.")
    way_out = _("Look at the new result.")


class ResultAlreadyReviewed(Refusal):
    """Reviewed by another person meanwhile."""

    code = "result.already_reviewed"
    sentence = _("%(by)s reviewed this result already.")
    way_out = _("Nothing is to be done.")


class TextMissing(Refusal):
    """A comment, reason or description that has to be written."""

    code = "quality.text_missing"
    status = 422
    sentence = _("A text is asked for; nothing was saved.")
    way_out = _("Write it and send it again.")


class FileTooLarge(Refusal):
    """Raw data beyond what a form takes."""

    code = "file.too_large"
    status = 422
    sentence = _("The file has %(size)s MB; at most %(most)s MB can be kept with a result.")
    way_out = _("Keep it in the laboratory's system and name it under method.")


class AlreadyJudged(Refusal):
    """Somebody answered the exception meanwhile."""

    code = "exception.already_judged"
    sentence = _("%(by)s judged this exception already. Nothing was saved.")
    way_out = _("Look at the judgement.")


class OwnException(Refusal):
    """Nobody judges what they raised, performed, recorded or verified."""

    code = "exception.own"
    status = 403
    sentence = _("%(person)s took part in this step and cannot judge what was not right with it.")
    way_out = _("Leave it to a reviewer who was not involved.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class OwnConcession(Refusal):
    """Who granted a concession does not judge its exception."""

    code = "exception.own_concession"
    status = 403
    sentence = _("%(person)s granted the concession and cannot judge its exception.")
    way_out = _("Leave it to another reviewer.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class NotAskable(Refusal):
    """Only who was there can say more, and nobody asks themselves."""

    code = "comment.not_askable"
    status = 422
    sentence = _(
        "Only who performed, recorded or reported it is asked, while they are here; "
        "nobody asks themselves."
    )
    way_out = _("Choose one of them, or judge with what is written.")


class AlreadyAsked(Refusal):
    """One question at a time to one person about one exception."""

    code = "comment.already_asked"
    sentence = _("%(person)s was asked about this exception and has not answered yet.")
    way_out = _("Wait for the answer, or withdraw the question and ask again.")


class NotYoursToAnswer(Refusal):
    """The comment of one person is asked for."""

    code = "comment.not_yours"
    status = 403
    sentence = _("This question was put to %(person)s; only they answer it.")
    way_out = _("If %(person)s cannot answer any more, QA withdraws the question.")


class QuestionEnded(Refusal):
    """Answered or withdrawn meanwhile."""

    code = "comment.ended"
    sentence = _("%(by)s answered or withdrew this question already. Nothing was saved.")
    way_out = _("Nothing is to be done.")


class CommentAwaited(Refusal):
    """What was asked is heard before it is judged."""

    code = "comment.awaited"
    sentence = _("%(people)s was asked for a comment and has not answered yet.")
    way_out = _("Wait for the answer, or withdraw the question with a reason; then judge.")
    interlock = Interlock.CONDITIONAL


class DeviationAlreadyClosed(Refusal):
    """Closed meanwhile."""

    code = "deviation.already_closed"
    sentence = _("%(by)s closed this deviation already.")
    way_out = _("Look at its conclusion.")


class ConcessionAnswered(Refusal):
    """Granted or declined meanwhile."""

    code = "concession.answered"
    sentence = _("%(by)s answered this request already. Nothing was saved.")
    way_out = _("Look at the answer.")


class GateAnswered(Refusal):
    """Approved meanwhile."""

    code = "gate.answered"
    sentence = _("%(by)s approved this gate already. Nothing was saved.")
    way_out = _("The operator may go on.")


class ConcessionTimeInvalid(Refusal):
    """A concession ends after now, and within the longest time that one may hold."""

    code = "concession.time_invalid"
    status = 422
    sentence = _("A concession holds until a time within the next %(hours)s hours.")
    way_out = _("Choose a time ahead; ask again when it is not enough.")


class AlreadyOnHold(Refusal):
    """The quality hold is set already."""

    code = "hold.already_set"
    sentence = _("QA holds this batch already: %(reason)s")
    way_out = _("Nothing is to be done.")


class NotOnHold(Refusal):
    """There is no quality hold to lift."""

    code = "hold.not_set"
    sentence = _("This batch is not on quality hold.")
    way_out = _("Nothing is to be done.")


class NotIndependent(Refusal):
    """A reviewer or releasing person worked on the batch (D11-12e)."""

    code = "review.not_independent"
    status = 403
    sentence = _(
        "%(person)s worked on this batch and cannot review, release or close what belongs to it."
    )
    way_out = _("Leave it to a person who was not involved.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class SignerIsAnother(Refusal):
    """At a desk one signs as oneself."""

    code = "signature.another_person"
    status = 403
    sentence = _("%(signer)s gave the proof, but %(person)s is signed in.")
    way_out = _("Sign as yourself, or let %(signer)s sign in.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class RecordChanged(Refusal):
    """What would be signed is no longer what was shown."""

    code = "record.changed"
    sentence = _("The record has changed since you looked at it. Nothing was signed.")
    way_out = _("Look at it again, then sign.")


class GatesOpen(Refusal):
    """A disposition past an open gate (design: things that must never happen)."""

    code = "gates.open"
    sentence = _("Not possible yet. Open: %(gates)s.")
    way_out = _("Close the open points; the bar at the foot says who can.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class AlreadyDispositioned(Refusal):
    """A batch is dispositioned once."""

    code = "batch.already_dispositioned"
    sentence = _("%(by)s dispositioned this batch already: %(disposition)s.")
    way_out = _("Nothing is to be done.")


class AlreadyReviewed(Refusal):
    """A review that covers the record as it stands is there."""

    code = "review.already_signed"
    sentence = _("%(by)s signed the review of this record already, and it has not changed since.")
    way_out = _("Nothing is to be done.")


class ProductExpired(Refusal):
    """The product's shelf life was over at the instant of the release."""

    code = "product.expired"
    sentence = _("The product of %(batch)s expired on %(expired)s. Nothing was released.")
    way_out = _("Reject it. Whether it may still be given is no question of a release.")
    interlock = Interlock.ABSOLUTE
    recorded = True
    instants = ("expired",)


class NothingPending(Refusal):
    """No later results wait for a certification."""

    code = "disposition.nothing_pending"
    sentence = _("No results were pending at release, or they are certified already.")
    way_out = _("Nothing is to be done.")


class LaterResultsOpen(Refusal):
    """The second stage of release needs every pending result."""

    code = "disposition.later_results_open"
    sentence = _("Not all later results are in and within specification: %(tests)s.")
    way_out = _("Wait for the results; one that fails is answered as an exception.")


class NothingChosen(Refusal):
    """A ceremony over nothing."""

    code = "several.nothing_chosen"
    status = 422
    sentence = _("Nothing was chosen. Nothing was signed.")
    way_out = _("Tick what you want to sign.")


class TooMany(Refusal):
    """Nobody has looked at hundreds of records."""

    code = "several.too_many"
    status = 422
    sentence = _("At most %(most)s records are signed at once. Nothing was signed.")
    way_out = _("Sign fewer of them.")


class NotOpened(Refusal):
    """One signs only what one was shown (21 CFR 11.70)."""

    code = "several.not_opened"
    status = 403
    sentence = _("You have not opened %(records)s since you signed in. Nothing was signed.")
    way_out = _("Open each of them and read it, then sign.")


class OpenedHasChanged(Refusal):
    """What was opened is not what stands there now."""

    code = "several.changed"
    sentence = _("Changed since you opened it: %(records)s. Nothing was signed.")
    way_out = _("Open it again, or leave it out.")


class FlaggedAlone(Refusal):
    """What no rule has cleared is an exception: it is looked at, and signed, alone."""

    code = "several.flagged"
    sentence = _("No rule has cleared %(records)s. Nothing was signed.")
    way_out = _("Sign it on its own sheet, and leave it out here.")


class OwnAmongThem(Refusal):
    """Nobody reviews their own work, in whatever company (D11-12e)."""

    code = "several.own"
    status = 403
    sentence = _("You took part in %(records)s. Nothing was signed.")
    way_out = _("Leave it out; a person who was not involved reviews it.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class PointsOpen(Refusal):
    """Every exception is answered before its record is signed."""

    code = "several.points_open"
    sentence = _("Points are open in %(records)s. Nothing was signed.")
    way_out = _("Close them on its own page, or leave it out.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class SignedMeanwhile(Refusal):
    """Somebody was faster; a second signature is not what is lacking."""

    code = "several.signed_meanwhile"
    sentence = _("No review is lacking any more: %(records)s. Nothing was signed.")
    way_out = _("Leave it out.")


class AlarmNotOver(Refusal):
    """An alarm is judged on a batch when it is acknowledged and cleared (draft Annex 11, 8)."""

    code = "exception.alarm_not_over"
    sentence = _("Alarm %(number)s of %(resource)s is not over: %(todo)s. Nothing was saved.")
    way_out = _("Have it acknowledged and cleared on its page, then judge it here.")
    interlock = Interlock.CONDITIONAL
