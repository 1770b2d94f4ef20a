"""The one next thing of a batch: which page it is, and what stands on it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from batches.enums import ConcessionState, ProcessState, RecordState
from batches.findings import sentence
from batches.models import Concession
from batches.pages.bodies import body_of
from batches.pages.head import head_of
from batches.pages.seen import Seen, language, short
from batches.pages.showing import PACK, PAPER, PAPER_AT, Showing, reasons
from batches.selectors import packs_of
from batches.timing import beginning, limits_at, overrun
from mes.lib.refusals import Refusal
from recipes import paths
from recipes.step import Commented


class Situation(StrEnum):
    """What a batch waits for; each is a page of its own."""

    CHOOSE = "choose"
    CLOSED = "closed"
    HELD = "held"
    ATTEST = "attest"
    VERIFY = "verify"
    SIGN_ON = "sign_on"
    STEP = "step"


def situation(seen: Seen, *, go_on: bool = False) -> Situation:
    """Return what comes next. ``go_on`` leaves an attestation for later, if there is work."""
    if seen.batch.record_state != RecordState.EXECUTING:
        return Situation.CLOSED
    if seen.due is None:
        return Situation.ATTEST if seen.to_attest else Situation.CLOSED
    if seen.batch.process_state == ProcessState.HELD:
        return Situation.HELD
    if seen.must_choose or seen.unverified():
        return Situation.CHOOSE if seen.must_choose else Situation.VERIFY
    if seen.operation is not None and seen.operation.performer is None:
        return Situation.ATTEST if seen.to_attest and not go_on else Situation.SIGN_ON
    return Situation.STEP


COMMANDS: Mapping[str, Promise | str] = {
    "account": gettext_lazy("Account for these"),
    "add": gettext_lazy("Record the addition"),
    "attach": gettext_lazy("Keep the file"),
    "calculate": gettext_lazy("Accept the result"),
    "choose": gettext_lazy("Record the answer"),
    "clear": gettext_lazy("Record: all is clear"),
    "confirm": gettext_lazy("Record as done"),
    "connect": gettext_lazy("Record the connection"),
    "decide": gettext_lazy("Record the decision"),
    "enter": gettext_lazy("Save the value"),
    "equip": gettext_lazy("Bind the unit"),
    "gate": gettext_lazy("Pass the gate"),
    "label": gettext_lazy("Record the labels"),
    "reading": gettext_lazy("Save the reading"),
    "run": gettext_lazy("Record the programme"),
    "sample": gettext_lazy("Record the sample"),
    "scan": gettext_lazy("Check the codes"),
    "timer": gettext_lazy("Record and go on"),
    "transfer": gettext_lazy("Record the transfer"),
    "weigh": gettext_lazy("Save the weight"),
}
# Kinds whose page holds nothing that is being typed: it may be drawn anew by itself.
CALM = {"gate", "confirm"}


def talk(seen: Seen) -> dict[str, str]:
    """Return the left group of the footer: back, something happened, call."""
    return {
        "back_url": seen.url("steps"),
        "happened_url": seen.url("report"),
        "call_url": seen.url("call"),
    }


def frame(seen: Seen) -> dict[str, Any]:
    """Return what every tablet page of a batch needs."""
    return {"seen": seen, "batch": seen.batch, "head": head_of(seen), "foot": talk(seen)}


def choose_page(seen: Seen) -> dict[str, Any]:
    """Return the steps that are due beside each other: one is chosen and gone on with."""
    rows = []
    for row in seen.all_due:
        operation = seen.by_operation[row.operation]
        chosen = urlencode({"in": paths.split(row.operation)[0]})
        performer = short(operation.performer_name) if operation.performer else ""
        rows.append(
            {
                "url": f"{reverse('batches:work', args=[seen.batch.id])}?{chosen}",
                "title": seen.text_of(row),
                "note": seen.title_of(row.operation),
                "state": row.get_state_display() if row.state != "waiting" else "",
                "who": _("%(name)s performs") % {"name": performer} if performer else
                       _("Nobody has signed on yet."),
            }
        )  # fmt: skip
    return {**frame(seen), "rows": rows}


def step_page(
    seen: Seen,
    *,
    given: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
    draft: UUID | None = None,
) -> dict[str, Any]:
    """Return the context of the due step, with what was typed and refused.

    ``draft`` is the draft of a preview, whose pictures are no batch's.
    """
    placed = seen.placed
    if placed is None or seen.due is None:
        raise TypeError("no step is due")  # ``situation`` said that one is
    show = Showing(seen, placed, given or {}, refusal)
    body = body_of(show)
    step = placed.step
    asked = _asked(seen, seen.due.ref)
    page = {
        **frame(seen),
        "step": step,
        "row": seen.due,
        "kind_template": f"batches/kinds/{step.kind}.html",
        "body": body,
        "over": _over(show),
        "text": step.text.say(language()),
        "note": step.note.say(language()) if step.note else "",
        "pictures": pictures_of(show, draft=draft),
        "scan": _strip(body),
        "auto": step.kind in {"scan", "equip"} and not step.irreversible and not show.from_paper,
        "asked": asked,
        "refused": _elsewhere(show),
        "calm": step.kind in CALM and not show.from_paper,
        "paper": _paper(show),
    }
    second = None if asked else _second(show, body)
    page["foot"] |= {"primary": _primary(show, body), "second": second}
    # From paper the time on it is judged, which nobody knows before it is sent.
    late = [] if show.from_paper else late_at(seen)
    unforeseen = show.from_paper and not step.offline
    if isinstance(step, Commented) or late or unforeseen or show.error("comment"):
        needed = bool(late) or unforeseen or _needs_reason(step.kind, body)
        page |= {"reasons": reasons(show, needed=needed), "late": late}
        page["own_reason"] = not isinstance(step, Commented)
        if unforeseen:
            page["legend"] = _("Reason, and why it was done on paper")
    return page


def _paper(show: Showing) -> dict[str, Any]:
    """Return the fields of a step from paper, or where the page has them; nothing without a pack.

    A preview has no batch, and so no pack.
    """
    packs = packs_of(show.seen.batch.id) if show.seen.seq else []
    if not packs:
        return {}
    address, mark = show.seen.url("work"), "&" if show.seen.tail else "?"
    if not show.from_paper:
        return {"url": f"{address}{mark}from={PAPER}"}
    return {
        "screen_url": address,
        "number": show.value(PACK) or packs[0].number,
        "at": show.value(PAPER_AT),
        "pack_error": show.error(PACK),
        "at_error": show.error(PAPER_AT),
    }


def late_at(seen: Seen) -> list[str]:
    """Return the sentences of the limits of time that are passed already at the due step."""
    row, placed = seen.due, seen.placed
    if row is None or placed is None:
        return []
    stage, limits = placed.stage, list(placed.step.within)
    if (stage.within or stage.lag) and not seen.begun(row.stage):
        limits += beginning(seen.recipe, stage, seen.times.stages)
    if not limits:
        return []
    found = limits_at(seen.times, limits, seen.timing_of(row), values=row.values)
    late = (one for limit in found for one in overrun(limit, seen.now, critical=False))
    return [sentence(one.code, one.params) for one in late]


def pictures_of(show: Showing, *, draft: UUID | None = None) -> list[dict[str, str]]:
    """Return the pictures beside the instruction: addresses, and what they show, in words."""
    name, of = ("preview_picture", draft) if draft else ("picture", show.seen.batch.id)
    return [
        {"url": reverse(f"batches:{name}", args=[of, one.sha256]), "alt": one.alt.say(language())}
        for one in show.placed.step.pictures
    ]


def _over(show: Showing) -> str:
    step = show.placed.step
    kind = {
        "scan": _("Identity check, two identifiers")
        if step.accepts() == ("code1", "code2") else _("Identity check"),
        "clear": _("Line clearance"),
        "gate": _("Gate"),
        "timer": _("Waiting time"),
        "sample": _("Sample"),
        "label": _("Labels"),
        "calculate": _("Calculated"),
        "equip": _("Equipment"),
        "add": _("Addition"),
        "transfer": _("Transfer"),
        "enter": _("Value"),
        "choose": _("Choice"),
        "account": _("Accounting"),
        "attach": _("Photo or file"),
        "connect": _("Connection"),
        "decide": _("Decision"),
        "reading": _("Reading"),
        "run": _("Programme of a unit"),
        "weigh": _("Weight"),
    }.get(step.kind, "")  # fmt: skip
    critical = _("critical") if step.critical else ""
    second = _("a second person verifies") if step.verify else ""
    final = _("cannot be undone") if step.irreversible else ""
    offline = _("may be done offline") if step.offline else ""
    row = show.seen.due
    time = _("time %(n)s") % {"n": row.iteration} if row and row.iteration > 1 else ""
    said = " · ".join(part for part in (kind, time, critical, second, final, offline) if part)
    return said[:1].upper() + said[1:]


def _strip(body: Mapping[str, Any]) -> dict[str, str] | None:
    if not body.get("rows"):
        return None
    return {"note": _("Hold the code to the scanner, or press Type.")}


def _elsewhere(show: Showing) -> Refusal | None:
    """Return the refusal when it belongs to no field of the page."""
    refusal = show.refusal
    names = {*show.placed.step.accepts(), "container", "second", "scan", PACK, PAPER_AT}
    return None if refusal is None or refusal.field in names else refusal


def _needs_reason(kind: str, body: Mapping[str, Any]) -> bool:
    late = kind == "timer" and bool(body.get("late"))
    outside = kind == "calculate" and bool(body.get("hit"))
    flagged = kind == "gate" and bool(body.get("flagged"))
    return late or outside or flagged or kind == "decide" or bool(body.get("why"))


def _primary(show: Showing, body: Mapping[str, Any]) -> dict[str, Any]:
    step = show.placed.step
    note = _("then a second person verifies") if step.verify else ""
    if step.kind == "gate" and body["closed"]:
        waiting = ngettext("Waiting for %(n)s result", "Waiting for %(n)s results", body["closed"])
        return {"waiting": waiting % {"n": body["closed"]}, "note": _("looks by itself")}
    if step.kind == "timer" and body.get("early") and not show.from_paper:
        return {"waiting": _("Waiting for the time"), "note": _("goes on by itself")}
    if step.kind == "calculate" and body.get("missing"):
        return {"waiting": _("Waiting for a value")}
    primary = {"label": str(COMMANDS[step.kind]), "note": note}
    reason = step.kind in {"enter", "add", "sample", "transfer", "weigh", "reading"}
    return primary | ({"with_reason": _("Save with reason")} if reason else {})


def _second(show: Showing, body: Mapping[str, Any]) -> dict[str, str] | None:
    """Ask QA stands beside a gate or timer that would let nobody through."""
    code = {"gate": "gate.closed", "timer": "timer.too_early"}.get(show.placed.step.kind)
    waits = body.get("closed") or body.get("early")
    if code is None or not waits:
        return None
    address = show.seen.url("ask")
    mark = "&" if "?" in address else "?"
    return {"label": _("Ask QA…"), "icon": "hand", "url": f"{address}{mark}code={code}"}


def _asked(seen: Seen, path: str) -> Concession | None:
    """Return the newest question to QA about this step that still matters."""
    rows = Concession.objects.filter(stream=seen.batch.id, step=path).order_by("-asked_at")
    last = rows.first()
    if last is None:
        return None
    over = last.state == ConcessionState.GRANTED and last.until and last.until <= seen.now
    return None if over else last
