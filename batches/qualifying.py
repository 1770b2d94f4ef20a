"""What a step asks of the people who do it, and whether they hold it now (21 CFR 211.25).

The recipe asks by its document: one of the qualifications of the operation or its stage, role and
qualification of the step, training on a version that counts, and for open work a passed process
simulation. The site asks by class of room (gowning) and of equipment. All of it is conditional:
QA may let a step of a batch pass.
"""

from uuid import UUID

from accounts.enums import SubjectKind
from accounts.models import AskedSubject
from accounts.qualification_exceptions import NotQualified
from accounts.rules import check_qualified
from accounts.selectors import roles_of
from accounts.subjects import Subject
from accounts.training import asked_subjects, procedure_of
from batches.enums import Purpose
from batches.models import Batch, Operation
from batches.selectors import concessions_at, placed_of, recipe_of
from batches.work import Work
from recipes.document import Placed, Recipe
from recipes.enums import Openness
from records.act import Act

# Who takes part in a simulation earns what it proves; an engineering run treats nobody.
FOR_PEOPLE = {Purpose.PATIENT, Purpose.PRODUCT}


def check_hands(work: Work, operation: Operation) -> None:
    """The performer is qualified for the step, and whoever records it for its room.

    Raises NotQualified where QA has not let this step pass; what was passed is a finding.
    """
    asked = asked_of(work.batch, work.recipe, work.placed)
    performer, recorder = operation.performer, work.a.actor.person
    if performer is not None:
        work.interlock(lambda: check_qualified(performer, asked, at=work.a.now))
        work.interlock(lambda: _check_role(work, performer, operation.performer_name))
    if recorder not in {None, performer}:
        room = [subject for subject in asked if subject.kind == SubjectKind.GOWNING]
        work.interlock(lambda: check_qualified(recorder, room, at=work.a.now))


def _check_role(work: Work, person: UUID, name: str) -> None:
    role, site = work.placed.step.role, work.batch.site
    if role and site and role not in roles_of(person, site):
        raise NotQualified(person=name, subject=f"role:{role}", streams=[person])


def check_sign_on(a: Act, batch: Batch, first: str, *, person: UUID) -> None:
    """The person is qualified for the operation that begins with step ``first``.

    Raises NotQualified, unless QA lets this step pass.
    """
    placed = placed_of(batch, first)
    _check(a, batch, first, person, asked_of(batch, recipe_of(batch), placed))


def check_verifier(a: Act, batch: Batch, step: str, *, person: UUID) -> None:
    """The person who verifies is qualified for the procedure. Raises NotQualified, as above.

    Rooms, machines and open work are asked of hands only: a second look may come from outside.
    """
    asked = asked_of(batch, recipe_of(batch), placed_of(batch, step))
    looking = [one for one in asked if one.kind in {"", SubjectKind.PROCEDURE}]
    _check(a, batch, step, person, looking)


def _check(a: Act, batch: Batch, step: str, person: UUID, asked: list[Subject]) -> None:
    try:
        check_qualified(person, asked, at=a.now)
    except NotQualified as refusal:
        if refusal.code not in concessions_at(batch.id, step, at=a.now):
            raise


def asked_of(batch: Batch, recipe: Recipe, placed: Placed) -> list[Subject]:
    """Return all that a step of a batch asks of whoever does it."""
    return [*_by_recipe(batch, recipe, placed), *_by_site(recipe, placed)]


def _by_recipe(batch: Batch, recipe: Recipe, placed: Placed) -> list[Subject]:
    keys = [staff.qualification for staff in placed.operation.staff or placed.stage.staff]
    found = [Subject(tuple(sorted({key for key in keys if key})))] if all(keys) and keys else []
    if placed.step.qualification:
        found.append(Subject((placed.step.qualification,)))
    if batch.purpose not in FOR_PEOPLE:
        return found
    procedure = procedure_of(batch.recipe_version)
    if procedure is not None:
        counts_from = procedure.counts_from
        found.append(Subject((procedure.key,), SubjectKind.PROCEDURE, counts_from))
    if placed.operation.openness == Openness.OPEN:
        process = recipe.process_type or recipe.recipe
        found.append(Subject((process,), SubjectKind.PROCESS_SIMULATION))
    return found


def _by_site(recipe: Recipe, placed: Placed) -> list[Subject]:
    needs = recipe.needs_at(placed.stage.key)
    classes = {
        SubjectKind.GOWNING: {need.class_ for need in needs if need.resource == "place"},
        SubjectKind.EQUIPMENT_CLASS: {need.class_ for need in needs if need.resource == "unit"},
    }
    return [_asked(row) for row in asked_subjects() if row.asked and row.key in _of(row, classes)]


def _of(row: AskedSubject, classes: dict[SubjectKind, set[str]]) -> set[str]:
    return classes.get(SubjectKind(row.subject_kind), set())


def _asked(row: AskedSubject) -> Subject:
    return Subject((row.key,), row.subject_kind)
