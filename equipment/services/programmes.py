"""Programmes that a unit runs by itself, written into its logbook by a batch's act."""

from uuid import UUID

from equipment.entries import UnitProgrammeEnded, UnitProgrammeStarted
from records.act import Act


def programme_started(a: Act, unit: UUID, said: UnitProgrammeStarted) -> None:
    """Say in a running act, the unit among its streams, that a programme began."""
    a.append(unit, said)


def programme_ended(a: Act, unit: UUID, said: UnitProgrammeEnded) -> None:
    """Say in a running act, the unit among its streams, how a programme ended."""
    a.append(unit, said)
