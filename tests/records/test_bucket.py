"""Checkpoints in a bucket that speaks S3: a real server over HTTP, versioned and locked."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from django.core.management import CommandError, call_command
from pytest_django import Settings

from mes.lib.embedded.process import wait_until
from records.checkpoints import Checkpointer, LogRefused, all_files, newest, write
from records.models import Pulse
from records.places import Bucket, Folder, PlaceAway, place
from records.verification import verify
from tests.records.ledger_owner import Owner
from tests.records.trial import stream_with

pytestmark = [pytest.mark.usefixtures("committed_db", "outside"), pytest.mark.req("P11-10a")]
KEPT = "kept-elsewhere"


@dataclass
class Server:
    """A server that speaks S3, in a process of its own."""

    address: str
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = boto3.client(
            "s3", endpoint_url=self.address, region_name="us-east-1",
            aws_access_key_id="id", aws_secret_access_key="secret",
            config=Config(retries={"max_attempts": 1}),
        )  # fmt: skip

    def answers(self) -> bool:
        """Whether it takes connections."""
        host, _, port = self.address.removeprefix("http://").partition(":")
        with socket.socket() as tried:
            return tried.connect_ex((host, int(port))) == 0

    def put(self, key: str, text: str) -> None:
        """Write over an object, as whoever holds the secrets can."""
        self.client.put_object(Bucket=KEPT, Key=f"site-1/{key}", Body=text.encode())

    def delete(self, key: str) -> None:
        """Delete an object."""
        self.client.delete_object(Bucket=KEPT, Key=f"site-1/{key}")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env={"PATH": os.environ["PATH"]}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        made = Server(f"http://127.0.0.1:{port}")
        assert wait_until(made.answers, seconds=30)
        yield made
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def bucket(server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """Give an empty bucket with object lock, named by the setting."""
    server.client.create_bucket(Bucket=KEPT, ObjectLockEnabledForBucket=True)
    settings.MES_CHECKPOINTS = f"s3://{KEPT}/site-1"
    for name, value in {
        "AWS_ENDPOINT_URL": server.address, "AWS_REGION": "us-east-1", "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    found = place()
    assert isinstance(found, Bucket)
    yield found
    for kind in ("Versions", "DeleteMarkers"):
        for one in server.client.list_object_versions(Bucket=KEPT).get(kind, []):
            server.client.delete_object(Bucket=KEPT, Key=one["Key"], VersionId=one["VersionId"])
    server.client.delete_bucket(Bucket=KEPT)


def names(bucket: Bucket) -> list[str]:
    return [file.name for file in bucket.files()]


def test_checkpoints_go_into_the_bucket_and_vouch_from_there(bucket: Bucket) -> None:
    stream_with("a", "b")
    running = Checkpointer()
    first = running.checkpoint()
    stream_with("c")
    running.checkpoint()
    assert names(bucket) == ["000000000002.json", "000000000003.json"]
    assert next(one for _, one in all_files(bucket)) == first
    assert newest(bucket) == running.previous
    report = verify(everything=True)
    assert report.clean
    assert "vouches for 3 entries" in report.notes[0]


def test_the_server_refuses_to_replace_a_checkpoint(bucket: Bucket) -> None:
    stream_with("a")
    made = Checkpointer().checkpoint()
    assert made is not None
    with pytest.raises(FileExistsError):
        write(made, bucket)
    assert names(bucket) == ["000000000001.json"]


def test_the_next_process_goes_on_from_the_bucket(bucket: Bucket) -> None:
    stream_with("a")
    Checkpointer().checkpoint()
    stream_with("b")
    made = Checkpointer().checkpoint()
    assert made is not None
    assert (made.previous, made.size) == (1, 2)


@pytest.mark.scenario(33)
def test_what_an_owner_altered_is_found_from_the_bucket(bucket: Bucket, owner: Owner) -> None:
    stream = stream_with("a", "b")
    Checkpointer().checkpoint()
    owner.rehash(stream, f"DELETE FROM records_entry WHERE stream = '{stream}' AND seq = 2")
    owner.relabel(stream)
    assert f"entry {stream}/2" in [one.where for one in verify(everything=True).differences]
    with pytest.raises(LogRefused, match="does not continue checkpoint 2"):
        Checkpointer()


def test_a_checkpoint_that_was_replaced_or_deleted_is_found(bucket: Bucket, server: Server) -> None:
    stream_with("a")
    running = Checkpointer()
    running.checkpoint()
    stream_with("b")
    running.checkpoint()
    server.put("000000000001.json", "{}")
    assert next(one.where for one in verify(everything=True).differences) == (
        "checkpoint 000000000001.json"
    )
    server.delete("000000000002.json")
    server.delete("000000000001.json")
    [gone] = verify(everything=True).differences
    assert "was signed and is not here" in gone.problem


def test_many_checkpoints_are_read_in_order(bucket: Bucket, server: Server) -> None:
    for number in range(40):
        server.put(f"{number:012d}.json", str(number))
    server.put("notes.txt", "not a checkpoint")
    assert [text for _, text in bucket.texts()] == [str(number) for number in range(40)]


def test_a_bucket_on_the_databases_machine_is_for_show(bucket: Bucket) -> None:
    said = "The bucket of the checkpoints is on the database's machine: for show only."
    stream_with("a")
    Checkpointer().checkpoint()
    assert said in verify().notes


def test_a_bucket_elsewhere_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://s3.example.org")
    assert Bucket("s3://kept/here").weaknesses() == []


def test_a_server_that_is_away_is_said_and_nothing_is_lost(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, outside: Folder
) -> None:
    stream_with("a")
    with monkeypatch.context() as away:
        away.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        with pytest.raises(PlaceAway, match=f"s3://{KEPT}/site-1"):
            place().files()
        with pytest.raises(CommandError):
            call_command("checkpoint")
        assert "s3://" in Pulse.objects.get(name="checkpoint").problem
    call_command("checkpoint")
    assert Pulse.objects.get(name="checkpoint").problem == ""
    assert names(bucket) == ["000000000001.json"]
    assert not Path(outside.path).exists()
