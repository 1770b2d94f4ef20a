"""Starting and stopping the processes of the stores."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PATIENCE = 10.0


class StoreFailed(Exception):
    """A store that did not start; the message names its log."""


def wait_until(ready: Callable[[], bool], *, seconds: float) -> bool:
    """Ask ``ready`` until it says yes or ``seconds`` have passed; return its last answer."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Say whether the process runs; one of our own that has ended is reaped."""
    with suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == 0
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return not _ended(pid)


def _ended(pid: int) -> bool:
    """Say whether the process has ended and only waits for a slow parent to notice (Linux)."""
    with suppress(OSError):
        status = Path(f"/proc/{pid}/stat").read_text()
        return status.rpartition(")")[2].split()[0] == "Z"
    return False


def stop(pid: int, *, how: signal.Signals = signal.SIGTERM, patience: float = PATIENCE) -> None:
    """Signal this process alone, never its group; kill it when it lives on after ``patience`` s."""
    for each in (how, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, each)
        if wait_until(lambda: not alive(pid), seconds=patience):
            return
