"""``migrate`` as the owner: the application's role may not change a table."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations import Migration


class Command(migrate.Command):
    """Django's command, which here means the alias ``owner`` when none is named."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")
        parser.add_argument("--brief", action="store_true", help="One line for each migration.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] not in connections.databases:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner's role migrates.")
        self.brief = options.pop("brief")
        if self.brief:
            options["verbosity"] = 0
        super().handle(*args, **options)

    def migration_progress_callback(
        self, action: str, migration: Migration | None = None, fake: bool = False
    ) -> None:
        """Say what is applied; in brief, that is all that is said."""
        if self.brief and action == "apply_success":
            self.stdout.write(f"  {migration}")
        super().migration_progress_callback(action, migration, fake)
