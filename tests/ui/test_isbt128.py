from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mes.lib import isbt128
from mes.lib.isbt128 import ChainOfIdentity, DonationNumber, Expiry, ProductCode

VECTORS = {
    "A999921123456": "3",
    "A999818123456": "N",
    "A999926000001": "8",
    "A999926000002": "6",
    "A999926000042": "R",
    "A999925000001": "P",
    "CHA999926000001": "*",
    "CHA999926000002": "Y",
    "CHA99992600X7Q9": "Z",
    "CHA999826000042": "C",
    "CHA999026ABC001": "J",
}
SYMBOLS = st.sampled_from(isbt128.ALPHABET[:-1])


@pytest.mark.parametrize(("code", "check"), VECTORS.items())
def test_check_character_of_vector(code: str, check: str) -> None:
    assert isbt128.check_character(code) == check
    assert isbt128.is_checked(code + check) is True


@pytest.mark.req("CI-3")
@given(text=st.text(SYMBOLS, min_size=1, max_size=20), data=st.data())
def test_every_single_error_and_swap_is_detected(text: str, data: st.DataObject) -> None:
    whole = text + isbt128.check_character(text)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(SYMBOLS.filter(lambda symbol: symbol != whole[at]))
    assert isbt128.is_checked(whole[:at] + other + whole[at + 1 :]) is False
    swapped = whole[:at] + whole[at + 1] + whole[at] + whole[at + 2 :]
    assert isbt128.is_checked(swapped) is (swapped == whole)


@pytest.mark.parametrize("text", ["", "A", "A*B", "a9"])
def test_is_checked_refuses_what_has_no_check_character(text: str) -> None:
    assert isbt128.is_checked(text) is False


def test_check_character_outside_alphabet() -> None:
    with pytest.raises(isbt128.WrongForm) as refused:
        isbt128.check_character("a999")
    assert refused.value.code == "scan.form"


def test_scan_din_with_flags() -> None:
    number = isbt128.scan_din("=A99992600000100")
    assert number == DonationNumber("A9999", "26", "000001", "00")
    assert (number.code, number.check, number.groups) == (
        "A999926000001",
        "8",
        ("A9999", "26", "000001"),
    )
    assert number.scanned_as == "=A99992600000100"


@pytest.mark.parametrize("flags", ["68", "00", "01"])
def test_scan_din_with_true_checksum_in_flags(flags: str) -> None:
    assert isbt128.scan_din(f"=A999926000001{flags}").flags == flags


def test_scan_din_with_false_checksum_in_flags() -> None:
    with pytest.raises(isbt128.WrongCheckCharacter):
        isbt128.scan_din("=A99992600000169")


def test_scan_coi_strips_symbology_and_line_end() -> None:
    identity = isbt128.scan_coi("]d1&/CHA999926000037\r")
    assert identity == ChainOfIdentity("A9999", "26", "000037")
    assert identity.check == "C"
    assert identity.groups == ("CHA9999", "26", "000037")
    assert identity.scanned_as == "&/CHA999926000037"


@pytest.mark.req("CI-2")
@pytest.mark.parametrize("scanned", ["=<S12954A0", "&/CHA999926000001", "&>0263651430"])
def test_scan_din_refuses_another_structure(scanned: str) -> None:
    with pytest.raises(isbt128.WrongIdentifier):
        isbt128.scan_din(scanned)


@pytest.mark.req("CI-2")
def test_scan_coi_refuses_a_donation_number() -> None:
    with pytest.raises(isbt128.WrongIdentifier):
        isbt128.scan_coi("=A99992600000100")


@pytest.mark.parametrize(
    "scanned",
    ["", "A999926000001", "(01)03205000004004", "=O99992600000100", "&#123456", "=,000001"],
)
def test_parse_refuses_unknown_identifier(scanned: str) -> None:
    with pytest.raises(isbt128.UnknownIdentifier):
        isbt128.parse(scanned)


@pytest.mark.parametrize(
    "scanned",
    [
        "=A999926000001",
        "=A9999260000010",
        "=A99992600000100X",
        "=AO99926000001000",
        "&/CHA99992600003",
        "&/CXA999926000037",
        "&/CHA9999260000377",
        "=<S12954A",
        "=<12954A00",
        "&>026365143",
        "&>0263662430",
        "&>0260001200",
        "&>0263661200",
    ],
)
def test_parse_refuses_wrong_form(scanned: str) -> None:
    with pytest.raises(isbt128.WrongForm):
        isbt128.parse(scanned)


def test_parse_label_of_compound_vector() -> None:
    label = "=+04000=A99992600000100=<S12954A0&>0263651430&/CHA999926000001"
    assert isbt128.parse_label(label) == (
        DonationNumber("A9999", "26", "000001", "00"),
        ProductCode("S1295", "4", "A0"),
        Expiry(datetime(2026, 12, 31, 14, 30)),  # noqa: DTZ001 - the maker's wall clock
        ChainOfIdentity("A9999", "26", "000001"),
    )


def test_parse_label_of_single_structure() -> None:
    assert isbt128.parse_label("&/CHA999926000001") == (ChainOfIdentity("A9999", "26", "000001"),)


@pytest.mark.parametrize("label", ["=+02000=A99992600000100", "=+1", "=+01000=A99992600000100&"])
def test_parse_label_refuses_what_does_not_add_up(label: str) -> None:
    with pytest.raises((isbt128.WrongForm, isbt128.UnknownIdentifier)):
        isbt128.parse_label(label)


@pytest.mark.parametrize(
    "typed", ["CHA999926000037C", "cha9999 26 000037 c", "CHA9999 26 000037 [C]"]
)
def test_type_coi_forgives_spaces_case_and_box(typed: str) -> None:
    assert isbt128.type_coi(typed) == ChainOfIdentity("A9999", "26", "000037")


def test_type_din() -> None:
    assert isbt128.type_din("A9999 26 000042 R").code == "A999926000042"


@pytest.mark.req("CI-3")
@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("CHA999926000037", isbt128.CheckCharacterMissing),
        ("CHA999926000073C", isbt128.WrongCheckCharacter),
        ("CHA9999", isbt128.WrongForm),
    ],
)
def test_type_coi_refusals(typed: str, kind: type[isbt128.ScanError]) -> None:
    with pytest.raises(kind) as refused:
        isbt128.type_coi(typed)
    assert type(refused.value) is kind


def test_codes_are_distinct() -> None:
    kinds = isbt128.ScanError.__subclasses__()
    assert len({kind.code for kind in kinds}) == len(kinds)
