"""``manage.py run``: the whole product on this machine, with the demo site."""

import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mes.lib.embedded import FolderRefused, StoreFailed
from mes.supervisor import Failed, Supervisor


class Command(BaseCommand):
    help = "Start stores, web, worker and relay; stop all of them with Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("MES_PORT", "8000")))
        parser.add_argument("--no-demo", action="store_true", help="Serve an empty database.")
        parser.add_argument(
            "--check", action="store_true", help="Start, sign in, stop, and print the times."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until Ctrl-C or SIGTERM, or check once. Raises CommandError with a sentence."""
        supervisor = Supervisor(os.environ, port=options["port"], say=self._say)
        supervisor.demo = not options["no_demo"]
        try:
            if options["check"]:
                supervisor.check()
            else:
                supervisor.run()
        except (Failed, FolderRefused, StoreFailed) as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        sys.stdout.flush()
