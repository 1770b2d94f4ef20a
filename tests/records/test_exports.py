"""The audit trail to take along: what was filtered, of this site, and harmless in a spreadsheet."""

import csv
import hashlib
import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mes.lib.ids import uuid7
from records import exports
from records.entries import instant_text
from records.models import Entry
from records.reading import reading
from records.selectors import Line
from tests.builders.accounts import DemoSite, open_demo_site, signed_in_client
from tests.records.trial import actor, stream_with

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("A11-9", "P11-10e2")]
ONLY = {"kind": "trial.said"}
EXPORT = "/records/export/"


@pytest.fixture
def site() -> DemoSite:
    return open_demo_site()


def export(client: Client, form: str, **asked: str) -> Any:
    return client.post(EXPORT, {**asked, "form": form, "key": str(uuid7())})


def rows_of(client: Client, **asked: str) -> list[dict[str, str]]:
    answer = export(client, "csv", **asked)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def entries_of(client: Client, **asked: str) -> list[dict[str, Any]]:
    answer = export(client, "json", **asked)
    found: list[dict[str, Any]] = json.loads(answer.content)["entries"]
    return found


@pytest.mark.scenario(43)
def test_both_exports_hold_what_was_filtered_of_this_site_only(site: DemoSite) -> None:
    stream = stream_with("one", "two", by=actor(site=site.id))
    stream_with("theirs")
    client = signed_in_client(site, "auditor")
    with reading(site=site.id):
        entries = list(Entry.objects.filter(stream=stream).order_by("-at", "-seq"))
        lines = [Line.of(entry) for entry in entries]
    rows, found = rows_of(client, **ONLY), entries_of(client, **ONLY)
    assert [(r["at"], r["person"], r["seq"], r["hash"]) for r in rows] == [
        (instant_text(line.at), "T. Rial", str(line.seq), line.hash) for line in lines
    ]
    assert [(one["hash"], one["envelope"]) for one in found] == [
        (bytes(entry.hash).hex(), entry.envelope) for entry in entries
    ]


def test_without_a_filter_the_whole_trail_is_exported(site: DemoSite) -> None:
    client = signed_in_client(site, "auditor")
    with reading(site=site.id):
        count = Entry.objects.count()
    # The first export is an entry that the second one holds.
    assert (len(rows_of(client)), len(entries_of(client))) == (count, count + 1)
    assert count > 5


@pytest.mark.scenario(42)
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_is_never_a_formula(start: str, site: DemoSite) -> None:
    by = actor(site=site.id)
    name = f"{start}HYPERLINK(1)"
    stream_with("x", by=type(by)(person=by.person, name=name, role=by.role, site=by.site))
    client = signed_in_client(site, "auditor")
    [row] = rows_of(client, **ONLY)
    assert row["person"] == f"'{name}"
    [entry] = entries_of(client, **ONLY)
    assert entry["envelope"]["actor"]["name"] == name


@pytest.mark.scenario(54)
def test_too_long_an_export_is_refused_and_not_cut(
    site: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST", 2)
    client = signed_in_client(site, "auditor")
    stream_with("a", "b", by=actor(site=site.id))
    assert len(rows_of(client, **ONLY)) == 2
    stream_with("c", by=actor(site=site.id))
    for form in ("csv", "json"):
        assert export(client, form, **ONLY).status_code == 400


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_operator_exports_nothing(form: str, site: DemoSite) -> None:
    assert export(signed_in_client(site, "operator"), form).status_code == 403


def test_an_unknown_form_and_an_unreadable_filter_export_nothing(site: DemoSite) -> None:
    client = signed_in_client(site, "auditor")
    assert export(client, "xlsx").status_code == 404
    for asked in ({"who": "Nemo"}, {"label": "B-404"}, {"since": "31.12."}):
        assert export(client, "json", **asked).status_code == 400
    with reading(site=site.id):
        assert Entry.objects.filter(kind="trail.exported").count() == 0


@pytest.mark.req("D11-12a")
def test_that_it_was_taken_along_is_an_entry_with_filter_and_hash(site: DemoSite) -> None:
    client = signed_in_client(site, "auditor")
    stream_with("one", by=actor(site=site.id))
    answer = export(client, "json", **ONLY, who="", since="")
    with reading(site=site.id):
        [entry] = Entry.objects.filter(kind="trail.exported")
    assert entry.envelope["payload"] == {
        "form": "json", "asked": ONLY, "entries": 1,
        "sha256": hashlib.sha256(answer.content).hexdigest(),
    }  # fmt: skip
    assert entry.role == "auditor"


def test_a_key_sent_again_hands_over_what_was_noted_or_nothing(site: DemoSite) -> None:
    client = signed_in_client(site, "auditor")
    stream_with("one", by=actor(site=site.id))
    for asked, again in ((ONLY, 200), ({}, 422)):  # the whole trail has the first export in it
        form = {**asked, "form": "json", "key": str(uuid7())}
        first, second = (client.post(EXPORT, form) for _ in range(2))
        assert (first.status_code, second.status_code) == (200, again)
        assert (second.content == first.content) is (again == 200)
    with reading(site=site.id):
        assert Entry.objects.filter(kind="trail.exported").count() == 2


def test_the_page_offers_both_with_its_filter(site: DemoSite) -> None:
    page = signed_in_client(site, "auditor").get(reverse("records:index"), ONLY)
    text = page.content.decode()
    assert '<input type="hidden" name="kind" value="trial.said">' in text
    for form in ("csv", "json"):
        assert f'name="form" value="{form}"' in text
