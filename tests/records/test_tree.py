"""The tree over all entries (RFC 9162), against an implementation straight from the text."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mes.lib.evidence import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    consistent,
    included,
    inclusion_proof,
)

pytestmark = pytest.mark.req("P11-10a")


def leaves(count: int) -> list[bytes]:
    return [sha256(str(number).encode()).digest() for number in range(count)]


def naive(values: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, word for word."""
    if not values:
        return sha256().digest()
    if len(values) == 1:
        return sha256(b"\0" + values[0]).digest()
    k = 1
    while k * 2 < len(values):
        k *= 2
    return sha256(b"\1" + naive(values[:k]) + naive(values[k:])).digest()


def naive_path(m: int, values: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162, 2.1.3.1."""
    if len(values) == 1:
        return []
    k = 1
    while k * 2 < len(values):
        k *= 2
    if m < k:
        return [*naive_path(m, values[:k]), naive(values[k:])]
    return [*naive_path(m - k, values[k:]), naive(values[:k])]


def naive_subproof(m: int, values: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162, 2.1.4.1."""
    if m == len(values):
        return [] if whole else [naive(values)]
    k = 1
    while k * 2 < len(values):
        k *= 2
    if m <= k:
        return [*naive_subproof(m, values[:k], whole), naive(values[k:])]
    return [*naive_subproof(m - k, values[k:], False), naive(values[:k])]


def grown(values: list[bytes]) -> Tree:
    tree = Tree()
    tree.extend(values)
    return tree


def test_root_is_that_of_the_text_at_every_size() -> None:
    values, tree = leaves(130), Tree()
    assert tree.root() == naive([]) == EMPTY_ROOT
    for size, value in enumerate(values, 1):
        tree.extend([value])
        assert tree.root() == naive(values[:size])
        assert len(tree.peaks) == size.bit_count()


@pytest.mark.parametrize("together", [1, 2, 3, 7, 16, 64])
def test_growing_gives_the_subtrees_that_it_completed(together: int) -> None:
    values, tree = leaves(64), Tree()
    found: dict[int, list[bytes]] = {}
    for start in range(0, 64, together):
        for level, row in enumerate(tree.extend(values[start : start + together])):
            found.setdefault(level, []).extend(row)
        size = tree.size
        assert tree.root() == naive(values[:size])
        assert len(tree.peaks) == size.bit_count()
    assert found == {
        level: [naive(values[at : at + 2**level]) for at in range(0, 64, 2**level)]
        for level in range(7)
    }


def test_published_vectors_of_certificate_transparency_hold() -> None:
    """Eight inputs and their roots, as the reference implementations of RFC 6962 publish them."""
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
              "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
    tree = grown([bytes.fromhex(one) for one in inputs])
    said = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert tree.root().hex() == said
    first = grown([b""]).root().hex()
    assert first == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


def test_every_inclusion_proof_up_to_40_is_the_texts_and_holds_for_its_leaf_only() -> None:
    values = leaves(40)
    for size in range(1, 41):
        first, root = values[:size], naive(values[:size])
        for index in range(size):
            proof = inclusion_proof(lambda a, b: naive(values[a:b]), index, size)
            assert proof == naive_path(index, first)
            fits = [
                n for n in range(-1, size + 1)
                if included(values[index], index=n, size=size, proof=proof, root=root)
            ]  # fmt: skip
            assert fits == [index]


def test_every_consistency_proof_up_to_40_is_the_texts_and_holds() -> None:
    values = leaves(40)
    roots = [naive(values[:size]) for size in range(41)]
    for new in range(1, 41):
        for old in range(1, new + 1):
            proof = consistency_proof(lambda a, b: naive(values[a:b]), old, new)
            assert proof == naive_subproof(old, values[:new], True)
            assert consistent(old, roots[old], new, roots[new], proof)
            assert not consistent(old, roots[old - 1], new, roots[new], proof)
            assert not consistent(old, roots[old], new, roots[new - 1], proof)
        assert consistent(0, EMPTY_ROOT, new, roots[new], [])


sizes = st.integers(1, 200)


@given(st.data())
def test_an_altered_inclusion_proof_fails(data: st.DataObject) -> None:
    size = data.draw(sizes)
    values = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    root, proof = naive(values), naive_path(index, values)
    altered = data.draw(st.lists(st.binary(min_size=32, max_size=32), max_size=len(proof) + 1))
    given_proof = altered if data.draw(st.booleans()) else [*proof, *altered]
    holds = included(values[index], index=index, size=size, proof=given_proof, root=root)
    assert holds == (given_proof == proof)


@given(st.data())
def test_a_log_that_was_rewritten_is_not_consistent(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, 120))
    old = data.draw(st.integers(1, new - 1))
    values, other = leaves(new), leaves(new)
    other[data.draw(st.integers(0, old - 1))] = b"rewritten"
    proof = consistency_proof(lambda a, b: naive(other[a:b]), old, new)
    assert consistent(old, naive(other[:old]), new, naive(other), proof)
    assert not consistent(old, naive(values[:old]), new, naive(other), proof)


class Levels:
    """The complete subtrees of a log in memory, so that a proof is a look-up."""

    def __init__(self, count: int) -> None:
        self.tree = Tree()
        self.levels = self.tree.extend(number.to_bytes(32, "big") for number in range(count))

    def span(self, start: int, end: int) -> bytes:
        level = (end - start).bit_length() - 1
        if end - start == 1 << level:
            return self.levels[level][start >> level]
        middle = start + (1 << level)
        left, right = self.span(start, middle), self.span(middle, end)
        return sha256(b"\1" + left + right).digest()


@pytest.mark.parametrize("size", [10_007, pytest.param(1_000_000, marks=pytest.mark.slow)], ids=str)
def test_an_inclusion_proof_is_at_most_a_kilobyte(size: int) -> None:
    log = Levels(size)
    for index in (0, 1, size // 3, size - 2, size - 1):
        proof = inclusion_proof(log.span, index, size)
        leaf, root = index.to_bytes(32, "big"), log.tree.root()
        assert included(leaf, index=index, size=size, proof=proof, root=root)
        assert len(b"".join(proof)) <= 640
