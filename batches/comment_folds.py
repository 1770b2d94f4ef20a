"""Folds of the questions about exceptions, and of what became of them."""

from typing import Any
from uuid import UUID

from batches import entries
from batches.enums import CommentState
from batches.models import AskedComment
from records.folding import Folded, change, create, fold


@fold(entries.CommentAsked)
def _(e: Folded[entries.CommentAsked]) -> None:
    p = e.payload
    create(
        AskedComment, e, id=p.comment, exception=p.exception, person=p.person,
        person_name=p.printed_name, question=p.question, asked_by=e.actor,
        asked_by_name=e.actor_name, asked_at=e.at, state=CommentState.ASKED,
    )  # fmt: skip


@fold(entries.CommentGiven)
def _(e: Folded[entries.CommentGiven]) -> None:
    _end(e, e.payload.comment, CommentState.GIVEN, e.payload.text)


@fold(entries.CommentWithdrawn)
def _(e: Folded[entries.CommentWithdrawn]) -> None:
    _end(e, e.payload.comment, CommentState.WITHDRAWN, e.payload.reason)


def _end(e: Folded[Any], comment: UUID, state: CommentState, text: str) -> None:
    change(
        AskedComment.objects.filter(id=comment), e, state=state, text=text,
        ended_by=e.actor, ended_by_name=e.actor_name, ended_at=e.at,
    )  # fmt: skip
