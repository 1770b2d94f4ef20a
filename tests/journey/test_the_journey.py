"""The first patient: one CAR-T batch from order to release, through real screens.

A real database, broker, worker and relay; several browsers; all 101 steps of the recipe.
"""

from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, expect

from mes.lib import clock
from records.verification import verify
from tests.journey import chapters, floor, quality
from tests.journey.stage import Stage, open_empty_plant
from tests.support import axe
from tests.support.processes import WorkerProcess


@pytest.fixture
def stage(
    served: str,
    celery_worker_process: WorkerProcess,
    owner_connection: psycopg.Connection,
    browser: Browser,
) -> Iterator[Stage]:
    plant = open_empty_plant()
    made = Stage(served=served, browser=browser, owner=owner_connection, plant=plant)
    # Two cores serve the browsers, the site, the worker and the stores, perhaps a second test.
    expect.set_options(timeout=20_000)
    with made.watch.queries.counted():
        yield made
    expect.set_options(timeout=5_000)
    clock.simulate(None)


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_the_journey(stage: Stage, whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(axe, "whole", whole)
    for chapter in (
        chapters.the_recipe,
        chapters.the_order,
        chapters.the_plan,
        floor.the_floor,
        quality.the_laboratory,
        quality.the_review,
        quality.the_release,
        quality.the_record,
    ):
        chapter(stage)
        stage.watch.clean()
    row = stage.row()
    assert (row.position, row.steps) == (102, 101)
    report = verify(everything=True)
    assert [str(one) for one in report.differences] == []
