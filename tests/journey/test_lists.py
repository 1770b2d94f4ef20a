"""List pages take the same number of queries for one row and for many, and never over 25."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from mes.lib import clock
from plant.arrival import Patient
from plant.patient import live
from plant.plant import Plant
from plant.rehearsal import run
from tests.builders.accounts import DemoSite, signed_in_client
from tests.builders.batches import MONDAY, a_plant
from tests.journey.watch import MOST_QUERIES

LISTS = (
    "/batches/",
    "/orders/",
    "/quality/",
    "/quality/samples/?state=all",
    "/board/?span=month",
    "/board/?span=month&view=list",
    "/equipment/",
    "/materials/",
    "/materials/containers/",
    "/recipes/",
    "/records/",
)


def live_until_review(plant: Plant, numbers: range) -> None:
    """Let patients live until their record waits for QA, one after another."""
    start = clock.now()
    everybody = []
    for number in numbers:
        patient = Patient(
            plant=plant, number=number, recipe="SIX-STEPS", luck=Random(number),
            stop_after="judgement",
        )  # fmt: skip
        at = start + timedelta(hours=2 * (number - numbers.start))
        everybody.append((patient, live(patient, start=at)))
    run(everybody)


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return len(seen)


@pytest.mark.usefixtures("committed_db")
@pytest.mark.parametrize("rows", [12, pytest.param(50, marks=pytest.mark.slow)])
def test_lists_take_the_same_queries_for_one_row_and_for_many(
    at_time: Callable[[datetime], None], rows: int
) -> None:
    at_time(MONDAY)
    plant = a_plant()
    site = DemoSite(id=plant.site, code="MZ1")
    live_until_review(plant, range(1, 2))
    reader = signed_in_client(site, "auditor")
    one = {path: queries(reader, path) for path in LISTS}
    live_until_review(plant, range(2, rows + 1))
    reader = signed_in_client(site, "auditor")
    assert {path: queries(reader, path) for path in LISTS} == one
    assert {path: count for path, count in one.items() if count > MOST_QUERIES} == {}
