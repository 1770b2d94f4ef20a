"""The batch record to take along: complete, verifiable, and the same bytes each time."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import typst
from django.test import Client
from django.urls import reverse

from mes.lib import evidence
from mes.lib.evidence import Link, breaks
from mes.lib.ids import uuid7
from quality import services
from quality.dossier import assemble, export, render
from quality.dossier.render import STANDARDS
from quality.dossier.showable import showable, text
from quality.enums import DossierState
from quality.models import Dossier
from quality.services.results import Typed
from records import files, outbox
from records.models import Entry
from records.reading import reading
from tests.builders import quality as build
from tests.builders.accounts import signed_in_client
from tests.builders.quality import Bench

pytestmark = pytest.mark.usefixtures("committed_db")
POINTS = (
    "dates", "equipment", "components", "quantities", "results", "clearance", "yields", "labels",
    "containers", "samples", "persons", "investigations", "examinations",
)  # fmt: skip
HOSTILE = (
    'He said "#panic()" = *bold* $x$ <script>alert(1)</script> \\u{202e} @ref // /* '
    "日本語 \u202e \x07 \ue000 🧬 ≥ µ ÄÖÜ u\u0308 Русский"
)


def released() -> Bench:
    bench = build.issued()
    raised = build.reported(bench, HOSTILE)
    build.performed(bench)
    build.judged(bench, raised)
    build.with_results(build.received(bench))
    build.sign_review(bench)
    build.release(bench)
    return bench


def book(bench: Bench) -> dict[str, Any]:
    with reading(site=bench.site.id):
        return assemble(bench.row())


@pytest.mark.req("F211-188b", "E4-3", "P11-50")
def test_record_has_every_point_and_every_signature() -> None:
    bench = released()
    found = book(bench)
    assert set(POINTS) <= set(found)
    names = {row["name"] for row in found["signatures"]}
    assert names == {"Olga Petrov", "Second qc-analyst", "Quinn Abel", "Rosa Keller"}
    for row in found["signatures"]:
        assert all(row[part] for part in ("meaning", "at", "zone", "role", "content_hash"))
    filled = set(POINTS) - {"equipment", "components", "quantities", "clearance", "yields"}
    assert {point for point in POINTS if found[point]} >= filled


@pytest.mark.req("P11-70")
def test_exported_chains_verify_and_an_altered_byte_does_not() -> None:
    bench = released()
    with reading(site=bench.site.id):
        copy = json.loads(json.dumps(export(bench.row())))
    assert [chain["kind"] for chain in copy["chains"]] == ["batch", "sample"]
    for chain in copy["chains"]:
        assert [link["seq"] for link in chain["entries"]] == [*range(1, chain["head"]["seq"] + 1)]
        links = [_link(chain["stream"], one) for one in chain["entries"]]
        assert list(breaks(links)) == []
        assert chain["head"]["hash"] == links[-1].hash.hex()
        altered = Link(links[1].stream, 2, links[1].body.replace(b"a", b"b", 1), links[1].hash)
        assert [one.seq for one in breaks([links[0], altered, *links[2:]])] == [2]


def _link(stream: str, one: dict[str, str]) -> Link:
    body = base64.b64decode(one["body"])
    return Link(stream, int(one["seq"]), body, bytes.fromhex(one["hash"]))


def test_same_record_gives_the_same_bytes_and_text_stays_text() -> None:
    found = book(released())
    first = render(found)
    assert first == render(found)
    assert first.startswith(b"%PDF-")


def test_character_that_no_font_draws_is_printed_as_its_code_point() -> None:
    assert text("日 ≥ u\u0308 \x07") == "‹U+65E5› ≥ ü ‹U+0007›"
    assert showable({"a": ["日", 1, None, ("b",)]}) == {"a": ["‹U+65E5›", 1, None, ["b"]]}


@pytest.mark.parametrize("first", range(0, 0x500, 0x100))
def test_every_character_taken_as_showable_is_drawn(first: int) -> None:
    found = [chr(code) for code in range(first, first + 0x100) if text(chr(code)) == chr(code)]
    page = b'#set document(title: "t")\n#json(bytes(sys.inputs.t))'
    words = json.dumps(" ".join(found))
    made = typst.compile(
        page, format="pdf", sys_inputs={"t": words}, ignore_system_fonts=True,
        pdf_standards=STANDARDS,
    )  # fmt: skip
    assert bytes(made).startswith(b"%PDF-")


@pytest.mark.req("A11-8")
def test_corrected_value_is_marked_with_old_new_and_reason() -> None:
    bench = build.with_results(build.at_qc(), {"viability": "61"})
    services.correct_result(
        command=bench.command("qc-analyst"), result=bench.record().results[0].id,
        reason="Wrong dilution.", typed=Typed(test="viability", value="91"),
    )  # fmt: skip
    found = book(bench)
    [change] = found["changes"]
    assert (change["old"], change["new"], change["reason"]) == ("61", "91", "Wrong dilution.")
    rows = found["results"]["laboratory"]
    assert [(row["value"], row["superseded"], row["changed"]) for row in rows] == [
        ("61", True, False), ("91", False, True),
    ]  # fmt: skip
    assert len(render(found)) > 10_000


def test_worker_writes_a_copy_the_page_offers_it_and_its_entry_names_the_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench = released()
    client = signed_in_client(bench.site, "auditor")
    assert verified(client, bench, tmp_path, capsys)[-1] == "no entry names the readable record"
    one = {"batch": bench.batch}
    ask = reverse("quality:dossiers", kwargs=one)
    assert client.post(ask, {"key": str(uuid7())}).status_code == 302
    state = reverse("quality:dossier_state", kwargs=one)
    assert b"every 2s" in client.get(state).content
    outbox.drain()
    with reading(site=bench.site.id):
        row = Dossier.objects.get()
    assert row.state == DossierState.RENDERED
    assert b"every 2s" not in client.get(state).content
    given = client.get(reverse("quality:dossier", kwargs={**one, "dossier": row.id}))
    content = b"".join(given.streaming_content)  # type: ignore[attr-defined]
    assert (given.status_code, content) == (200, files.get(row.sha256))
    with reading(site=bench.site.id):
        named = Entry.objects.get(kind="dossier.rendered")
    said = verified(client, bench, tmp_path, capsys)
    assert said[-1] == f"{bench.batch}/{named.seq} names the readable record"


def verified(
    client: Client, bench: Bench, folder: Path, capsys: pytest.CaptureFixture[str]
) -> list[str]:
    """Return what ``evidence.py`` says of a batch's copy as JSON."""
    url = reverse("quality:record_json", kwargs={"batch": bench.batch})
    copy = folder / "record.json"
    copy.write_bytes(client.get(url).content)
    assert evidence.main([str(copy)]) == 0
    return capsys.readouterr().out.splitlines()


def test_json_is_given_to_who_may_read_and_holds_as_a_file(tmp_path: Path) -> None:
    bench = released()
    url = reverse("quality:record_json", kwargs={"batch": bench.batch})
    answer = signed_in_client(bench.site, "auditor").get(url)
    assert answer.status_code == 200
    assert answer.json()["record"]["header"]["batch"] == "B-26-0001"
    copy = tmp_path / "record.json"
    copy.write_bytes(answer.content)
    assert evidence.main([str(copy)]) == 0
    assert signed_in_client(bench.site, "operator").get(url).status_code == 403
