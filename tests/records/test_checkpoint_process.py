"""The process that signs every minute: alone with the reader's address, ended by one signal."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mes.lib.embedded import APP, READER
from mes.lib.embedded.process import wait_until
from mes.supervisor.children import children
from records.places import Folder
from records.verification import verify
from tests.records.trial import stream_with
from tests.support.cluster import Cluster
from tests.support.folder import PROJECT
from tests.support.processes import child_environment


def test_only_the_checkpointer_gets_the_readers_address(tmp_path: Path) -> None:
    secret = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}
    environ = {
        "DATABASE_READER_URL": "reader", "DATABASE_OWNER_URL": "owner", "OTHER": "1", **secret,
    }  # fmt: skip
    found = {child.name: child for child in children(environ, port=1, logs=tmp_path)}
    holders = [name for name, child in found.items() if "DATABASE_READER_URL" in child.environment]
    assert holders == ["checkpoint"]
    keepers = [name for name, child in found.items() if secret.keys() & child.environment.keys()]
    assert keepers == ["checkpoint"]
    assert not any("DATABASE_OWNER_URL" in child.environment for child in found.values())


def test_without_the_readers_address_there_is_no_checkpointer(tmp_path: Path) -> None:
    names = [child.name for child in children({}, port=1, logs=tmp_path)]
    assert names == ["web", "worker", "relay"]


@pytest.mark.req("P11-10a")
def test_process_signs_what_is_new_until_it_is_told_to_stop(
    committed_db: str, cluster: Cluster, outside: Folder
) -> None:
    stream_with("a")
    environment = child_environment(
        DATABASE_URL=cluster.postgres.url(APP, committed_db),
        DATABASE_READER_URL=cluster.postgres.url(READER, committed_db),
        MES_DATA=str(outside.path.parent),
    )
    process = subprocess.Popen(
        [sys.executable, "manage.py", "checkpoint", "--every", "0.2"],
        cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert wait_until(lambda: len(outside.files()) == 1, seconds=30)
        stream_with("b", "c")
        assert wait_until(lambda: len(outside.files()) == 2, seconds=10)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=10)
    finally:
        process.kill()
    assert (process.returncode, output.count("checkpoint ")) == (0, 2)
    assert verify().clean
