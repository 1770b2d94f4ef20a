"""The browser of the tests: the machine's own Chromium or Chrome, without a window if it has that.

The shell without a window takes a third less of the processors for the same page.
"""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from tests.support.folder import test_folder

NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser",
    "google-chrome", "google-chrome-stable", "chrome",
)  # fmt: skip
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# In a container there is no sandbox; and the browser asks nobody outside.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
ABSENT = (
    "The browser tests need Chromium or Chrome. Install one (on Debian:"
    " apt-get install chromium-headless-shell) and run the tests again."
)


class BrowserAbsent(Exception):
    """There is no browser, and none could be installed."""


def installed() -> str | None:
    """Return the path of an installed browser."""
    named = next(filter(None, map(shutil.which, NAMES)), None)
    return named or next((place for place in PLACES if Path(place).exists()), None)


def browser_path() -> str:
    """Return an installed browser, or install Debian's. Raises BrowserAbsent."""
    found = installed() or _install()
    if found is None:
        raise BrowserAbsent(ABSENT)
    return found


def _install() -> str | None:
    """Install Debian's Chromium if we may; the other test process waits and finds it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    test_folder().mkdir(parents=True, exist_ok=True)
    with (test_folder() / "browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        install = ["install", "-y", "-q"]
        # An older release has no shell.
        for step in (["update", "-q"], [*install, NAMES[0]], [*install, "chromium"]):
            if installed() is None:
                subprocess.run(["apt-get", *step], env=quiet, check=False, capture_output=True)
        return installed()
