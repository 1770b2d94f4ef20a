"""Which connection the ORM uses: the application's, unless a block says otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_alias: ContextVar[str] = ContextVar("database", default="default")


class Router:
    """Sends every query to the alias of the running block (``verify`` folds as the reader)."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return _alias.get()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return _alias.get()

    def allow_relation(self, *args: Any, **hints: Any) -> bool:
        return True


def current() -> str:
    """Return the alias in use."""
    return _alias.get()


@contextmanager
def on(alias: str) -> Iterator[None]:
    """Run the body's queries on the connection ``alias``."""
    token = _alias.set(alias)
    try:
        yield
    finally:
        _alias.reset(token)
