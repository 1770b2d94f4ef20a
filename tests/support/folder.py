"""Where the stores of the tests live: in memory if the machine has room there."""

import hashlib
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3


@cache
def test_folder() -> Path:
    """Return the folder, one for each user and checkout. It is kept from run to run."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    parent = MEMORY if roomy else Path(tempfile.gettempdir())
    checkout = hashlib.sha256(os.fsencode(PROJECT)).hexdigest()[:8]
    return parent / f"mes-tests-{os.getuid()}-{checkout}"
