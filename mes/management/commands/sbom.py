"""``manage.py sbom``: what the product is made of, as CycloneDX JSON, without a network."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from mes.lib import sbom


class Command(BaseCommand):
    help = "Print the bill of materials (CycloneDX) of the pinned packages and fonts."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the bill of requirements.txt and package-lock.json."""
        root = Path(settings.BASE_DIR)
        packages = sbom.of_requirements((root / "requirements.txt").read_text("utf-8"))
        fonts = sbom.of_package_lock((root / "package-lock.json").read_text("utf-8"))
        self.stdout.write(json.dumps(sbom.bill("mes", [*packages, *fonts]), indent=2))
