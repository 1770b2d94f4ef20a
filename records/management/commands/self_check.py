"""``manage.py self_check``: is every record all that a record has to be (ALCOA+)?"""

import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from mes.lib.refusals import NotFound
from records import routing, self_check
from records.selectors import head_of
from records.self_check import Checked
from records.verification import READER


class Command(BaseCommand):
    help = "List each record that lacks an element of ALCOA+, and which; exit 1 if one does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--stream", help="Only this thing: its identifier (UUID).")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each lack, and how much was looked at."""
        things = entries = lacking = 0
        with routing.on(READER), transaction.atomic(using=READER):
            for one in _chosen(options["stream"]):
                things, entries = things + 1, entries + one.entries
                lacking += bool(one.lacks)
                self._print(one)
        looked = f"{things} records, {entries} entries"
        if lacking:
            self.stdout.write(f"{looked}: {lacking} lack an element")
            sys.exit(1)
        self.stdout.write(f"{looked}: none lacks an element")

    def _print(self, one: Checked) -> None:
        for lack in one.lacks:
            where = f"{one.stream.kind} {one.stream.id}/{lack.seq}"
            self.stdout.write(self.style.ERROR(f"{where}: {lack.element.value}: {lack.words}"))


def _chosen(text: str | None) -> Any:
    if text is None:
        return self_check.of_all()
    try:
        return [self_check.of_head(head_of(UUID(text)))]
    except (ValueError, NotFound) as error:
        raise CommandError(f"{text} is not the identifier of a thing (a UUID).") from error
