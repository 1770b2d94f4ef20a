"""A job for the workers of the kill tests: its effect is one entry on a thing that jobs share.

Imported by the worker's process (``celery worker --include``), which knows no test.
"""

from uuid import UUID

from records import outbox
from records.act import act
from tests.records.trial import TrialSaid

TOPIC = "trial.job"


@outbox.subscribe(TOPIC, consumer="trial.job")
def job(message: outbox.Message) -> None:
    """Say the job's number on its thing."""
    stream = UUID(message.payload["stream"])
    with act(message.command("trial.job"), streams=[stream]) as a:
        a.append(stream, TrialSaid(text=message.payload["number"]))
        a.done(message)
