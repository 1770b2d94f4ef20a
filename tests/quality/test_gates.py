"""The gates as a table: what is open, what waits, what passed."""

import pytest

from quality.enums import GateKey, GateState, ReviewStanding
from quality.rules import Counted, Gate, Standing, gates, open_gates

BLOCKING = [
    ("record", {"complete": False}, "still executing"),
    ("exceptions", {"exceptions": 2}, "2 to judge"),
    ("deviations", {"deviations": 1}, "1 open"),
    ("concessions", {"concessions": 1}, "1 to answer"),
    ("tests", {"release_tests": Counted(2, 1, (), ("dose",))}, "missing: dose"),
    ("tests", {"release_tests": Counted(2, 1, ("dose",), ())}, "failed: dose"),
    ("labels", {"labels_printed": 3, "labels_lost": 1}, "1 not accounted for"),
    ("hold", {"held": True}, "set"),
    ("review", {"review": ReviewStanding.MISSING}, "not signed"),
    ("review", {"review": ReviewStanding.VOID}, "void: the record changed since"),
    ("later", {"later_tests": Counted(1, 0, ("sterility",), ())}, "failed: sterility"),
]


def of(key: str, every: list[Gate]) -> Gate:
    [found] = [gate for gate in every if gate.key == key]
    return found


@pytest.mark.req("F211-165", "F211-192", "E4-11b")
@pytest.mark.parametrize(("key", "standing", "detail"), BLOCKING)
def test_one_thing_out_of_order_opens_its_gate_and_no_other(
    key: str, standing: dict[str, object], detail: str
) -> None:
    every = gates(Standing(**standing))  # type: ignore[arg-type]
    assert [gate.key.value for gate in open_gates(every)] == [key]
    assert of(key, every).detail == detail


@pytest.mark.req("D11-8")
def test_an_alarm_that_is_not_over_holds_up_as_an_exception_and_says_what_is_to_do() -> None:
    said = "alarm not over: INC-03-A1 (to clear)"
    [alone] = open_gates(gates(Standing(alarms=("INC-03-A1 (to clear)",))), for_review=True)
    assert (alone.key, alone.detail, alone.words) == ("exceptions", said, "1 alarm")
    both = of("exceptions", gates(Standing(exceptions=2, alarms=("INC-03-A1 (to clear)",))))
    assert (both.detail, both.words) == (f"2 to judge, {said}", "2 to judge")


def test_nothing_out_of_order_passes_every_gate() -> None:
    every = gates(Standing(release_tests=Counted(6, 6), labels_printed=24))
    assert [gate.state for gate in every] == [GateState.PASSED] * len(GateKey)
    assert (of("tests", every).detail, of("labels", every).detail) == ("6 of 6 pass", "24 = 24")


@pytest.mark.req("E4-11a")
def test_later_results_wait_and_block_nothing() -> None:
    every = gates(Standing(later_tests=Counted(2, 0, (), ("sterility", "vcn"))))
    assert open_gates(every) == []
    later = of("later", every)
    assert (later.state, later.detail) == (GateState.WAITING, "sterility, vcn")


@pytest.mark.parametrize(("key", "standing", "detail"), BLOCKING)
def test_review_is_held_up_only_by_what_a_reviewer_closes(
    key: str, standing: dict[str, object], detail: str
) -> None:
    blocking = open_gates(gates(Standing(**standing)), for_review=True)  # type: ignore[arg-type]
    assert [gate.key.value for gate in blocking] == ([key] if key in GateKey.for_review else [])


def test_every_gate_is_in_the_table() -> None:
    assert {row[0] for row in BLOCKING} == set(GateKey.values)
