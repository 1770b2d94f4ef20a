"""Checks of form: secrets, time zones."""

import re
import unicodedata
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accounts.enums import CredentialKind
from accounts.exceptions import UnknownZone
from accounts.name_exceptions import NameNotPlain
from accounts.sign_in_exceptions import WeakSecret

PIN = re.compile(r"[0-9]{6,8}")
DAY = re.compile(r"(19|20)[0-9]{6}|[0-9]{4}(19|20)[0-9]{2}")
ROWS = ("01234567890123456789", "98765432109876543210")
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
# Control, format, surrogate, private and unassigned characters; lines and paragraphs.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
MARKS = {"Mn", "Me"}
# Written together in one name; and those of which every letter in use has a character of its own.
EAST = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"}
COMPOSED = {"LATIN", "CYRILLIC", "GREEK"}


def check_secret(kind: str, secret: str) -> None:
    """Raise WeakSecret unless ``secret`` is fit to be a PIN or a password."""
    fit = _fit_pin(secret) if kind == CredentialKind.PIN else _fit_password(secret)
    if not fit:
        raise WeakSecret(field=kind)


def _fit_pin(secret: str) -> bool:
    simple = len(set(secret)) < 3 or any(secret in row for row in ROWS)
    return bool(PIN.fullmatch(secret)) and not simple


def _fit_password(secret: str) -> bool:
    return SHORTEST_PASSWORD <= len(secret) <= LONGEST_PASSWORD and len(set(secret)) >= 5


def check_printed_name(name: str) -> None:
    """Raise NameNotPlain for what is not seen, and for letters of several scripts.

    Two scripts have letters that look the same: one human would be two accounts. Names of a
    single other script are taken as they are, and compared with those that look like them.
    """
    plain = unicodedata.normalize("NFKC", name.strip())
    kinds = {unicodedata.category(letter) for letter in plain}
    scripts = {_script(letter) for letter in plain if letter.isalpha()}
    if kinds & UNSEEN or (len(scripts) > 1 and not scripts <= EAST):
        raise NameNotPlain(field="printed_name")
    if kinds & MARKS and scripts <= COMPOSED:
        raise NameNotPlain(field="printed_name")


def paper_numbers(paper: str) -> list[str]:
    """Return the numbers of documents that a paper of an identity check names, without hyphens.

    Six digits at least, with whatever letters belong to them; days are none. The same passport is
    so found again whatever words stand around its number.
    """
    words = re.findall(r"[A-Z0-9][A-Z0-9-]*", unicodedata.normalize("NFKC", paper).upper())
    bare = [word.replace("-", "") for word in words]
    return [one for one in bare if sum(map(str.isdigit, one)) >= 6 and not DAY.fullmatch(one)]


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0]


def check_zone(name: str) -> None:
    """Raise UnknownZone unless ``name`` is an IANA time zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise UnknownZone(field="zone", zone=name) from error
