"""Something happened, and the recipe knows what to do: an operation comes in between."""

from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from batches import rules, selectors
from batches.entries import ContingencyCalled
from batches.exceptions import CommentMissing, ContingencyNotOffered, ContingencyRuns
from batches.models import Batch, Operation, Step
from batches.standing import Judging, due_of, skipped_of, standing_of
from recipes import flow
from recipes.document import Recipe
from records.act import act, acting
from records.commands import Command, Reply


@acting
def call_contingency(
    *, command: Command, batch: UUID, contingency: str, step: str, reason: str
) -> Reply:
    """Call a contingency that the recipe offers at a due step: it is done first, then the rest.

    The operation of that step waits until it is over; what runs beside it goes on. QA judges the
    call as an exception. Raises ContingencyNotOffered, ContingencyRuns, StepNotDue and the like,
    CommentMissing. Appends ``contingency.called``, and ``branch.skipped`` for what is not taken.
    """
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.BATCHES_PERFORM)
        seen = selectors.batch_of(batch)
        rules.check_executing(seen)
        row = selectors.step_of(batch, step)
        recipe = selectors.recipe_of(seen)
        standing = standing_of(batch)
        _check_called(seen, row, standing)
        _check_offered(recipe, row, contingency)
        if not reason.strip():
            raise CommentMissing(field="text", finding="")
        onward = flow.call(
            recipe, standing, contingency=contingency, caller=row.operation,
            judge=Judging(seen, a.now),
        )  # fmt: skip
        ref = list(standing.called)[-1]
        said = ContingencyCalled(
            contingency=contingency, operation=ref, caller=row.operation, step=row.ref,
            reason=reason.strip()[:2000],
            due=tuple(due_of(recipe, spot, None, near=row.position) for spot in onward.due),
        )  # fmt: skip
        a.append(batch, said)
        for skipped in skipped_of(recipe, onward, near=row.position):
            a.append(batch, skipped)
        a.reply = {"operation": ref}
    return a.reply


def _check_called(batch: Batch, row: Step, standing: flow.Standing) -> None:
    runs = standing.interrupted(row.operation)
    if runs:
        raise ContingencyRuns(contingency=runs)
    if not row.is_live:
        rules.check_due(batch, row)


def _check_offered(recipe: Recipe, row: Step, contingency: str) -> None:
    called = Operation.objects.filter(stream=row.stream, path=row.operation).exclude(called_from="")
    caller = recipe.operation(row.operation)
    if caller is None or called.exists() or contingency not in caller.contingencies:
        raise ContingencyNotOffered(contingency=contingency)
