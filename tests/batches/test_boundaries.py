"""A step is recorded whole or not at all, wherever the power is cut."""

import pytest

from batches.services import perform_step
from records.models import Entry, Message
from records.reading import reading
from tests.boundaries import every_boundary
from tests.builders.batches import STEPS, Trial, batch_at

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")


def recorded(trial: Trial) -> int:
    with reading(site=trial.site):
        return Entry.objects.filter(stream=trial.batch, kind="step.performed").count()


@pytest.mark.scenario(1)
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(STEPS[0], id="a line clearance", marks=pytest.mark.slow),
        pytest.param(STEPS[3], id="a value"),
        pytest.param(STEPS[4], id="an addition"),
    ],
)
def test_step_is_whole_or_nothing_at_every_boundary(path: str) -> None:
    trial = batch_at(path)
    values = trial.good(path)
    command = trial.command(batch=str(trial.batch), step=path, values=values)
    before = recorded(trial)

    def check(done: bool) -> None:
        assert recorded(trial) == before + done

    count = every_boundary(
        lambda: perform_step(command=command, batch=trial.batch, step=path, values=values), check
    )
    assert count > 5
    assert Message.objects.filter(state="dead").count() == 0
