"""Before and after: what the folds changed, told by folding anew, and never written."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import translation

from materials.services import release_lot
from records import changes as rebuilding
from records import column_words
from records.before_after import Line, of_entries
from records.changes import Changes, changes
from records.models import Entry, Projection, Stream
from records.reading import reading
from tests.builders.accounts import DemoSite, open_demo_site, signed_in_client
from tests.builders.batches import STEPS, batch_at
from tests.builders.materials import command, lot, material, somebody
from tests.records.trial import actor, stream_with

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("D11-12b", "P11-10e2")]
Rows = dict[tuple[Any, ...], dict[str, Any]]


def key_of(model: type[Projection], row: dict[str, Any]) -> tuple[Any, ...]:
    return (model.__name__, *(row[f.attname] for f in model._meta.pk_fields))


def live(stream: UUID) -> Rows:
    """Return the rows of a stream as they are, without what the frame keeps of each."""
    models = [m for m in apps.get_models() if issubclass(m, Projection)]
    columns = {m: [f.attname for f in m._meta.concrete_fields if f.column] for m in models}
    return {
        key_of(m, row): {name: row[name] for name in row if name not in rebuilding.FRAME}
        for m in models
        for row in m._base_manager.filter(stream=stream).values(*columns[m])
    }


def composed(found: Changes) -> Rows:
    """Put all changes one upon the other; each before must be what the earlier ones left."""
    running: Rows = {}
    for seq in sorted(found.of):
        for one in found.of[seq]:
            state = running.setdefault(key_of(one.model, one.row), {})
            assert (one.before is None) == (state == {})
            assert {name: state[name] for name in one.before or {}} == (one.before or {})
            state |= one.after
    return running


def test_the_changes_of_all_entries_add_up_to_the_rows_that_are_there() -> None:
    trial = batch_at(STEPS[-1])
    with reading(site=trial.site):
        # The longest of each kind; a catalogue's entry says itself what was before.
        heads = Stream.objects.exclude(kind="catalogue").order_by("kind", "-seq").distinct("kind")
        rows = {head.id: (head.seq, live(head.id)) for head in heads}
    for stream, (last, there) in rows.items():
        found = changes(stream, since=1, upto=last, site=trial.site, person=None)
        assert (found.problem, composed(found)) == ("", there)
    assert sum(len(there) for _, there in rows.values()) > 30
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relpersistence = 't'")
        assert cursor.fetchone() == (0,)


def test_one_field_of_a_lot_before_and_after() -> None:
    by = somebody()
    one = lot(by, material(by), released=False)
    release_lot(command=command(by), lot=one, basis="CoA 77 seen")
    with reading(site=by.site):
        entries = list(Entry.objects.filter(stream=one).order_by("seq"))
        shown = of_entries(entries, stream=one, site=by.site, person=by.person)
    assert [block.made for block in shown[1].blocks] == [True]
    assert Line("Status", "–", "Quarantine") in shown[1].blocks[0].lines
    [block] = shown[2].blocks
    assert (block.made, block.lines) == (
        False,
        [Line("Status", "Quarantine", "Released"), Line("Reason", "–", "CoA 77 seen")],
    )


def test_a_catalogue_entry_says_itself_what_was_before() -> None:
    by = somebody()
    material(by, "TEXMACS", title="Medium")
    with reading(site=by.site):
        [entry] = Entry.objects.filter(kind="catalogue.changed")
        [block] = of_entries([entry], stream=entry.stream, site=by.site, person=None)[1].blocks
    assert (block.title, block.made) == ("Material TEXMACS", True)
    assert Line("Title", "–", "Medium") in block.lines


def test_every_column_and_kind_of_row_that_a_fold_writes_has_words() -> None:
    """In a context of their own: in German "at" was "Um" and "label" a verb."""
    models = [
        m for m in apps.get_models()
        if issubclass(m, Projection) and m._meta.app_label in settings.APPS
    ]  # fmt: skip
    columns = {str(f.verbose_name) for m in models for f in m._meta.concrete_fields}
    with translation.override(None):
        assert columns - set(map(str, column_words.COLUMNS)) == set()
        rows = {str(m._meta.verbose_name) for m in models}
        assert rows - set(map(str, column_words.ROWS)) == set()
    with translation.override("de"):
        assert [column_words.column(name) for name in ("at", "label")] == [
            "Zeitpunkt", "Bezeichnung",
        ]  # fmt: skip


# An instant or a day as machines write them, decimals that only a column has, a path.
FOR_MACHINES = re.compile(r"\d{4}-\d\d-\d\d|[.,]\d{3}000$|(?:^|, )[a-z0-9-]+/[a-z0-9-]+(?:/|$)")


def test_before_and_after_is_written_as_the_screens_write() -> None:
    trial = batch_at(STEPS[-1])
    cells: dict[str, set[str]] = {}
    with translation.override("de"), reading(site=trial.site):
        for stream in Stream.objects.exclude(kind="catalogue"):
            entries = list(Entry.objects.filter(stream=stream.id).order_by("seq"))
            shown = of_entries(entries, stream=stream.id, site=trial.site, person=None)
            for line in (ln for one in shown.values() for b in one.blocks for ln in b.lines):
                cells.setdefault(line.name, set()).update((line.before, line.after))
    assert [(n, c) for n, some in cells.items() for c in some if FOR_MACHINES.search(c)] == []
    assert {"Rolle", "Bedeutung", "Zeitpunkt"} <= cells.keys()
    assert "Rezeptgenehmigung" in cells["Rolle"]
    assert "Genehmigt: geprüft, zur Ausführung geeignet" in cells["Bedeutung"]


@pytest.fixture
def site() -> DemoSite:
    return open_demo_site()


def test_the_pages_show_it_and_another_sites_is_not_found(site: DemoSite) -> None:
    client = signed_in_client(site, "auditor")
    person = site.person("operator")
    for name, args in (("entry", [person, 1]), ("changed", [person, 1]), ("stream", [person])):
        page = client.get(reverse(f"records:{name}", args=args))
        assert page.status_code == 200
        assert "Olga Petrov" in page.content.decode()
        assert "<caption>Person" in page.content.decode()
    stream = stream_with("theirs")
    assert client.get(reverse("records:changed", args=[stream, 1])).status_code == 404
    ours = stream_with("ours", by=actor(site=site.id))
    fragment = client.get(reverse("records:changed", args=[ours, 1])).content.decode()
    assert "changes no value" in fragment


def test_too_long_a_stream_and_a_broken_one_say_so(
    site: DemoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = site.person("operator")

    def problem() -> str:
        return changes(person, since=1, upto=1, site=site.id, person=None).problem

    monkeypatch.setattr(rebuilding, "MOST", 0)
    assert problem() == rebuilding.TOO_LONG
    monkeypatch.setattr(rebuilding, "MOST", 10)

    def broken(*_: object) -> None:
        raise ValueError("forged")

    monkeypatch.setattr(rebuilding, "run_fold", broken)
    assert problem() == rebuilding.BROKEN
