"""Scenes: what many tests begin with is made once in a process, and copied with its database.

The first test that asks for a scene has it made by the real services; its database is kept as a
template, and the next ones begin with a copy of it (0.1 s instead of seconds).
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeVar

from django.db import connections

from mes.lib import clock
from tests.support.cluster import cluster

T = TypeVar("T")
_kept: dict[object, tuple[str, Any]] = {}


def scene(key: object, make: Callable[[], T], *, anew: Callable[[], T] | None = None) -> T:
    """Return what ``make`` returns, beside the rows that it writes.

    Where somebody was connected to the database already, it is made anew (by ``anew`` if that
    is given): it may not be empty, and its connections would be lost. ``key`` names the scene
    and all that it depends on but the simulated time.
    """
    key = (key, clock.simulated())
    name = str(connections["default"].settings_dict["NAME"])
    if not cluster().untouched(name):
        return (anew or make)()
    if key not in _kept:
        made = make()
        connections.close_all()
        _kept[key] = cluster().keep(name), deepcopy(made)
        return made
    template, made = _kept[key]
    connections.close_all()
    cluster().exchange(name, template)
    copied: T = deepcopy(made)
    return copied
