"""ISBT 128 data structures that a scanner reads: donation number, chain of identity and labels.

Only structures are known here (data identifiers, lengths, alphabets, check characters), none of
the licensed tables: a facility code is checked for its form, never looked up. The standard sets
A9990 to A9999 aside for validation; demonstrations use only those.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import ClassVar, Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_VALUES: Final = MappingProxyType({character: n for n, character in enumerate(ALPHABET)})
_FACILITY: Final = r"[A-NP-Z1-9][A-NP-Z0-9]{2}[0-9]{2}"
# Symbology identifier that a scanner may put before the data: ]C0 linear, ]d1 Data Matrix.
_SYMBOLOGY: Final = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
_CHECKSUM_FLAGS: Final = range(60, 97)


class ScanError(ValueError):
    """What was read is not what the field can take; `code` names the rule that it broke."""

    code: ClassVar[str] = "scan.unreadable"

    def __init__(self, scanned: str, reason: str) -> None:
        super().__init__(reason)
        self.scanned = scanned
        self.reason = reason


class UnknownIdentifier(ScanError):
    """The code begins with no data identifier that is known here."""

    code = "scan.identifier.unknown"


class WrongIdentifier(ScanError):
    """The code is of another kind than the field asks for, such as a product code for a DIN."""

    code = "scan.identifier.wrong"


class WrongForm(ScanError):
    """Length or characters do not fit the data structure."""

    code = "scan.form"


class CheckCharacterMissing(ScanError):
    """A typed identifier lacks the boxed character that proves the typing."""

    code = "scan.check.missing"


class WrongCheckCharacter(ScanError):
    """The check character does not belong to the identifier before it."""

    code = "scan.check.wrong"


def check_character(data: str) -> str:
    """Return the check character of `data` after ISO/IEC 7064 MOD 37-2.

    Raises WrongForm for a character outside 0-9 and A-Z.
    """
    total = 0
    for character in data:
        if character == "*" or character not in _VALUES:
            raise WrongForm(data, f"{character!r} is not in the alphabet of check characters")
        total = (total + _VALUES[character]) * 2 % 37
    return ALPHABET[(38 - total) % 37]


def is_checked(text: str) -> bool:
    """Tell whether the last character of `text` is the check character of those before it."""
    total = 0
    for character in text:
        if character not in _VALUES:
            return False
        total = (2 * total + _VALUES[character]) % 37
    return len(text) > 1 and "*" not in text[:-1] and total == 1


@dataclass(frozen=True)
class DonationNumber:
    """Donation identification number (DS001): 13 characters; flags are outside it."""

    facility: str
    year: str
    sequence: str
    flags: str = "00"

    @property
    def code(self) -> str:
        """The number as stored: 13 characters without flags and check character."""
        return self.facility + self.year + self.sequence

    @property
    def check(self) -> str:
        """The character that is printed boxed beside the number."""
        return check_character(self.code)

    @property
    def groups(self) -> tuple[str, str, str]:
        """The groups in which people read the number."""
        return self.facility, self.year, self.sequence

    @property
    def scanned_as(self) -> str:
        """The content of the bar code."""
        return f"={self.code}{self.flags}"


@dataclass(frozen=True)
class ChainOfIdentity:
    """Chain of identity identifier (DS040): CH, facility, year, serial; 15 characters.

    The check character covers the letters CH too, as the data content has them.
    """

    facility: str
    year: str
    serial: str

    @property
    def code(self) -> str:
        """The identifier as stored: 15 characters without check character."""
        return f"CH{self.facility}{self.year}{self.serial}"

    @property
    def check(self) -> str:
        """The character that is printed boxed beside the identifier."""
        return check_character(self.code)

    @property
    def groups(self) -> tuple[str, str, str]:
        """The groups in which people read the identifier."""
        return f"CH{self.facility}", self.year, self.serial

    @property
    def scanned_as(self) -> str:
        """The content of the square code."""
        return f"&/{self.code}"


@dataclass(frozen=True)
class ProductCode:
    """Product code (DS003): five characters of product, type of collection, division."""

    product: str
    collection_type: str
    division: str


@dataclass(frozen=True)
class Expiry:
    """Expiration date and time (DS008), a wall-clock time at the maker's without a zone."""

    at: datetime


Element = DonationNumber | ChainOfIdentity | ProductCode | Expiry

_DIN: Final = re.compile(rf"(?P<facility>{_FACILITY})(?P<year>\d\d)(?P<sequence>\d{{6}})")
_COI: Final = re.compile(rf"CH(?P<facility>{_FACILITY})(?P<year>\d\d)(?P<serial>[A-Z0-9]{{6}})")
_PRODUCT: Final = re.compile(r"([A-Z][A-Z0-9]{4})([A-Z0-9])([A-Z0-9]{2})")
_EXPIRY: Final = re.compile(r"(\d)(\d\d)(\d{3})([01]\d|2[0-3])([0-5]\d)")


def din(code: str) -> DonationNumber:
    """Read the 13 characters of a donation number. Raises WrongForm."""
    found = _DIN.fullmatch(code)
    if found is None:
        raise WrongForm(code, "a donation number has 13 characters: facility, year, sequence")
    return DonationNumber(**found.groupdict())


def coi(code: str) -> ChainOfIdentity:
    """Read the 15 characters of a chain of identity. Raises WrongForm."""
    found = _COI.fullmatch(code)
    if found is None:
        raise WrongForm(code, "a chain of identity has 15 characters: CH, facility, year, serial")
    return ChainOfIdentity(**found.groupdict())


def _scanned_din(body: str) -> DonationNumber:
    number, flags = din(body[:13]), body[13:]
    if re.fullmatch(r"[0-9A-Z]{2}", flags) is None:
        raise WrongForm(body, "a scanned donation number ends in two flag characters")
    is_checksum = flags.isdigit() and int(flags) in _CHECKSUM_FLAGS
    if is_checksum and ALPHABET[int(flags) - 60] != number.check:
        raise WrongCheckCharacter(body, "the checksum in the flags belongs to another number")
    return DonationNumber(number.facility, number.year, number.sequence, flags)


def _scanned_product(body: str) -> ProductCode:
    found = _PRODUCT.fullmatch(body)
    if found is None:
        raise WrongForm(body, "a product code has 8 characters")
    return ProductCode(*found.groups())


def _scanned_expiry(body: str) -> Expiry:
    found = _EXPIRY.fullmatch(body)
    if found is None:
        raise WrongForm(body, "an expiry has 10 digits: century, year, day of year, hour, minute")
    century, year, day, hour, minute = (int(part) for part in found.groups())
    first = datetime(2000 + century * 100 + year, 1, 1, hour, minute, tzinfo=UTC)
    at = first + timedelta(days=day - 1)
    if at.year != first.year or day == 0:
        raise WrongForm(body, "this year has no such day")
    return Expiry(at.replace(tzinfo=None))


@dataclass(frozen=True)
class _Structure:
    length: int
    read: Callable[[str], Element]


_STRUCTURES: Final[Mapping[str, _Structure]] = MappingProxyType(
    {
        "&/": _Structure(15, coi),
        "=<": _Structure(8, _scanned_product),
        "&>": _Structure(10, _scanned_expiry),
    }
)
_DIN_STRUCTURE: Final = _Structure(15, _scanned_din)


def _structure(scanned: str) -> tuple[int, _Structure]:
    """Return the length of the data identifier at the start and the structure it announces."""
    known = _STRUCTURES.get(scanned[:2])
    if known is not None:
        return 2, known
    # `=` and an alphanumeric is the donation number; `=` and a sign is another structure.
    if re.match(r"=[A-NP-Z1-9]", scanned):
        return 1, _DIN_STRUCTURE
    raise UnknownIdentifier(scanned, "no known data identifier at the start")


def without_symbology(scanned: str) -> str:
    """Drop the scanner's symbology identifier and the line end, if there are any."""
    return _SYMBOLOGY.sub("", scanned.strip("\r\n\t "))


def parse(scanned: str) -> Element:
    """Read one data structure. Raises UnknownIdentifier, WrongForm, WrongCheckCharacter."""
    text = without_symbology(scanned)
    prefix, structure = _structure(text)
    return structure.read(text[prefix:])


def parse_label(scanned: str) -> tuple[Element, ...]:
    """Read a whole label: one structure, or a compound message `=+` with its count.

    Raises what `parse` raises; WrongForm too when the count does not fit the content.
    """
    text = without_symbology(scanned)
    if not text.startswith("=+"):
        return (parse(text),)
    head = re.fullmatch(r"=\+(\d\d)\d{3}(.*)", text, re.DOTALL)
    if head is None:
        raise WrongForm(text, "a compound message starts with its count and its reference")
    elements, rest = [], head.group(2)
    while rest:
        prefix, structure = _structure(rest)
        end = prefix + structure.length
        elements.append(structure.read(rest[prefix:end]))
        rest = rest[end:]
    if len(elements) != int(head.group(1)):
        raise WrongForm(text, "the compound message does not hold as many structures as it says")
    return tuple(elements)


def scan_din(scanned: str) -> DonationNumber:
    """Read a scanned donation number; anything else raises WrongIdentifier or WrongForm."""
    element = parse(scanned)
    if not isinstance(element, DonationNumber):
        raise WrongIdentifier(scanned, "not a donation number")
    return element


def scan_coi(scanned: str) -> ChainOfIdentity:
    """Read a scanned chain of identity; anything else raises WrongIdentifier or WrongForm."""
    element = parse(scanned)
    if not isinstance(element, ChainOfIdentity):
        raise WrongIdentifier(scanned, "not a chain of identity")
    return element


def _typed(text: str, length: int) -> str:
    """Return the identifier without its proven check character; spaces and case are forgiven."""
    plain = re.sub(r"[\s\[\]]", "", text).upper()
    if len(plain) == length:
        raise CheckCharacterMissing(text, "typed without the boxed check character")
    if len(plain) != length + 1:
        raise WrongForm(text, f"expected {length} characters and the check character")
    if not is_checked(plain):
        raise WrongCheckCharacter(text, "the check character does not fit")
    return plain[:-1]


def type_din(text: str) -> DonationNumber:
    """Read a donation number from the keyboard, which must end in its check character."""
    return din(_typed(text, 13))


def type_coi(text: str) -> ChainOfIdentity:
    """Read a chain of identity from the keyboard, which must end in its check character."""
    return coi(_typed(text, 15))
