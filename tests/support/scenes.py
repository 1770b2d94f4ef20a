"""Scenes: what many tests begin with is made once in a process, and copied with its database.

The first test that asks for a scene has it made by the real services; its database is kept as a
template, and the next ones begin with a copy of it (0.1 s instead of seconds).
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeVar

from django.db import connections

from tests.support.cluster import Cluster, cluster

T = TypeVar("T")
_kept: dict[object, tuple[str, Any]] = {}
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> ALL(%s)"


def scene(key: object, make: Callable[[], T]) -> T:
    """Return what ``make`` returns, beside the rows that it writes.

    Where the database is not new, or others look into it already, it is made anew: their
    connections would be lost. ``key`` names the scene and all that it depends on.
    """
    name = str(connections["default"].settings_dict["NAME"])
    if not _is_ours_alone(cluster(), name):
        return make()
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


def _is_ours_alone(stores: Cluster, name: str) -> bool:
    """Say whether a database is new, and this thread the only one that is connected to it."""
    opened = [one.connection for one in connections.all(initialized_only=True) if one.connection]
    with stores.owner() as owner:
        pids = [connection.info.backend_pid for connection in opened]
        [(others,)] = owner.execute(OTHERS, [name, pids]).fetchall()
    with connections["reader"].cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM records_stream)")
        [written] = cursor.fetchone()
    return not (others or written)
