"""Sentences about a batch's entries, for its timeline and the audit trail."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from batches import entries as e
from batches.enums import Disposition
from batches.findings import changed_text, sentence
from batches.pages.values import kept_text, kept_title
from mes.lib.refusals import wall_time
from mes.ui.text import number_text, part_text
from recipes.enums import Outcome
from records.entries import Payload
from records.presenters import presents

SIMPLE: dict[type[Payload], Promise | str] = {
    e.BatchNumbered: gettext_lazy("Number %(serial)s of %(year)s was given."),
    e.BatchIssued: gettext_lazy("Batch %(number)s was issued from %(recipe)s %(recipe_label)s."),
    e.OperationSignedOn: gettext_lazy("%(performer_name)s signed on to %(operation)s."),
    e.PaperPackMade: gettext_lazy(
        "Paper pack %(number)s, of what was left after entry %(on_seq)s."
    ),
    e.ContingencyCalled: gettext_lazy("“%(contingency)s” was called at %(step)s: %(reason)s"),
    e.BatchCompleted: gettext_lazy("The record is complete."),
    e.CommentAsked: gettext_lazy("%(printed_name)s was asked for a comment: %(question)s"),
    e.CommentGiven: gettext_lazy("Comment on an exception: %(text)s"),
    e.CommentWithdrawn: gettext_lazy("Question withdrawn: %(reason)s"),
    e.ConcessionAsked: gettext_lazy("QA was asked at %(step)s: %(reason)s"),
    e.ConcessionGranted: gettext_lazy("Concession granted until %(until)s: %(reason)s"),
    e.ConcessionDeclined: gettext_lazy("Concession declined: %(reason)s"),
    e.QualityHoldSet: gettext_lazy("Quality hold: %(reason)s"),
    e.QualityHoldLifted: gettext_lazy("Quality hold lifted: %(reason)s"),
    e.ProcessHoldSet: gettext_lazy("Process held: %(reason)s"),
    e.ProcessHoldLifted: gettext_lazy("Process restarted: %(reason)s"),
}

TIMES = {"until"}
PARTS = {"operation", "step"}


def _simple(text: Promise | str) -> Callable[[Payload], str]:
    return lambda payload: str(text) % _in_words(payload)


def _in_words(payload: Payload) -> dict[str, object]:
    """Return the fields as people read them: times in the site's zone, parts of the recipe."""
    said: dict[str, object] = {**payload.fields()}
    for name in PARTS & said.keys():
        said[name] = part_text(str(said[name]))
    for name in TIMES & said.keys():
        said[name] = wall_time(str(said[name]))
    return said


for _payload, _text in SIMPLE.items():
    presents(_payload)(_simple(_text))


@presents(e.StepPerformed)
def _performed(p: e.StepPerformed) -> str:
    said = " ".join(sentence(one.code, one.params) for one in p.findings)
    return " ".join(part for part in (p.shown.text, _values(p.values), said) if part)


def _values(values: Mapping[str, str]) -> str:
    """Return values by what people call them; an entry does not know their units."""
    return ", ".join(f"{kept_title(name)}: {kept_text(name, v)}" for name, v in values.items())


@presents(e.BranchSkipped)
def _skipped(p: e.BranchSkipped) -> str:
    values = ", ".join(f"{name} {value}" for name, value in p.values.items())
    said = gettext("Skipped: %(part)s, because %(condition)s does not hold (%(values)s).")
    return said % {"part": part_text(p.part), "condition": p.condition, "values": values or "–"}


@presents(e.ExceptionRaised)
def _reported(p: e.ExceptionRaised) -> str:
    return f"{sentence(p.said.code, p.said.params)} {p.comment}"


def _signed(said: Promise | str) -> Callable[[Any], str]:
    def present(p: Any) -> str:
        s = p.signature
        return f"{said} {s.printed_name}: {gettext(s.meaning)}"

    return present


@presents(e.ResultArrived)
def _arrived(p: e.ResultArrived) -> str:
    outcome = dict(Outcome.choices).get(p.outcome, p.outcome)
    said = {"test": p.test, "value": number_text(p.value), "outcome": outcome}
    return gettext("Result of %(test)s: %(value)s (%(outcome)s).") % said


@presents(e.GateApproved)
def _approved(p: e.GateApproved) -> str:
    said = gettext("Gate %(step)s approved by %(name)s: %(reason)s")
    name = p.signature.printed_name
    return said % {"step": part_text(p.step), "name": name, "reason": p.reason}


@presents(e.StepCorrected)
def _corrected(p: e.StepCorrected) -> str:
    return gettext("%(finding)s Signed by %(name)s. %(reason)s") % {
        "finding": sentence(p.findings[0].code, p.findings[0].params),
        "reason": p.reason, "name": p.signature.printed_name,
    }  # fmt: skip


@presents(e.SignatureVoided)
def _voided(p: e.SignatureVoided) -> str:
    return gettext("Void (%(why)s): %(name)s, “%(meaning)s”") % {
        "why": changed_text(p.changed), "name": p.printed_name, "meaning": gettext(p.meaning),
    }  # fmt: skip


@presents(e.SignatureRenewed)
def _renewed(p: e.SignatureRenewed) -> str:
    s = p.signature
    return gettext("Signed again by %(name)s: %(meaning)s") % {
        "name": s.printed_name, "meaning": gettext(s.meaning)
    }  # fmt: skip


presents(e.StepVerified)(_signed(gettext_lazy("Verified by")))
presents(e.OperationAttested)(_signed(gettext_lazy("Attested by")))
presents(e.BatchReviewed)(_signed(gettext_lazy("Reviewed by")))


@presents(e.BatchDispositioned)
def _dispositioned(p: e.BatchDispositioned) -> str:
    said = Disposition(p.disposition).label
    return f"{said}: {p.signature.printed_name}. {p.reason}".strip()


@presents(e.RedlineProposed)
def _redline_proposed(p: e.RedlineProposed) -> str:
    said = {"number": p.number, "count": len(p.changes), "reason": p.reason}
    proposed = ngettext(
        "Redline %(number)s proposed, %(count)s change: %(reason)s",
        "Redline %(number)s proposed, %(count)s changes: %(reason)s",
        len(p.changes),
    )
    return proposed % said


@presents(e.RedlineSigned)
def _redline_signed(p: e.RedlineSigned) -> str:
    return gettext("Redline signed for production by %(name)s") % {"name": p.signature.printed_name}


@presents(e.BatchRedlined)
def _redlined(p: e.BatchRedlined) -> str:
    said = {"number": p.number, "name": p.signature.printed_name, "label": p.recipe_label}
    return gettext("Redline %(number)s approved by %(name)s: made by %(label)s from now on") % said


@presents(e.RedlineEnded)
def _redline_ended(p: e.RedlineEnded) -> str:
    return gettext("Redline not done: %(reason)s") % {"reason": p.reason}
