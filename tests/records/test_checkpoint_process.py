"""The processes that sign and verify every minute: with the reader's address, ended by a signal."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mes.lib.embedded import APP, READER
from mes.lib.embedded.process import wait_until
from mes.supervisor.children import children
from records.models import Verification
from records.places import Folder
from records.verification import verify
from tests.builders import materials as build
from tests.records.trial import stream_with
from tests.support.cluster import Cluster
from tests.support.folder import PROJECT
from tests.support.processes import child_environment


def test_only_who_seals_and_verifies_gets_the_readers_address(tmp_path: Path) -> None:
    secret = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}
    environ = {
        "DATABASE_READER_URL": "reader", "DATABASE_OWNER_URL": "owner", "OTHER": "1", **secret,
    }  # fmt: skip
    found = {child.name: child for child in children(environ, port=1, logs=tmp_path)}
    holders = [name for name, child in found.items() if "DATABASE_READER_URL" in child.environment]
    assert holders == ["checkpoint", "verify"]
    keepers = [name for name, child in found.items() if secret.keys() & child.environment.keys()]
    assert keepers == ["checkpoint", "verify"]
    assert not any("DATABASE_OWNER_URL" in child.environment for child in found.values())


def test_without_the_readers_address_neither_runs(tmp_path: Path) -> None:
    names = [child.name for child in children({}, port=1, logs=tmp_path)]
    assert names == ["web", "worker", "relay"]


def started(
    database: str, cluster: Cluster, outside: Folder, command: str
) -> "subprocess.Popen[str]":
    environment = child_environment(
        DATABASE_URL=cluster.postgres.url(APP, database),
        DATABASE_READER_URL=cluster.postgres.url(READER, database),
        MES_DATA=str(outside.path.parent),
    )
    return subprocess.Popen(
        [sys.executable, "manage.py", command, "--every", "0.2"],
        cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip


@pytest.mark.req("P11-10a", "A11-11")
def test_process_verifies_everything_at_first_and_then_what_is_new(
    committed_db: str, cluster: Cluster, outside: Folder
) -> None:
    build.material(build.somebody())
    process = started(committed_db, cluster, outside, "verify")
    try:
        came = wait_until(lambda: Verification.objects.count() >= 2, seconds=30)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=10)
    finally:
        process.kill()
    assert came, output
    runs = list(Verification.objects.order_by("id").values_list("whole", "entries", "findings"))
    assert (runs[0], runs[1][0], process.returncode) == ((True, 5, 0), False, 0), output
    assert output.startswith("No checkpoint vouches for this database from outside.\n2 streams")


@pytest.mark.req("P11-10a")
def test_process_signs_what_is_new_until_it_is_told_to_stop(
    committed_db: str, cluster: Cluster, outside: Folder
) -> None:
    stream_with("a")
    process = started(committed_db, cluster, outside, "checkpoint")
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
