"""A published version of an entry kind never changes: one golden payload for each."""

import json
from pathlib import Path

import pytest

from planning import entries
from records.entries import declared, decode
from records.presenters import sentence

GOLDEN = Path(__file__).parent / "golden"
KINDS = [
    (kind, version)
    for kind, versions in declared().items()
    for version, payload in versions.items()
    if payload.__module__ == entries.__name__
]


@pytest.mark.parametrize(("kind", "version"), KINDS)
def test_a_published_payload_reads_as_it_was_written(kind: str, version: int) -> None:
    plain = json.loads((GOLDEN / f"{kind}.v{version}.json").read_text(encoding="utf-8"))
    payload = decode(kind, version, plain)
    assert (payload.kind, payload.fields()) == (kind, plain)


@pytest.mark.parametrize(("kind", "version"), KINDS)
def test_every_kind_is_a_sentence_for_people(kind: str, version: int) -> None:
    plain = json.loads((GOLDEN / f"{kind}.v{version}.json").read_text(encoding="utf-8"))
    said = sentence({"kind": kind, "version": version, "payload": plain})
    assert (said != kind, bool(said)) == (True, True)
