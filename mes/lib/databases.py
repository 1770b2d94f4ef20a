"""Database addresses as Django wants them: one alias for each of the three roles."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

from mes.lib.environment import Environment

PATIENT = "-c lock_timeout=2000"
BRIEF = f"{PATIENT} -c idle_in_transaction_session_timeout=10000"
# Alias, variable, what a session of that role may do to the others. A lock is waited for two
# seconds at most; a transaction left open by the application is ended after ten. The owner
# migrates and the reader verifies: both work long between two statements.
ROLES = (
    (
        "default",
        "DATABASE_URL",
        BRIEF,
    ),
    ("owner", "DATABASE_OWNER_URL", PATIENT),
    ("reader", "DATABASE_READER_URL", "-c default_transaction_read_only=on"),
)
KNOWN = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def databases(environment: Environment, *, pool: int) -> dict[str, dict[str, Any]]:
    """Return DATABASES: ``default``, and ``owner`` and ``reader`` when their address is set.

    ``pool`` is the largest number of connections of the web process; 0 means no pool.
    """
    found = {}
    for alias, variable, options in ROLES:
        address = environment.optional(variable)
        if address:
            found[alias] = _database(address, options, pool if alias == "default" else 0)
    return found


def _database(address: str, options: str, pool: int) -> dict[str, Any]:
    given = conninfo_to_dict(address)
    database: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 0}
    for key, name in KNOWN.items():
        database[name] = str(given.pop(key, None) or "")
    # Django's own cursors prepare nothing; records.store has one that prepares what it sends.
    database["OPTIONS"] = {**given, "options": options, "prepare_threshold": 0}
    if pool:
        database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": pool, "timeout": 5}
    return database
