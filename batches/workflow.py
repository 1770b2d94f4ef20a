"""The two machines of a batch as tables: its process and its record."""

from batches.enums import ProcessState, RecordState

PROCESS: dict[ProcessState, frozenset[ProcessState]] = {
    ProcessState.IDLE: frozenset({ProcessState.RUNNING}),
    ProcessState.RUNNING: frozenset({ProcessState.HELD, ProcessState.COMPLETE}),
    ProcessState.HELD: frozenset({ProcessState.RUNNING}),
    ProcessState.COMPLETE: frozenset(),
}

RECORD: dict[RecordState, frozenset[RecordState]] = {
    RecordState.EXECUTING: frozenset({RecordState.COMPLETE}),
    RecordState.COMPLETE: frozenset({RecordState.IN_REVIEW}),
    RecordState.IN_REVIEW: frozenset({RecordState.DISPOSITIONED}),
    RecordState.DISPOSITIONED: frozenset(),
}


def may_become(before: str, after: RecordState) -> bool:
    """Whether a batch record in state ``before`` may become ``after``."""
    return after in RECORD[RecordState(before)]
