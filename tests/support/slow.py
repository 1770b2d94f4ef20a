"""``--slow-results FILE``: results kept test by test, so that a long run can be taken up again.

A test tells its counts with pytest's ``record_property("rounds", 500)``.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.folder import PROJECT


class SlowResults:
    """Writes the file after each test, and leaves out what this commit has already passed."""

    def __init__(self, path: Path, *, writes: bool) -> None:
        self.path = path
        self.writes = writes
        self.commit = _commit()
        self.tests: dict[str, dict[str, Any]] = self._earlier()

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Leave out what has passed before."""
        done = [item for item in items if self._passed(item.nodeid)]
        config.hook.pytest_deselected(items=done)
        items[:] = [item for item in items if not self._passed(item.nodeid)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the result of a test's call, or of a setup that failed."""
        if not self.writes or (report.when != "call" and report.passed):
            return
        self.tests[report.nodeid] = {
            "outcome": report.outcome,
            "seconds": round(report.duration, 2),
            "counts": dict(report.user_properties),
        }
        whole = {"commit": self.commit, "tests": self.tests}
        self.path.write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n")

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Call it a success when nothing was left to run."""
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self.tests:
            session.exitstatus = pytest.ExitCode.OK

    def _passed(self, nodeid: str) -> bool:
        return self.tests.get(nodeid, {}).get("outcome") == "passed"

    def _earlier(self) -> dict[str, dict[str, Any]]:
        if not self.path.exists():
            return {}
        earlier = json.loads(self.path.read_text())
        return dict(earlier["tests"]) if earlier["commit"] == self.commit else {}


def _commit() -> str:
    """Return the commit, marked when files differ from it."""
    described = subprocess.run(
        ["git", "describe", "--always", "--abbrev=40", "--dirty"],
        cwd=PROJECT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return described.stdout.strip()
