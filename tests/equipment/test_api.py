"""Alarms over the API: searched, raised, acknowledged and cleared by what the screens call."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from mes.lib import clock
from mes.lib.ids import uuid7
from records.models import Entry
from records.reading import reading
from tests.builders.accounts import DemoSite, open_demo_site, signed_in_client
from tests.builders.alarms import SEEN, watched
from tests.builders.equipment import hall, unit

pytestmark = [pytest.mark.usefixtures("committed_db", "at_time"), pytest.mark.req("D11-8")]
ALARMS = "/api/v1/equipment/alarms/"


def machine(site: DemoSite) -> UUID:
    return unit(site=site.id, place=hall(site=site.id).places[0])


def send(client: Client, tail: str, given: dict[str, Any], key: object = None) -> tuple[int, Any]:
    answer = client.post(
        f"{ALARMS}{tail}", given, content_type="application/json",
        headers={"Idempotency-Key": str(key or uuid7())},
    )  # fmt: skip
    return answer.status_code, answer.json()


def found(client: Client, **asked: str) -> list[str]:
    answer = client.get(ALARMS, asked)
    assert answer.status_code == 200
    return [one["number"] for one in answer.json()]


def test_an_alarm_is_raised_acknowledged_cleared_and_searched() -> None:
    site = open_demo_site()
    of = machine(site)
    setting = watched(site.id, of, critical=True)
    client = signed_in_client(site, "engineering")
    key, began = uuid7(), clock.now().isoformat()
    given = {"setting": str(setting), "value": "9.50", "began": began}
    raised = send(client, f"of/{of}/", given, key)
    assert (raised[0], send(client, f"of/{of}/", given, key)) == (201, raised)
    alarm, number = raised[1]["alarm"], raised[1]["number"]
    shown = client.get(f"{ALARMS}{alarm}/").json()
    assert (shown["value"], shown["low"], shown["high"], shown["unit"], shown["state"]) == (
        "9.5", "2", "8", "Cel", "raised",
    )  # fmt: skip
    assert [found(client), found(client, state="open"), found(client, state="over")] == [
        [number], [number], [],
    ]  # fmt: skip
    assert found(client, critical="false") == found(client, resource_label="nothing") == []
    said = send(client, f"{alarm}/acknowledge/", {})
    assert (said[0], said[1]["code"], said[1]["field"]) == (422, "alarm.comment_missing", "comment")
    assert send(client, f"{alarm}/acknowledge/", {"comment": SEEN})[0] == 200
    assert send(client, f"{alarm}/acknowledge/", {"comment": SEEN})[0] == 409
    assert send(client, f"{alarm}/clear/", {"value": "9"})[0] == 422
    assert send(client, f"{alarm}/clear/", {"value": "5"}) == (200, {"alarm": alarm})
    shown = client.get(f"{ALARMS}{alarm}/").json()
    assert (shown["state"], shown["comment"], shown["cleared_value"]) == ("over", SEEN, "5")
    assert found(client, state="over") == [number]
    with reading(site=site.id):
        kinds = list(Entry.objects.filter(stream=of, kind__startswith="alarm.")
                     .order_by("seq").values_list("kind", flat=True))  # fmt: skip
    assert kinds == ["alarm.raised", "alarm.acknowledged", "alarm.cleared"]


@pytest.mark.parametrize("role", ["auditor", "treatment-centre"])
def test_who_may_not_answer_alarms_is_told_so(role: str) -> None:
    site = open_demo_site()
    client = signed_in_client(site, role)
    statuses = [send(client, f"{uuid7()}/{what}/", {"value": "5"} if what == "clear" else {})[0]
                for what in ("acknowledge", "clear")]  # fmt: skip
    assert statuses == [403, 403]


@pytest.mark.parametrize(
    "asked", [{"state": "lost"}, {"since": "yesterday"}, {"site": "another"}, {"critical": "x"}]
)
def test_a_filter_that_cannot_be_read_is_refused(asked: dict[str, str]) -> None:
    client = signed_in_client(open_demo_site(), "engineering")
    answer = client.get(ALARMS, asked)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, list(asked))


def test_the_schema_has_the_operations() -> None:
    client = signed_in_client(open_demo_site(), "auditor")
    schema = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    paths = {
        path: set(said) for path, said in schema.json()["paths"].items() if path[:22] == ALARMS[:22]
    }
    assert paths == {
        ALARMS: {"get"}, f"{ALARMS}{{alarm}}/": {"get"}, f"{ALARMS}of/{{resource}}/": {"post"},
        f"{ALARMS}{{alarm}}/acknowledge/": {"post"}, f"{ALARMS}{{alarm}}/clear/": {"post"},
    }  # fmt: skip
