"""The whole database dumped and restored by PostgreSQL's programs: the same evidence and proofs."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from mes.lib.embedded.postgres import ADMIN, binaries
from plant.throwaway import pointed_at
from records.checkpoints import Checkpointer
from records.places import Folder
from records.verification import verify
from tests.builders import materials as build
from tests.records.histories import differences, every_kind, history
from tests.records.ledger_owner import Owner
from tests.records.trial import command, say, stream_with
from tests.support.cluster import Cluster

pytestmark = [pytest.mark.req("P11-10a", "A11-7"), pytest.mark.scenario(34)]


def run(cluster: Cluster, program: str, *arguments: str) -> None:
    """Run a program of the embedded server as its superuser, whom no policy filters."""
    done = subprocess.run(
        [str(binaries() / program), "-h", str(cluster.postgres.folder), "-U", ADMIN,
         *arguments],
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture
def restored(cluster: Cluster, committed_db: str) -> Iterator[str]:
    """Give an empty database that is dropped afterwards."""
    name = f"{committed_db}_restored"
    with cluster.owner() as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
    yield name
    connections.close_all()
    cluster.drop(name)


def test_after_dump_and_restore_everything_holds_and_goes_on(
    cluster: Cluster, committed_db: str, restored: str, outside: Folder, tmp_path: Path
) -> None:
    actor = build.somebody()
    build.material(actor)
    build.lot(actor)
    stream = stream_with("a", "b")
    assert set(history(34, more=0).accepted) == every_kind()
    Checkpointer().checkpoint()
    before = verify(everything=True)
    assert (differences(before), before.rows > 0) == ([], True)
    dump = tmp_path / "dump"
    run(cluster, "pg_dump", "--format=custom", f"--file={dump}", committed_db)
    run(cluster, "pg_restore", "--exit-on-error", f"--dbname={restored}", str(dump))
    with pointed_at(restored):
        after = verify(everything=True)
        assert (differences(after), after.entries, after.rows) == ([], before.entries, before.rows)
        say(command=command(text="c"), stream=stream, text="c")
        made = Checkpointer().checkpoint()
        assert made is not None
        assert [(leaf.stream, leaf.seq) for leaf in made.leaves] == [(stream, 3)]
        assert differences(verify(everything=True)) == []


def test_what_was_altered_in_the_dump_is_found_after_the_restore(
    cluster: Cluster, committed_db: str, restored: str, outside: Folder, owner: Owner,
    tmp_path: Path,
) -> None:  # fmt: skip
    stream = stream_with("a", "b")
    Checkpointer().checkpoint()
    owner.rehash(stream, f"DELETE FROM records_entry WHERE stream = '{stream}' AND seq = 2")
    dump = tmp_path / "dump"
    run(cluster, "pg_dump", "--format=custom", f"--file={dump}", committed_db)
    run(cluster, "pg_restore", "--exit-on-error", f"--dbname={restored}", str(dump))
    with pointed_at(restored):
        [found] = [one.where for one in verify(everything=True).differences]
    assert found == f"entry {stream}/2"
