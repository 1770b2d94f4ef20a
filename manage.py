#!/usr/bin/env python3
"""Management commands. Outside production, starts the embedded stores that are not named."""

import os
import signal
import sys
from importlib.util import find_spec
from pathlib import Path

OURS = Path(__file__).resolve().parent / ".venv" / "bin" / "python"
if find_spec("psycopg") is None:
    # Called as ./manage.py with the system's Python: go on with the project's.
    if not OURS.exists():
        sys.exit("The environment is missing. Make it with: make .venv")
    os.execv(OURS, [str(OURS), *sys.argv])

from mes.lib.embedded import FolderRefused, StoreFailed, Stores
from mes.lib.environment import Missing

# These need no store, or start them themselves.
WITHOUT_STORES = {
    "help",
    "version",
    "--version",
    "--help",
    "recipe",
    "run",
    "collectstatic",
    "spectacular",
}


def main() -> None:
    """Run one command; stop at its end the stores that it started."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mes.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    stores = Stores(os.environ)
    try:
        if _needs_stores():
            stores.start()
            stores.name_in(os.environ)
        # After the addresses are in place: importing Django's commands may read the settings.
        from django.core.management import execute_from_command_line  # noqa: PLC0415

        execute_from_command_line(sys.argv)
    except (FolderRefused, StoreFailed, Missing) as error:
        sys.exit(str(error))
    finally:
        stores.stop()


def _needs_stores() -> bool:
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    production = os.environ.get("MES_ENV") == "production"
    return not production and command not in WITHOUT_STORES


if __name__ == "__main__":
    main()
