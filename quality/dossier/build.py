"""A whole batch record as plain JSON: the thirteen points of 21 CFR 211.188(b) and the rest.

Built from the projections and the ledger of one snapshot. The same record gives the same
structure, byte for byte: nothing in it comes from the time of building.
"""

from dataclasses import dataclass
from typing import Any

from django.utils import translation

from accounts.models import Site
from batches.models import Batch
from mes.lib.isbt128 import check_character
from quality.dossier import sections
from quality.dossier.people import persons, signatures
from quality.dossier.words import Clock, clock_of
from quality.selectors.record import BatchRecord, record_of
from quality.selectors.trail import Trail, trail_of
from records.presenters import sentence

SCHEMA = "mes.dossier/1"
LANGUAGE = "en"
# Written copies are no part of what was made: with another one the record stays what it is, and the
# entry of a copy can name the record in it.
COPIES = frozenset({"dossier.requested", "dossier.rendered"})
Book = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Source:
    """What the sections are written from."""

    record: BatchRecord
    trail: Trail
    when: Clock


def assemble(batch: Batch) -> Book:
    """Return the batch record as plain JSON, in English for every reader. Call it in a reading."""
    with translation.override(LANGUAGE):
        return _assemble(batch)


def _assemble(batch: Batch) -> Book:
    record = record_of(batch)
    trail = trail_of([batch.id, *(sample.id for sample in record.samples)], but=COPIES)
    site = Site.objects.filter(site=batch.site).first()
    source = Source(record, trail, clock_of(site.zone if site else "UTC"))
    return {
        "schema": SCHEMA,
        "header": _header(source, site),
        **_points(source),
        "steps": sections.steps(source),
        "concessions": sections.concessions(source),
        "signatures": signatures(source.trail, source.when),
        "changes": sections.changes(source),
        "entries": _entries(source),
    }


def _header(source: Source, site: Site | None) -> Book:
    batch, when = source.record.batch, source.when
    own = source.trail.of(batch.id)
    return {
        "site": f"{site.code} {site.name}" if site else "",
        "zone": site.zone if site else "UTC",
        "batch": batch.number,
        "chain_of_identity": batch.coi,
        "check_character": check_character(batch.coi),
        "patient_mark": batch.mark,
        "purpose": batch.get_purpose_display(),
        "recipe": batch.recipe,
        "recipe_version": batch.recipe_label,
        "recipe_hash": batch.recipe_hash,
        "title": source.record.recipe.title.say(LANGUAGE),
        "record_state": batch.get_record_state_display(),
        "disposition": batch.get_disposition_display(),
        "expires": when(source.record.disposition.expires_at) if source.record.disposition else "",
        "quality_hold": batch.quality_hold_reason if batch.quality_hold else "",
        "inputs": dict(batch.inputs),
        "upto": own[-1].seq if own else 0,
        "upto_hash": own[-1].hash if own else "",
        "as_of": when(own[-1].at if own else None),
        "as_of_instant": own[-1].instant if own else "",
    }


def _points(source: Source) -> Book:
    """Return the thirteen points of 21 CFR 211.188(b), in the regulation's order."""
    return {
        "dates": sections.dates(source),
        "equipment": sections.equipment(source),
        "components": sections.components(source),
        "quantities": sections.quantities(source),
        "results": sections.results(source),
        "clearance": sections.clearance(source),
        "yields": sections.yields(source),
        "labels": sections.labels(source),
        "containers": sections.containers(source),
        "samples": sections.samples(source),
        "persons": persons(source.record),
        "investigations": sections.investigations(source),
        "examinations": sections.examinations(source),
    }


def _entries(source: Source) -> list[Book]:
    return [
        {
            "seq": one.seq,
            "kind": one.envelope["kind"],
            "at": source.when(one.at),
            "by": one.envelope["actor"]["name"],
            "role": one.envelope["role"],
            "said": sentence(one.envelope),
            "hash": one.hash,
        }
        for one in source.trail.of(source.record.batch.id)
    ]
