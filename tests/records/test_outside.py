"""The checkpoints' folder altered: each file is checked by itself and against its neighbours."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from records import signing
from records.checkpoints import Checkpoint, Checkpointer, LogRefused
from records.places import Folder
from records.verification import verify
from tests.records.trial import stream_with

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.req("P11-10a"),
    pytest.mark.scenario(33),
]


@pytest.fixture
def files(outside: Folder) -> list[Path]:
    """Give the files of three checkpoints."""
    running = Checkpointer()
    for texts in ("ab", "c", "defg"):
        stream_with(*texts)
        running.checkpoint()
    assert verify().clean
    return [Path(file) for file in outside.files()]


def altered(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def said() -> list[str]:
    return [str(one) for one in verify().differences]


ROOT = "ab" * 32
FIELDS: dict[str, Callable[[dict[str, Any]], None]] = {
    "root": lambda it: it.update(root=ROOT),
    "time": lambda it: it.update(at=it["at"].replace("20", "19", 1)),
    "signature": lambda it: it.update(signature="A" * 86 + "=="),
    "key": lambda it: it.update(key="0" * 16),
    "consistency": lambda it: it.update(consistency=[ROOT]),
    "a leaf": lambda it: it.update(leaves=[it["leaves"][0][:-64] + ROOT, *it["leaves"][1:]]),
    "a leaf less": lambda it: it.update(leaves=it["leaves"][1:]),
    "size": lambda it: it.update(size=it["size"] + 1),
}


@pytest.mark.parametrize("field", FIELDS)
def test_a_file_altered_in_any_part_is_named(field: str, files: list[Path]) -> None:
    altered(files[1], FIELDS[field])
    assert any(line.startswith(f"checkpoint {files[1].name}: ") for line in said())


@pytest.mark.parametrize("index", [0, 1])
def test_a_missing_file_is_noticed_by_the_next(index: int, files: list[Path]) -> None:
    files[index].unlink()
    follows = files[index + 1].name
    assert said()[0].startswith(f"checkpoint {follows}: does not follow the checkpoint before it")


def test_the_newest_file_missing_is_noticed_by_the_database(files: list[Path]) -> None:
    files[2].unlink()
    assert said() == [
        "checkpoint checkpoints: checkpoint 7 was signed and is not here, 3 is the last"
    ]


def test_a_file_that_cannot_be_read_is_named(files: list[Path]) -> None:
    files[2].write_text("{")
    assert said()[0] == f"checkpoint {files[2].name}: cannot be read"


UNREADABLE: dict[str, Callable[[str], list[object]]] = {
    "two entries in one line": lambda line: [f"{line}\n{line}"],
    "a line that ends": lambda line: [line + "\n"],
    "an identifier in capitals": lambda line: [line.upper()],
    "no hash": lambda line: [line[:-64]],
    "no text": lambda line: [line, 5],
}


@pytest.mark.parametrize("lines", UNREADABLE.values(), ids=UNREADABLE)
def test_lines_that_no_entry_has_are_not_read(
    lines: Callable[[str], list[object]], files: list[Path]
) -> None:
    kept = json.loads(files[2].read_text())
    assert Checkpoint.read(json.dumps(kept)).is_spelled
    altered(files[2], lambda it: it.update(leaves=[*it["leaves"][:3], *lines(it["leaves"][3])]))
    assert f"checkpoint {files[2].name}: cannot be read" in said()
    with pytest.raises(LogRefused):
        Checkpointer()


def test_a_checkpoint_of_a_thiefs_own_key_is_not_believed(files: list[Path]) -> None:
    known = signing.key_path().with_suffix(".pub")
    kept = known.read_bytes()
    signing.key_path().unlink()
    known.unlink()
    stream_with("h")
    Checkpointer().checkpoint()
    known.write_bytes(kept)
    line, acts = said()
    assert line.startswith("checkpoint 000000000008.json: signed by the key ")
    assert line.endswith("which is not known here")
    assert acts == "checkpoint 000000000008.json: the signature over its acts does not fit"


def test_verify_says_when_key_and_folder_are_only_for_show(files: list[Path]) -> None:
    stream_with("new")
    out = StringIO()
    call_command("verify", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("Checkpoint 7 of ")
    assert lines[0].endswith(" vouches for 7 entries; 1 are newer.")
    assert lines[1:3] == [
        "The folder of the checkpoints lies beside the data: for show only.",
        "The key of the checkpoints lies beside the data: for show only.",
    ]
    assert lines[3].endswith("everything holds")


def test_verify_says_nothing_of_a_folder_and_key_elsewhere(
    files: list[Path], settings: Settings, tmp_path: Path
) -> None:
    settings.MES_DATA = tmp_path / "another"
    assert len(verify().notes) == 1
