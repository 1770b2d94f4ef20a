"""``manage.py checkpoint``: signs what the ledger holds, in files outside the database."""

import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connections

from records import log, pulses, signing
from records.checkpoints import Checkpointer, LogRefused
from records.log import AnotherRuns
from records.signing import KeyUnusable

logger = logging.getLogger(__name__)
# A key that is no key at all is a ValueError; a folder or bucket that is away an OSError.
REFUSED = (LogRefused, AnotherRuns, KeyUnusable, OSError, ValueError)


class Command(BaseCommand):
    help = "Number new entries and sign the root over all; with --every, again and again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, help="Seconds between two looks.")
        parser.add_argument("--make-key", action="store_true", help="Make the key, and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sign once, or until SIGTERM. Raises CommandError when a single run is refused."""
        if options["make_key"]:
            self._make_key()
            return
        if log.READER not in connections.databases:
            raise CommandError("Set DATABASE_READER_URL: the reader's role keeps the log.")
        every = options["every"]
        if every is None:
            self._once()
        else:
            self._go_on(every)

    def _make_key(self) -> None:
        try:
            self.stdout.write(f"The key is {signing.make_key()}; keep it from every backup.")
        except FileExistsError as error:
            raise CommandError(f"There is a key already: {error.filename}.") from error

    def _once(self) -> None:
        try:
            self._look(Checkpointer())
        except REFUSED as error:
            pulses.checkpointer_beats(str(error))
            raise CommandError(str(error)) from error

    def _go_on(self, every: float) -> None:
        """A refusal is shown on the pages; all is read anew, so it comes back until answered."""
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        running: Checkpointer | None = None
        while not stop.is_set():
            try:
                running = self._try(running)
            except OperationalError:
                running = None
                logger.warning("the database is away")
            connections[log.READER].close()
            stop.wait(every)

    def _try(self, running: Checkpointer | None) -> Checkpointer | None:
        """Look once; return who goes on, or None after a refusal, which the pages then show."""
        try:
            running = running or Checkpointer()
            self._look(running)
        except REFUSED as error:
            logger.error("%s", error)  # noqa: TRY400 - the sentence says it
            pulses.checkpointer_beats(str(error) or repr(error))
            return None
        return running

    def _look(self, running: Checkpointer) -> None:
        made = running.checkpoint()
        if made:
            self.stdout.write(f"checkpoint {made.size} of {made.at}: root {made.root.hex()}")
        pulses.checkpointer_beats()
