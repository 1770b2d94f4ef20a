"""The audit trail on screen: by site, filtered, and with the same number of queries always."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records.models import Entry
from records.reading import reading
from tests.builders.accounts import DemoSite, open_demo_site, signed_in_client
from tests.records.trial import actor, stream_with

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def site() -> DemoSite:
    return open_demo_site()


def test_the_trail_shows_this_sites_entries_only(site: DemoSite) -> None:
    stream_with("ours", by=actor(site=site.id))
    stream_with("theirs")
    page = signed_in_client(site, "auditor").get(reverse("records:index"))
    kinds = [line.kind for line in page.context["lines"] if line.kind == "trial.said"]
    assert kinds == ["trial.said"]


def test_a_filter_leaves_what_was_asked_for(site: DemoSite) -> None:
    client = signed_in_client(site, "auditor")
    page = client.get(reverse("records:index"), {"kind": "role.granted"})
    assert {line.kind for line in page.context["lines"]} == {"role.granted"}


def test_a_chain_is_checked_while_it_is_shown(site: DemoSite) -> None:
    stream = stream_with("a", "b", by=actor(site=site.id))
    client = signed_in_client(site, "auditor")
    page = client.get(reverse("records:stream", args=[stream]))
    assert (page.context["chain"].entries, page.context["chain"].breaks) == (2, [])
    assert [line.seq for line in page.context["lines"]] == [2, 1]
    assert client.get(reverse("records:entry", args=[stream, 2])).status_code == 200


@pytest.mark.scenario(43)
def test_another_sites_chain_is_not_found(site: DemoSite) -> None:
    stream = stream_with("theirs")
    client = signed_in_client(site, "auditor")
    assert client.get(reverse("records:stream", args=[stream])).status_code == 404
    assert client.get(reverse("records:entry", args=[stream, 1])).status_code == 404


def test_an_operator_does_not_read_the_trail(site: DemoSite) -> None:
    client = signed_in_client(site, "operator")
    assert client.get(reverse("records:index")).status_code == 403


def test_one_entry_and_fifty_take_the_same_queries(site: DemoSite) -> None:
    client = signed_in_client(site, "auditor")

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            client.get(reverse("records:index"), {"kind": "trial.said"})
        return len(caught)

    stream = stream_with("a", by=actor(site=site.id))
    few = queries()
    stream_with(*[str(n) for n in range(50)], by=actor(site=site.id))
    assert queries() == few <= 25
    with reading(site=site.id):
        assert Entry.objects.filter(stream=stream).count() == 1
