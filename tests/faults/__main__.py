"""``python -m tests.faults [WORD]``: plants each fault in a scratch copy and runs its tests.

The copies are made from the last commit and share the environment. First each named test has to
pass without a fault; then each has to fail with its own. Prints a table, writes plant-faults.json
and exits with 1 unless every fault was found.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.sax
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from xml.sax.xmlreader import AttributesImpl

from tests.faults.catalogue import FAULTS, Fault
from tests.support.folder import PROJECT

COPIES = 2
LONGEST_SECONDS = 240
RESULTS = PROJECT / "plant-faults.json"


@dataclass(frozen=True, slots=True)
class Planted:
    """What became of a fault: the tests that failed, those that did not, and how long it took."""

    fault: str
    failed: tuple[str, ...]
    passed: tuple[str, ...]
    seconds: float

    @property
    def found(self) -> bool:
        """Each named test failed."""
        return bool(self.failed) and not self.passed


@dataclass
class Outcomes(xml.sax.ContentHandler):
    """Reads pytest's report: which tests failed. An error of collection or set-up is none."""

    failed: set[str] = field(default_factory=set)
    ran: set[str] = field(default_factory=set)
    _test: str = ""

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        """Note a test, and that it failed."""
        if name == "testcase":
            module = attrs["classname"].replace(".", "/")
            self._test = f"{module}.py::{attrs['name'].partition('[')[0]}"
            self.ran.add(self._test)
        elif name == "failure":
            self.failed.add(self._test)


class Copy:
    """One scratch copy of the project, with stores of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        archive = subprocess.run(
            ["git", "archive", "HEAD"], cwd=PROJECT, check=True, capture_output=True
        )
        subprocess.run(["tar", "x"], cwd=folder, input=archive.stdout, check=True)
        for shared in (".venv", "node_modules"):
            if (PROJECT / shared).exists():
                (folder / shared).symlink_to(PROJECT / shared)

    def plant(self, fault: Fault) -> Planted:
        """Make the fault's edit, run its tests, and take the edit back."""
        path = self.folder / fault.file
        sound = path.read_text()
        begun = time.monotonic()
        path.write_text(edited(sound, fault))
        try:
            outcomes = self.run(fault.tests)
        finally:
            path.write_text(sound)
        failed = tuple(one for one in fault.tests if _named(one, outcomes.failed))
        passed = tuple(one for one in fault.tests if one not in failed)
        return Planted(fault.name, failed, passed, round(time.monotonic() - begun, 1))

    def run(self, tests: Sequence[str]) -> Outcomes:
        """Run tests in the copy; return what pytest reported."""
        report = self.folder / "report.xml"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        with (self.folder / "output.txt").open("w") as output:
            try:
                subprocess.run(
                    [*command, "-o", "addopts=--import-mode=importlib -p no:valkey",
                     f"--junitxml={report}", *tests],
                    cwd=self.folder, stdout=output, stderr=output, timeout=LONGEST_SECONDS,
                    env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, check=False,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                return Outcomes()
        outcomes = Outcomes()
        if report.exists():
            xml.sax.parse(str(report), outcomes)
        return outcomes

    def output(self) -> str:
        """Return the last lines that pytest printed."""
        return (self.folder / "output.txt").read_text()[-3000:]


def edited(text: str, fault: Fault) -> str:
    """Return a file's text with the fault in it. Raises ValueError unless it has one place."""
    places = text.count(fault.old)
    if places != 1:
        raise ValueError(f"{fault.file} has {places} places for: {fault.name}")
    return text.replace(fault.old, fault.new)


def _named(test: str, among: Iterable[str]) -> bool:
    """Say whether a test, or a test of a named file, is among those."""
    return any(one == test or one.startswith(f"{test}::") for one in among)


@contextmanager
def copies(count: int) -> Iterator[list[Copy]]:
    """Make scratch copies; remove them and their stores afterwards."""
    with ExitStack() as stack:
        made = []
        for _ in range(count):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mes-faults-")))
            made.append(Copy(folder))
            stack.callback(_remove_stores, folder)
        yield made


def _remove_stores(folder: Path) -> None:
    """Ask the copy where its stores lie (they ended with its last test)."""
    where = subprocess.run(
        [sys.executable, "-c", "from tests.support.folder import test_folder as f; print(f())"],
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    shutil.rmtree(where.stdout.strip(), ignore_errors=True)


def sound(copy: Copy, faults: Sequence[Fault]) -> list[str]:
    """Run every named test without a fault; return those that did not pass."""
    tests = sorted({test for fault in faults for test in fault.tests})
    outcomes = copy.run(tests)
    good = outcomes.ran - outcomes.failed
    return [test for test in tests if not _named(test, good) or _named(test, outcomes.failed)]


def plant_all(made: Sequence[Copy], faults: Sequence[Fault]) -> list[Planted]:
    """Plant the faults, one in each copy at a time; print each result as it comes."""
    free: SimpleQueue[Copy] = SimpleQueue()
    for copy in made:
        free.put(copy)

    def one(fault: Fault) -> Planted:
        copy = free.get()
        try:
            said = copy.plant(fault)
            print(f"{'found' if said.found else 'MISSED':8}{said.seconds:6.1f} s  {fault.name}")
            for test in said.passed:
                print(f"{'':18}did not fail: {test}\n{copy.output()}")
        finally:
            free.put(copy)
        return said

    with ThreadPoolExecutor(len(made)) as pool:
        return list(pool.map(one, faults))


def main() -> int:
    """Plant all faults, or those whose name holds a word. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("word", nargs="?", default="", help="Only faults whose name has this.")
    word = parser.parse_args().word
    faults = [fault for fault in FAULTS if word in fault.name]
    begun = time.monotonic()
    with copies(min(COPIES, len(faults))) as made:
        broken = sound(made[0], faults)
        if broken:
            print("These tests do not pass without a fault:", *broken, made[0].output(), sep="\n")
            return 2
        planted = plant_all(made, faults)
    found = sum(one.found for one in planted)
    print(f"{found} of {len(planted)} faults found, in {time.monotonic() - begun:.0f} s")
    if not word:
        _keep(planted)
    return 0 if found == len(planted) else 1


def _keep(planted: Sequence[Planted]) -> None:
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=PROJECT, check=True, capture_output=True, text=True
    ).stdout.strip()
    rows = [
        {"fault": one.fault, "found": one.found, "failed": one.failed, "seconds": one.seconds}
        for one in planted
    ]
    whole = {"commit": commit, "found": sum(one.found for one in planted), "faults": rows}
    RESULTS.write_text(json.dumps(whole, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
