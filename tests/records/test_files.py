"""The store of files: one content once, whoever brings it at the same moment."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from pytest_django import Settings

from records import files


def test_the_same_content_twice_at_once_is_kept_once_and_whole(
    tmp_path: Path, settings: Settings
) -> None:
    """Two threads of one process: each writes a draft of its own."""
    settings.MES_DATA = str(tmp_path)
    both = Barrier(2, timeout=20)

    def keep(number: int) -> bytes:
        content = f"version {number // 2}\n".encode() * 2000
        sha256 = hashlib.sha256(content).hexdigest()
        both.wait()
        files._write(files.path_of(sha256), content)
        return files.get(sha256)

    with ThreadPoolExecutor(2) as threads:
        kept = list(threads.map(keep, range(200)))
    assert kept[::2] == kept[1::2]
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 100
