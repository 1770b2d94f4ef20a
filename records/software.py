"""Which software ran: an entry of its own whenever another one starts.

The relay notes it, which runs wherever the product does: once, as long as nothing has changed.
"""

import hashlib
import platform
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

import django
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mes.lib.ids import uuid7
from records.act import New, act
from records.commands import SYSTEM_ROLE, Actor, Command
from records.entries import Payload, entry
from records.models import Entry
from records.presenters import presents
from records.reading import reading
from records.things import evaluates, thing, words

SOFTWARE: Final = "software"
STREAM: Final = UUID("00000000-0000-7000-8000-000000000002")
# What makes the product: everything else is pinned by the requirements' hashes.
PARTS: Final = ("*.py", "*.html", "*.js", "*.css", "*.po", "*.typ", "walls.txt")
RELAY: Final = Actor(person=None, name="relay", role=SYSTEM_ROLE, site=None)


@entry("software.started", version=1, stream=SOFTWARE)
class SoftwareStarted(Payload):
    """Another software than before ran from now on.

    ``code`` is a hash over the product's own files, ``requirements`` that of the pinned packages.
    """

    code: str
    requirements: str
    python: str
    django: str
    postgresql: str


@presents(SoftwareStarted)
def _started(p: SoftwareStarted) -> str:
    said = _("Product %(code)s on Python %(python)s, Django %(django)s, PostgreSQL %(postgresql)s")
    return said % {**p.fields(), "code": p.code[:12]}


thing(SOFTWARE, gettext_lazy("Software"), retention="quality-system")
words({"software.started": gettext_lazy("Another software started")})
evaluates("software", "software.started")


@cache
def code_hash() -> str:
    """Return the hash over the product's own files, by name and content."""
    root, found = Path(settings.BASE_DIR), hashlib.sha256()
    folders = [root / name for name in ("mes", *settings.APPS, "templates", "static", "locale")]
    files = {path for folder in folders for part in PARTS for path in folder.rglob(part)}
    for path in sorted(files):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(root)} {content}\n".encode())
    return found.hexdigest()


def running() -> SoftwareStarted:
    """Return which software runs now."""
    pinned = Path(settings.BASE_DIR) / "requirements.txt"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()[0].split()[0]
    return SoftwareStarted(
        code=code_hash(), requirements=hashlib.sha256(pinned.read_bytes()).hexdigest(),
        python=platform.python_version(), django=django.get_version(), postgresql=server,
    )  # fmt: skip


def note_start() -> bool:
    """Append ``software.started`` unless the last one says the same; return whether it was."""
    now = running()
    with reading(site=None):
        if _last() == now.fields():
            return False
    command = Command(key=uuid7(), name="software.start", actor=RELAY)
    with act(command, new=[New(SOFTWARE, STREAM, None, may_exist=True)]) as a:
        news = _last() != now.fields()
        if news:
            a.append(STREAM, now)
        a.reply = {"noted": news}
    return news


def _last() -> object:
    row = Entry.objects.filter(stream=STREAM).order_by("-seq").first()
    return row.envelope["payload"] if row else None
