"""The project's settings on the stores of the tests; nothing else differs.

The addresses are known before the stores run, so every worker names the same ones.
"""

import os

from mes.lib.embedded import addresses
from tests.support.folder import test_folder

os.environ.update(addresses(test_folder(), database="not-yet-cloned"))
os.environ["MES_DATA"] = str(test_folder() / "data")
os.environ["MES_ENV"] = "development"
# Playwright keeps an event loop in the thread of the test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from mes.settings import *  # noqa: F403

PASSWORD_HASHERS = ["tests.support.hashers.QuickArgon2"]
