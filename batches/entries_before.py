"""Versions of entries that are read and no longer written, and how they become the next one.

A published class never changes; see ``records.entries``.
"""

from uuid import UUID

from batches.entries import STREAM, Next, Said, Shown
from records.entries import Fields, Payload, Value, entry, upcast
from records.signatures import Signature


class Turn(Value):
    """Where the step stands in the control recipe, and what its closing begins or ends."""

    position: int
    operation: str
    stage: str
    begins_stage: bool
    ends_operation: bool
    ends_stage: bool
    ends_batch: bool


@entry("batch.issued", version=1, stream=STREAM)
class BatchIssuedV1(Payload):
    """A control recipe was made; the first step was due."""

    number: str
    order: UUID
    coi: str
    mark: str
    purpose: str
    recipe: str
    recipe_version: UUID
    recipe_label: str
    recipe_hash: str
    inputs: dict[str, str]


@entry("step.performed", version=1, stream=STREAM)
class StepPerformedV1(Payload):
    """A step was done; the one behind it was due."""

    step: str
    iteration: int
    turn: Turn
    to_be_verified: bool
    values: dict[str, str]
    outcome: str
    rule: str
    rule_version: str
    findings: tuple[Said, ...]
    performer: UUID
    performer_name: str
    shown: Shown
    typed: tuple[str, ...] = ()


@entry("step.performed", version=2, stream=STREAM)
class StepPerformedV2(Payload):
    """A step was done, before there was another way to record it than on the screen."""

    step: str
    iteration: int
    turn: Next
    to_be_verified: bool
    values: dict[str, str]
    outcome: str
    rule: str
    rule_version: str
    findings: tuple[Said, ...]
    performer: UUID
    performer_name: str
    shown: Shown
    typed: tuple[str, ...] = ()


@entry("step.verified", version=1, stream=STREAM)
class StepVerifiedV1(Payload):
    """A second person verified a step; the one behind it was due."""

    step: str
    iteration: int
    turn: Turn
    signature: Signature


@upcast("batch.issued", version=1)
def _(fields: Fields) -> Fields:
    return {**fields, "due": None}


@upcast("step.performed", version=1)
@upcast("step.verified", version=1)
def _(fields: Fields) -> Fields:
    turn = dict(fields["turn"])
    operation, stage = turn.pop("ends_operation"), turn.pop("ends_stage")
    ended = {
        "due": None,
        "ended_operations": [turn["operation"]] if operation else [],
        "ended_stages": [turn["stage"]] if stage else [],
    }
    return {**fields, "turn": {**turn, **ended}}


@upcast("step.performed", version=2)
def _(fields: Fields) -> Fields:
    return {**fields, "paper": None}
