"""The health page tells the truth about every part of the chain."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from django.test import Client, override_settings

from mes.lib.embedded.process import wait_until
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
        "worker": False,
        "canary_age": None,
        "dead_letters": 0,
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
    assert ask(served)["healthy"] is True


def test_health_page_is_not_kept_by_the_browser(committed_db: str, client: Client) -> None:
    cache = client.get("/health/").headers["Cache-Control"]
    assert cache == "max-age=0, no-cache, no-store, must-revalidate, private"
