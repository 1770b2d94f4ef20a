"""Persons and signatures of a batch record (21 CFR 211.188(b)(11), 11.50)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from quality.dossier.words import Clock
from quality.selectors.record import BatchRecord
from quality.selectors.trail import Trail

Row = dict[str, Any]


def persons(record: BatchRecord) -> list[Row]:
    """Return who performed, recorded and verified how many steps."""
    counted: dict[UUID, Row] = {}
    for step in record.steps:
        for person, name, part in (
            (step.performed_by, step.performer_name, "performed"),
            (step.recorded_by, step.recorder_name, "recorded"),
            (step.verified_by, step.verifier_name, "verified"),
        ):
            if person:
                row = counted.setdefault(
                    person, {"name": name, "performed": 0, "recorded": 0, "verified": 0}
                )
                row[part] += 1
    return sorted(counted.values(), key=lambda row: str(row["name"]))


def signatures(trail: Trail, when: Clock) -> list[Row]:
    """Return every signature with printed name, role, meaning, time with zone and hash."""
    return [
        {
            "name": link.payload["signature"]["printed_name"],
            "role": link.payload["signature"]["role"],
            "meaning": link.payload["signature"]["meaning"],
            "at": when(datetime.fromisoformat(link.payload["signature"]["at"])),
            "zone": link.payload["signature"]["zone"],
            "factors": list(link.payload["signature"]["factors"]),
            "parts": list(link.payload["signature"]["parts"]),
            "content_hash": link.payload["signature"]["content_hash"],
            "entry": f"{link.kind} {link.seq}",
        }
        for link in trail.signed()
    ]
