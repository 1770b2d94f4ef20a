"""One batch of six steps, through the services that screens, API and simulation call."""

import pytest

from batches.enums import ProcessState, RecordState, StepState
from batches.services import attest_operation
from tests.builders.batches import OPERATION, PERFORMER, STEPS, batch_at

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")


@pytest.mark.req("F211-188a", "P11-10f")
def test_a_batch_runs_from_its_first_step_to_a_complete_record() -> None:
    trial = batch_at(STEPS[-1])
    trial.perform(STEPS[-1])
    row = trial.row()
    assert (row.process_state, row.record_state) == (
        ProcessState.COMPLETE,
        RecordState.EXECUTING,
    )
    attest_operation(
        command=trial.command(PERFORMER),
        batch=trial.batch,
        operation=OPERATION,
        proof=trial.plant.crew.proof(PERFORMER),
    )
    assert trial.row().record_state == RecordState.COMPLETE


def test_a_step_says_who_performed_and_who_recorded() -> None:
    trial = batch_at(STEPS[1])
    step = trial.step(STEPS[0])
    crew = trial.plant.crew.people
    assert (step.performed_by, step.recorded_by) == (crew["adeyemi"][0], crew["brandt"][0])
    assert step.state == StepState.CLOSED
