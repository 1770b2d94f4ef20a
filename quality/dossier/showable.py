"""What our fonts can show: anything else is printed as its code point, never left out.

A record that is archived may not have a character that no font in it draws. The ranges were
measured with the fonts that typst carries (serif and monospaced).
"""

import unicodedata
from bisect import bisect_right
from typing import Any

RANGES = (
    (0x0A, 0x0A), (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x2FF), (0x370, 0x377), (0x37A, 0x37F),
    (0x384, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x482), (0x48A, 0x4FF),
    (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x202F, 0x2040), (0x2070, 0x2071), (0x2074, 0x208E),
    (0x2090, 0x209C), (0x20A0, 0x20C0), (0x2190, 0x22FF), (0x2500, 0x25FF),
)  # fmt: skip
_STARTS = [first for first, _ in RANGES]


def _known(character: str) -> bool:
    place = bisect_right(_STARTS, ord(character)) - 1
    return place >= 0 and ord(character) <= RANGES[place][1]


def text(words: str) -> str:
    """Return ``words`` with each character that cannot be shown as ‹U+65E5›."""
    composed = unicodedata.normalize("NFC", words)
    return "".join(one if _known(one) else f"‹U+{ord(one):04X}›" for one in composed)


def showable(value: Any) -> Any:
    """Return plain data with every text in it fit to be printed."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dict):
        return {key: showable(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [showable(member) for member in value]
    return value
