"""What a file is: told by its bytes, before anything could open it."""

import struct
import zlib

import pytest

from mes.lib.filetypes import JPEG, PDF, PNG, TEXT, FileType, type_of


def png(width: int = 1, height: int = 1) -> bytes:
    """Return a picture whose header says so; its data are one grey dot's."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0\x80")), (b"IEND", b""))
    made = (struct.pack(">I", len(data)) + name + data
            + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts)  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


def jpeg(width: int = 3, height: int = 2) -> bytes:
    """Return the segments of a photo up to its frame, and its end."""
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"note"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + comment + frame + b"\xff\xda\x00\x02\x12\x34" + b"\xff\xd9"


ZIP = b"PK\x05\x06" + b"\0" * 18


@pytest.mark.scenario(50)
@pytest.mark.parametrize(
    ("content", "found"),
    [
        (png(), FileType(PNG, 1)),
        (png(30_000, 30_000), FileType(PNG, 900_000_000)),
        (jpeg(), FileType(JPEG, 6)),
        (b"%PDF-1.7\nx\n%%EOF\n", FileType(PDF)),
        ("time;°C\n0;37,0\n".encode(), FileType(TEXT)),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, found: FileType) -> None:
    assert type_of(content) == found


@pytest.mark.scenario(50)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        ZIP,
        png() + ZIP,
        jpeg() + ZIP,
        b"%PDF-1.7\n%%EOF" + ZIP,
        b"GIF89a" + b"\0" * 20,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"\xef\xbb\xbf <html></html>",
        b"plain\0text",
        b"\xff\xd8\xff" + b"\xff\xd9",
        b"\xff\xd8\xff\xe0\x00\x00" + b"\0" * 20 + b"\xff\xd9",
        png()[:40],
        b"MZ" + b"\x90" * 64,
    ],
    ids=["empty", "zip", "png+zip", "jpeg+zip", "pdf+zip", "gif", "svg", "html", "nul",
         "no frame", "no length", "half a png", "program"],
)  # fmt: skip
def test_anything_else_is_nothing_that_a_record_keeps(content: bytes) -> None:
    assert type_of(content) is None


def test_a_frame_is_found_behind_many_segments_at_once() -> None:
    segment = b"\xff\xe1" + struct.pack(">H", 2) + b""
    many = b"\xff\xd8" + segment * 200_000 + jpeg()[2:]
    assert type_of(many) == FileType(JPEG, 6)
