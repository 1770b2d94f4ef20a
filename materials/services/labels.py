"""Labels: printed one by one, each accounted for (21 CFR 211.122-125)."""

from typing import Literal
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from materials import workflow
from materials.entries import LabelApplied, LabelIssued, LabelVoided
from materials.enums import LabelState
from materials.exceptions import LabelStateRefused, LabelUnknown
from materials.models import Container, LabelPrint
from materials.selectors import scanned_text
from materials.validators import check_text
from mes.lib.ids import uuid7
from records.act import Act, act, acting
from records.commands import Command, Reply

Outcome = Literal["replaced", "specimen", "spoiled", "destroyed", "returned"]


def issue_label(a: Act, container: UUID, *, reason: str = "") -> str:
    """Print the next label of a locked container; return the code that it carries.

    Each print has a serial of its own (``26-000037-P01.2``), so that a scan tells a label in
    force from one that was replaced. Appends ``label.issued``. A reprint needs a reason.
    """
    seen = Container.objects.get(id=container)
    serial = LabelPrint.objects.filter(container=container).count() + 1
    if serial > 1:
        reason = check_text(reason, field="reason", most=200)
    code = f"{seen.label}.{serial}"
    a.append(
        container,
        LabelIssued(label=uuid7(), code=code, serial=serial, batch=seen.batch, reason=reason),
    )
    return code


def apply_label(a: Act, container: UUID, scanned: str) -> None:
    """Say that a printed label stands on its container, read back by scanning it.

    An older label in force becomes replaced. Appends ``label.applied`` (and ``label.voided``).
    Raises LabelUnknown, LabelStateRefused.
    """
    label = _label(container, scanned)
    _check_becomes(label, LabelState.APPLIED)
    earlier = LabelPrint.objects.filter(container=container, state=LabelState.APPLIED)
    for old in earlier.order_by("serial"):
        a.append(
            container,
            LabelVoided(label=old.id, outcome="replaced", reason=f"replaced by {label.code}"),
        )
    a.append(container, LabelApplied(label=label.id))


def void_label(a: Act, container: UUID, scanned: str, *, outcome: Outcome, reason: str) -> None:
    """Say what else became of a printed label; appends ``label.voided``.

    Raises LabelUnknown, LabelStateRefused, TextMissing.
    """
    label = _label(container, scanned)
    _check_becomes(label, LabelState(outcome))
    text = check_text(reason, field="reason", most=200)
    a.append(container, LabelVoided(label=label.id, outcome=outcome, reason=text))


@acting
def print_label(*, command: Command, container: UUID, reason: str = "") -> Reply:
    """Print a label from the container's page; replies with its code. See ``issue_label``."""
    with act(command, streams=[container]) as a:
        check_permission(a.actor, Permission.MATERIALS_MANAGE)
        a.reply = {"container": str(container), "code": issue_label(a, container, reason=reason)}
    return a.reply


def _label(container: UUID, scanned: str) -> LabelPrint:
    code = scanned_text(scanned)
    found = LabelPrint.objects.filter(container=container, code=code).first()
    if found is None:
        raise LabelUnknown(field="label", streams=[container], label=code)
    return found


def _check_becomes(label: LabelPrint, state: LabelState) -> None:
    if state not in workflow.LABEL[label.state]:
        raise LabelStateRefused(
            field="label", label=label.code, state=label.state, wanted=state.value
        )
