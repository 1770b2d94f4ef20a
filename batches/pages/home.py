"""Home of person and place: what is due, what comes, who needs a witness, what one owes."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import ROLES
from accounts.selectors import Access
from batches import selectors
from batches.enums import OperationState, ProcessState
from batches.exceptions import NoBatchThere
from batches.models import Batch, Operation
from batches.pages.floor import Running, running
from batches.pages.seen import language, short, title_of
from equipment.models import Alarm, Claim
from equipment.selectors import alarms_at, place_by_barcode, unit_by_barcode
from materials.models import Container
from materials.selectors import scanned_text
from mes.lib import clock
from mes.lib.isbt128 import ChainOfIdentity, ScanError, parse
from mes.ui.text import relative_text, time_text
from records.commands import Actor

AHEAD = timedelta(hours=12)
MOST = 6


def home_page(access: Access, actor: Actor) -> dict[str, Any]:
    """Return the context of the tablet's home (mock-up 05)."""
    now = clock.now()
    everything = running(access.device, now=now)
    witness = [one for one in everything if one.to_verify]
    due = [one for one in everything if one.is_due(now) and not one.blocked]
    first = due[0] if due else None
    bound = access.device is not None and access.device.place is not None
    others = [one for one in everything if one is not first and one not in witness]
    coming = [one for one in others if one.comes_within(AHEAD, now) or (bound and one.comes_here)]
    return {
        "home": header(access),
        "scan": {"url": reverse("batches:tablet_scan")},
        "due": _due(first, actor) if first else None,
        "here": bound,
        "next": [_row(one, now) for one in coming[:MOST]],
        "witness": [_witness(one, now) for one in witness if _may_verify(one, actor)][:MOST],
        "owed": owed(actor, everything),
        "foot": home_foot(),
        "alarms": _alarms(access),
    }


def _alarms(access: Access) -> list[Alarm]:
    """Return the alarms that are not over: of the tablet's place, its units and its room."""
    place = access.device.place if access.device else None
    if place is None:
        return list(Alarm.objects.standing())
    return list(alarms_at(place).standing())


def home_etag(page: dict[str, Any]) -> str:
    """Return what a poll of home compares: everything but how long ago it was."""
    lists = (page["next"], page["witness"], page["owed"])
    rows = [row["title"] + row["note"] + row["url"] for rows in lists for row in rows]
    due = page["due"] or {}
    rows += [f"{alarm.number} {alarm.state}" for alarm in page["alarms"]]
    said = [language(), due.get("url", ""), due.get("where", ""), due.get("who", ""), *rows]
    return f'"{sha256("|".join(said).encode()).hexdigest()[:32]}"'


def _may_verify(one: Running, actor: Actor) -> bool:
    return one.step is not None and one.step.performed_by != actor.person


def home_foot() -> dict[str, str]:
    """Return the footer of home."""
    return {
        "call_url": reverse("batches:tablet_call"),
        "happened_url": reverse("batches:tablet_happened"),
        "lock_url": reverse("accounts:lock"),
    }


def header(access: Access) -> dict[str, str]:
    """Return who is here and where."""
    device = access.device
    place = (device.place_label or device.label) if device else access.site.name
    role = str(ROLES[access.roles[0]].title)
    return {
        "place": place or "",
        "tablet": device.code if device else _("No tablet: all places"),
        "person": short(access.person.printed_name),
        "shift": role,
    }


def _due(one: Running, actor: Actor) -> dict[str, Any]:
    return {
        "mark": one.batch.mark,
        "coi": one.batch.coi,
        "title": one.text,
        "where": " · ".join(part for part in (one.where, one.place) if part),
        "who": _who(one, actor),
        "url": one.url,
    }


def _who(one: Running, actor: Actor) -> str:
    operation = one.operation
    if operation is None or operation.performer is None:
        return _("Nobody has signed on yet.")
    if operation.performer == actor.person:
        return _("You perform.")
    return _("%(name)s performs, you record.") % {"name": short(operation.performer_name)}


def _row(one: Running, now: datetime) -> dict[str, Any]:
    since = one.starts(now) or one.batch.due_since
    held = _("Held") if one.batch.process_state == ProcessState.HELD else ""
    return {
        "mark": one.batch.mark,
        "title": one.text,
        "note": " · ".join(part for part in (held, one.place, one.batch.number, one.where) if part),
        "when": time_text(since),
        "when_note": relative_text(since, now),
        "url": one.url,
    }


def _witness(one: Running, now: datetime) -> dict[str, Any]:
    step = one.step
    since = step.performed_at if step and step.performed_at else one.batch.due_since
    said = {"text": one.text.rstrip(".")}
    by = short(step.performer_name) if step else ""
    return {
        "mark": one.batch.mark,
        "title": _("Verify: %(text)s") % said,
        "note": " · ".join(part for part in (one.place, one.batch.number, by) if part),
        "when": time_text(since),
        "when_note": relative_text(since, now),
        "url": one.url,
        "action": _("Take it"),
    }


def owed(actor: Actor, everything: Iterable[Running]) -> list[dict[str, Any]]:
    """Return the operations that wait for this person's attestation."""
    batches: Mapping[UUID, Batch] = {one.batch.id: one.batch for one in everything}
    rows = Operation.objects.filter(
        performer=actor.person, state=OperationState.TO_BE_ATTESTED, stream__in=batches
    )
    return [_debt(row, batches[row.stream]) for row in rows]


def _debt(row: Operation, batch: Batch) -> dict[str, Any]:
    said = {"n": row.number, "title": title_of(selectors.recipe_of(batch), row.path)}
    return {
        "icon": "pen",
        "title": _("Attest operation %(n)s, %(title)s") % said,
        "small_mark": batch.mark,
        "note": _("to be attested · %(number)s") % {"number": batch.number},
        "url": reverse("batches:attest", args=[batch.id, row.number]),
    }


def scanned_batch(code: str) -> UUID:
    """Return the batch that a scanned unit, place, container or chain of identity belongs to.

    Raises NoBatchThere.
    """
    text = scanned_text(code)
    thing = unit_by_barcode(text) or place_by_barcode(text)
    found = _holder(thing.id) if thing else _of_patient(text)
    if found is None:
        raise NoBatchThere(field="code", scanned=text)
    return found


def _holder(resource: UUID) -> UUID | None:
    claims = list(Claim.objects.on([resource]).exclusive_hours().order_by("during"))
    now = clock.now()
    occupied = [claim for claim in claims if claim.state == "occupied"]
    present = [claim for claim in claims if claim.start <= now + AHEAD and now < claim.end]
    return next((claim.holder for claim in (*occupied, *present)), None)


def _of_patient(text: str) -> UUID | None:
    named = Batch.objects.filter(number__iexact=text).values_list("id", flat=True).first()
    if named:
        return named
    coi = _coi(text)
    container = Container.objects.filter(label=text).first()
    if container is not None:
        coi = container.coi
    rows = Batch.objects.filter(coi=coi).order_by("-issued_at") if coi else Batch.objects.none()
    return rows.values_list("id", flat=True).first()


def _coi(text: str) -> str:
    try:
        read = parse(text)
    except ScanError:
        return ""
    return read.code if isinstance(read, ChainOfIdentity) else ""
