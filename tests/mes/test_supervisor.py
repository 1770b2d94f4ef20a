"""One command serves the product; one signal stops all of it."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mes.lib.embedded import Postgres, Valkey
from mes.lib.embedded.process import alive, stop, wait_until
from mes.supervisor.visitor import Visitor
from tests.support.folder import PROJECT
from tests.support.processes import child_environment

PORT = 8700


@pytest.fixture
def data() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="mes-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "data"


@contextmanager
def start(data: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run the command; end it at the end of the block, whatever happened in it."""
    environment = child_environment(MES_DATA=str(data), MES_PORT=str(PORT))
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run", "--no-demo", *arguments],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            stop(process.pid, patience=40)
        process.communicate()


def until_open(process: "subprocess.Popen[str]") -> str:
    """Read until the address is printed; return it."""
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line)
        if found := re.match(r"Open (http\S+)", line):
            return found[1]
    raise AssertionError("".join(lines))


def family(pid: int) -> list[int]:
    """Return the processes that this one has started, and theirs (Linux)."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [each for child in map(int, listed) for each in (child, *family(child))]


@pytest.mark.skipif(sys.platform != "linux", reason="finds the children in /proc")
def test_product_is_alone_on_its_data_mended_while_it_runs_and_stopped_whole(data: Path) -> None:
    """One start (it costs seconds) serves all three; the last two depend on the first."""
    with start(data) as process:
        site = Visitor(until_open(process))
        assert second_start(data) == (
            f"CommandError: It already runs on {data}. Stop it, or set MES_DATA."
        )
        assert (site.health() or {})["healthy"] is True

        os.kill(child_named("relay", of=process.pid), signal.SIGKILL)
        assert process.stdout
        said = next(line for line in process.stdout if line.startswith("relay"))
        log = data / "logs" / "relay.log"
        assert said == f"relay ended and is started again; {log} says why.\n"
        assert wait_until(lambda: child_named("relay", of=process.pid) != 0, seconds=10)

        children = family(process.pid)
        process.terminate()
        output, _ = process.communicate(timeout=40)
        assert (process.returncode, len(children) >= 3) == (0, True), output
    assert wait_until(lambda: not any(map(alive, children)), seconds=10)
    stores = (Postgres(data / "postgres").running(), Valkey(data / "valkey").running())
    assert stores == (False, False)


def second_start(data: Path) -> str:
    """Start once more on the same data; return its last line."""
    with start(data) as second:
        output, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    return output.strip().splitlines()[-1]


def child_named(name: str, *, of: int) -> int:
    """Return the living process below ``of`` with this word in its command line, or 0."""
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in family(of)}
    return next((pid for pid, words in commands.items() if name.encode() in words), 0)


@pytest.mark.slow
def test_check_with_the_demo_site_signs_in_and_the_second_start_is_quick(data: Path) -> None:
    environment = child_environment(MES_DATA=str(data), MES_PORT=str(PORT))
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    command = [sys.executable, "manage.py", "run", "--check"]
    outputs = [
        subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, check=True, text=True
        ).stdout
        for _ in range(2)
    ]
    times = [
        dict(re.findall(r"^  ([a-z ,]+?) +([\d.]+) s$", each, re.MULTILINE)) for each in outputs
    ]
    assert set(times[1]) >= {"stores", "web, worker and relay", "sign in", "stop"}
    assert sum(map(float, times[1].values())) < sum(map(float, times[0].values()))
