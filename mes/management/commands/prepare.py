"""``manage.py prepare``: migrate, then the demo site, in one process (a start costs a second)."""

from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser

SEED = "seed_demo"


class Command(BaseCommand):
    help = "Bring the database up to date and make the demo site, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="Leave the database empty.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as the owner; then let the demo's own command do what is not done yet."""
        call_command("migrate", brief=True, interactive=False, stdout=self.stdout)
        if SEED in get_commands() and not options["no_demo"]:
            call_command(SEED, stdout=self.stdout)
