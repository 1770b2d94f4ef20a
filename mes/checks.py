"""What ``manage check --deploy`` asks of a site beside Django's own questions."""

import platform
from collections.abc import Sequence
from typing import Any

import django
from django.conf import settings
from django.core import checks
from django.db import connections

from mes.lib import clock
from mes.lib.platforms import UnknownPlatform, ended, ending, platform_of
from records import places, signing
from records.log import READER

# The server's own version is the image's or the embedded wheel's: both are pinned to this one.
POSTGRESQL = "18"


@checks.register(checks.Tags.security, deploy=True)
def platforms(app_configs: Any, **_: Any) -> Sequence[checks.CheckMessage]:
    """What the product stands on is still mended."""
    try:
        used = [platform_of(name, version) for name, version in _versions().items()]
    except UnknownPlatform as unknown:
        sentence = f"Nobody has written until when {unknown} is mended (mes/lib/platforms.py)."
        return [checks.Error(sentence, id="mes.E003")]
    today = clock.now().date()
    over = [
        checks.Error(f"{one} is mended no longer since {one.until} ({one.source}).", id="mes.E001")
        for one in ended(used, on=today)
    ]
    soon = [
        checks.Warning(f"{one} is mended until {one.until} only ({one.source}).", id="mes.W001")
        for one in ending(used, on=today)
    ]
    return [*over, *soon]


def _versions() -> dict[str, str]:
    return {
        "Python": platform.python_version(), "Django": django.get_version(),
        "PostgreSQL": POSTGRESQL,
    }  # fmt: skip


@checks.register(checks.Tags.security, deploy=True)
def copies_apart(app_configs: Any, **_: Any) -> Sequence[checks.CheckMessage]:
    """Checkpoints, their key and backups lie apart from the data and the database's machine.

    Asked where the checkpointer runs: no other process knows of these places.
    """
    if READER not in connections.databases:
        return []
    found = [
        *places.place().weaknesses(),
        *places.near_the_data("key of the checkpoints", signing.key_path()),
        *_backups(),
    ]
    return [checks.Error(sentence, id="mes.E002") for sentence in found]


def _backups() -> list[str]:
    if not settings.MES_BACKUPS:
        return ["MES_BACKUPS does not say where the backups of the data go."]
    return places.place(settings.MES_BACKUPS, what="backups").weaknesses()
