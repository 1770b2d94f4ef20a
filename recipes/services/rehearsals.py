"""A rehearsal: asked for by a person, computed outside of any act, kept with its seed."""

from collections.abc import Mapping
from uuid import UUID

from accounts.exceptions import NotAllowed
from accounts.permissions import Permission
from accounts.rules import check_permission, is_system
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from recipes import reader, rules
from recipes.document import Recipe
from recipes.drafting.plain import yaml_of
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
from recipes.services.drafts import written_now
from recipes.services.versions import keep_document
from records.act import Act, New, act, acting
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
    new = _stream(command, patients=patients, seed=seed)
    with act(command, new=[new]) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        row = version_of(version)
        recipe = document(row.content_hash)
        _ask(a, new.id, of=version, label=str(row), recipe=recipe, patients=patients, seed=seed)
    return a.reply


@acting
def rehearse_draft(*, command: Command, draft: UUID, patients: int, seed: int) -> Reply:
    """Ask the same of a draft as it stands; its document is kept, as that of a version is.

    The draft is not locked: whoever writes in it does not wait while it is compiled. Raises
    RecipeNotReadable and DraftClosed as well.
    """
    new = _stream(command, patients=patients, seed=seed)
    with act(command, new=[new]) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        row = written_now(draft)
        recipe = reader.read(yaml_of(row.content))
        _ask(a, new.id, of=draft, label=row.code, recipe=recipe, patients=patients, seed=seed)
        keep_document(recipe)
    return a.reply


def _stream(command: Command, *, patients: int, seed: int) -> New:
    if patients < 1 or not 0 <= seed <= LARGEST_SEED:
        raise PatientsNotPossible(most=LARGEST_SEED)
    return New(REHEARSAL_STREAM, uuid7(), command.actor.site)


def _ask(
    a: Act, rehearsal: UUID, *, of: UUID, label: str, recipe: Recipe, patients: int, seed: int
) -> None:
    rules.check_compiles(recipe)
    said = RehearsalRequested(
        of=of,
        label=label,
        content_hash=recipe.content_hash,
        patients=min(patients, most_patients(recipe)),
        seed=seed,
    )
    a.append(rehearsal, said)
    a.enqueue(REHEARSAL_REQUESTED, {"rehearsal": str(rehearsal)})
    a.reply = {"rehearsal": str(rehearsal), "patients": said.patients}


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
