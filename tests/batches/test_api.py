"""Batches over the API: what is due, and performing it by the same service as the screens."""

import pytest
from django.test import Client

from mes.lib.ids import uuid7
from records.models import Entry
from records.reading import reading
from tests.builders.batches import OPERATION, STEPS, Trial, batch_at
from tests.builders.floor import at_desk

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")


def at(path: str | None, who: str = "brandt") -> tuple[Trial, Client]:
    trial = batch_at(path)
    return trial, at_desk(trial, who)


def address(trial: Trial, tail: str = "") -> str:
    return f"/api/v1/batches/{trial.batch}/{tail}"


def perform(
    trial: Trial, client: Client, step: str, values: dict[str, str], key: object = None
) -> tuple[int, dict[str, object]]:
    answer = client.post(
        address(trial, "steps/"),
        {"step": step, "values": values},
        content_type="application/json",
        headers={"Idempotency-Key": str(key or uuid7())},
    )
    return answer.status_code, answer.json()


def test_a_batch_says_what_is_due_and_which_values_it_takes() -> None:
    trial, client = at(STEPS[3])
    answer = client.get(address(trial))
    assert answer.status_code == 200
    batch = answer.json()
    assert (batch["number"], batch["position"], batch["steps"]) == ("B-26-0001", 4, 6)
    due = batch["due"]
    assert (due["step"], due["kind"], due["values"]) == (STEPS[3], "enter", ["value", "comment"])
    assert (due["operation"], due["performer"]) == (OPERATION, "Kemi Adeyemi")
    assert due["definition"]["limits"]["action"] == {"low": "0.8e8", "high": "1.2e8"}


@pytest.mark.scenario("replay")
def test_a_step_is_performed_once_per_key() -> None:
    trial, client = at(STEPS[4])
    key, values = uuid7(), trial.good(STEPS[4])
    first = perform(trial, client, STEPS[4], values, key)
    assert first[0] == 201
    assert first[1]["outcome"] == "cleared"
    assert perform(trial, client, STEPS[4], values, key) == first
    with reading(site=trial.site):
        rows = Entry.objects.filter(stream=trial.batch, kind="step.performed")
        assert rows.count() == 5


@pytest.mark.parametrize(
    ("step", "values", "status", "code", "field"),
    [
        (STEPS[3], {"value": "1.14"}, 422, "comment.missing", "comment"),
        (STEPS[3], {"value": "much"}, 422, "value.not_understood", "value"),
        (STEPS[3], {"value": "1000"}, 422, "value.implausible", "value"),
        (STEPS[5], {"materials": "yes", "wiped": "yes"}, 409, "step.not_due", None),
        ("seeding/seed/nothing", {}, 404, "not_found", None),
    ],
)
def test_a_refusal_has_status_code_sentence_and_way_out(
    step: str, values: dict[str, str], status: int, code: str, field: str | None
) -> None:
    trial, client = at(STEPS[3])
    answered, said = perform(trial, client, step, values)
    assert (answered, said["code"], said["field"]) == (status, code, field)
    assert said["sentence"]
    assert said["way_out"]


def test_what_is_malformed_is_refused_as_invalid() -> None:
    trial, client = at(STEPS[3])
    answer = client.post(
        address(trial, "steps/"), {"values": {}, "force": True}, content_type="application/json",
        headers={"Idempotency-Key": str(uuid7())},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    without = client.post(
        address(trial, "steps/"), {"step": STEPS[3]}, content_type="application/json"
    )
    assert (without.status_code, without.json()["code"]) == (400, "command.key_missing")


def test_nobody_and_the_wrong_role_are_refused() -> None:
    trial, reviewer = at(STEPS[4], who="brenner")
    assert Client().get(address(trial)).status_code == 401
    assert reviewer.get(address(trial)).status_code == 200
    assert perform(trial, reviewer, STEPS[4], trial.good(STEPS[4]))[0] == 403
