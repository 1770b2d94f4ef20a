"""Both stores together: which are needed, who starts them, who stops them."""

import fcntl
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path

from mes.lib.embedded.folder import check_folder, data_folder
from mes.lib.embedded.postgres import APP, OWNER, READER, Postgres
from mes.lib.embedded.valkey import Valkey

DATABASE = "mes"


def addresses(folder: Path, *, database: str = DATABASE) -> dict[str, str]:
    """Return the variables that name the embedded stores of ``folder``, running or not."""
    postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
    return {
        "DATABASE_URL": postgres.url(APP, database),
        "DATABASE_OWNER_URL": postgres.url(OWNER, database),
        "DATABASE_READER_URL": postgres.url(READER, database),
        "REDIS_URL": valkey.url,
    }


class Stores:
    """The embedded stores of a folder, those of them that ``environ`` does not name."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = data_folder(environ)
        self.postgres = (
            None
            if environ.get("DATABASE_URL")
            else Postgres(self.folder / "postgres", settings=settings)
        )
        self.valkey = None if environ.get("REDIS_URL") else Valkey(self.folder / "valkey")
        self._started: list[Postgres | Valkey] = []

    def start(self, *, database: str | None = DATABASE) -> None:
        """Start what does not run yet, and make ``database``. Raises FolderRefused, StoreFailed."""
        wanted = [store for store in (self.postgres, self.valkey) if store]
        if not wanted:
            return
        check_folder(self.folder)
        with self._alone():
            for store in wanted:
                if store.start():
                    self._started.append(store)
            if self.postgres and database:
                self.postgres.make_database(database)

    def name_in(self, environ: MutableMapping[str, str]) -> None:
        """Put the addresses of these stores into ``environ``, for us and our children."""
        named = addresses(self.folder)
        for variable, address in named.items():
            ours = self.valkey if variable == "REDIS_URL" else self.postgres
            if ours:
                environ.setdefault(variable, address)

    def stop(self) -> None:
        """Stop those that were started here; adopted ones run on."""
        while self._started:
            self._started.pop().stop()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # Two processes that start at once: the second waits, then adopts.
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "starting.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
