"""The bar at the foot: each gate with its state, and the one command of this person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import Permission
from quality.enums import GateKey, GateState
from quality.rules import Gate, open_gates
from quality.selectors.record import BatchRecord
from quality.services.disposition import pending_of
from quality.views.common import may
from records.web import actor_of

STATES = {GateState.PASSED: "clear", GateState.OPEN: "open", GateState.WAITING: "waits"}
Bar = dict[str, Any]


def bar_of(request: HttpRequest, record: BatchRecord, every: Sequence[Gate]) -> Bar:
    """Return the bar: the reviewer signs here, the releasing person certifies here."""
    bar: Bar = {"gates": [_gate(gate) for gate in every], "label": _("Disposition")}
    if record.disposition:
        return {**bar, "primary": _after(request, record)}
    reviewed = all(g.state == GateState.PASSED for g in every if g.key == GateKey.REVIEW)
    if may(request, Permission.QUALITY_REVIEW) and not reviewed:
        return {**bar, **_review(request, record, every)}
    if may(request, Permission.QUALITY_RELEASE):
        return {**bar, **_release(request, record, every)}
    return {**bar, "primary": {}}


def _gate(gate: Gate) -> dict[str, str]:
    state = STATES[gate.state]
    if gate.key == GateKey.REVIEW and gate.state == GateState.OPEN:
        state = "to-come"
    return {"name": gate.title, "state": state, "text": gate.words}


def _points(blocking: Sequence[Gate]) -> str:
    said = ngettext("Opens after %(n)s open point", "Opens after %(n)s open points", len(blocking))
    return said % {"n": len(blocking)}


def _url(name: str, batch: UUID) -> str:
    return reverse(f"quality:{name}", kwargs={"batch": batch})


def _own(request: HttpRequest, record: BatchRecord) -> bool:
    person = actor_of(request).person
    return person in record.involved


def _review(request: HttpRequest, record: BatchRecord, every: Sequence[Gate]) -> Bar:
    label = _("Sign review")
    if _own(request, record):
        note = _("You worked on this batch: another person reviews it")
        return {"primary": {"waiting": label, "note": note}}
    blocking = open_gates(every, for_review=True)
    if blocking:
        return {"primary": {"waiting": label, "note": _points(blocking)}}
    primary = {"url": _url("sign_review", record.batch.id), "label": label}
    return {"primary": primary, "several": reverse("quality:review_records")}


def _release(request: HttpRequest, record: BatchRecord, every: Sequence[Gate]) -> Bar:
    label, blocking = _("Certify and release"), open_gates(every)
    person = actor_of(request).person
    if _own(request, record) or (record.review and record.review.by == person):
        note = _("You worked on or reviewed this batch: another person certifies it")
        return {"primary": {"waiting": label, "note": note}}
    reject = {"url": _url("reject", record.batch.id), "label": _("Reject…")}
    second = {"second": reject} if record.review else {}
    if blocking:
        return {"primary": {"waiting": label, "note": _points(blocking)}, **second}
    return {"primary": {"url": _url("release", record.batch.id), "label": label}, **second}


def _after(request: HttpRequest, record: BatchRecord) -> Bar:
    stage = record.disposition
    if stage is None or not stage.pending or stage.final_at:
        return {}
    if not may(request, Permission.QUALITY_RELEASE):
        return {}
    label, pending = _("Certify later results"), pending_of(record)
    if pending:
        note = _("Waits for %(tests)s") % {"tests": ", ".join(pending)}
        return {"waiting": label, "note": note}
    return {"url": _url("certify_later", record.batch.id), "label": label}
