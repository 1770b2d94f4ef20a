"""A rehearsal: asked for by a person, computed outside of any act, kept with its seed."""

from collections.abc import Mapping
from uuid import UUID

from accounts.exceptions import NotAllowed
from accounts.permissions import Permission
from accounts.rules import check_permission, is_system
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from recipes import rules
from recipes.entries import (
    REHEARSAL_STREAM,
    RehearsalCompleted,
    RehearsalProgressed,
    RehearsalRequested,
)
from recipes.enums import RehearsalState
from recipes.exceptions import PatientsNotPossible
from recipes.models import RecipeRehearsal
from recipes.rehearsal import most_patients
from recipes.selectors import document, version_of
from records.act import New, act, acting
from records.commands import Command, Reply
from records.outbox import Message

REHEARSAL_REQUESTED = "recipe-rehearsal.requested"
LARGEST_SEED = 999_999


@acting
def request_rehearsal(*, command: Command, version: UUID, patients: int, seed: int) -> Reply:
    """Ask for simulated patients through a version that the compiler accepts; a worker computes.

    A long recipe takes fewer of them. Appends ``recipe-rehearsal.requested`` and enqueues it.
    Raises PatientsNotPossible, NotCompiled, NotFound, NotAllowed.
    """
    if patients < 1 or not 0 <= seed <= LARGEST_SEED:
        raise PatientsNotPossible(most=LARGEST_SEED)
    rehearsal = uuid7()
    with act(command, new=[New(REHEARSAL_STREAM, rehearsal, command.actor.site)]) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        row = version_of(version)
        recipe = document(row.content_hash)
        rules.check_compiles(recipe)
        said = RehearsalRequested(
            of=version,
            label=str(row),
            content_hash=row.content_hash,
            patients=min(patients, most_patients(recipe)),
            seed=seed,
        )
        a.append(rehearsal, said)
        a.enqueue(REHEARSAL_REQUESTED, {"rehearsal": str(rehearsal)})
        a.reply = {"rehearsal": str(rehearsal), "patients": said.patients}
    return a.reply


@acting
def note_progress(*, command: Command, rehearsal: UUID, done: int) -> Reply:
    """Say how many patients have come through. Nothing when more are known to have.

    Only the worker says it: raises NotAllowed.
    """
    with act(command, streams=[rehearsal]) as a:
        if not is_system(a.actor):
            raise NotAllowed(person=a.actor.name, permission="")
        row = RecipeRehearsal.objects.get(id=rehearsal)
        if row.state != RehearsalState.COMPLETE and row.done < done <= row.patients:
            a.append(rehearsal, RehearsalProgressed(done=done))
        a.reply = {"done": max(row.done, done)}
    return a.reply


@acting
def complete_rehearsal(
    *, command: Command, message: Message, rehearsal: UUID, result: Mapping[str, JSON]
) -> Reply:
    """Keep what a rehearsal shows, once. Appends ``recipe-rehearsal.completed``."""
    with act(command, streams=[rehearsal]) as a:
        if RecipeRehearsal.objects.get(id=rehearsal).state != RehearsalState.COMPLETE:
            a.append(rehearsal, RehearsalCompleted(result=dict(result)))
        a.done(message)
    return a.reply
