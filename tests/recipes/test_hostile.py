"""Files that nobody means well with: each is refused, soon, with a sentence, and memory stays."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from bench.measure import scaled
from tests.support.folder import PROJECT

MOST_MEGABYTES = 200


def check(count: int) -> dict[str, Any]:
    """Have so many files read in a process of its own and check what it says of them."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.recipes.hostile", str(count)], cwd=PROJECT, check=True,
        capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    assert len(found["said"]) == count
    assert [(name, code) for name, code, _s, told in found["said"] if not (code and told)] == []
    late = {name: s for name, _code, s, _told in found["said"] if s > scaled(2)}
    assert late == {}
    assert found["grown"] <= MOST_MEGABYTES
    return found


@pytest.mark.req("S88-2")
def test_every_sort_of_hostile_file_is_refused() -> None:
    codes = {name: code for name, code, _s, _told in check(35)["said"]}
    asked = {"laughs": "text.dtd", "anchors": "text.anchor", "deep_flow": "text.too_deep",
             "too_large": "text.too_large", "many_steps": "document.too_many_steps",
             "batchml_elements": "xml.too_many", "batchml_large": "text.too_large"}  # fmt: skip
    assert codes | asked == codes


@pytest.mark.slow
@pytest.mark.req("S88-2")
def test_two_hundred_hostile_files_are_refused(
    record_property: Callable[[str, object], None],
) -> None:
    found = check(200)
    record_property("files", len(found["said"]))
    record_property("slowest_s", round(max(s for _n, _c, s, _t in found["said"]), 2))
    record_property("memory_grown_mb", round(found["grown"], 1))
