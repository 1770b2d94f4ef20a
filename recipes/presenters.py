"""Sentences for people about the entries of a recipe's version."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mes.ui.text import number_text, part_text
from recipes import entries as e
from recipes.messages import size_words, summary
from records.presenters import presents


@presents(e.RecipeImported)
def _imported(p: e.RecipeImported) -> str:
    said = {"code": p.code, "number": p.number, "size": size_words(p.stages, p.steps)}
    return _("%(code)s v%(number)s imported: %(size)s") % said


@presents(e.RecipeSubmitted)
def _submitted(p: e.RecipeSubmitted) -> str:
    if not p.warnings:
        return _("Sent to review; the compiler found neither errors nor warnings")
    said = ngettext(
        "Sent to review; the compiler found no errors and %(warnings)s warning",
        "Sent to review; the compiler found no errors and %(warnings)s warnings",
        p.warnings,
    )
    return said % {"warnings": p.warnings}


@presents(e.RecipeApproved)
def _approved(p: e.RecipeApproved) -> str:
    s = p.signature
    said = {"name": s.printed_name, "meaning": _(s.meaning)}
    if not p.lacking:
        return _("Signed by %(name)s: %(meaning)s") % said
    said |= {"lacking": summary(p.lacking), "reason": p.reason}
    return _(
        "Signed by %(name)s: %(meaning)s. This site lacked something: %(lacking)s"
        " Signed all the same, because: %(reason)s"
    ) % said  # fmt: skip


@presents(e.RecipeMadeEffective)
def _made_effective(p: e.RecipeMadeEffective) -> str:
    return _("Made effective")


@presents(e.RecipeSuperseded)
def _superseded(p: e.RecipeSuperseded) -> str:
    return _("Superseded by v%(number)s") % {"number": p.number}


@presents(e.RecipeWithdrawn)
def _withdrawn(p: e.RecipeWithdrawn) -> str:
    return _("Withdrawn: %(reason)s") % {"reason": p.reason}


@presents(e.RecipeSentBack)
def _sent_back(p: e.RecipeSentBack) -> str:
    return _("Sent back to be written differently: %(reason)s") % {"reason": p.reason}


@presents(e.RecipeCommented)
def _commented(p: e.RecipeCommented) -> str:
    said = {"place": part_text(p.path) or _("the whole recipe"), "text": p.text}
    return _("Comment on %(place)s: %(text)s") % said


@presents(e.RecipeCommentReplied)
def _replied(p: e.RecipeCommentReplied) -> str:
    return _("Said to a comment: %(text)s") % {"text": p.text}


@presents(e.RecipeCommentResolved)
def _resolved(p: e.RecipeCommentResolved) -> str:
    return _("Comment resolved: %(text)s") % {"text": p.text}


@presents(e.DraftOpened)
def _draft_opened(p: e.DraftOpened) -> str:
    return _("Draft of %(code)s opened") % {"code": p.code}


@presents(e.DraftEdited)
def _draft_edited(p: e.DraftEdited) -> str:
    at = dict.fromkeys(part_text("/".join(change.at)) for change in p.changes[:3])
    said = {"count": len(p.changes), "places": ", ".join(at) or "–"}
    if p.undoes is not None:
        return _("Taken back in the draft: %(places)s") % said
    changed = ngettext(
        "%(count)s change in the draft: %(places)s",
        "%(count)s changes in the draft: %(places)s",
        len(p.changes),
    )
    return changed % said


@presents(e.DraftSent)
def _draft_sent(p: e.DraftSent) -> str:
    return _("Draft became v%(number)s and was sent to review") % {"number": p.number}


@presents(e.DraftDiscarded)
def _draft_discarded(p: e.DraftDiscarded) -> str:
    return _("Draft discarded")


@presents(e.OperationPublished)
def _operation_published(p: e.OperationPublished) -> str:
    said = {"code": p.code, "number": p.number, "version": p.taken_from_label}
    return _("%(code)s v%(number)s put into the library, out of %(version)s") % said


@presents(e.OperationWithdrawn)
def _operation_withdrawn(p: e.OperationWithdrawn) -> str:
    said = {"number": p.number, "reason": p.reason}
    return _("v%(number)s taken out of the library: %(reason)s") % said


@presents(e.RehearsalRequested)
def _rehearsal_requested(p: e.RehearsalRequested) -> str:
    said = {"label": p.label, "count": number_text(p.patients), "seed": p.seed}
    asked = ngettext(
        "Rehearsal of %(label)s asked for: %(count)s patient, seed %(seed)s",
        "Rehearsal of %(label)s asked for: %(count)s patients, seed %(seed)s",
        p.patients,
    )
    return asked % said


@presents(e.RehearsalProgressed)
def _rehearsal_progressed(p: e.RehearsalProgressed) -> str:
    said = ngettext(
        "%(count)s simulated patient has come through",
        "%(count)s simulated patients have come through",
        p.done,
    )
    return said % {"count": number_text(p.done)}


@presents(e.RehearsalCompleted)
def _rehearsal_completed(p: e.RehearsalCompleted) -> str:
    return _("Rehearsal complete")
