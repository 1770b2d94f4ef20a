"""Sentences for people about quality's own entries."""

from django.utils.translation import gettext as _

from batches.entries import ExceptionJudged
from mes.ui.text import quantity_text
from quality import entries
from quality.enums import Judgement
from records.presenters import presents


@presents(ExceptionJudged)
def _judged(p: ExceptionJudged) -> str:
    said = {"judgement": dict(Judgement.choices).get(p.judgement, p.judgement)}
    return _("Exception judged: %(judgement)s. %(comment)s") % {**said, "comment": p.comment}


@presents(entries.SampleRegistered)
def _registered(p: entries.SampleRegistered) -> str:
    words = {"number": p.number, "tests": ", ".join(p.tests) or "–"}
    return _("Sample %(number)s drawn for %(tests)s") % words


@presents(entries.SampleReceived)
def _received(p: entries.SampleReceived) -> str:
    return _("Sample received by the laboratory: %(condition)s") % {"condition": p.condition}


@presents(entries.ResultEntered)
def _entered(p: entries.ResultEntered) -> str:
    said = _found(p.finding)
    if p.finding.interim:
        return _("Interim result of %(test)s: %(value)s") % said
    return _("Result of %(test)s: %(value)s") % said


def _found(finding: entries.Finding) -> dict[str, str]:
    return {"test": finding.test, "value": quantity_text(finding.value, finding.unit)}


@presents(entries.ResultCorrected)
def _corrected(p: entries.ResultCorrected) -> str:
    said = {**_found(p.finding), "reason": p.reason}
    return _("Result of %(test)s corrected to %(value)s: %(reason)s") % said


@presents(entries.ResultReviewed)
def _result_reviewed(p: entries.ResultReviewed) -> str:
    return _("Result reviewed and signed by %(name)s") % {"name": p.signature.printed_name}


@presents(entries.DeviationOpened)
def _opened(p: entries.DeviationOpened) -> str:
    said = {"number": p.number, "description": p.description}
    return _("Deviation %(number)s opened: %(description)s") % said


@presents(entries.DeviationClosed)
def _closed(p: entries.DeviationClosed) -> str:
    said = {"conclusion": p.conclusion, "name": p.signature.printed_name}
    return _("Deviation closed by %(name)s: %(conclusion)s") % said


@presents(entries.LaterResultsCertified)
def _certified(p: entries.LaterResultsCertified) -> str:
    said = {"tests": ", ".join(p.tests), "name": p.signature.printed_name}
    return _("Later results certified by %(name)s: %(tests)s") % said


@presents(entries.DossierRequested)
def _requested(p: entries.DossierRequested) -> str:
    return _("Copy %(number)s of the batch record asked for") % {"number": str(p.number)}


@presents(entries.DossierRendered)
def _rendered(p: entries.DossierRendered) -> str:
    return _("Batch record written, %(hash)s…") % {"hash": p.sha256[:12]}
