"""The documents of the system: those that ship with the software, and a site's versions of them.

Read behind the walls by site: each site approves what its people work by.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from accounts.document_exceptions import TextLost
from accounts.models import DocumentVersion
from mes.lib.refusals import NotFound
from records import files
from records.reading import the_one

# Where they lie in what ships.
PLACES: Final = ("*.md", "docs/*.md", "docs/personas/*.md", "docs/adr/*.md")
MEDIA_TYPE: Final = "text/markdown"
# So many lines of a difference are shown; who wants the rest reads both texts.
MOST_LINES: Final = 2000


@dataclass(frozen=True, slots=True)
class Shipped:
    """A document as it ships with the software that runs."""

    path: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The hash of its bytes, under which a version of it is kept."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def text(self) -> str:
        """What it says."""
        return self.content.decode(errors="replace")

    @property
    def title(self) -> str:
        """Its first heading; without one, its path."""
        lines = self.text.splitlines()
        heading = next((line[2:] for line in lines if line.startswith("# ")), self.path)
        return heading.strip()[:200]


def shipped() -> dict[str, Shipped]:
    """Return the documents that ship, by path."""
    root = Path(settings.BASE_DIR)
    found = sorted({path for place in PLACES for path in root.glob(place)})
    paths = {str(path.relative_to(root)): path for path in found}
    return {name: Shipped(name, path.read_bytes()) for name, path in paths.items()}


@dataclass(frozen=True, slots=True)
class Document:
    """A document: what ships (None: no longer), and its versions, the newest first."""

    path: str
    ships: Shipped | None
    versions: Sequence[DocumentVersion]

    @property
    def title(self) -> str:
        """As it is called now."""
        return self.ships.title if self.ships else self.versions[0].title

    @property
    def in_force(self) -> DocumentVersion | None:
        """The version that was approved last."""
        return next((one for one in self.versions if one.approved_at), None)

    @property
    def waiting(self) -> DocumentVersion | None:
        """The version that waits for its approval."""
        return next((one for one in self.versions if one.waits), None)

    @property
    def approved(self) -> bool:
        """Whether what ships is the version in force."""
        version = self.in_force
        return bool(self.ships and version and version.file == self.ships.sha256)

    @property
    def waits(self) -> bool:
        """Whether what ships was put forward and waits for its approval."""
        version = self.waiting
        return bool(self.ships and version and version.file == self.ships.sha256)

    @property
    def stream(self) -> UUID | None:
        """The stream of its versions; None before the first one."""
        return self.versions[0].stream if self.versions else None


def documents() -> list[Document]:
    """Return the documents that ship, and those of which the site has versions, by path."""
    versions: dict[str, list[DocumentVersion]] = {}
    for one in DocumentVersion.objects.select_related("predecessor"):
        versions.setdefault(one.path, []).append(one)
    there = shipped()
    paths = sorted({*there, *versions})
    return [Document(path, there.get(path), versions.get(path, [])) for path in paths]


def document(path: str) -> Document:
    """Return one document. Raises NotFound for a path that neither ships nor has a version."""
    versions = list(DocumentVersion.objects.select_related("predecessor").filter(path=path))
    ships = shipped().get(path)
    if ships is None and not versions:
        raise NotFound()
    return Document(path, ships, versions)


def version(revision: UUID) -> DocumentVersion:
    """Return a version of the present site. Raises NotFound."""
    return the_one(DocumentVersion.objects.select_related("predecessor").filter(id=revision))


def kept(of: DocumentVersion) -> bytes:
    """Return the kept text of a version as it was put forward. Raises TextLost."""
    try:
        return files.get(of.file)
    except (OSError, ValueError) as error:
        raise TextLost() from error


def difference(before: bytes, after: bytes) -> list[tuple[str, str]]:
    """Return the lines by which two texts differ, with those around them: sign and line. Pure."""
    old, new = (one.decode(errors="replace").splitlines() for one in (before, after))
    lines = list(unified_diff(old, new, lineterm=""))[2:]
    return [(line[:1], line[1:]) for line in lines[:MOST_LINES]]
