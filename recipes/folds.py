"""Entries of a recipe's version to its rows."""

from typing import Any

from recipes.drafting.changes import apply_all
from recipes.entries import (
    CodedGap,
    DraftDiscarded,
    DraftEdited,
    DraftOpened,
    DraftSent,
    OperationPublished,
    OperationWithdrawn,
    RecipeApproved,
    RecipeCommented,
    RecipeCommentReplied,
    RecipeCommentResolved,
    RecipeImported,
    RecipeMadeEffective,
    RecipeSentBack,
    RecipeSubmitted,
    RecipeSuperseded,
    RecipeWithdrawn,
    RehearsalCompleted,
    RehearsalProgressed,
    RehearsalRequested,
)
from recipes.enums import CommentState, DraftState, RehearsalState, VersionStatus
from recipes.gaps import AS_WRITTEN
from recipes.models import (
    LibraryOperation,
    RecipeApproval,
    RecipeComment,
    RecipeDraft,
    RecipeRehearsal,
    RecipeUse,
    RecipeVersion,
)
from recipes.selectors import document, plain_document
from recipes.uses import uses_of
from records.entries import instant_text
from records.folding import Folded, change, create, fold


@fold(RecipeImported)
def _(e: Folded[RecipeImported]) -> None:
    p = e.payload
    create(
        RecipeVersion, e, id=e.stream, code=p.code, number=p.number, title=p.title,
        status=VersionStatus.DRAFT, content_hash=p.content_hash, source_hash=p.source_hash,
        stages=p.stages, steps=p.steps, author=e.actor, author_name=e.actor_name,
        imported_at=e.at, withdrawn_reason="", writers=[str(one) for one in p.writers],
    )  # fmt: skip


@fold(RecipeSubmitted)
def _(e: Folded[RecipeSubmitted]) -> None:
    rows = RecipeVersion.objects.filter(id=e.stream)
    change(rows, e, status=VersionStatus.IN_REVIEW, submitted_at=e.at)


@fold(RecipeApproved)
def _(e: Folded[RecipeApproved]) -> None:
    s = e.payload.signature
    version = RecipeVersion.objects.get(id=e.stream)
    signed = {
        "printed_name": s.printed_name, "role": s.role, "meaning": s.meaning, "at": s.at,
        "zone": s.zone, "factors": list(s.factors), "content_hash": s.content_hash,
        "author": version.author, "writers": version.writers, "void": False,
        "lacking": [_row_of(gap) for gap in e.payload.lacking], "reason": e.payload.reason,
    }  # fmt: skip
    before = RecipeApproval.objects.filter(version=e.stream, person=s.person)
    if not change(before, e, **signed):
        create(RecipeApproval, e, version=e.stream, person=s.person, **signed)
    status = VersionStatus.APPROVED if e.payload.completes else version.status
    change(RecipeVersion.objects.filter(id=e.stream), e, status=status)
    if e.payload.completes:
        _write_uses(e, version)


def _row_of(gap: CodedGap) -> dict[str, Any]:
    """Return a gap as its row has it; one of an earlier entry as it was written."""
    if gap.code == AS_WRITTEN:
        return {"path": gap.path, "sentence": gap.params["sentence"]}
    return gap.model_dump()


def _write_uses(e: Folded[RecipeApproved], version: RecipeVersion) -> None:
    RecipeUse.objects.bulk_create(
        RecipeUse(
            stream=e.stream, entry_seq=e.seq, site=e.site,
            version=e.stream, path=path, kind=kind, code=code,
        )
        for path, kind, code in uses_of(document(version.content_hash))
    )  # fmt: skip


@fold(RecipeMadeEffective)
def _(e: Folded[RecipeMadeEffective]) -> None:
    rows = RecipeVersion.objects.filter(id=e.stream)
    change(rows, e, status=VersionStatus.EFFECTIVE, effective_at=e.at)


@fold(RecipeSuperseded)
def _(e: Folded[RecipeSuperseded]) -> None:
    rows = RecipeVersion.objects.filter(id=e.stream)
    change(rows, e, status=VersionStatus.SUPERSEDED, ended_at=e.at)


@fold(RecipeWithdrawn)
def _(e: Folded[RecipeWithdrawn]) -> None:
    change(
        RecipeVersion.objects.filter(id=e.stream), e,
        status=VersionStatus.WITHDRAWN, ended_at=e.at, withdrawn_reason=e.payload.reason,
    )  # fmt: skip


@fold(RecipeSentBack)
def _(e: Folded[RecipeSentBack]) -> None:
    change(
        RecipeVersion.objects.filter(id=e.stream), e,
        status=VersionStatus.DRAFT, sent_back_reason=e.payload.reason,
    )  # fmt: skip
    change(RecipeApproval.objects.filter(version=e.stream), e, void=True)


@fold(RecipeCommented)
def _(e: Folded[RecipeCommented]) -> None:
    p = e.payload
    create(
        RecipeComment, e, id=p.comment, version=e.stream, path=p.path, text=p.text, by=e.actor,
        by_name=e.actor_name, at=e.at, state=CommentState.OPEN,
    )  # fmt: skip


@fold(RecipeCommentReplied)
def _(e: Folded[RecipeCommentReplied]) -> None:
    """The asker's further words ask again; those of anybody else answer."""
    for row in RecipeComment.objects.filter(id=e.payload.comment):
        said = {"by_name": e.actor_name, "at": instant_text(e.at), "text": e.payload.text}
        state = CommentState.OPEN if e.actor == row.by else CommentState.ANSWERED
        rows = RecipeComment.objects.filter(id=row.id)
        change(rows, e, replies=[*row.replies, said], state=state)


@fold(RecipeCommentResolved)
def _(e: Folded[RecipeCommentResolved]) -> None:
    change(
        RecipeComment.objects.filter(id=e.payload.comment), e,
        state=CommentState.RESOLVED, resolution=e.payload.text, resolved_at=e.at,
        resolved_by_name=e.actor_name,
    )  # fmt: skip


# --- drafts --------------------------------------------------------------------------------------

MOST_UNDONE = 200


@fold(DraftOpened)
def _(e: Folded[DraftOpened]) -> None:
    create(
        RecipeDraft, e, id=e.stream, code=e.payload.code, state=DraftState.OPEN,
        content=plain_document(e.payload.content_hash), source_version=e.payload.source_version,
        editors=[str(e.actor)], stacks={}, opened_by=e.actor, opened_by_name=e.actor_name,
        edited_at=e.at, edited_by_name=e.actor_name, version=None,
    )  # fmt: skip


@fold(DraftEdited)
def _(e: Folded[DraftEdited]) -> None:
    row = RecipeDraft.objects.get(id=e.stream)
    content = apply_all(row.content, e.payload.changes)
    code = content.get("recipe") if isinstance(content, dict) else None
    change(
        RecipeDraft.objects.filter(id=e.stream), e,
        content=content, code=code[:60] if isinstance(code, str) else row.code,
        editors=sorted({*row.editors, str(e.actor)}), stacks=_stacks(row, e),
        edited_at=e.at, edited_by_name=e.actor_name,
    )  # fmt: skip


def _stacks(row: RecipeDraft, e: Folded[DraftEdited]) -> dict[str, dict[str, list[int]]]:
    """Return the stacks after an edit: what is new empties redo, an undo moves to redo."""
    person, undoes = str(e.actor), e.payload.undoes
    own = row.stacks.get(person, {"undo": [], "redo": []})
    undo, redo = list(own["undo"]), list(own["redo"])
    if undoes is None:
        undo, redo = [*undo, e.seq], []
    elif undoes in undo:
        undo, redo = [seq for seq in undo if seq != undoes], [*redo, e.seq]
    else:
        undo, redo = [*undo, e.seq], [seq for seq in redo if seq != undoes]
    return {**row.stacks, person: {"undo": undo[-MOST_UNDONE:], "redo": redo[-MOST_UNDONE:]}}


@fold(DraftSent)
def _(e: Folded[DraftSent]) -> None:
    rows = RecipeDraft.objects.filter(id=e.stream)
    change(rows, e, state=DraftState.SENT, version=e.payload.became)


@fold(DraftDiscarded)
def _(e: Folded[DraftDiscarded]) -> None:
    change(RecipeDraft.objects.filter(id=e.stream), e, state=DraftState.DISCARDED)


# --- the library -------------------------------------------------------------------------------


@fold(OperationPublished)
def _(e: Folded[OperationPublished]) -> None:
    p = e.payload
    create(
        LibraryOperation, e, id=p.operation, code=p.code, number=p.number, title=p.title,
        content_hash=p.content_hash, steps=p.steps, taken_from=p.taken_from,
        taken_from_label=p.taken_from_label, published_at=e.at,
        published_by_name=e.actor_name, withdrawn_reason="",
    )  # fmt: skip


@fold(OperationWithdrawn)
def _(e: Folded[OperationWithdrawn]) -> None:
    rows = LibraryOperation.objects.filter(id=e.payload.operation)
    change(rows, e, withdrawn_at=e.at, withdrawn_reason=e.payload.reason)


# --- rehearsals ----------------------------------------------------------------------------------


@fold(RehearsalRequested)
def _(e: Folded[RehearsalRequested]) -> None:
    p = e.payload
    create(
        RecipeRehearsal, e, id=e.stream, of=p.of, content_hash=p.content_hash,
        patients=p.patients, seed=p.seed, done=0, state=RehearsalState.ASKED,
        requested_by=e.actor, requested_by_name=e.actor_name, requested_at=e.at,
        completed_at=None, result=None,
    )  # fmt: skip


@fold(RehearsalProgressed)
def _(e: Folded[RehearsalProgressed]) -> None:
    rows = RecipeRehearsal.objects.filter(id=e.stream)
    change(rows, e, done=e.payload.done, state=RehearsalState.RUNNING)


@fold(RehearsalCompleted)
def _(e: Folded[RehearsalCompleted]) -> None:
    row = RecipeRehearsal.objects.get(id=e.stream)
    change(
        RecipeRehearsal.objects.filter(id=e.stream), e, done=row.patients,
        state=RehearsalState.COMPLETE, completed_at=e.at, result=e.payload.result,
    )  # fmt: skip
