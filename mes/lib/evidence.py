"""Hash, chain and proof of the ledger: the only implementation, standard library alone.

Django imports this file; ``python evidence.py RECORD.json [CHECKPOINT.json ...]`` verifies a copy.
An entry's *body* is the canonical JSON (RFC 8785) of its whole envelope. Its hash is
``sha256("mes:entry:v1" + previous hash + body)``; 32 zero bytes before the first.
"""

import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import reduce
from os.path import commonprefix
from pathlib import Path
from typing import Any

JSON = None | bool | int | str | Sequence["JSON"] | Mapping[str, "JSON"]
Span = Callable[[int, int], bytes]  # the root over the leaves from a number to before another

GENESIS, EMPTY_ROOT, LARGEST_INTEGER = bytes(32), hashlib.sha256().digest(), 2**53 - 1
CONTENT_DOMAIN, CHECKPOINT_DOMAIN = b"mes:content:v1", b"mes:checkpoint:v1"
ENTRY, LEAF, NODE = map(hashlib.sha256, (b"mes:entry:v1", b"\0", b"\1"))  # copies are cheaper
PLACE = re.compile(r'"stream": ?"([^"]+)|"seq": ?(\d+),\s*"body')
LINES = re.compile(r'(?: *("[^"\\\n]*": )?("([^"\\\n]|\\.)*"|[\w-]+|\{}?|\[]?|[]}]),?\n)*+')
CHAIN = ("stream", "kind", "head", "entries", "anchor")


class NotCanonical(ValueError):
    """A value that has no canonical form: a float, a huge integer, a lone surrogate."""


def canonical(value: JSON) -> bytes:
    """Return the RFC 8785 bytes of ``value``; of numbers integers up to 2^53, as keys ASCII."""
    _check(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("Text with a lone surrogate cannot be recorded.") from error


def _check(value: JSON) -> None:
    if isinstance(value, Mapping):
        for key in value:
            if not (isinstance(key, str) and key.isascii()):
                raise NotCanonical(f"{key!r} cannot be a name: ASCII text is asked for.")
    if isinstance(value, (Mapping, list, tuple)):
        for member in value.values() if isinstance(value, Mapping) else value:
            _check(member)
    elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise NotCanonical("An integer beyond 2^53 must be written as text.")
    elif not (value is None or isinstance(value, (int, str))):
        raise NotCanonical(f"{type(value).__name__} cannot be recorded.")


def entry_hash(previous: bytes, body: bytes) -> bytes:
    """Return the hash of an entry's body behind the hash before it."""
    (it := ENTRY.copy()).update(previous + body)
    return it.digest()


def content_hash(value: JSON) -> str:
    """Return the hexadecimal hash of content that a signature or a document is bound to."""
    return hashlib.sha256(CONTENT_DOMAIN + canonical(value)).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """One entry as the chain sees it."""

    stream: str
    seq: int
    body: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not hold, with the entry's number in its stream."""

    stream: str
    seq: int
    problem: str


def breaks(links: Iterable[Link], *, previous: bytes = GENESIS, start: int = 1) -> Iterator[Break]:
    """Yield each break of one stream's chain, in order; it is followed on from the stored hash."""
    expected = start
    for link in links:
        if link.seq != expected:
            yield Break(link.stream, expected, "missing")
        if entry_hash(previous, link.body) != link.hash:
            yield Break(link.stream, link.seq, "altered")
        previous, expected = link.hash, link.seq + 1


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf; the log's leaves are the hashes of entries."""
    (it := LEAF.copy()).update(leaf)
    return it.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    (it := NODE.copy()).update(left + right)
    return it.digest()


@dataclass
class Tree:
    """The log over all entries (RFC 9162, 2.1): remembers one hash for each bit of its size."""

    size: int = 0
    peaks: list[bytes] = field(default_factory=list)

    def extend(self, leaves: Iterable[bytes]) -> list[list[bytes]]:
        """Add leaves; return the hashes of the subtrees of 1, 2, 4 … leaves that they complete."""
        row, completed, single, place = [leaf_hash(leaf) for leaf in leaves], [], [], self.size
        self.size += len(row)
        while row:
            completed.append(row)
            here = [self.peaks.pop(), *row] if place & 1 else row
            single.extend(here[len(here) & ~1 :])
            row = [node_hash(*pair) for pair in zip(here[::2], here[1::2], strict=False)]
            place >>= 1
        self.peaks += reversed(single)
        return completed

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        return reduce(lambda it, left: node_hash(left, it), reversed(self.peaks or [EMPTY_ROOT]))


def split(start: int, end: int) -> int:
    """Return where a tree over ``start`` to ``end`` divides: its left side is a power of two."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def inclusion_proof(span: Span, index: int, size: int) -> list[bytes]:
    """Return the hashes that lead from leaf ``index`` to the root over ``size`` leaves."""
    return _down(span, index + 1, size, to_leaf=True)[0]


def consistency_proof(span: Span, old: int, new: int) -> list[bytes]:
    """Return the hashes that show the first ``old`` of ``new`` leaves unchanged (0 < old)."""
    proof, start = _down(span, old, new, to_leaf=False)
    return [span(start, old), *proof] if start else proof


def _down(span: Span, behind: int, end: int, *, to_leaf: bool) -> tuple[list[bytes], int]:
    """Go down to the subtree that ends at ``behind``; return what was passed, and its start."""
    proof, start = [], 0
    while end - start > 1 if to_leaf else end != behind:
        middle = split(start, end)
        left = behind <= middle
        proof.append(span(middle, end) if left else span(start, middle))
        start, end = (start, middle) if left else (middle, end)
    return proof[::-1], start


def included(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether ``proof`` leads from leaf number ``index`` to ``root`` over ``size`` leaves."""
    return 0 <= index < size and root in (_up(index, size - 1, leaf_hash(leaf), proof) or ())[1:]


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> bool:
    """Say whether the log of ``new`` leaves begins with the log of ``old`` leaves."""
    if old in (0, new):
        return not proof and old_root == (new_root if old else EMPTY_ROOT)
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not 0 < old < new or not path:
        return False
    level = (old & -old).bit_length() - 1
    return _up(old - 1 >> level, new - 1 >> level, path[0], path[1:]) == (old_root, new_root)


def _up(here: int, last: int, start: bytes, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Climb to the root over the leaves up to here, and to the root over all; None if neither."""
    before = whole = start
    for step in steps:
        if last == 0:
            return None
        if here & 1 or here == last:
            before, whole = node_hash(step, before), node_hash(step, whole)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            whole = node_hash(whole, step)
        here, last = here >> 1, last >> 1
    return (before, whole) if last == 0 else None


def checkpoint_bytes(checkpoint: Mapping[str, JSON]) -> bytes:
    """Return what a checkpoint's Ed25519 signature covers. Raises KeyError, NotCanonical."""
    return CHECKPOINT_DOMAIN + canonical({n: checkpoint[n] for n in ("at", "key", "root", "size")})


class Flawed(Exception):
    """What does not hold in a copy, a line for each entry."""


def check_chain(chain: Mapping[str, Any], kept: Mapping[int, Any]) -> str:
    """Say what holds of an exported chain, beside checkpoints ``kept`` elsewhere. Raises Flawed."""
    stream, entries = chain["stream"], enumerate(chain["entries"], 1)
    links = [_link(stream, place, one) for place, one in entries]
    said = [f"{stream}/{one.seq} is {one.problem}" for one in breaks(links)]
    for link in () if said else links:
        envelope, thing = json.loads(link.body), {"id": stream, "kind": chain["kind"]}
        if (envelope["stream"], envelope["seq"]) != (thing, link.seq):
            said.append(f"{stream}/{link.seq} is an entry of {envelope['stream']}")
    last = [Link(stream, 0, b"", GENESIS), *links][-1]
    if chain["head"] != {"seq": last.seq, "hash": last.hash.hex()} or chain.keys() - set(CHAIN):
        said.append(f"{stream}/{last.seq} is not the last, or the head was altered")
    if said:
        raise Flawed("\n".join(said))
    return f"{chain['kind']} {stream}: {len(links)} entries hold; {_anchored(chain, links, kept)}"


def _link(stream: str, place: int, one: Mapping[str, Any]) -> Link:
    """Read an exported entry; another spelling of the same bytes is refused as well."""
    with suppress(KeyError, ValueError, TypeError):
        body, hashed = base64.b64decode(one["body"], validate=True), bytes.fromhex(one["hash"])
        if base64.b64encode(body).decode() == one["body"] and hashed.hex() == one["hash"]:
            return Link(stream, one["seq"], body, hashed)
    raise Flawed(f"{stream}/{place} is not written as an export writes it")


def _anchored(chain: Mapping[str, Any], links: Sequence[Link], kept: Mapping[int, Any]) -> str:
    if kept and (chain.get("anchor") or {}).get("checkpoint", {}).get("size") not in kept:
        raise Flawed(f"{chain['stream']} is in none of the checkpoints that were given")
    if not (anchor := chain.get("anchor")):
        return "no checkpoint vouches for them"
    point, seq, proof = anchor["checkpoint"], anchor["seq"], map(bytes.fromhex, anchor["proof"])
    size, root, same = point["size"], bytes.fromhex(point["root"]), kept.get(point["size"], point)
    leaf = b"".join(one.hash for one in links if one.seq == seq)
    found = included(leaf, index=anchor["number"], size=size, proof=list(proof), root=root)
    if not found or any(same[name] != point[name] for name in point):
        raise Flawed(f"{chain['stream']}/{seq} is not as checkpoint {size} has it")
    mine, sealed = {f"{one.stream}/{one.seq}": one for one in links}, seq
    for place, hashed in (line.split() for it in kept.values() for line in it.get("leaves", ())):
        if place in mine and mine[place].hash.hex() != hashed:
            raise Flawed(f"{place} is not as a checkpoint that was given has it")
        sealed = max(sealed, mine[place].seq) if place in mine else sealed
    rest = f"; nothing vouches for {sealed + 1} to {len(links)}" if sealed < len(links) else ""
    which = "the one given" if size in kept else f"if its root is {root.hex()}"
    return f"1 to {seq} are in checkpoint {size} of {point['at']}, {which}{rest}"


def written(record: Any, chains: Any) -> str:
    """Return the text of a copy, with a seal over all of it: no other byte goes unseen."""
    copy = {"record": record, "chains": chains}
    seal = hashlib.sha256(CONTENT_DOMAIN + json.dumps(copy).encode()).hexdigest()
    return json.dumps({"seal": seal, **copy}, ensure_ascii=False, indent=1)


def _named_record(copy: Mapping[str, Any]) -> str:
    """Say which entry names the readable record by its seal: that of a copy without chains."""
    name = f'"record":"{json.loads(written(copy["record"], []))["seal"]}"'.encode()
    each = ((chain["stream"], one) for chain in copy["chains"] for one in chain["entries"])
    found = [f"{of}/{one['seq']}" for of, one in each if name in base64.b64decode(one["body"])]
    return f"{[*found, 'no entry'][0]} names the readable record"


def _read_to(text: str, problem: str) -> str:
    """Name what was read last: no further than to the first line that no copy has."""
    behind, (stream, seq) = LINES.sub("", text, count=1).partition("\n")[2], ("its beginning", "")
    for place in PLACE.finditer(text.removesuffix(behind)):
        stream, seq = (place[1], "/0") if place[1] else (stream, f"/{place[2]}")
    return f"{problem}; read to {stream}{seq}"


def main(arguments: Sequence[str]) -> int:
    """Check a copy; print what holds and what does not. Returns 0, or 1 if anything does not."""
    text, again = Path(arguments[0]).read_bytes().decode("utf-8", "replace"), ""
    points = [json.loads(Path(name).read_bytes()) for name in arguments[1:]]
    kept, flaws, chains = {point["size"]: point for point in points}, [], []
    try:
        copy = json.loads(text)
        chains, again = copy["chains"], written(copy["record"], copy["chains"])
    except (ValueError, KeyError, TypeError) as error:
        flaws = [_read_to(text[: getattr(error, "pos", 0) + 1], f"no copy ({error!r})")]
    for chain in chains:
        try:
            print(check_chain(chain, kept))
        except (Flawed, KeyError, ValueError, TypeError, AttributeError) as error:
            unread = f"{str(chain)[:60]} cannot be read: {error!r}"
            flaws += str(error).splitlines() if isinstance(error, Flawed) else [unread]
    if not flaws and text != again:
        flaws = [_read_to(commonprefix([text, again]), "its readable record, or a space, differs")]  # noqa: RUF071
    print("\n".join(f"DOES NOT HOLD: {line}" for line in flaws) or _named_record(copy))
    return 1 if flaws or not chains else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if sys.argv[1:] else __doc__)
