"""The audit trail to take along: what was filtered, as CSV for people and as JSON for machines."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from records.entries import instant_text
from records.exceptions import TrailTooLong
from records.models import Entry
from records.selectors import Line

MOST = 10_000
# What a spreadsheet would run as a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS = ("at", "person", "role", "what", "reason", "kind", "thing", "stream", "seq", "hash")


def chosen(rows: QuerySet[Entry]) -> list[Entry]:
    """Return the entries of an export. Raises TrailTooLong: an export is whole or is not made."""
    found = list(rows[: MOST + 1])
    if len(found) > MOST:
        raise TrailTooLong(most=MOST)
    return found


def as_csv(entries: Iterable[Entry]) -> str:
    """Return entries as CSV with the byte order mark that spreadsheets need; times in UTC."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([_harmless(str(value)) for value in _row(entry)])
    return "\ufeff" + text.getvalue()


def as_json(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return entries with their whole envelopes, sentences and hashes."""
    return [
        {"hash": line.hash, "sentence": line.sentence, "envelope": entry.envelope}
        for entry, line in ((entry, Line.of(entry)) for entry in entries)
    ]


def _row(entry: Entry) -> tuple[object, ...]:
    line = Line.of(entry)
    reason = entry.envelope["payload"].get("reason") or ""
    return (
        instant_text(line.at), line.actor, line.role, line.sentence, reason, line.kind,
        line.stream_kind, line.stream, line.seq, line.hash,
    )  # fmt: skip


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
