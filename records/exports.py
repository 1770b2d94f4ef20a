"""The audit trail to take along: what was filtered, as CSV for people and as JSON for machines."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from records.entries import instant_text
from records.exceptions import TrailTooLong
from records.models import Entry
from records.selectors import Line, lines
from records.trail import first

MOST = 10_000
# What a spreadsheet would run as a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS = (
    "at", "person", "role", "what", "reason", "kind", "thing", "label", "stream", "seq", "hash",
)  # fmt: skip


def chosen(rows: QuerySet[Entry]) -> list[Entry]:
    """Return the entries of an export. Raises TrailTooLong: an export is whole or is not made."""
    found = first(rows, most=MOST)
    if len(found) > MOST:
        raise TrailTooLong(most=MOST)
    return found


def as_csv(entries: Iterable[Entry]) -> str:
    """Return entries as CSV with the byte order mark that spreadsheets need; times in UTC."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for line in lines(entries):
        writer.writerow([_harmless(str(value)) for value in _row(line)])
    return "\ufeff" + text.getvalue()


def as_json(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return entries with their whole envelopes, sentences and hashes."""
    return [
        {"hash": line.hash, "sentence": line.sentence, "envelope": entry.envelope}
        for entry, line in ((entry, Line.of(entry)) for entry in entries)
    ]


def as_bytes(entries: Iterable[Entry], *, form: str) -> bytes:
    """Return the file of an export: ``csv``, or else JSON with the whole envelopes."""
    if form == "csv":
        return as_csv(entries).encode()
    content = {"entries": as_json(entries)}
    return json.dumps(content, ensure_ascii=False, cls=DjangoJSONEncoder).encode()


def _row(line: Line) -> tuple[object, ...]:
    label = line.named.label if line.named else ""
    return (
        instant_text(line.at), line.actor, line.role, line.sentence, line.reason, line.kind,
        line.stream_kind, label, line.stream, line.seq, line.hash,
    )  # fmt: skip


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
