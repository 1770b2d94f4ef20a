"""Broker and workers killed at random: nothing is lost, nothing is done twice, people go on."""

from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.records.killing import Killing, Round
from tests.support.cluster import Cluster
from tests.support.processes import worker_process

# A person's act must not notice that the broker is away: far less than any connection's timeout.
SLOWEST_ACT_SECONDS = 2.0
BLOCK = 5
JOBS, FAULTS = 1000, 4
Recording = Callable[[str, object], None]


@pytest.fixture
def killing(
    cluster: Cluster, committed_db: str, owner_connection: psycopg.Connection
) -> Iterator[Killing]:
    """Give a real worker of two processes, a relay and a broker, to be killed."""
    include = ("--include", "tests.records.jobs")
    with worker_process(cluster, pool="prefork", more=include) as running:
        yield Killing(running, owner_connection)
        running.kill("worker")


def holds(said: Round) -> None:
    assert (said.lost, said.doubled, said.failed) == ([], [], []), said
    assert set(said.states) == {"done"}, said
    assert said.slowest_act < SLOWEST_ACT_SECONDS, said


@pytest.mark.scenario(14, 16, 56)
def test_killed_and_flushed_nothing_is_lost_or_done_twice(killing: Killing) -> None:
    holds(killing.round(seed=3, jobs=120, faults=2))


@pytest.mark.slow
@pytest.mark.scenario(14, 16, 56)
@pytest.mark.parametrize("first", range(0, 100, BLOCK))
def test_a_hundred_rounds_of_a_thousand_jobs(
    first: int, killing: Killing, record_property: Recording
) -> None:
    """A block is recorded when it has passed: a run that was broken off goes on behind it."""
    rounds = []
    for seed in range(first, first + BLOCK):
        rounds.append(killing.round(seed=seed, jobs=JOBS, faults=FAULTS))
        print(rounds[-1].seconds, rounds[-1].drained, rounds[-1].faults)
        holds(rounds[-1])
    record_property("rounds", len(rounds))
    record_property("jobs", sum(one.jobs for one in rounds))
    record_property("slowest act, s", round(max(one.slowest_act for one in rounds), 3))
    record_property("longest drain, s", round(max(one.drained for one in rounds), 1))
