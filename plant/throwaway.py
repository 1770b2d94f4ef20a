"""A throw-away database: made, marked as simulated, used, dropped."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_hex

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import ProgrammingError, connections
from psycopg.errors import InsufficientPrivilege

from mes.lib.embedded.process import wait_until

OWNER = "owner"
# A worker that cleans up is the server's own: nobody here may end it, and it ends by itself.
DROP_SECONDS = 20


@contextmanager
def throw_away(*, purpose: str, said: Callable[[str], None] = lambda _: None) -> Iterator[str]:
    """Point every alias at a fresh, migrated, simulated database; drop it afterwards.

    Needs the owner's address (``DATABASE_OWNER_URL``), whose role may create databases.
    Raises CommandError without it.
    """
    if OWNER not in connections:
        raise CommandError("DATABASE_OWNER_URL is needed to make a throw-away database.")
    name = f"mes_throwaway_{token_hex(6)}"
    said("a throw-away database")
    _run(f"CREATE DATABASE {name}")
    try:
        with pointed_at(name):
            call_command("migrate", database=OWNER, verbosity=0, interactive=False)
            with connections[OWNER].cursor() as cursor:
                cursor.execute("INSERT INTO records_simulation (purpose) VALUES (%s)", [purpose])
            yield name
    finally:
        _drop(name)


def _drop(name: str) -> None:
    """Drop a database; a worker of the server itself that looks into it just then is waited for."""
    if not wait_until(lambda: _dropped(name), seconds=DROP_SECONDS):
        _run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _dropped(name: str) -> bool:
    try:
        _run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        return False
    return True


def _run(statement: str) -> None:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(statement)
    connections[OWNER].close()


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Let every alias mean the database ``name``, in every thread at once.

    The settings are changed in place: the threads of a live server share them.
    """
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    connections.close_all()
    _point(dict.fromkeys(before, name))
    try:
        yield
    finally:
        connections.close_all()
        _point(before)


def _point(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].settings_dict["NAME"] = name
        connections.settings[alias]["NAME"] = name
