"""``manage.py seed_demo``: the demo site, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from plant.demo import OWNER, seed


class Command(BaseCommand):
    help = "Make the demo site in an empty database; does nothing where a site stands."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say each thing as it is begun. Raises CommandError without the owner's address."""
        if OWNER not in connections:
            raise CommandError("DATABASE_OWNER_URL is needed to make the demo site.")
        if self._stands():
            return
        seed(said=lambda what: self.stdout.write(f"  making {what}"))

    def _stands(self) -> bool:
        with connections[OWNER].cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM accounts_site)")
            row: Any = cursor.fetchone()
        return bool(row[0])
