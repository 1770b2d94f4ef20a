"""What a file is by its content, and what it would become: told from its first and last bytes.

Nothing is decoded or unpacked here: a picture's size in pixels stands in its header. A file that
goes on behind its end (a picture with an archive behind it) is none of the kinds.
"""

from __future__ import annotations

from dataclasses import dataclass

MOST_PIXELS = 60_000_000
PNG, JPEG, PDF, TEXT = "image/png", "image/jpeg", "application/pdf", "text/plain"
_PNG_START, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xae\x42\x60\x82"
# Start-of-frame markers of JPEG, which hold the size (ITU-T T.81 table B.1).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


@dataclass(frozen=True, slots=True)
class FileType:
    """A media type; ``pixels`` of a picture, 0 of anything else."""

    media_type: str
    pixels: int = 0


def type_of(content: bytes) -> FileType | None:
    """Return what a file is, or None when it is nothing that a record keeps."""
    for read in (_png, _jpeg, _pdf, _text):
        found = read(content)
        if found is not None:
            return found
    return None


def _png(content: bytes) -> FileType | None:
    header = content[12:16] == b"IHDR" and len(content) > 33
    if not (content.startswith(_PNG_START) and header and content.endswith(_PNG_END)):
        return None
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    return FileType(PNG, width * height)


def _jpeg(content: bytes) -> FileType | None:
    if not (content.startswith(b"\xff\xd8\xff") and content.endswith(b"\xff\xd9")):
        return None
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker in _FRAMES:
            height, width = (int.from_bytes(content[n : n + 2], "big") for n in (at + 5, at + 7))
            return FileType(JPEG, width * height)
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xDA or (length < 2 and marker not in _ALONE):
            return None
        at += 2 if marker in _ALONE else 2 + length
    return None


def _pdf(content: bytes) -> FileType | None:
    whole = content.startswith(b"%PDF-") and content.rstrip()[-5:] == b"%%EOF"
    return FileType(PDF) if whole else None


def _text(content: bytes) -> FileType | None:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    plain = bool(text) and all(letter.isprintable() or letter in "\t\r\n\ufeff" for letter in text)
    # Markup would be more than text to whoever opens it.
    return FileType(TEXT) if plain and not text.lstrip("\ufeff \t\r\n").startswith("<") else None
