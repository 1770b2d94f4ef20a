"""Rebuild equals live after random histories of every entry kind, in every version."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from records.verification import verify
from tests.records.histories import differences, every_kind, history

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("P11-10a")]
BLOCK = 10
Recording = Callable[[str, object], None]


def rebuilt(seed: int, *, earlier: int = 0) -> int:
    """Write a history, fold everything anew and compare; return how many entries there are."""
    made = history(seed)
    assert set(made.accepted) == every_kind(), made.refused
    report = verify(everything=True)
    assert differences(report) == []
    assert (report.entries, report.rows > 0) == (earlier + sum(made.accepted.values()), True)
    return report.entries


@settings(max_examples=1, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_rebuild_equals_live_after_a_random_history_of_every_kind(seed: int) -> None:
    rebuilt(seed)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 200, BLOCK))
def test_rebuild_equals_live_after_two_hundred_histories(
    first: int, record_property: Recording
) -> None:
    entries = 0
    for seed in range(first, first + BLOCK):
        entries = rebuilt(seed, earlier=entries)
    record_property("histories", BLOCK)
    record_property("entries", entries)
    record_property("kinds and versions", len(every_kind()))
