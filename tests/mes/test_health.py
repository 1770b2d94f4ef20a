"""The health page tells the truth about every part of the chain."""

import json
import urllib.error
import urllib.request
from typing import Any

import psycopg
import pytest
from django.test import Client, override_settings

from mes.lib.embedded.process import wait_until
from records import canary, outbox, pulses
from tests.support.processes import WorkerProcess


def ask(address: str) -> dict[str, Any]:
    """Return the health page's answer, good or bad."""
    try:
        with urllib.request.urlopen(f"{address}/health/") as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as error:
        with error:
            return dict(json.load(error))


@pytest.mark.django_db
def test_health_without_a_worker_names_the_worker(client: Client) -> None:
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json() == {
        "healthy": False,
        "database": True,
        "broker": True,
        "relay": False,
        "worker": False,
        "canary_age": None,
        "oldest_message": 0.0,
        "dead_letters": 0,
        "checkpoints": False,
        "checkpoint_age": None,
        "verification": False,
        "verification_age": None,
    }


@pytest.mark.django_db
@override_settings(REDIS_URL="unix:///nowhere/valkey.sock")
def test_health_without_a_broker_names_the_broker(client: Client) -> None:
    assert client.get("/health/").json()["broker"] is False


@pytest.mark.scenario("C8")
def test_health_is_good_once_a_canary_came_out_of_a_worker(
    served: str, celery_worker_process: WorkerProcess
) -> None:
    came = wait_until(lambda: ask(served)["canary_age"] is not None, seconds=20)
    assert came, celery_worker_process.output("worker") + celery_worker_process.output("relay")
    said = ask(served)
    assert (said["healthy"], said["relay"], said["worker"]) == (True, True, True)


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("late", ["relay", "worker"])
def test_health_is_bad_when_a_part_was_seen_too_long_ago(
    late: str, client: Client, owner_connection: psycopg.Connection
) -> None:
    pulses.relay_beats()
    canary.release()
    outbox.drain()
    assert client.get("/health/").json()["healthy"] is True
    owner_connection.execute(
        {
            "relay": "UPDATE records_pulse SET at = at - interval '1 minute'",
            "worker": "UPDATE records_message SET done_at = done_at - interval '61 seconds'",
        }[late]
    )
    answer = client.get("/health/")
    assert answer.status_code == 503
    parts = {part: answer.json()[part] for part in ("relay", "worker")}
    assert parts == {"relay": late != "relay", "worker": late != "worker"}


def test_health_page_is_not_kept_by_the_browser(committed_db: str, client: Client) -> None:
    cache = client.get("/health/").headers["Cache-Control"]
    assert cache == "max-age=0, no-cache, no-store, must-revalidate, private"
