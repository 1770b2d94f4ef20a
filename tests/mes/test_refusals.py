"""Refusals that were stored are shown again by any process, whatever it has imported."""

import subprocess
import sys
from importlib import import_module

from django.conf import settings

from mes.lib.refusals import Refusal

ASK = """
import django
django.setup()
from mes.lib.refusals import Refusal
print(*sorted(Refusal._by_code))
"""


def test_a_process_that_serves_no_page_knows_every_refusal() -> None:
    """Here all pages are imported; there nothing is but what Django sets up itself."""
    import_module(settings.ROOT_URLCONF)
    here = {
        code
        for code, kind in Refusal._by_code.items()
        if kind.__module__.partition(".")[0] in {*settings.APPS, "mes"}
    }
    there = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    assert "roster.taken" in here
    assert here - set(there.stdout.split()) == set()
