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
from django.utils import translation

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
    "unit": "unit.commissioned", "library-operation": "library-operation.published",
    "recipe-rehearsal": "recipe-rehearsal.requested",
}  # fmt: skip
OPENING = {*OPENS.values(), "container.made"}
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


KINDS = [pytest.param(kind, version, id=f"{kind}.v{version}") for kind, version, _ in published()]


def plain_of(kind: str, version: int) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((GOLDEN / f"{kind}.v{version}.json").read_text("utf-8"))
    return read


def test_every_kind_has_its_file_and_every_file_its_kind() -> None:
    files = {path.name.removesuffix(".json") for path in GOLDEN.glob("*.json")}
    assert files == {f"{kind}.v{version}" for kind, version, _ in published()}


@pytest.mark.parametrize(("kind", "version"), KINDS)
def test_a_published_payload_is_read_as_it_was_written(kind: str, version: int) -> None:
    plain = plain_of(kind, version)
    own = declared()[kind][version].model_validate(plain)
    assert own.fields() == plain
    newest = decode(kind, version, plain)
    assert newest.version == max(declared()[kind])


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(("kind", "version"), KINDS)
def test_every_kind_is_a_sentence_for_people(kind: str, version: int, language: str) -> None:
    with translation.override(language):
        said = sentence({"kind": kind, "version": version, "payload": plain_of(kind, version)})
    assert (said == kind, bool(said), UUID_TEXT.findall(said)) == (False, True, [])


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
        content=DOCUMENT.read_bytes(),
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
