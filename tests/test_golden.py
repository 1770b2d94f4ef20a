"""Entry kinds for good: one golden payload for each kind and version, read and folded every time.

A payload class never changes once it is published. What must change becomes a new version with
an upcast; the file of the old one stays and is read through it.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.utils import timezone, translation

from mes.lib.evidence import canonical
from mes.lib.ids import uuid7
from recipes.document import Recipe
from recipes.models import Document
from records.act import New, act
from records.commands import Actor, Command
from records.entries import Payload, declared, decode
from records.presenters import sentence
from records.things import THINGS
from records.things import WORDS as SAID

GOLDEN = Path(__file__).parent / "golden"
FINGERPRINTS = GOLDEN / "fingerprints.txt"
# A recipe's document as it was written on 23 November 2026.
DOCUMENT = GOLDEN / "documents" / "six-steps.json"
# What opens a stream: an entry of its kind comes first, since a fold may change what it made.
OPENS = {
    "access-review": "access_review.opened",
    "batch": "batch.issued", "coi-register": "coi-register.opened", "order": "order.entered",
    "container": "container.received", "person": "person.joined", "device": "device.enrolled",
    "patient": "patient.entered", "lot": "lot.received", "plan-board": "plan-board.opened",
    "plan": "plan.requested", "recipe-version": "recipe.imported",
    "recipe-draft": "recipe-draft.opened", "sample": "sample.registered",
    "room": "room.opened", "unit": "unit.commissioned",
    "library-operation": "library-operation.published", "centre": "centre.registered",
    "system-document": "system_document.put_forward",
    "recipe-rehearsal": "recipe-rehearsal.requested", "incident": "incident.opened",
}  # fmt: skip
OPENING = {*OPENS.values(), "container.made"}
# What is for machines: a day or an instant of ISO 8601, a path or time of a step, a unit's braces.
RAW = re.compile(r"\d{4}-\d\d-\d\d|[a-z0-9]/[a-z]|#\d|[{}]|\s$")
SEVERAL_OF_ONE = re.compile(r"(?<![\w.,-])1 [a-z]+s\b")
UUID_TEXT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-", re.ASCII)
WORDS = {"description", "title"}


def published() -> list[tuple[str, int, type[Payload]]]:
    """Return kind, version and class of every entry kind of the product."""
    return sorted(
        (kind, version, payload)
        for kind, versions in declared().items()
        for version, payload in versions.items()
        if payload.__module__.split(".")[0] in settings.APPS
    )


def plain_of(kind: str, version: int) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((GOLDEN / f"{kind}.v{version}.json").read_text("utf-8"))
    return read


def test_every_kind_has_its_file_and_every_file_its_kind() -> None:
    files = {path.name.removesuffix(".json") for path in GOLDEN.glob("*.json")}
    assert files == {f"{kind}.v{version}" for kind, version, _ in published()}


def test_a_published_payload_is_read_as_it_was_written() -> None:
    for kind, version, payload in published():
        plain = plain_of(kind, version)
        assert (kind, version, payload.model_validate(plain).fields()) == (kind, version, plain)
        newest = decode(kind, version, plain)
        assert (kind, newest.version) == (kind, max(declared()[kind]))


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_kind_is_a_sentence_for_people(language: str) -> None:
    for kind, version, _ in published():
        with translation.override(language):
            said = sentence({"kind": kind, "version": version, "payload": plain_of(kind, version)})
        found = UUID_TEXT.findall(said) + RAW.findall(said)
        found += SEVERAL_OF_ONE.findall(said) if language == "en" else []
        assert (kind, version, said == kind, bool(said), found) == (kind, version, False, True, [])


def said_of(kind: str, version: int, language: str, **fields: Any) -> str:
    plain = plain_of(kind, version) | fields
    with translation.override(language), timezone.override("Europe/Berlin"):
        return sentence({"kind": kind, "version": version, "payload": plain})


@pytest.mark.req("D11-12b")
@pytest.mark.parametrize(
    ("kind", "version", "fields", "english", "german"),
    [
        ("concession.granted", 1, {},
         "Concession granted until 16 Nov 2026, 10:30 CET: the next lot comes tomorrow",
         "Ausnahmegenehmigung erteilt bis 16 Nov 2026, 10:30 CET: the next lot comes tomorrow"),
        ("unit.calibrated", 1, {"due": "2026-11-16T23:30:00.000000Z"},
         "Calibrated, due again 17 Nov 2026 (certificate C-77)",
         "Kalibriert, wieder fällig 17 Nov 2026 (Zertifikat C-77)"),
        ("absence.noted", 1, {}, "Away from 27 Mar 2027 to 2 Apr 2027",
         "Abwesend von 27 Mär 2027 bis 2 Apr 2027"),
        ("lot.received", 1, {"quantity": "1", "unit": "{vials}"},
         "Received 1\u00a0vial from Demo supplier, into quarantine",
         "1\u00a0Fläschchen von Demo supplier in Quarantäne angenommen"),
        ("branch.skipped", 1, {},
         "Skipped: exchange-2 › exchange › sample, time 2, because count >= 2 does not hold"
         " (count 1.5).",
         "Übersprungen: exchange-2 › exchange › sample, Durchlauf 2, weil count >= 2 nicht gilt"
         " (count 1.5)."),
        ("exception.judged", 1, {"comment": "Fine."}, "Exception judged: Accepted. Fine.",
         "Auffälligkeit bewertet: Akzeptiert. Fine."),
        ("label.voided", 1, {}, "Label replaced: smudged", "Etikett ersetzt: smudged"),
        ("result.arrived", 1, {}, "Result of ipc-endotoxin: 49.6 (Seen by no rule).",
         "Ergebnis von ipc-endotoxin: 49,6 (Von keiner Regel gesehen)."),
        ("step.performed", 2, {}, "Exchange the medium. Lot: 5260906001, Quantity: 150",
         "Exchange the medium. Los: 5260906001, Menge: 150"),
        ("step.performed", 2, {"values": {"papers": "yes", "log": "ab" * 32}},
         "Exchange the medium. papers: yes, Log: abababababab…",
         "Exchange the medium. papers: ja, Protokoll: abababababab…"),
        ("attempt.refused", 1,
         {"code": "unit.out_of_calibration",
          "params": {"unit": "PR-01", "due": "2026-11-16T08:30:00Z"}},
         "Refused: The calibration of PR-01 was due on 16 Nov 2026, 09:30 CET.",
         "Abgelehnt: Die Kalibrierung von PR-01 war am 16 Nov 2026, 09:30 CET fällig."),
        # As it was kept before refusals knew instants.
        ("attempt.refused", 1,
         {"code": "unit.out_of_calibration", "params": {"unit": "PR-01", "due": "2026-11-16"}},
         "Refused: The calibration of PR-01 was due on 16 Nov 2026.",
         "Abgelehnt: Die Kalibrierung von PR-01 war am 16 Nov 2026 fällig."),
    ],
)  # fmt: skip
def test_a_sentence_is_written_as_the_screens_write(
    kind: str, version: int, fields: dict[str, Any], english: str, german: str
) -> None:
    """Times and days in the site's zone, things by their names, what is counted in its number."""
    assert said_of(kind, version, "en", **fields) == english
    assert said_of(kind, version, "de", **fields) == german


def test_every_kind_of_entry_and_of_stream_has_words() -> None:
    """What an app declares it says in its ``things.py``: no page shows the key of a kind."""
    assert sorted({kind for kind, _, _ in published()} - set(SAID)) == []
    streams = {payload.stream_kind for _, _, payload in published()} - {"*"}
    assert sorted(streams - set(THINGS)) == []


@pytest.mark.usefixtures("committed_db")
def test_every_golden_payload_is_appended_and_folded() -> None:
    """Each on a stream of its own: a fold depends on no setting, clock or row of another."""
    keep_document()
    site, folded = UUID(plain_of("role.granted", 1)["site"]), []
    actor = Actor(person=uuid7(), name="G. Olden", role="operator", site=site)
    for kind, version, payload in published():
        of = payload.stream_kind if payload.stream_kind != "*" else "batch"
        stream = site if of == "site" else uuid7()
        command = Command(key=uuid7(), name="golden", actor=actor, payload={})
        with _undone(), act(command, new=[New(of, stream, site)]) as a:
            first = OPENS.get(of)
            if first and kind not in OPENING:
                a.append(stream, decode(first, 1, plain_of(first, 1)))
            a.append(stream, decode(kind, version, plain_of(kind, version)))
            folded.append((kind, version))
            raise _Undone
    assert folded == [(kind, version) for kind, version, _ in published()]


def keep_document() -> None:
    """Put down the document that the issued batch has pinned: it is read by its hash."""
    document = Document(
        hash=plain_of("batch.issued", 1)["recipe_hash"], media_type="application/json",
        content=canonical(json.loads(DOCUMENT.read_bytes())),
    )  # fmt: skip
    Document.objects.bulk_create([document], ignore_conflicts=True)


def test_a_document_of_old_is_read_and_keeps_its_hash() -> None:
    recipe = Recipe.model_validate_json(DOCUMENT.read_bytes())
    assert recipe.content_hash == plain_of("batch.issued", 1)["recipe_hash"]


class _Undone(Exception):
    """Takes an act back, so that the next one finds nothing of it."""


def _undone() -> Any:
    return pytest.raises(_Undone)


# --- a published class does not change ----------------------------------------------------------


def _shape(schema: Any) -> Any:
    """Return a JSON Schema without the words that explain it."""
    if isinstance(schema, dict):
        return {
            name: _shape(part)
            for name, part in schema.items()
            if name not in WORDS or isinstance(part, dict)
        }
    return [_shape(part) for part in schema] if isinstance(schema, list) else schema


def fingerprints() -> list[str]:
    """Return one line for each kind and version: its name and the hash of its shape."""
    lines = []
    for kind, version, payload in published():
        shape = json.dumps(_shape(payload.model_json_schema()), sort_keys=True)
        lines.append(f"{kind}.v{version} {hashlib.sha256(shape.encode()).hexdigest()}")
    return lines


def test_no_published_class_has_changed() -> None:
    """A changed line here is a changed class: make a new version with an upcast instead."""
    assert fingerprints() == FINGERPRINTS.read_text("utf-8").splitlines()
