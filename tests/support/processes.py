"""Real child processes on a test's database: worker, relay, and a broker of their own."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from mes.lib.embedded import APP, Valkey
from mes.lib.embedded.process import stop, wait_until
from tests.support.cluster import Cluster
from tests.support.folder import PROJECT

WORKER = ("-m", "celery", "-A", "mes", "worker", "--loglevel", "INFO", "--concurrency", "2")
RELAY = ("manage.py", "relay")


@dataclass
class WorkerProcess:
    """A Celery worker with its relay and broker; a test may kill and restart any of them."""

    broker: Valkey
    environment: Mapping[str, str]
    folder: Path
    pool: str = "threads"
    more: Sequence[str] = ()
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start_worker(self) -> None:
        """Start the worker and wait until it has connected."""
        self._start("worker", *WORKER, "--pool", self.pool, *self.more)
        log = self.folder / "worker.log"
        if not wait_until(lambda: b" ready." in log.read_bytes(), seconds=60):
            raise RuntimeError(f"The worker did not start:\n{log.read_text()}")

    def start_relay(self) -> None:
        """Start the relay."""
        self._start("relay", *RELAY)

    def kill(self, name: str) -> None:
        """Kill ``worker`` or ``relay`` with all its children, as a power cut would."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Stop everything; what does not go is killed."""
        for process in self.running.values():
            if process.poll() is None:
                stop(process.pid)
                process.poll()
        self.broker.stop()

    def output(self, name: str) -> str:
        """Return what ``worker`` or ``relay`` has logged."""
        return (self.folder / f"{name}.log").read_text()

    def _start(self, name: str, *arguments: str) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=PROJECT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@contextmanager
def worker_process(
    cluster: Cluster, *, pool: str = "threads", more: Sequence[str] = ()
) -> Iterator[WorkerProcess]:
    """Run broker, worker and relay on the present test's database until the block ends.

    ``more`` are further arguments of the worker.
    """
    name = str(connection.settings_dict["NAME"])
    # A socket's path is short, so the folder is the system's and not pytest's.
    with tempfile.TemporaryDirectory(prefix="mes-") as folder:
        broker = Valkey(Path(folder) / "valkey")
        broker.start()
        environment = child_environment(
            DATABASE_URL=cluster.postgres.url(APP, name), REDIS_URL=broker.url
        )
        process = WorkerProcess(broker, environment, Path(folder), pool, more)
        try:
            process.start_worker()
            process.start_relay()
            yield process
        finally:
            process.stop()


def child_environment(**more: str) -> dict[str, str]:
    """Return our environment for a child: without the addresses of the owner and the reader."""
    hidden = {"DATABASE_OWNER_URL", "DATABASE_READER_URL", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**kept, "DJANGO_SETTINGS_MODULE": "mes.settings", **more}
