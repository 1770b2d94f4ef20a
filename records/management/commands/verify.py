"""``manage.py verify``: does the evidence hold? Once, or again and again, each night everything."""

import logging
import signal
import sys
import threading
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connections

from mes.lib import clock
from records import routing
from records.helpers import HelperFailed
from records.log import READER
from records.models import Verification
from records.verification import Report, verify

logger = logging.getLogger(__name__)
NIGHT: Final = time(2)
# What was found stays found until a person has answered it: it is not looked for each minute.
AFTER_FINDINGS_SECONDS: Final = 900.0


class Command(BaseCommand):
    help = "Check walls, chains, copies, projections; name what differs; exit 1 if anything does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", help="Only this batch: its identifier (UUID).")
        parser.add_argument("--all", action="store_true", help="Everything, not only what is new.")
        parser.add_argument("--every", type=float, help="Again and again: seconds between two.")
        parser.add_argument(
            "--whole-at", type=time.fromisoformat, default=NIGHT,
            help="With --every: look at everything once a day after this time (UTC), as 02:00.",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was looked at and each difference."""
        if options["every"] is not None:
            self._go_on(options["every"], options["whole_at"])
            return
        report = verify(stream=_stream(options["batch"]), everything=options["all"])
        if not self._print(report):
            sys.exit(1)

    def _print(self, report: Report) -> bool:
        for difference in report.differences:
            self.stdout.write(self.style.ERROR(str(difference)))
        for note in report.notes:
            self.stdout.write(note)
        looked = f"{report.streams} streams, {report.entries} entries, {report.rows} rows"
        if not report.clean:
            self.stdout.write(f"{looked}: {len(report.differences)} differences")
        else:
            self.stdout.write(f"{looked}: everything holds")
        return report.clean

    def _go_on(self, every: float, whole_at: time) -> None:
        """Run until SIGTERM. What keeps a run from its end is logged; the pages show its age."""
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        wait = every
        while not stop.wait(wait):
            wait = every
            try:
                if not self._print(verify(everything=due(whole_at, now=clock.now()))):
                    wait = max(every, AFTER_FINDINGS_SECONDS)
            except (OperationalError, HelperFailed, OSError):
                logger.exception("verification did not come to its end")
            connections[READER].close()


def due(whole_at: time, *, now: datetime) -> bool:
    """Say whether everything is to be looked at: not since the last time that it was so late."""
    last = datetime.combine(now.astimezone(UTC).date(), whole_at, UTC)
    last -= timedelta(days=last > now)
    with routing.on(READER):
        return not Verification.objects.filter(whole=True, at__gte=last).exists()


def _stream(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise CommandError(f"{text} is not the identifier of a batch (a UUID).") from error
