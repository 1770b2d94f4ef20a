"""The API of quality: the same services, the same refusals."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from mes.lib.ids import uuid7
from tests.builders import quality as build
from tests.builders.accounts import signed_in_client

pytestmark = pytest.mark.usefixtures("committed_db")


def post(
    client: Client, sample: UUID, body: Mapping[str, object], key: str = ""
) -> tuple[int, object]:
    url = reverse("quality-api:results", kwargs={"sample": sample})
    answer = client.post(
        url, body, content_type="application/json",
        headers={"Idempotency-Key": key or str(uuid7())},
    )  # fmt: skip
    return answer.status_code, answer.json()


def test_result_is_entered_once_for_one_key() -> None:
    bench = build.at_qc()
    client = signed_in_client(bench.site, "qc-analyst")
    sample, key = bench.sample().id, str(uuid7())
    first = post(client, sample, {"test": "viability", "value": "91.0"}, key)
    assert (first[0], first[1]["outcome"]) == (201, "within")  # type: ignore[index]
    assert post(client, sample, {"test": "viability", "value": "91.0"}, key) == first
    status, said = post(client, sample, {"test": "viability", "value": "92"}, key)
    assert (status, said["code"]) == (422, "command.key_reused")  # type: ignore[index]
    assert len(bench.record().results) == 1


@pytest.mark.parametrize("field", ["outcome", "reviewed_by", "site", "entered_by"])
def test_field_that_is_not_the_clients_is_refused(field: str) -> None:
    bench = build.at_qc()
    client = signed_in_client(bench.site, "qc-analyst")
    body = {"test": "viability", "value": "91", field: "x"}
    assert post(client, bench.sample().id, body)[0] == 400
    assert bench.record().results == []


def test_refusal_has_its_code_and_field() -> None:
    bench = build.at_qc()
    client = signed_in_client(bench.site, "qc-analyst")
    status, said = post(client, bench.sample().id, {"test": "viability", "value": "9,5"})
    assert (status, said["code"], said["field"]) == (  # type: ignore[index]
        422, "value.not_understood", "value",
    )  # fmt: skip


def test_operator_enters_no_result() -> None:
    bench = build.at_qc()
    client = signed_in_client(bench.site, "operator")
    assert post(client, bench.sample().id, {"test": "viability", "value": "91"})[0] == 403


def test_gates_are_those_of_the_bar() -> None:
    bench = build.ready_for_release()
    client = signed_in_client(bench.site, "releasing-person")
    answer = client.get(reverse("quality-api:gates", kwargs={"batch": bench.batch}))
    assert {row["key"]: row["state"] for row in answer.json()} == {
        "record": "passed", "exceptions": "passed", "deviations": "passed",
        "concessions": "passed", "tests": "passed", "labels": "passed", "hold": "passed",
        "review": "passed", "later": "waiting",
    }  # fmt: skip
