"""The processes of the product, each with its log."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mes.entrypoint import ACCESS_LOG
from mes.lib.embedded.folder import PROJECT
from mes.lib.embedded.process import stop

# The owner, the reader and the secrets of the checkpoints' bucket have no business in a process
# that serves people.
READER = "DATABASE_READER_URL"
BUCKET = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
HIDDEN = ("DATABASE_OWNER_URL", READER, *BUCKET)
READERS = {
    "checkpoint": ("manage.py", "checkpoint", "--every", "60"),
    "verify": ("manage.py", "verify", "--every", "60"),
}
# Restarted at once, a process that cannot start would keep the machine busy.
PAUSE = 2.0
LAST_LINES = 12


@dataclass
class Child:
    """One process: how it is started, and the one that runs now."""

    name: str
    arguments: tuple[str, ...]
    log: Path
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.arguments],
                cwd=PROJECT,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,  # noqa: PLW1509 - one system call, no lock is taken
            )

    def ended(self) -> bool:
        """Say whether it has ended by itself, long enough after its start to be started again."""
        ran = time.monotonic() - self.started
        return self.process is not None and self.process.poll() is not None and ran > PAUSE

    def last_words(self) -> str:
        """Return the end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LAST_LINES:])

    def stop(self) -> None:
        """Stop the parent process alone: its children's work is its own to end."""
        if self.process is not None and self.process.poll() is None:
            stop(self.process.pid)
            self.process.poll()


def _end_with_parent() -> None:
    # A supervisor that was killed leaves nobody to stop its children (Linux only).
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def children(environ: Mapping[str, str], *, port: int, logs: Path) -> list[Child]:
    """Return web, worker, relay, checkpoint and verify, not started yet.

    The last two alone get the reader's address, and are left out where that is not known.
    """
    environment = {name: value for name, value in environ.items() if name not in HIDDEN}
    commands = {
        "web": _web(port),
        "worker": ("-m", "celery", "-A", "mes", "worker", "--concurrency", "2", "-l", "INFO"),
        "relay": ("manage.py", "relay"),
    }
    found = [
        Child(name, arguments, logs / f"{name}.log", environment)
        for name, arguments in commands.items()
    ]
    if environ.get(READER):
        own = (READER, *BUCKET)
        reads = {**environment, **{name: environ[name] for name in own if name in environ}}
        found += [
            Child(name, arguments, logs / f"{name}.log", reads)
            for name, arguments in READERS.items()
        ]
    return found


def _web(port: int) -> tuple[str, ...]:
    processes = str(min(3, os.cpu_count() or 1))
    return (
        *("-m", "gunicorn", "mes.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", processes),
        *("--worker-class", "gthread", "--threads", "4", "--graceful-timeout", "5"),
        *("--access-logfile", "-", "--access-logformat", ACCESS_LOG, "--no-control-socket"),
    )
