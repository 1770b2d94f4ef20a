import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mes.lib import evidence
from mes.lib.evidence import GENESIS, JSON, Break, Link, NotCanonical, breaks, canonical, entry_hash

texts = st.text(st.characters(codec="utf-8"))
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="ascii")), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_canonical_is_the_form_of_rfc_8785() -> None:
    value: JSON = {"b": [1, True, None], "a": '€\n\u0001"\\/', "A": {}}
    written = b'{"A":{},"a":"\xe2\x82\xac\\n\\u0001\\"\\\\/","b":[1,true,null]}'
    assert canonical(value) == written


@given(plain)
def test_canonical_reads_back_equal(value: evidence.JSON) -> None:
    assert json.loads(canonical(value)) == value


@pytest.mark.scenario(53)
@pytest.mark.parametrize(
    "value", [1.5, float("nan"), 2**53, {"ä": 1}, {1: 1}, "\ud800", b"x", {"x": {1, 2}}]
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)  # type: ignore[arg-type]


def chain(count: int) -> list[Link]:
    links, previous = [], GENESIS
    for seq in range(1, count + 1):
        body = canonical({"seq": seq})
        previous = entry_hash(previous, body)
        links.append(Link("s", seq, body, previous))
    return links


def test_a_whole_chain_has_no_break() -> None:
    assert list(breaks(chain(5))) == []


@pytest.mark.req("P11-10a")
def test_each_flipped_byte_is_found_and_its_entry_named() -> None:
    links = chain(4)
    for index, link in enumerate(links):
        for position in range(len(link.body)):
            body = bytearray(link.body)
            body[position] ^= 1
            altered = [*links]
            altered[index] = Link("s", link.seq, bytes(body), link.hash)
            assert list(breaks(altered)) == [Break("s", link.seq, "altered")]


def test_a_missing_entry_is_named() -> None:
    links = chain(4)
    assert Break("s", 2, "missing") in list(breaks([links[0], *links[2:]]))
