"""``manage.py relay``: looks what is due, rings the bell, keeps the canary flying."""

import itertools
import logging
import signal
import threading
from typing import Any

from celery import current_app as app
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connection

from records import canary, outbox, pulses, software
from records.tasks import RING

EVERY_SECONDS = 0.1
RING_EXPIRES_SECONDS = 10
LONGEST_LIST = 20
BEATS_EVERY = 50

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Ring the workers while the outbox holds due messages."
    noted = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Look once and stop.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look ten times a second until SIGTERM. A lost broker or database is tried again."""
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        for look in itertools.count():
            if stop.is_set():
                return
            beats = look % BEATS_EVERY == 0
            self._look(beats=beats)
            if beats and not self.noted:
                self._note()
            if options["once"]:
                return
            stop.wait(EVERY_SECONDS)

    def _look(self, *, beats: bool) -> None:
        try:
            if beats:
                pulses.relay_beats()
            canary.release()
            if outbox.due() and self._list_is_short():
                app.send_task(RING, expires=RING_EXPIRES_SECONDS, retry=False)
        except OperationalError:
            connection.close()
            log.warning("the database is away")
        except Exception:
            log.warning("the broker is away", exc_info=True)

    def _note(self) -> None:
        """Note which software runs; what keeps it from that keeps nobody's work waiting."""
        try:
            software.note_start()
            self.noted = True
        except OperationalError:
            connection.close()
        except Exception:
            log.warning("which software runs could not be noted", exc_info=True)

    def _list_is_short(self) -> bool:
        """Rings pile up while every worker is busy; more of them help nobody."""
        with app.connection_for_read() as broker:
            length: int = broker.default_channel.client.llen(app.conf.task_default_queue)
        return length < LONGEST_LIST
