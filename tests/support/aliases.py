"""Pointing Django's aliases at another database, in every thread at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Let every alias mean the database ``name``.

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
