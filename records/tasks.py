"""What Celery runs: the bell, which makes a worker look into the outbox."""

from celery import shared_task

from mes.lib import clock
from records import outbox
from records.canary import CANARY

RING = "records.ring"


@shared_task(name=RING, ignore_result=True)  # type: ignore[untyped-decorator]
def ring() -> None:
    """Work off what is due. Carries nothing itself: a lost ring loses nothing."""
    outbox.drain()


@outbox.subscribe(CANARY, consumer="records.canary")
def canary_returned(message: outbox.Message) -> None:
    """The canary came out of a worker: the way from outbox to worker is open."""
    outbox.mark_done(message, at=clock.now())
