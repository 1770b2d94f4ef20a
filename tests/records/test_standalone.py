"""``evidence.py`` beside an exported record: no Django, no database, no project."""

import base64
import json
import random
import re
import shutil
import subprocess
import sys
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mes.lib import evidence
from mes.lib.evidence import GENESIS, JSON, Tree, canonical, entry_hash
from mes.lib.ids import uuid7

pytestmark = pytest.mark.req("P11-10a", "P11-10b", "A11-17")
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
        self.record.write_text(evidence.written(**self.content), encoding="utf-8")

    def run(self, *more: str) -> "subprocess.CompletedProcess[str]":
        """Run the verifier as a stranger would: isolated, without site-packages."""
        return subprocess.run(
            [sys.executable, "-I", "-S", "evidence.py", "record.json", *more],
            cwd=self.folder, capture_output=True, check=False, text=True,
        )  # fmt: skip


def anchored(folder: Path, *ends: tuple[dict[str, Any], int]) -> None:
    """Put an entry of each chain into a log of 50 and its proof into it; keep the checkpoint."""
    leaves = [bytes([number]) * 32 for number in range(50)]
    for number, (chain, seq) in enumerate(ends, 17):
        leaves[number] = bytes.fromhex(chain["entries"][seq - 1]["hash"])

    def span(start: int, end: int) -> bytes:
        tree = Tree()
        tree.extend(leaves[start:end])
        return tree.root()

    point = {"size": 50, "root": span(0, 50).hex(), "at": NOW, "key": "k", "signature": "s"}
    for number, (chain, seq) in enumerate(ends, 17):
        proof = [step.hex() for step in evidence.inclusion_proof(span, number, 50)]
        chain["anchor"] = {"seq": seq, "number": number, "proof": proof, "checkpoint": point}
    (folder / "checkpoint.json").write_text(json.dumps({**point, "leaves": []}))


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    shutil.copy(evidence.__file__, tmp_path / "evidence.py")
    chains = [exported(str(uuid7()), "batch", 12), exported(str(uuid7()), "sample", 2)]
    anchored(tmp_path, (chains[0], 11), (chains[1], 1))
    made = Copy(tmp_path, {"record": {"header": {}}, "chains": chains})
    made.write()
    return made


def test_a_whole_copy_holds_without_django_and_database(copy: Copy) -> None:
    done = copy.run("checkpoint.json")
    batch, sample = (chain["stream"] for chain in copy.content["chains"])
    assert done.stdout.splitlines() == [
        f"batch {batch}: 12 entries hold; 1 to 11 are in checkpoint 50 of {NOW}, the one given"
        "; nothing vouches for 12 to 12",
        f"sample {sample}: 2 entries hold; 1 to 1 are in checkpoint 50 of {NOW}, the one given"
        "; nothing vouches for 2 to 2",
        "no entry names the readable record",
    ]
    assert (done.returncode, done.stderr) == (0, "")


def test_a_chain_that_leaves_its_anchor_out_is_no_proof_beside_a_kept_checkpoint(
    copy: Copy,
) -> None:
    """Else whoever rewrites a chain would leave it out, or bring one of a log of their own."""
    chain = copy.content["chains"][1]
    own = {**chain["anchor"]["checkpoint"], "size": 1}
    told = f"{chain['stream']} is in none of the checkpoints that were given"
    for anchor in (None, {}, {**chain["anchor"], "checkpoint": own}):
        chain["anchor"] = anchor
        assert flaw(copy, "checkpoint.json") == told
    del chain["anchor"]
    assert flaw(copy, "checkpoint.json") == told
    alone = copy.run()
    assert f"sample {chain['stream']}: 2 entries hold; no checkpoint vouches" in alone.stdout
    assert alone.returncode == 0


def test_an_anchor_of_the_first_entry_does_not_hide_that_a_later_one_was_rewritten(
    copy: Copy,
) -> None:
    """Whoever rewrites a chain would keep the anchor of what they left: the files know the rest."""
    chain = copy.content["chains"][0]
    anchored(copy.folder, (chain, 1), (copy.content["chains"][1], 1))
    kept = json.loads((copy.folder / "checkpoint.json").read_text())
    kept["leaves"] = [
        f"{chain['stream']}/{one['seq']} {one['hash']}" for one in chain["entries"][:9]
    ]
    (copy.folder / "checkpoint.json").write_text(json.dumps(kept))
    copy.write()
    whole = copy.run("checkpoint.json").stdout.splitlines()[0]
    assert whole.endswith("1 to 1 are in checkpoint 50 of "
                          f"{NOW}, the one given; nothing vouches for 10 to 12")  # fmt: skip
    body = base64.b64decode(chain["entries"][4]["body"]).replace(b'"5"', b'"6"')
    chain["entries"][4]["body"] = base64.b64encode(body).decode()
    rehashed(chain)
    told = f"{chain['stream']}/5 is not as a checkpoint that was given has it"
    assert flaw(copy, "checkpoint.json") == told
    assert "; nothing vouches for 2 to 12" in copy.run().stdout


def test_the_entry_that_names_the_readable_record_is_told(copy: Copy) -> None:
    """Else a record beside true chains could say anything, sealed anew."""
    chain = copy.content["chains"][0]
    seal = json.loads(evidence.written(copy.content["record"], []))["seal"]
    for seq, (value, quoted) in {8: (seal, True), 4: (f'"record":"{seal}"', False)}.items():
        envelope = json.loads(base64.b64decode(chain["entries"][seq - 1]["body"]))
        envelope["payload"] = {"record" if quoted else "text": value}
        chain["entries"][seq - 1]["body"] = base64.b64encode(canonical(envelope)).decode()
    rehashed(chain)
    del chain["anchor"]
    copy.write()
    said = copy.run().stdout.splitlines()
    assert said[-1] == f"{chain['stream']}/8 names the readable record"
    copy.content["record"] = {"header": {"batch": "forged"}}
    copy.write()
    assert copy.run().stdout.splitlines()[-1] == "no entry names the readable record"


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
    chain, _sample = copy.content["chains"]
    copy.content["chains"] = [chain]
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


def flips(text: bytes, count: int, seed: int) -> list[tuple[int, int]]:
    """Return places in the whole file and what is flipped there, chosen by a seed."""
    chance = random.Random(seed)
    return [(place, chance.randrange(1, 256)) for place in chance.sample(range(len(text)), count)]


FLIPS, BLOCK = 20_000, 1_000


@dataclass(frozen=True)
class Layout:
    """Where the entries of an exported file lie: each from its brace to the brace of the next."""

    starts: list[int]
    bodies: list[int]
    end: int

    @classmethod
    def of(cls, text: bytes) -> "Layout":
        found = list(re.finditer(rb'\{\s*"seq": \d+,\s*("body")', text))
        end = text.index(b"]", found[-1].start())
        return cls([one.start() for one in found], [one.start(1) for one in found], end)

    def named(self, place: int, stream: str) -> set[str]:
        """Return what may name a flip at ``place``; what is no JSON is read to the entry before."""
        seq = bisect_right(self.starts, place)
        if seq == 0 or place >= self.end:
            return {stream, "read to ", "no copy"}
        either = {f"{stream}/{seq} ", f"{stream}/{seq}\n"}
        inside = self.bodies[seq - 1] + len('"body"') <= place < text_end(self, seq)
        return either if inside else either | {f"{stream}/{seq - 1}\n", f"{stream}/{seq + 1}\n"}


@pytest.mark.parametrize("old", ["\n    {\n", ",\n    {\n", "    },\n"])
def test_a_bracket_too_many_names_its_entry_and_not_the_last(
    old: str, long_copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bracket for a space is noticed at the end of the file, hundreds of entries behind."""
    whole = long_copy.record.read_bytes()
    near = Layout.of(whole).starts[249]
    start = whole.index(old.encode(), near)
    places = [n for n in range(start, start + len(old)) if whole[n] in b" \n"]
    flips_to = [(n, whole[n] ^ new) for n in places for new in b"[{]},:"]
    assert unnamed(long_copy, flips_to, lambda: capsys.readouterr().out) == []


@pytest.mark.scenario(33)
def test_what_cannot_be_read_in_a_second_chain_is_not_named_after_the_first(copy: Copy) -> None:
    second = copy.content["chains"][1]["stream"]
    copy.write()
    text = copy.record.read_text("utf-8")
    copy.record.write_text(
        text.replace(f'"stream": "{second}",', f'"stream": "{second}";'), "utf-8"
    )
    assert f"read to {second}/0\n" in copy.run().stdout


def text_end(layout: Layout, seq: int) -> int:
    """Return where an entry's last value ends: behind it stand its brace, a comma and spaces."""
    following = layout.starts[seq] if seq < len(layout.starts) else layout.end
    return following - 10


@pytest.fixture(scope="module")
def long_copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """Give an exported batch of 500 entries, with a readable record and its checkpoint."""
    folder = tmp_path_factory.mktemp("long")
    chain = exported(str(uuid7()), "batch", 500)
    anchored(folder, (chain, 500))
    steps = [{"step": f"s{number}", "value": "5.2 mL", "by": "Ömer Ş."} for number in range(500)]
    copy = Copy(folder, {"record": {"header": {"batch": "B-1"}, "steps": steps}, "chains": [chain]})
    copy.write()
    return copy


def unnamed(copy: Copy, places: list[tuple[int, int]], said: Callable[[], str]) -> list[object]:
    """Return the flips that are not found, or whose entry is not named."""
    whole, stream = copy.record.read_bytes(), copy.content["chains"][0]["stream"]
    layout, altered = Layout.of(whole), copy.folder / "altered.json"
    missed: list[object] = []
    for place, mask in places:
        text = bytearray(whole)
        text[place] ^= mask
        altered.write_bytes(text)
        status = evidence.main([str(altered), str(copy.folder / "checkpoint.json")])
        lines = said()
        if status != 1 or not any(one in lines for one in layout.named(place, stream)):
            missed.append((place, mask, lines[-200:]))
    return missed


@pytest.mark.scenario(33)
def test_a_flipped_byte_of_a_long_batch_is_found_and_its_entry_named(
    long_copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    places = flips(long_copy.record.read_bytes(), 200, seed=30)
    assert unnamed(long_copy, places, lambda: capsys.readouterr().out) == []


@pytest.mark.slow
@pytest.mark.scenario(33)
@pytest.mark.parametrize("block", range(FLIPS // BLOCK))
def test_twenty_thousand_flipped_bytes_are_found_and_their_entries_named(
    block: int, long_copy: Copy, capsys: pytest.CaptureFixture[str],
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    """A block is recorded when it has passed: a run that was broken off goes on behind it."""
    places = flips(long_copy.record.read_bytes(), BLOCK, seed=1000 + block)
    assert unnamed(long_copy, places, lambda: capsys.readouterr().out) == []
    record_property("entries of the batch", len(long_copy.content["chains"][0]["entries"]))
    record_property("flipped bytes, each found and named", len(places))


def test_a_rewritten_readable_record_breaks_the_seal(copy: Copy) -> None:
    copy.write()
    text = copy.record.read_text("utf-8").replace('"header": {}', '"header": []')
    copy.record.write_text(text, "utf-8")
    done = copy.run()
    assert (done.returncode, "its readable record, or a space, differs" in done.stdout) == (1, True)
