"""The two kinds of refusal in full: absolute (03a) and conditional (03b).

Frame, shape, words and layout differ, so that a glance is enough.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import DutyKind
from accounts.permissions import Permission
from accounts.rosters import on_duty
from accounts.selectors import holders_of
from batches.pages.clocks import safe_until
from batches.pages.head import head_of
from batches.pages.limits import plain
from batches.pages.seen import Seen, short
from batches.pages.work import talk
from materials.selectors import material_titles, usable_lots
from mes.lib.refusals import Refusal, wall_time
from mes.ui.text import day_text, duration_text, quantity_text, time_text
from recipes.kinds.add import Step as Add

TITLES: Mapping[str, Promise | str] = {
    "container.wrong_patient": gettext_lazy("Stop. Another patient’s container."),
    "identity.mismatch": gettext_lazy("Stop. The two codes do not agree."),
    "label.unexpected": gettext_lazy("Stop. This is not the label that is due."),
    "container.unknown": gettext_lazy("Stop. Nobody knows this container."),
    "container.void": gettext_lazy("Stop. This label is void."),
    "container.consumed": gettext_lazy("Stop. This container was used up."),
    "claim.occupied_by_another": gettext_lazy("Stop. Another patient is there."),
    "lot.rejected": gettext_lazy("Stop. QA rejected this lot."),
    "lot.exhausted": gettext_lazy("Stop. The lot does not hold that much."),
    "lot.expired": gettext_lazy("Refused: this lot has expired."),
    "lot.not_released": gettext_lazy("Refused: this lot is in quarantine."),
    "lot.wrong_material": gettext_lazy("Refused: this is another material."),
    "lot.unknown": gettext_lazy("Refused: no lot carries this code."),
    "container.quarantine": gettext_lazy("Refused: this container is in quarantine."),
    "container.wrong_kind": gettext_lazy("Refused: this is another container."),
    "claim.none": gettext_lazy("Refused: this is not booked for the batch."),
    "claim.missing": gettext_lazy("Refused: nothing is booked for this stage."),
    "claim.in_conflict": gettext_lazy("Refused: the booking is not free yet."),
    "unit.wrong_class": gettext_lazy("Refused: this is another machine."),
    "unit.out_of_service": gettext_lazy("Refused: this unit is out of service."),
    "unit.out_of_calibration": gettext_lazy("Refused: the calibration is due."),
    "unit.not_clean": gettext_lazy("Refused: this unit is not clean."),
    "person.not_qualified": gettext_lazy("Refused: not qualified for this."),
    "timer.too_early": gettext_lazy("Refused: it is too early."),
    "gate.closed": gettext_lazy("Refused: the gate is closed."),
    "container.left_over": gettext_lazy("Refused: containers are left over."),
    "run.wrong_programme": gettext_lazy("Refused: this is not the programme."),
    "decision.not_yours": gettext_lazy("Stop. This is somebody else’s decision."),
}
WRONG_PATIENT = "container.wrong_patient"
OTHER_LOT = {"lot.expired", "lot.not_released", "lot.wrong_material", "lot.unknown"}


def stop_page(seen: Seen, refusal: Refusal) -> dict[str, Any]:
    """Return the full-screen page of an absolute refusal. No way back, no override."""
    clock = safe_until(seen)
    stop: dict[str, Any] = {
        "title": str(TITLES.get(refusal.code, _("Stop."))),
        "sentence": _("Nothing was done on this batch. Nobody can override this check."),
        "code": refusal.code,
        "safe_until": clock.until if clock else None,
        "steps": _what_to_do(seen, refusal),
        "recorded": _recorded(refusal),
    }
    if refusal.code == WRONG_PATIENT:
        stop |= {"ours": _ours(seen), "other": _other(seen, refusal)}
    again = {
        "url": seen.url("work"),
        "label": _again(refusal),
        "note": _("back to the step"),
    }
    foot = {**talk(seen), "back_url": "", "primary": again}
    return {"seen": seen, "batch": seen.batch, "stop": stop, "foot": foot}


def _ours(seen: Seen) -> dict[str, str]:
    where = f", {seen.place}" if seen.place else ""
    label = _("This batch%(where)s") % {"where": where}
    return {"label": label, "mark": seen.batch.mark, "coi": seen.batch.coi,
            "note": _("Batch %(number)s") % {"number": seen.batch.number}}  # fmt: skip


def _other(seen: Seen, refusal: Refusal) -> dict[str, Any]:
    """The other patient: mark, pseudonymous chain of identity and place. It is recorded."""
    params = refusal.params
    time = {"time": f"{time_text(seen.now)}"}
    said = {"label": params.get("other_label"), "place": params.get("place")}
    return {
        "label": _("What you scanned, %(time)s") % time,
        "mark": params.get("other_mark") or "",
        "coi": params.get("other") or "",
        "note": _("Container %(label)s, belongs to %(place)s") % said,
    }


def _what_to_do(seen: Seen, refusal: Refusal) -> list[dict[str, str]]:
    if refusal.code == WRONG_PATIENT:
        return [
            {"text": _("Do not open or connect this container.")},
            {"text": _("Keep it closed on the tray; the shift lead takes it.")},
            {"text": _("Then scan the container with the mark"), "mark": seen.batch.mark},
        ]
    return [{"text": str(refusal)}, {"text": refusal.way_out_text}]


def _recorded(refusal: Refusal) -> str:
    if refusal.code == WRONG_PATIENT:
        return _("Recorded for both batches; both reviews will show it. Call the shift lead now.")
    if refusal.recorded:
        return _("Recorded for this batch; the review will show it.")
    return ""


def _again(refusal: Refusal) -> str:
    if refusal.code.startswith(("container", "identity")):
        return _("Set aside: scan again")
    if refusal.code.startswith(("lot", "label")):
        return _("Put aside: scan another")
    return _("Understood: go back")


def conditional_page(seen: Seen, refusal: Refusal) -> dict[str, Any]:
    """Return the page of a conditional refusal: first the way that needs nobody, then QA."""
    lots = _other_lots(seen, refusal)
    refused = {
        "title": str(TITLES.get(refusal.code, _("Refused."))),
        "sentence": f"{refusal} {_goes_on(seen)}".strip(),
        "code": refusal.code,
        "facts": _facts(seen, refusal),
        "ways": [_first_way(seen, refusal, lots), _ask_qa(seen)],
        "recorded": _recorded(refusal),
    }
    work = seen.url("work")
    ask = seen.url("ask") + ("&" if seen.tail else "?")
    foot = {
        **talk(seen),
        "back_url": work,
        "second": {"label": _("Ask QA…"), "icon": "hand", "url": f"{ask}code={refusal.code}"},
        "primary": {"url": work, "label": _try_again(refusal), "note": _("scanner armed")},
    }
    return {"seen": seen, "batch": seen.batch, "head": head_of(seen), "refused": refused,
            "foot": foot}  # fmt: skip


def _goes_on(seen: Seen) -> str:
    return _("The clock above keeps running.") if safe_until(seen) else ""


def _try_again(refusal: Refusal) -> str:
    if refusal.code in OTHER_LOT:
        return _("Scan another lot")
    if refusal.code.startswith("unit"):
        return _("Scan another unit")
    if refusal.code.startswith("container"):
        return _("Scan another container")
    return _("Back to the step")


def _facts(seen: Seen, refusal: Refusal) -> list[dict[str, Any]]:
    params = refusal.params
    shown = [
        (_("Scanned"), params.get("scanned"), True),
        (_("Material"), params.get("found") if "lot" in params else None, False),
        (_("Asked for"), params.get("material") or params.get("asked"), False),
        (_("Lot"), params.get("lot"), True),
        (_("Expired"), _shown(refusal, "expired"), False),
        (_("Unit"), params.get("unit") if refusal.code.startswith("unit") else None, True),
        (_("Container"), params.get("label"), True),
        (_("Resource"), params.get("resource"), False),
        (_("Due"), _shown(refusal, "due"), False),
        (_("Step"), seen.due.position if seen.due else seen.batch.position, False),
    ]
    titles = material_titles() if "material" in params else {}
    return [
        {"label": label, "value": titles.get(str(value), value), "mono": mono}
        for label, value, mono in shown
        if value not in (None, "")
    ]


def _shown(refusal: Refusal, name: str) -> object:
    """Return a parameter as people read it: an instant in the site's time."""
    value = refusal.params.get(name)
    if value and name in refusal.instants:
        return wall_time(str(value))
    return value


def _other_lots(seen: Seen, refusal: Refusal) -> list[Any]:
    if refusal.code not in OTHER_LOT or seen.placed is None or seen.placed.step.kind != "add":
        return []
    return usable_lots(cast("Add", seen.placed.step).material, seen.now)


def _first_way(seen: Seen, refusal: Refusal, lots: list[Any]) -> dict[str, Any]:
    if refusal.code not in OTHER_LOT:
        return {"title": _("What you can do"), "text": refusal.way_out_text}
    title = _("Use another lot")
    if not lots:
        text = _("No released lot in date is left at this site. Ask materials, or ask QA.")
        return {"title": title, "text": text}
    lot = lots[0]
    facts = [
        {"label": _("Lot"), "value": lot.code, "mono": True},
        {"label": _("Place"), "value": lot.location},
        {"label": _("In date until"), "value": _("%(day)s · released") % {
            "day": day_text(lot.expires_at)}},
        {"label": _("Left"), "value": quantity_text(plain(lot.quantity_left), lot.unit)},
    ]  # fmt: skip
    text = _("This lot may be used; it expires first.")
    return {"title": title, "text": text, "facts": facts}


def _qa(site: UUID, now: datetime) -> str:
    """Say whom QA sends: who is on call with number, else who holds the role."""
    called = on_duty(DutyKind.QA_ON_CALL, site=site, at=now)
    if called is not None:
        return f"{short(called.name)}, {called.phone}"
    people = holders_of(Permission.QUALITY_CONCEDE, site)
    return ", ".join(short(person.printed_name) for person in people[:3])


def _ask_qa(seen: Seen) -> dict[str, Any]:
    site = seen.batch.site
    names = _qa(site, seen.now) if site else ""
    clock = safe_until(seen)
    left = duration_text(clock.until - seen.now) if clock and clock.until > seen.now else ""
    facts = [
        {"label": _("On call"), "value": names or _("nobody holds the role")},
        {"label": _("Goes along"), "value": _("batch, step, what was scanned, your reason")},
        {"label": _("Meanwhile"), "value": _("the step waits here; nothing is lost")},
    ]
    if left:
        facts.append({"label": _("Cells"), "value": _("safe for %(left)s") % {"left": left}})
    text = _("For this step of this batch only, until a time that QA sets. The review shows it.")
    return {"title": _("Or ask QA for a concession"), "text": text, "facts": facts}
