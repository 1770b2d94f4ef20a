"""Every file that a sheet or a module names exists, as the production storage demands."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings

STATIC = Path(settings.BASE_DIR) / "static"
MANIFEST = {
    **settings.STORAGES,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    },
}


def test_the_production_storage_collects_our_files(tmp_path: Path) -> None:
    with override_settings(STATIC_ROOT=tmp_path, STORAGES=MANIFEST):
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["*drf*"])
    assert (tmp_path / "staticfiles.json").exists()


@pytest.mark.parametrize("module", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.stem)
def test_imports_of_modules_exist(module: Path) -> None:
    imported = re.findall(r'(?:from|import) "(\./[\w-]+\.js)"', module.read_text())
    assert [name for name in imported if not (module.parent / name).exists()] == []


@pytest.mark.parametrize("module", sorted((STATIC / "js").glob("*.js")), ids=lambda path: path.stem)
def test_modules_need_no_eval(module: Path) -> None:
    assert re.findall(r"\beval\(|new Function\(|document\.write", module.read_text()) == []
