"""What a person was given and lost at a site: joiner, mover, leaver."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from accounts.models import Device
from records.entries import AttemptRefused
from records.models import Entry

_ROLES: Final = ("role.granted", "role.revoked", "role.approval_answered")
_CENTRE: Final = "person.centre_set"
_KINDS: Final = (
    *_ROLES, _CENTRE, "person.joined", "person.disabled", "person.enabled", "person.sessions_ended",
    "credential.changed", "credential.unblocked", "badge.tested", "qualification.granted",
    "qualification.failed", "qualification.withdrawn", "sign_in.linked", "sign_in.unlinked",
    "factor.added", "factor.removed",
)  # fmt: skip


def trail_of(person: UUID, site: UUID | None) -> list[dict[str, Any]]:
    """Return the envelopes of a person's trail at a site, the newest first.

    Empty for somebody who has held roles, but none of them at this site. Roles at other sites are
    left out; what concerns the account itself stands at every site of theirs.
    """
    rows = Entry.objects.filter(stream=person, kind__in=_KINDS).order_by("-seq")
    envelopes = [row.envelope for row in rows]
    granted = [e for e in envelopes if e["kind"] == _ROLES[0]]
    here = {e["payload"]["assignment"] for e in granted if e["payload"]["site"] == str(site)}
    if granted and not here:
        return []
    return [e for e in envelopes if _is_of(e, site, here)]


def wrong_tries(person: UUID, *, since: datetime, most: int) -> list[dict[str, Any]]:
    """Return when and on which tablet (None: at a desk) a person's secret was tried in vain."""
    rows = Entry.objects.filter(stream=person, kind=AttemptRefused.kind, at__gte=since)
    said = (row.envelope for row in rows.order_by("-seq")[: most * 5])
    wrong = [e for e in said if e["payload"]["code"].startswith("credential.")][:most]
    tablets = Device.objects.in_bulk([e["device"] for e in wrong if e["device"]])
    named = {str(device.id): device.code for device in tablets.values()}
    return [
        {"at": datetime.fromisoformat(e["at"]), "tablet": named.get(e["device"])} for e in wrong
    ]


def _is_of(envelope: dict[str, Any], site: UUID | None, here: set[str]) -> bool:
    """Say whether an entry is told at a site, where the assignments ``here`` were made."""
    said = envelope["payload"]
    if envelope["kind"] == _CENTRE:
        return bool(said["site"] == str(site))
    return envelope["kind"] not in _ROLES or said["assignment"] in here
