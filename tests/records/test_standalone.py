"""``evidence.py`` beside an exported record: no Django, no database, no project."""

import base64
import json
import random
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mes.lib import evidence
from mes.lib.evidence import GENESIS, JSON, Tree, canonical, entry_hash
from mes.lib.ids import uuid7

pytestmark = pytest.mark.req("P11-10a", "P11-10b")
NOW = "2026-11-22T20:00:00.000000Z"


def exported(stream: str, kind: str, count: int) -> dict[str, Any]:
    """Return a chain as the dossier's export has it."""
    previous, entries = GENESIS, []
    for seq in range(1, count + 1):
        envelope: dict[str, JSON] = {
            "stream": {"kind": kind, "id": stream}, "seq": seq, "kind": "step.performed",
            "actor": {"id": None, "name": "Ömer Ş."}, "at": NOW, "payload": {"value": str(seq)},
        }  # fmt: skip
        body = canonical(envelope)
        previous = entry_hash(previous, body)
        entries.append(
            {"seq": seq, "body": base64.b64encode(body).decode(), "hash": previous.hex()}
        )
    head = {"seq": count, "hash": previous.hex()}
    return {"stream": stream, "kind": kind, "head": head, "entries": entries}


@dataclass(frozen=True)
class Copy:
    """An exported record, and the checkpoint kept elsewhere."""

    folder: Path
    content: dict[str, Any]

    @property
    def record(self) -> Path:
        return self.folder / "record.json"

    def write(self) -> None:
        self.record.write_text(json.dumps(self.content))

    def run(self, *more: str) -> "subprocess.CompletedProcess[str]":
        """Run the verifier as a stranger would: isolated, without site-packages."""
        return subprocess.run(
            [sys.executable, "-I", "-S", "evidence.py", "record.json", *more],
            cwd=self.folder, capture_output=True, check=False, text=True,
        )  # fmt: skip


def anchored(chain: dict[str, Any], seq: int, folder: Path) -> None:
    """Put an entry into a log of 50 and its proof into the chain; keep the checkpoint's file."""
    leaves = [bytes([number]) * 32 for number in range(50)]
    leaves[17] = bytes.fromhex(chain["entries"][seq - 1]["hash"])

    def span(start: int, end: int) -> bytes:
        tree = Tree()
        for leaf in leaves[start:end]:
            tree.append(leaf)
        return tree.root()

    point = {"size": 50, "root": span(0, 50).hex(), "at": NOW, "key": "k", "signature": "s"}
    proof = [step.hex() for step in evidence.inclusion_proof(span, 17, 50)]
    chain["anchor"] = {"seq": seq, "number": 17, "proof": proof, "checkpoint": point}
    (folder / "checkpoint.json").write_text(json.dumps({**point, "leaves": []}))


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    shutil.copy(evidence.__file__, tmp_path / "evidence.py")
    chains = [exported(str(uuid7()), "batch", 12), exported(str(uuid7()), "sample", 2)]
    anchored(chains[0], 11, tmp_path)
    made = Copy(tmp_path, {"record": {"header": {}}, "chains": chains})
    made.write()
    return made


def test_a_whole_copy_holds_without_django_and_database(copy: Copy) -> None:
    done = copy.run("checkpoint.json")
    batch, sample = (chain["stream"] for chain in copy.content["chains"])
    assert done.stdout.splitlines() == [
        f"batch {batch}: 12 entries hold; 1 to 11 are in checkpoint 50 of {NOW}, the one given",
        f"sample {sample}: 2 entries hold; no checkpoint vouches for them",
    ]
    assert (done.returncode, done.stderr) == (0, "")


def test_without_the_kept_checkpoint_the_root_is_said_to_be_compared(copy: Copy) -> None:
    root = copy.content["chains"][0]["anchor"]["checkpoint"]["root"]
    assert f"checkpoint 50 of {NOW}, if its root is {root}" in copy.run().stdout


def flaw(copy: Copy, *more: str) -> str:
    copy.write()
    done = copy.run(*more)
    assert (done.returncode, done.stderr) == (1, "")
    [line] = [one for one in done.stdout.splitlines() if one.startswith("DOES NOT HOLD: ")]
    return line.removeprefix("DOES NOT HOLD: ")


def test_an_altered_entry_is_named(copy: Copy) -> None:
    chain = copy.content["chains"][0]
    body = base64.b64decode(chain["entries"][4]["body"]).replace(b'"5"', b'"6"')
    chain["entries"][4]["body"] = base64.b64encode(body).decode()
    assert flaw(copy) == f"{chain['stream']}/5 is altered"


def rehashed(chain: dict[str, Any]) -> None:
    previous = GENESIS
    for one in chain["entries"]:
        previous = entry_hash(previous, base64.b64decode(one["body"]))
        one["hash"] = previous.hex()
    chain["head"] = {"seq": len(chain["entries"]), "hash": previous.hex()}


def test_a_chain_rewritten_and_hashed_anew_is_found_by_its_anchor(copy: Copy) -> None:
    chain = copy.content["chains"][0]
    body = base64.b64decode(chain["entries"][4]["body"]).replace(b'"5"', b'"6"')
    chain["entries"][4]["body"] = base64.b64encode(body).decode()
    rehashed(chain)
    assert flaw(copy) == f"{chain['stream']}/11 is not as checkpoint 50 has it"


def test_a_copy_cut_short_is_found_by_its_anchor(copy: Copy) -> None:
    chain = copy.content["chains"][0]
    del chain["entries"][9:]
    rehashed(chain)
    assert flaw(copy) == f"{chain['stream']}/11 is not as checkpoint 50 has it"


def test_another_root_than_the_kept_one_is_found(copy: Copy) -> None:
    chain = copy.content["chains"][0]
    (copy.folder / "checkpoint.json").write_text(
        json.dumps({**chain["anchor"]["checkpoint"], "root": "00" * 32})
    )
    assert flaw(copy, "checkpoint.json") == f"{chain['stream']}/11 is not as checkpoint 50 has it"


def test_a_chain_under_another_name_is_found(copy: Copy) -> None:
    copy.content["chains"][1]["kind"] = "batch"
    stream = copy.content["chains"][1]["stream"]
    copy.write()
    said = copy.run().stdout
    assert f"DOES NOT HOLD: {stream}/1 is an entry of" in said


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"chains": []}', '{"chains": [7]}', "\x00"])
def test_what_is_no_record_fails_without_a_traceback(text: str, copy: Copy) -> None:
    copy.record.write_text(text)
    done = copy.run()
    assert (done.returncode, done.stderr) == (1, "")


def test_without_arguments_it_says_how_it_is_called(copy: Copy) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", "evidence.py"],
        cwd=copy.folder, capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert "python evidence.py RECORD.json" in done.stderr


def flips(text: bytes, count: int) -> list[tuple[int, int]]:
    """Return places in the chains and what is flipped there, chosen by a fixed seed."""
    chance = random.Random(30)
    start = text.index(b'"chains"') + len(b'"chains"')
    places = chance.sample(range(start, len(text) - 2), count)
    return [(place, chance.randrange(1, 256)) for place in places]


@pytest.mark.scenario(33)
@pytest.mark.parametrize(
    "count", [400, pytest.param(20_000, marks=pytest.mark.slow)], ids=["sample", "full"]
)
def test_every_flipped_byte_of_a_long_batch_is_found_and_its_entry_named(
    count: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chain = exported(str(uuid7()), "batch", 500)
    anchored(chain, 500, tmp_path)
    copy = Copy(tmp_path, {"record": {}, "chains": [chain]})
    copy.write()
    whole = copy.record.read_bytes()
    starts = [found.start() for found in re.finditer(rb'\{"seq": \d+, "body"', whole)]
    ends = whole.index(b"]", starts[-1])
    missed = []
    for place, mask in flips(whole, count):
        altered = bytearray(whole)
        altered[place] ^= mask
        if same(bytes(altered), copy.content):
            continue
        copy.record.write_bytes(altered)
        status = evidence.main([str(copy.record), str(tmp_path / "checkpoint.json")])
        said = capsys.readouterr().out
        seq = sum(start <= place for start in starts) if starts[0] <= place < ends else 0
        # White space between two entries is of neither; turned into a bracket it is only found.
        between = whole[place - 2 : place + 1] == b"}, "
        names = {f"/{seq} ", f"read to {chain['stream']}/{seq}:"}
        names.add(f"read to {chain['stream']}/{seq - 1}:")
        named = seq <= 1 or between or any(name in said for name in names)
        if status != 1 or not named:
            missed.append((place, mask, seq, said[-200:]))
    assert missed == []


def same(text: bytes, content: dict[str, Any]) -> bool:
    """Say whether only white space became other white space."""
    try:
        found: bool = json.loads(text) == content
    except ValueError:
        return False
    return found
