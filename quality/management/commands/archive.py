"""``manage.py archive``: a batch as a read-only folder that needs this product no more."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import Site
from batches.models import Batch
from quality import archive
from records import routing
from records.verification import READER


class Command(BaseCommand):
    help = "Write the archive of a batch, once and read-only; --check reads one again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", nargs="?", help="The batch's number.")
        parser.add_argument("--site", help="Its site's code, where several have that number.")
        parser.add_argument("--to", help="The folder of archives.")
        parser.add_argument("--check", help="An archive: is it as its manifest has it?")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, or check. Raises CommandError with a sentence."""
        if options["check"]:
            self._check(Path(options["check"]))
            return
        if not (options["batch"] and options["to"]):
            raise CommandError("Name a batch and --to, the folder of archives.")
        try:
            with routing.on(READER), transaction.atomic(using=READER):
                row = _batch(options["batch"], options["site"])
                folder = archive.archive(row, Path(options["to"]))
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{folder} is written and read-only.")

    def _check(self, folder: Path) -> None:
        try:
            found = archive.differences(folder)
        except OSError as error:
            raise CommandError(f"{folder} is no archive: {error}") from error
        if found:
            raise CommandError(f"Not as the manifest has it: {', '.join(found)}")
        self.stdout.write(f"{folder} is as its manifest has it.")


def _batch(number: str, site: str | None) -> Batch:
    rows = Batch.objects.filter(number=number)
    if site:
        rows = rows.filter(site__in=Site.objects.filter(code=site).values("id"))
    found = list(rows)
    if len(found) != 1:
        raise CommandError(f"{len(found)} batches have the number {number}; name the --site.")
    return found[0]
