"""``manage.py verify``: does the evidence hold?"""

import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from records.verification import verify


class Command(BaseCommand):
    help = "Check chains, copies and projections; name what differs; exit 1 if anything does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", help="Only this batch: its identifier (UUID).")
        parser.add_argument("--all", action="store_true", help="Everything, not only what is new.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was looked at and each difference."""
        report = verify(stream=_stream(options["batch"]), everything=options["all"])
        for difference in report.differences:
            self.stdout.write(self.style.ERROR(str(difference)))
        for note in report.notes:
            self.stdout.write(note)
        looked = f"{report.streams} streams, {report.entries} entries, {report.rows} rows"
        if not report.clean:
            self.stdout.write(f"{looked}: {len(report.differences)} differences")
            sys.exit(1)
        self.stdout.write(f"{looked}: everything holds")


def _stream(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise CommandError(f"{text} is not the identifier of a batch (a UUID).") from error
