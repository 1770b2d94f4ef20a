"""``migrate`` as the owner: the application's role may not change a table."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections


class Command(migrate.Command):
    """Django's command, which here means the alias ``owner`` when none is named."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] not in connections.databases:
            raise CommandError("Set DATABASE_OWNER_URL: only the owner's role migrates.")
        super().handle(*args, **options)
