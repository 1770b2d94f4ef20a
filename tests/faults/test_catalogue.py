"""The list of faults stays true while the code changes; planting them is ``make plant-faults``."""

import ast

import pytest

from tests.faults.__main__ import edited
from tests.faults.catalogue import FAULTS, Fault
from tests.support.folder import PROJECT


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_has_its_one_place_and_changes_it(fault: Fault) -> None:
    text = (PROJECT / fault.file).read_text()
    changed = edited(text, fault)
    assert changed != text
    ast.parse(changed)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_tests_that_must_find_it_exist(fault: Fault) -> None:
    assert fault.tests
    for test in fault.tests:
        file, _, name = test.partition("::")
        assert f"def {name}" in (PROJECT / file).read_text()


def test_there_are_twenty_and_no_two_alike() -> None:
    assert len({(fault.file, fault.old, fault.new) for fault in FAULTS}) == len(FAULTS) >= 20
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_a_text_that_moved_on_is_said_loudly() -> None:
    with pytest.raises(ValueError, match=r"records/act\.py has 0 places for: gone"):
        edited("x", Fault("gone", "records/act.py", "no such text", "", ()))
