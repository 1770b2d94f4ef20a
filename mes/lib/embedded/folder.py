"""Where the embedded stores keep their data, and which folders cannot be used."""

import os
import pwd
import stat
from collections.abc import Mapping
from pathlib import Path

# A Unix socket's address holds about 107 bytes; the store's own folder and file take the rest.
LONGEST_PATH = 90
# PostgreSQL refuses to run as root; then it runs as this user, which owns nothing else.
PLAIN_USER = "nobody"

PROJECT = Path(__file__).resolve().parents[3]


class FolderRefused(Exception):
    """A data folder in which the embedded stores cannot run."""


def data_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of ``MES_DATA``, by default ``.data`` inside the project."""
    return Path(environ.get("MES_DATA") or PROJECT / ".data").absolute()


def store_user() -> pwd.struct_passwd | None:
    """Return the user that PostgreSQL runs as, or None when it may run as the present one."""
    return pwd.getpwnam(PLAIN_USER) if os.geteuid() == 0 else None


def check_folder(folder: Path) -> None:
    """Raise FolderRefused, with what to do, unless both stores can run in ``folder``."""
    check_length(folder)
    if store_user() is not None:
        _check_reachable(folder)


def check_length(folder: Path) -> None:
    """Raise FolderRefused unless a socket fits into ``folder``."""
    if len(os.fsencode(folder)) > LONGEST_PATH:
        raise FolderRefused(
            f"The data folder {folder} has a path of more than {LONGEST_PATH} characters, too long"
            " for the database's socket. Set MES_DATA to a shorter one."
        )


def _check_reachable(folder: Path) -> None:
    home = Path(pwd.getpwuid(0).pw_dir).resolve()
    if folder.resolve().is_relative_to(home):
        raise FolderRefused(
            f"The data folder {folder} lies below root's home, where the database, which never"
            " runs as root, cannot reach it. Set MES_DATA to a folder elsewhere,"
            " or run as another user."
        )
    closed = closed_parent(folder)
    if closed:
        raise FolderRefused(
            f"The data folder {folder} cannot be used: {closed} is closed to other users, and the"
            " database never runs as root. Set MES_DATA to a folder elsewhere,"
            " or run as another user."
        )


def closed_parent(path: Path) -> Path | None:
    """Return the topmost existing parent that other users may not pass through, if any."""
    for parent in reversed(path.resolve().parents):
        if parent.exists() and not parent.stat().st_mode & stat.S_IXOTH:
            return parent
    return None
