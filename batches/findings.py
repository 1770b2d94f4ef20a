"""Sentences of findings and of exceptions: made from code and parameters when shown."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Refusal, UnknownRefusal, wall_time
from mes.ui.text import number_text, part_text

SENTENCES: dict[str, Promise | str] = {
    "outside.alert": _("%(value)s is outside the alert limits %(low)s to %(high)s."),
    "outside.action": _("%(value)s is outside the action limits %(low)s to %(high)s."),
    "add.outside_tolerance": _("%(quantity)s was added, %(asked)s is asked for."),
    "timer.late": _("%(elapsed)s have passed, at most %(max)s are allowed."),
    "label.not_reconciled": _(
        "Labels do not reconcile: %(printed)s printed, %(applied)s applied, %(spoiled)s spoiled."
    ),
    "label.copies": _("Labels applied: %(applied)s; the recipe asks for %(copies)s."),
    "gate.result_flagged": _("%(test)s is out of its limits: %(value)s."),
    "choose.flagged": _("“%(choice)s” was chosen."),
    "run.read_back": _("%(parameter)s was set to %(set)s, the unit shows %(read)s."),
    "run.stopped": _("Programme %(programme)s ended early."),
    "run.alarms": _("Alarms that the unit raised: %(alarms)s."),
    "connect.failed": _("The connection is not tight."),
    "reading.out_of_calibration": _(
        "%(unit)s was out of calibration, due %(due)s: its value is kept and clears nothing."
    ),
    "transfer.unbalanced": _(
        "%(there)s %(measured_in)s were there, %(gone)s %(measured_in)s were poured or are left."
    ),
    "sample.hold_missed": _(
        "Sample %(sample)s came to the laboratory after %(elapsed)s, at most %(max)s are allowed."
    ),
    "step.from_paper": _("Entered from paper pack %(pack)s; time on the paper: %(paper_at)s."),
    "step.corrected": _("Corrected: %(before)s became %(after)s."),
    "batch.redlined": _("The rest of the batch was changed by redline %(number)s of %(by)s."),
    "redline.applied": _(
        "The rest of the batch was changed by redline %(number)s of %(by)s, who wrote: %(reason)s"
    ),
    "concession.used": _("Passed under a concession: %(said)s"),
    "within.missed": _("%(elapsed)s have passed since %(since)s; at most %(max)s are allowed."),
    "loop.unfinished": _("Repeated %(max)s times, and %(until)s still does not hold (%(values)s)."),
    "contingency.called": _("Something happened: %(contingency)s was called."),
    "equipment.alarm": _(
        "Alarm %(number)s: %(watched)s of %(resource)s was %(value)s %(measure)s, limits %(low)s"
        " to %(high)s, since %(began)s."
    ),
    "reported": _("Reported from the floor."),
    "lot.quarantined": _("Lot %(lot)s was quarantined after its use."),
    "collection.quarantined": _("A collection of this patient stands in quarantine: %(reason)s"),
    "late.failure": _("%(test)s failed after release: %(value)s."),
}


class _Lenient(dict[str, str]):
    """A missing parameter shows as a dash: an old exception must still be readable."""

    def __missing__(self, key: str) -> str:
        return "–"


# Parameters that are numbers of a recipe; codes and names stay as they are.
NUMBERS = {"value", "low", "high", "quantity", "asked"}
# Parameters that are instants or days.
TIMES = {"due", "expired", "began", "paper_at"}
# Parameters that are steps or other parts of a recipe.
PARTS = {"since", "step"}


def _written(name: str, value: object) -> str:
    if name in NUMBERS:
        return number_text(value)
    if name in TIMES:
        return wall_time(str(value))
    return part_text(str(value)) if name in PARTS else str(value)


def sentence(code: str, params: Mapping[str, object]) -> str:
    """Return what a finding or exception says, in the reader's language."""
    given = _Lenient({name: _written(name, value) for name, value in params.items()})
    if code in SENTENCES:
        return str(SENTENCES[code]) % given
    known = Refusal.revive(code=code, params={}, field=None)
    return code if isinstance(known, UnknownRefusal) else str(known.sentence) % given


# What voided a signature, where it was no correction of a step.
RESULT_OF, EXCEPTION_CAME = "result/", "exceptions"


def changed_text(changed: str) -> str:
    """Return in the reader's language what voided a signature: a step, results or exceptions."""
    if changed == EXCEPTION_CAME:
        return gettext("an exception came")
    if changed.startswith(RESULT_OF):
        return gettext("a result of %(test)s came or changed") % {
            "test": changed.removeprefix(RESULT_OF)
        }
    return gettext("%(step)s was corrected") % {"step": part_text(changed)}
