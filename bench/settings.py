"""The project's settings, with the tables of the baselines beside its own."""

from mes.settings import *  # noqa: F403
from mes.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench"]
