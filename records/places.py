"""Where checkpoints lie: a folder, or a bucket that speaks S3. Nothing there is written again.

``MES_CHECKPOINTS`` is a path or ``s3://bucket/prefix``. The bucket's server and secrets come from
the variables that every S3 client reads: ``AWS_ENDPOINT_URL``, ``AWS_REGION``,
``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``; ``AWS_ALLOW_HTTP`` for a server without TLS.
"""

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path, PurePath, PurePosixPath
from urllib.parse import urlsplit

import obstore
from django.conf import settings
from django.db import connections
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from records import signing

NAME = re.compile(r"[0-9]{12}\.json")
S3 = "s3://"
CHECKPOINTS = "checkpoints"
AT_ONCE = 16
HERE = {"localhost", "127.0.0.1", "::1"}


class PlaceAway(OSError):
    """The bucket does not answer, or refuses; the text says which it is."""


class Place(ABC):
    """Texts by name, each written once and for good."""

    @abstractmethod
    def files(self) -> list[PurePath]:
        """Return the checkpoints' files, oldest first. Raises OSError."""

    @abstractmethod
    def read(self, file: PurePath) -> str:
        """Return a file's text. Raises OSError, or ValueError for what is no text."""

    @abstractmethod
    def add(self, name: str, text: str) -> PurePath:
        """Write a file for good. Raises FileExistsError when its name was taken, or OSError."""

    @abstractmethod
    def weaknesses(self) -> list[str]:
        """Say why this place proves little against whoever has the database."""

    def texts(self) -> Iterator[tuple[PurePath, str | None]]:
        """Yield each file with its text, oldest first; None for what is no text."""
        for file in self.files():
            yield file, self.text(file)

    def text(self, file: PurePath) -> str | None:
        """Return a file's text; None for what is no text."""
        try:
            return self.read(file)
        except ValueError:
            return None


class Folder(Place):
    """A folder of files."""

    def __init__(self, path: Path | None = None, *, what: str = CHECKPOINTS) -> None:
        self.path, self.what = path or Path(settings.MES_CHECKPOINTS), what

    def __str__(self) -> str:
        return str(self.path)

    def files(self) -> list[PurePath]:
        """Return the files, oldest first."""
        return sorted(one for one in self.path.glob("*.json") if NAME.fullmatch(one.name))

    def read(self, file: PurePath) -> str:
        """Return a file's text."""
        return Path(file).read_text()

    def add(self, name: str, text: str) -> PurePath:
        """Write and sync a file."""
        self.path.mkdir(parents=True, exist_ok=True)
        path = self.path / name
        draft = self.path / f"{name}.{os.getpid()}"
        try:
            with draft.open("w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            # A link, not a rename: it never replaces what is there.
            os.link(draft, path)
        finally:
            with suppress(FileNotFoundError):
                draft.unlink()
        folder = os.open(self.path, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
        return path

    def weaknesses(self) -> list[str]:
        """Say that it lies beside the data, or on the data's disk."""
        return near_the_data(f"folder of the {self.what}", self.path)


class Bucket(Place):
    """A bucket and a prefix in it: S3, or what speaks like it."""

    def __init__(self, address: str, *, what: str = CHECKPOINTS) -> None:
        self.address, self.what = address, what
        without_tls = os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true"
        self.store = S3Store.from_url(
            address,
            # Storage with object lock takes nothing without a checksum.
            config={"checksum_algorithm": "SHA256"},
            client_options={"timeout": timedelta(seconds=20), "allow_http": without_tls},
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=40)},
        )

    def __str__(self) -> str:
        return self.address

    def files(self) -> list[PurePath]:
        """Return the objects, oldest first."""
        with _answering(self.address):
            pages = [one["path"] for page in obstore.list(self.store) for one in page]
        return sorted(PurePosixPath(path) for path in pages if NAME.fullmatch(path))

    def read(self, file: PurePath) -> str:
        """Return an object's text."""
        with _answering(f"{self.address}/{file}"):
            content = bytes(obstore.get(self.store, str(file)).bytes())
        return content.decode()

    def texts(self) -> Iterator[tuple[PurePath, str | None]]:
        """Read many at once: each is a question to another machine."""
        files = self.files()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for start in range(0, len(files), AT_ONCE):
                some = files[start : start + AT_ONCE]
                yield from zip(some, pool.map(self.text, some), strict=True)

    def add(self, name: str, text: str) -> PurePath:
        """Write an object where none is; the server refuses to replace one."""
        try:
            with _answering(f"{self.address}/{name}"):
                obstore.put(self.store, name, text.encode(), mode="create")
        except AlreadyExistsError as error:
            raise FileExistsError(f"{self.address}/{name} is there already.") from error
        return PurePosixPath(name)

    def weaknesses(self) -> list[str]:
        """Say that its server is this machine, or the database's."""
        server = urlsplit(os.environ.get("AWS_ENDPOINT_URL", "")).hostname
        if server and server in HERE | _database_hosts():
            return [f"The bucket of the {self.what} is on the database's machine: for show only."]
        return []


@contextmanager
def _answering(what: str) -> Iterator[None]:
    try:
        yield
    except AlreadyExistsError:
        raise
    except BaseError as error:
        raise PlaceAway(f"{what}: {str(error).splitlines()[0][:300]}") from error


def _database_hosts() -> set[str]:
    return {str(one.get("HOST")) for one in connections.databases.values() if one.get("HOST")}


def place(address: str = "", *, what: str = CHECKPOINTS) -> Place:
    """Return the place that an address names: that of ``MES_CHECKPOINTS`` where none is given."""
    named = address or str(settings.MES_CHECKPOINTS)
    return Bucket(named, what=what) if named.startswith(S3) else Folder(Path(named), what=what)


def near_the_data(what: str, path: Path) -> list[str]:
    """Say whether whoever has the data, or its disk, also has this."""
    data = Path(settings.MES_DATA)
    if signing.beside_the_data(path):
        return [f"The {what} lies beside the data: for show only."]
    if path.exists() and data.exists() and path.stat().st_dev == data.stat().st_dev:
        return [f"The {what} lies on the data's disk: lost or taken with it."]
    return []
