"""``manage.py rebuild``: put rows as the entries have them, where somebody altered them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from records.rebuilding import OWNER, NotRebuilt, rebuild


class Command(BaseCommand):
    help = "Write rows of projections that differ from the entries anew; needs the owner's address."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was put right, by table."""
        if OWNER not in connections.settings:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner rebuilds.")
        try:
            changed = rebuild()
        except NotRebuilt as refused:
            for difference in refused.differences:
                self.stdout.write(self.style.ERROR(str(difference)))
            raise CommandError(str(refused)) from refused
        for table, rows in changed.items():
            self.stdout.write(f"{table}: {rows.put} rows put right, {rows.removed} removed")
        if not changed:
            self.stdout.write("Every row is what the entries say: nothing was changed")
