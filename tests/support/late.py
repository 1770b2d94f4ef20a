"""A connection that is opened when it is first used."""

from collections.abc import Callable
from typing import Any

import psycopg


class Late:
    """Stands for a connection, and asks for it with the first attribute that is looked up."""

    def __init__(self, connect: Callable[[], psycopg.Connection]) -> None:
        self._connect = connect
        self._opened: psycopg.Connection | None = None

    def __getattr__(self, name: str) -> Any:
        if self._opened is None:
            self._opened = self._connect()
        return getattr(self._opened, name)

    def close_if_opened(self) -> None:
        """Close the connection, if anybody asked for it."""
        if self._opened is not None:
            self._opened.close()
