"""What the demo site tells its visitor, and how a check signs in.

The demo's seeding leaves ``welcome.json`` in the data folder::

    {"text": "Sign in as ...",  "sign_in": {"path": "/sign-in/", "fields": {"badge": "...", ...}}}
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Welcome:
    """The text for people, and one sign-in for the check."""

    text: str = ""
    path: str = ""
    fields: dict[str, str] = field(default_factory=dict)


def welcome_of(folder: Path) -> Welcome:
    """Return what the seeding left, or nothing when there is no demo."""
    try:
        left: dict[str, Any] = json.loads((folder / "welcome.json").read_text())
    except FileNotFoundError:
        return Welcome()
    sign_in = left.get("sign_in", {})
    return Welcome(left.get("text", ""), sign_in.get("path", ""), sign_in.get("fields", {}))
