"""Stores, schema, demo site, web, worker, relay: started in order, watched, stopped in reverse."""

import errno
import fcntl
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import FrameType

from mes.lib.embedded import Stores
from mes.lib.embedded.folder import PROJECT
from mes.supervisor.children import Child, children
from mes.supervisor.visitor import NoEntry, Visitor
from mes.supervisor.welcome import welcome_of

PATIENCE = 90.0
PORTS_TRIED = 20


class Failed(Exception):
    """The product did not come up; the message says what failed and where to read on."""


class Supervisor:
    """Runs the product on this machine. ``say`` prints one line for the person at the terminal."""

    def __init__(
        self, environ: Mapping[str, str], *, port: int, say: Callable[[str], None]
    ) -> None:
        self.environ = dict(environ)
        self.stores = Stores(environ)
        self.folder = self.stores.folder
        self.port = port
        self.say = say
        self.demo = True
        self.times: dict[str, float] = {}
        self._stop = threading.Event()
        self._children: list[Child] = []

    def run(self) -> None:
        """Serve until Ctrl-C or SIGTERM. Raises Failed, FolderRefused, StoreFailed."""
        with self._up() as site:
            self._welcome(site)
            while not self._stop.wait(0.5):
                self._restart_ended()
            self.say("\nStopping ...")

    def check(self) -> None:
        """Start, sign in, stop, and print what each took. Raises Failed."""
        with self._up() as site, self._timed("sign in"):
            self._sign_in(site)
        for what, seconds in self.times.items():
            self.say(f"  {what:<22}{seconds:6.1f} s")

    @contextmanager
    def _up(self) -> Iterator[Visitor]:
        with ExitStack() as stack:
            stack.enter_context(self._alone())
            stack.enter_context(self._signals())
            stack.callback(self._down)
            with self._timed("stores"):
                self.stores.start()
                self.stores.name_in(self.environ)
            with self._timed("schema and demo site"):
                self._prepare()
            with self._timed("web, worker and relay"):
                site = self._start()
            yield site

    def _down(self) -> None:
        with self._timed("stop"):
            # All are told at once; the stores go when nobody uses them any more.
            threads = [threading.Thread(target=child.stop) for child in self._children]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.stores.stop()

    def _prepare(self) -> None:
        self.say("Preparing the database ...")
        command = [sys.executable, "manage.py", "prepare", *([] if self.demo else ["--no-demo"])]
        # In a session of its own: Ctrl-C reaches us, and we end it.
        with subprocess.Popen(
            command, cwd=PROJECT, env=self.environ, start_new_session=True
        ) as child:
            while child.poll() is None:
                if self._stop.wait(0.05):
                    child.terminate()
                    break
        if self._stop.is_set():
            raise Failed("Stopped.")
        if child.returncode:
            raise Failed("The database could not be prepared; the lines above say why.")

    def _start(self) -> Visitor:
        self.port = self._free_port()
        logs = self.folder / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        self._children = children(self.environ, port=self.port, logs=logs)
        for child in self._children:
            child.start()
        return self._wait(Visitor(f"http://localhost:{self.port}"))

    def _wait(self, site: Visitor) -> Visitor:
        """Wait until a canary came out of a worker: then every part of the chain works."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not self._stop.wait(0.1):
            health = site.health() or {}
            if health.get("healthy") and health.get("canary_age") is not None:
                return site
            self._refuse_ended()
        if self._stop.is_set():
            raise Failed("Stopped.")
        raise Failed(f"The site did not come up: {site.health()}. Logs: {self.folder / 'logs'}")

    def _refuse_ended(self) -> None:
        """A part that ends before the site was up would only end again."""
        for child in self._children:
            if child.ended():
                raise Failed(f"{child.name} did not start:\n{child.last_words()}")

    def _restart_ended(self) -> None:
        for child in self._children:
            if child.ended():
                self.say(f"{child.name} ended and is started again; {child.log} says why.")
                child.start()

    def _sign_in(self, site: Visitor) -> None:
        welcome = welcome_of(self.folder)
        if not welcome.path:
            raise Failed("There is no demo site to sign in to.")
        try:
            site.sign_in(welcome.path, welcome.fields)
        except NoEntry as error:
            raise Failed(f"Nobody could sign in: {error}") from error

    def _welcome(self, site: Visitor) -> None:
        seconds = sum(self.times.values())
        self.say(f"\n{welcome_of(self.folder).text}")
        self.say(f"Open {site.address} (up in {seconds:.1f} s; Ctrl-C stops everything).")
        self.say(f"Data and logs: {self.folder}; `make clean-data` forgets them.")

    def _free_port(self) -> int:
        for port in range(self.port, self.port + PORTS_TRIED):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError as error:
                    if error.errno != errno.EADDRINUSE:
                        raise
                else:
                    return port
        raise Failed(
            f"Ports {self.port} to {self.port + PORTS_TRIED - 1} are in use; set MES_PORT."
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "run.lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Failed(
                    f"It already runs on {self.folder}. Stop it, or set MES_DATA."
                ) from None
            yield

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(_signal: int, _frame: FrameType | None) -> None:
            self._stop.set()

        before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self.times[what] = time.monotonic() - began
