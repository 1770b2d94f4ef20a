"""The marks of tests name rules that exist: from them the validation pack is built."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import trace

EVIDENCE = ("P11-", "A11-", "D11-", "PI-", "MH-")
# What no test shows yet of records and people, each with why.
NOT_SHOWN: dict[str, str] = {}
# What is claimed nowhere yet: rules of production, materials, exchange and transport.
UNCLAIMED = {
    "A22-1", "CI-4", "E4-12", "E4-14", "E4-15", "E4-16", "E4-7", "E4-9c", "E4-EM", "F1271-290",
    "F1271-370", "F1271-50", "F1271-55", "F1271-65", "F1271-90", "F211-103", "F211-130", "F211-150",
    "F211-170", "F211-198", "F610-61", "FH-1", "GA-1", "GS1-1", "Q7-6", "S88-4", "S88-5",
}  # fmt: skip


def test_every_mark_is_a_rule_of_the_sheet() -> None:
    assert set(trace.matrix()) - set(trace.sheet()) == set()


@pytest.mark.req("A11-4", "D11-6")
def test_every_rule_that_is_claimed_has_a_test() -> None:
    without = {rule for rule, tests in trace.matrix().items() if not tests}
    assert without == {*NOT_SHOWN, *UNCLAIMED}


def test_of_records_and_people_no_rule_is_unclaimed() -> None:
    assert [rule for rule in UNCLAIMED if rule.startswith(EVIDENCE)] == []


@pytest.mark.req("A11-4", "D11-6")
def test_the_matrix_names_each_test_by_the_marks_of_its_file_and_its_own(tmp_path: Path) -> None:
    tests = tmp_path / "tests"
    tests.mkdir()
    (tests / "test_one.py").write_text(
        'pytestmark = [pytest.mark.slow, pytest.mark.req("A-1")]\n'
        '@pytest.mark.req("B-2", "B-3")\n@pytest.mark.parametrize("x", [1])\n'
        "def test_this(x): ...\n"
        "def helper(): ...\n"
        "def test_that(): ...\n"
    )
    (tests / "helper.py").write_text('@pytest.mark.req("C-4")\ndef test_nothing(): ...\n')
    this, that = "tests/test_one.py::test_this", "tests/test_one.py::test_that"
    assert set(trace.marked(tests)) == {
        ("A-1", this), ("B-2", this), ("B-3", this), ("A-1", that),
    }  # fmt: skip


def test_the_matrix_is_printed_without_running_a_test() -> None:
    command = [sys.executable, "-m", "tests.trace", "--csv"]
    said = subprocess.run(
        command, capture_output=True, check=True, text=True, cwd=trace.TESTS.parent
    )
    lines = said.stdout.splitlines()
    here = "tests/test_requirements.py::test_every_rule_that_is_claimed_has_a_test"
    assert (lines[0], f"A11-4,{here}" in lines) == ("requirement,test", True)
    assert [line for line in lines if line == "GS1-1,"] == ["GS1-1,"]
