"""The embedded stores: started once, adopted, stopped, and refused where they cannot run."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mes.lib.embedded import (
    APP,
    OWNER,
    READER,
    FolderRefused,
    Stores,
    Valkey,
    addresses,
    data_folder,
)
from mes.lib.embedded.folder import LONGEST_PATH, check_folder, closed_parent
from mes.lib.embedded.process import alive, wait_until


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path that the plain user may pass through."""
    with tempfile.TemporaryDirectory(prefix="mes-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "data"


@pytest.fixture
def stores(folder: Path) -> Iterator[Stores]:
    started = Stores({"MES_DATA": str(folder)})
    started.start()
    yield started
    started.stop()


def row(address: str, query: str) -> tuple[object, ...]:
    with psycopg.connect(address) as connection:
        return connection.execute(query).fetchone() or ()


def test_stores_are_adopted_by_the_next_and_stopped_by_the_first(stores: Stores) -> None:
    second = Stores({"MES_DATA": str(stores.folder)})
    second.start()
    second.stop()
    assert stores.postgres is not None
    assert stores.valkey is not None
    assert (stores.postgres.running(), stores.valkey.running()) == (True, True)
    stores.stop()
    assert (stores.postgres.running(), stores.valkey.running()) == (False, False)


def test_each_address_is_its_role_and_listens_on_no_port(stores: Stores) -> None:
    named = addresses(stores.folder)
    users = [row(named[name], "SELECT current_user") for name in sorted(named) if "DATA" in name]
    assert users == [(OWNER,), (READER,), (APP,)]
    listening = row(named["DATABASE_URL"], "SELECT current_setting('listen_addresses')")
    assert listening == ("",)


def test_database_was_made_for_many_sessions_and_by_the_owner(stores: Stores) -> None:
    address = addresses(stores.folder)["DATABASE_OWNER_URL"]
    assert row(address, "SELECT current_setting('max_connections')") == ("400",)
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert row(address, owner) == (OWNER,)


def test_killed_postgresql_is_started_again_with_its_data(stores: Stores) -> None:
    assert stores.postgres is not None
    address = addresses(stores.folder)["DATABASE_OWNER_URL"]
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    pid = int((stores.postgres.folder / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not alive(pid), seconds=10)
    assert wait_until(lambda: not _children_left(stores), seconds=10)
    assert stores.postgres.start() is True
    assert row(address, "SELECT n FROM kept") == (1,)


def _children_left(stores: Stores) -> bool:
    assert stores.postgres is not None
    return stores.postgres.running()


def test_killed_valkey_keeps_what_it_was_given(folder: Path) -> None:
    valkey = Valkey(folder / "valkey")
    valkey.start()
    valkey.client().set("bell", "rung")
    assert wait_until(lambda: valkey.client().info("persistence")["aof_enabled"] == 1, seconds=5)
    assert valkey.client().config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    pid = int(valkey.client().info("server")["process_id"])
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not alive(pid), seconds=10)
    assert valkey.start() is True
    assert valkey.client().get("bell") == b"rung"
    valkey.stop()


def test_named_stores_are_not_started(folder: Path) -> None:
    stores = Stores(
        {"MES_DATA": str(folder), "DATABASE_URL": "postgresql://x/y", "REDIS_URL": "redis://x"}
    )
    stores.start()
    environ: dict[str, str] = {}
    stores.name_in(environ)
    assert (environ, folder.exists()) == ({}, False)


def test_long_path_is_refused_with_the_remedy() -> None:
    folder = Path("/tmp") / ("x" * LONGEST_PATH)
    with pytest.raises(FolderRefused, match=r"more than 90 characters.*Set MES_DATA to a shorter"):
        check_folder(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database as somebody else")
def test_folder_below_roots_home_is_refused_with_the_remedy() -> None:
    folder = data_folder({"MES_DATA": str(Path("~root").expanduser() / "data")})
    with pytest.raises(FolderRefused, match=r"below root's home.*Set MES_DATA"):
        check_folder(folder)


def test_closed_parent_is_found(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert (
        closed_parent(closed / "data") in closed.parents or closed_parent(closed / "data") == closed
    )
