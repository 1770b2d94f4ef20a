"""Pages beside the step: earlier steps, whom to call, what happened."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import DutyKind
from accounts.permissions import Permission
from accounts.rosters import on_duty
from accounts.selectors import holders_of
from batches.enums import StepState
from batches.models import Operation, Step
from batches.pages.seen import Seen, language, short
from batches.pages.values import FLAGGED, recorded
from batches.pages.work import frame, talk
from mes.lib.refusals import Refusal

# Whom one calls: by what they may do, what people call them, and what for. Where one of them is
# rostered by the hour, that one is called.
WHOM = (
    (
        Permission.BATCHES_HOLD,
        gettext_lazy("Shift lead"),
        gettext_lazy("wrong container, machine down, hold"),
    ),
    (
        Permission.QUALITY_CONCEDE,
        gettext_lazy("QA on call"),
        gettext_lazy("concession, doubt about a value"),
    ),
    (
        Permission.EQUIPMENT_MANAGE,
        gettext_lazy("Engineering"),
        gettext_lazy("machine, calibration, room"),
    ),
    (
        Permission.BATCHES_VERIFY,
        gettext_lazy("Second person"),
        gettext_lazy("to verify a step"),
    ),
)


def steps_page(seen: Seen, *, operation: str = "") -> dict[str, Any]:
    """Return the earlier steps by operation, the latest operation first."""
    wanted = [o for o in seen.operations if not operation or str(o.number) == operation]
    groups = [_group(seen, row) for row in reversed(wanted)]
    page = frame(seen)
    page["groups"] = [group for group in groups if group["steps"]]
    page["foot"] |= {"back_url": "", "primary": _go_on(seen)}
    return page


def _go_on(seen: Seen) -> dict[str, str]:
    return {"url": seen.url("work"),
            "label": _("Go on with step %(n)s") % {"n": seen.due.position}
            if seen.due else _("Go on")}  # fmt: skip


def _group(seen: Seen, operation: Operation) -> dict[str, Any]:
    rows = [row for row in seen.steps_of(operation.path) if row.performed_at or skipped(row)]
    return {
        "operation": operation,
        "title": seen.title_of(operation.path),
        "steps": [_step(seen, row) for row in rows],
    }


def skipped(row: Step) -> bool:
    """Whether a step stands in a branch that was not taken."""
    return row.state == StepState.SKIPPED


def _step(seen: Seen, row: Step) -> dict[str, Any]:
    step = seen.step_of(row)
    same = row.performed_by == row.recorded_by
    return {
        "row": row,
        "text": seen.text_of(row),
        "values": recorded(row, step),
        "flagged": row.outcome == FLAGGED,
        "performer": short(row.performer_name),
        "recorder": "" if same else short(row.recorder_name),
        "verifier": short(row.verifier_name) if row.verifier_name else "",
    }


def call_page(seen: Seen) -> dict[str, Any]:
    """Return whom to call: names by role, and what one says."""
    return {**frame(seen), "people": whom(seen.batch.site, at=seen.now), "back": _back(seen)}


# Granting stays by permission: the roster says only whom one calls.
ON_DUTY = {
    Permission.BATCHES_HOLD: DutyKind.LEAD,
    Permission.QUALITY_CONCEDE: DutyKind.QA_ON_CALL,
}


def whom(
    site: UUID | None, *, at: datetime, only: Permission | None = None
) -> list[dict[str, Any]]:
    """Return whom one calls, with what for: who is rostered now, with number and until when,
    else everybody who holds the role. ``only`` leaves those who hold one permission.
    """
    return [
        {"title": title, "reason": reason} | _called(site, permission, at=at)
        for permission, title, reason in WHOM
        if only in {None, permission}
    ]


def _called(site: UUID | None, permission: Permission, *, at: datetime) -> dict[str, Any]:
    if site is None:
        return {"names": []}
    what = ON_DUTY.get(permission)
    now = on_duty(what, site=site, at=at) if what else None
    if what is not None and now is not None:
        return {"title": DutyKind(what).label, "names": [now.name], "phone": now.phone,
                "until": now.until}  # fmt: skip
    names = [person.printed_name for person in holders_of(permission, site)]
    return {"names": names[:4], "unrostered": what is not None}


def _back(seen: Seen) -> str:
    return seen.url("work")


def report_page(seen: Seen, *, text: str, step: str, refusal: Refusal | None) -> dict[str, Any]:
    """Return the form of a report: what happened, at which of the last steps."""
    done = [row for row in seen.steps if row.performed_at]
    rows = done[-4:] + ([seen.due] if seen.due and not seen.due.performed_at else [])
    chosen = step or (seen.due.ref if seen.due else "")
    options = [
        {"value": row.ref, "label": f"{row.position}. {seen.text_of(row)}"}
        for row in reversed(rows)
    ]
    page = frame(seen)
    page["foot"] = {
        "back_url": _back(seen), "call_url": talk(seen)["call_url"],
        "primary": {"label": _("Record what happened")},
    }  # fmt: skip
    called = [{"value": "", "label": _("Only record it")}, *_contingencies(seen)]
    return page | {
        "options": options, "chosen": [chosen], "text": text, "refused": refusal,
        "contingencies": called if len(called) > 1 else [], "none": [""],
    }  # fmt: skip


def _contingencies(seen: Seen) -> list[dict[str, str]]:
    """Return what the recipe offers at the due step for what may happen there."""
    operation = seen.operation
    definition = seen.recipe.operation(operation.path) if operation else None
    if operation is None or definition is None or operation.called_from:
        return []
    return [
        {"value": one.key, "label": one.title.say(language())}
        for one in seen.recipe.contingencies if one.key in definition.contingencies
    ]  # fmt: skip
