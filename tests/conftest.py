"""Fixtures of all tests: real stores, databases that cost nothing, a real browser.

``db``              pytest-django's: one transaction, rolled back. For reads and pure services.
``committed_db``    a database of its own, in which everything really commits.
``owner_connection``, ``reader_connection``   psycopg, to the database of ``committed_db``.
``at_time``         sets the simulated time of this process; real time returns at the end.
``outside``         an empty folder of checkpoints with a key of its own.
``served``          the address of the site, served on the database of ``committed_db``.
``celery_worker_process``   a real worker, relay and broker on that database.
``page``            pytest-playwright's, in the machine's Chromium.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from django.conf import settings as django_settings
from django.test import TransactionTestCase
from django.utils import timezone, translation
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker, Settings

from mes.lib import clock
from mes.lib.embedded import READER
from plant.throwaway import pointed_at
from records.places import Folder
from tests.support.browser import ARGUMENTS, BrowserAbsent, browser_path
from tests.support.cluster import Cluster
from tests.support.cluster import cluster as the_cluster
from tests.support.late import Late
from tests.support.processes import WorkerProcess, worker_process
from tests.support.server import serving
from tests.support.slow import SlowResults

hypothesis_settings.register_profile("fixed", derandomize=True, deadline=None, max_examples=50)
hypothesis_settings.register_profile("slow", deadline=None, max_examples=2000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

# Truncating at the end of a test is for databases that are kept; ours are dropped.
setattr(TransactionTestCase, "_fixture_teardown", lambda _self: None)  # noqa: B010


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of the full counts."""
    parser.addoption("--slow-results", help="Keep results in this file, and resume from it.")


def pytest_configure(config: pytest.Config) -> None:
    """Keep results when they are asked for; only the process that prints them writes."""
    path = config.getoption("--slow-results")
    if path:
        writes = not hasattr(config, "workerinput")
        config.pluginmanager.register(SlowResults(Path(path).absolute(), writes=writes))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is slow, unless it was asked for by ``-m``; begin with the longest.

    A journey of four minutes that came last would keep one core alone at the end.
    """
    items.sort(key=lambda item: "tests/journey" not in item.nodeid)
    if config.option.markexpr:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


@pytest.fixture(autouse=True)
def own_language_and_zone() -> Iterator[None]:
    """A request leaves its reader's language and zone in the thread: the next test has none.

    Nor has it the simulated time of the one before.
    """
    yield
    translation.deactivate()
    timezone.deactivate()
    clock.simulate(None)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The shared PostgreSQL and Valkey; the last process to leave stops them."""
    shared = the_cluster()
    with shared.in_use():
        yield shared


@pytest.fixture(scope="session")
def django_db_setup(
    cluster: Cluster, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Give this worker a clone of the template, instead of a database that is flushed."""
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            name = cluster.clone("worker")
            django_settings.MES_WALLS = cluster.walls()
            stack.callback(cluster.drop, name)
            stack.enter_context(pointed_at(name))
        yield
        stack.enter_context(django_db_blocker.unblock())


@pytest.fixture
def transactional_db() -> None:
    """Fail: it would leave its rows in the worker's database."""
    pytest.fail("Use committed_db: it commits in a database of its own.")


@pytest.fixture
def committed_db(
    cluster: Cluster, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """Point every alias at a fresh clone, in which transactions are real; give its name."""
    with django_db_blocker.unblock():
        name = cluster.clone("test")
        try:
            with pointed_at(name):
                yield name
        finally:
            cluster.discard(name)


@pytest.fixture
def owner_connection(cluster: Cluster, committed_db: str) -> Iterator[psycopg.Connection]:
    """Connect to the test's database as the owner when first asked; every statement commits.

    Were it open from the beginning, no scene could be copied into the database.
    """
    late = Late(lambda: cluster.owner(committed_db))
    yield cast("psycopg.Connection", late)
    late.close_if_opened()


@pytest.fixture
def reader_connection(cluster: Cluster, committed_db: str) -> Iterator[psycopg.Connection]:
    """Connect to the test's database as the reader; every statement is its own transaction."""
    with psycopg.connect(cluster.postgres.url(READER, committed_db), autocommit=True) as opened:
        yield opened


@pytest.fixture
def at_time() -> Iterator[Callable[[datetime], None]]:
    """Give a function that sets the simulated time; real time returns after the test."""
    yield clock.simulate
    clock.simulate(None)


@pytest.fixture
def outside(tmp_path: Path, settings: Settings) -> Folder:
    """Give an empty folder of checkpoints, with a key made on first use."""
    settings.MES_DATA = tmp_path / "data"
    settings.MES_CHECKPOINTS = tmp_path / "data" / "checkpoints"
    settings.MES_CHECKPOINT_KEY = tmp_path / "data" / "keys" / "checkpoint.pem"
    return Folder()


@pytest.fixture
def served(committed_db: str) -> Iterator[str]:
    """Serve the site on the test's database; give its address."""
    with serving() as address:
        yield address


@pytest.fixture
def celery_worker_process(cluster: Cluster, committed_db: str) -> Iterator[WorkerProcess]:
    """Run a real worker, relay and broker on the test's database."""
    with worker_process(cluster) as running:
        yield running


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the installed browser; pytest-playwright's own download is not relied on."""
    try:
        path = browser_path()
    except BrowserAbsent as absent:
        pytest.fail(str(absent))
    return {**browser_type_launch_args, "executable_path": path, "args": list(ARGUMENTS)}
