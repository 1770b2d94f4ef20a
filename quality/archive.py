"""The archive of a batch: a folder that says all of it without this product, and is written once.

It holds the record with its chains, the written copies, every file that an entry names, the
verifier, and a manifest of their hashes, which ``sha256sum --check`` reads. Everything is
read-only; a folder that is there is never written again.
"""

import base64
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder

from batches.models import Batch
from mes.lib import evidence
from quality.dossier import export
from quality.enums import DossierState
from quality.models import Dossier
from records import files
from records.alcoa import Envelope

MANIFEST: Final = "SHA256SUMS"
FILE, FOLDER = 0o444, 0o555
READ_ME: Final = """Batch {number}: its record, with all that proves it.

    sha256sum --check {manifest}              nothing here was changed since it was written
    python evidence.py record.json            the record's chains hold

Give evidence.py a checkpoint's file as well, from where checkpoints are kept: it then says what
that one vouches for. Python 3.11 or newer is all that is needed.
"""


def archive(batch: Batch, to: Path) -> Path:
    """Write the archive of a batch into a new folder below ``to``; return the folder.

    Call it in a reading. Raises FileExistsError for a batch that is archived there, ValueError for
    a file that no longer fits its hash.
    """
    folder = to / batch.number
    if folder.exists():
        raise _there_already(folder)
    to.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=to, prefix=".") as draft:
        whole = Path(draft) / batch.number
        whole.mkdir()
        sums = {}
        for name, content in _contents(batch):
            _write(whole / name, content)
            sums[name] = hashlib.sha256(content).hexdigest()
        _write(whole / MANIFEST, manifest(sums).encode())
        try:
            whole.rename(folder)
        except OSError as error:
            # Somebody else wrote it meanwhile.
            raise _there_already(folder) if folder.exists() else error from error
    for inside in [*(one for one in folder.rglob("*") if one.is_dir()), folder]:
        inside.chmod(FOLDER)
    return folder


def _there_already(folder: Path) -> FileExistsError:
    return FileExistsError(f"{folder} is there already; an archive is never written again.")


def manifest(sums: Mapping[str, str]) -> str:
    """Return the manifest of names and hashes, as ``sha256sum`` writes it."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items()))


def differences(folder: Path) -> list[str]:
    """Return what of an archive is not as its manifest has it: changed, missing, or not named."""
    lines = (folder / MANIFEST).read_text("utf-8").splitlines()
    named = {line[66:]: line[:64] for line in lines}
    paths = (one for one in folder.rglob("*") if one.is_file() and one.name != MANIFEST)
    there = {
        one.relative_to(folder).as_posix(): hashlib.sha256(one.read_bytes()).hexdigest()
        for one in paths
    }
    return sorted(name for name in named.keys() | there if named.get(name) != there.get(name))


def _contents(batch: Batch) -> Iterator[tuple[str, bytes]]:
    copy: Any = json.loads(json.dumps(export(batch), cls=DjangoJSONEncoder))
    yield "record.json", evidence.written(**copy).encode()
    yield "evidence.py", Path(evidence.__file__).read_bytes()
    yield "README.txt", READ_ME.format(number=batch.number, manifest=MANIFEST).encode()
    for row in Dossier.objects.filter(batch=batch.id, state=DossierState.RENDERED):
        yield f"record-{row.number}.pdf", files.get(row.sha256)
    for name in sorted(_named(copy["chains"])):
        yield f"files/{name}", files.get(name)


def _named(chains: list[dict[str, Any]]) -> set[str]:
    """Return the hashes of the files that the entries of chains name."""
    bodies = (base64.b64decode(one["body"]) for chain in chains for one in chain["entries"])
    return {name for body in bodies if (e := Envelope.read(body)) for name in e.files}


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(FILE)
