"""Comments that QA asks for: of one person who was there, about one exception, before it is judged.

What is asked stands in the person's own stream as something that they owe, until they answer or
QA withdraws the question.
"""

from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from accounts.services.obligations import incur, meet
from batches.entries import CommentAsked, CommentGiven, CommentWithdrawn
from batches.enums import CommentState, ExceptionState
from batches.models import AskedComment, BatchException, Step
from batches.selectors import batch_of
from mes.lib.ids import uuid7
from quality import rules
from quality.exceptions import (
    AlreadyAsked,
    AlreadyJudged,
    NotAskable,
    NotYoursToAnswer,
    QuestionEnded,
)
from quality.services.exceptions import exception_of
from quality.services.signing import written
from recipes import paths
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.reading import reading, the_one

COMMENT = "exception.comment"
# What of a question stands where a person reads what they owe.
SHORT = 200


@acting
def ask_comment(
    *, command: Command, batch: UUID, exception: UUID, question: str, person: UUID | None = None
) -> Reply:
    """Ask a person for a comment on an open exception; unless named, the performer of its step.

    Appends ``exception.comment_asked``, and to the person ``obligation.incurred``. Raises
    NotAskable, AlreadyAsked, AlreadyJudged, TextMissing, NotAllowed, NotFound.
    """
    with reading(site=command.actor.site, person=command.actor.person):
        row = exception_of(batch, exception)
        whom = _whom(row, person, asker=command.actor.person)
    with act(command, streams=[batch, whom]) as a:
        check_permission(a.actor, Permission.QUALITY_JUDGE)
        row = exception_of(batch, exception)
        if row.state != ExceptionState.OPEN:
            raise AlreadyJudged(by=row.judged_by_name)
        name = _check_askable(row, whom, asker=a.actor.person)
        said = CommentAsked(
            comment=uuid7(), exception=exception, person=whom, printed_name=name,
            question=written(question, field="question"),
        )  # fmt: skip
        a.append(batch, said)
        _owe(a, row, said)
        a.reply = {"comment": str(said.comment)}
    return a.reply


def askable_of(row: BatchException, *, asker: UUID | None) -> dict[UUID, str]:
    """Return who may be asked about an exception, with their names: the performer first."""
    path, iteration = paths.split(row.step)
    step = Step.objects.filter(stream=row.stream, path=path, iteration=iteration).first()
    return rules.askable(row, step, asker=asker)


def _whom(row: BatchException, person: UUID | None, *, asker: UUID | None) -> UUID:
    """Return who is asked: their stream is locked, so it is known before the locks."""
    people = askable_of(row, asker=asker)
    whom = person or next(iter(people), None)
    if whom is None or whom not in people:
        raise NotAskable(field="person")
    return whom


def _check_askable(row: BatchException, whom: UUID, *, asker: UUID | None) -> str:
    """Return the name of who is asked."""
    name = askable_of(row, asker=asker).get(whom)
    if name is None:
        raise NotAskable(field="person")
    asked = AskedComment.objects.filter(exception=row.id, person=whom, state=CommentState.ASKED)
    if asked.exists():
        raise AlreadyAsked(person=name)
    return name


def _owe(a: Act, row: BatchException, said: CommentAsked) -> None:
    words = {
        "batch": batch_of(row.stream).number, "step": str(row.position or "–"),
        "name": a.actor.name, "why": said.question[:SHORT],
    }  # fmt: skip
    place = str(said.comment)
    incur(a, said.person, about=COMMENT, subject=row.stream, place=place, words=words)


def comment_of(batch: UUID, comment: UUID) -> AskedComment:
    """Return a question about an exception of a batch. Raises NotFound."""
    return the_one(AskedComment.objects.filter(stream=batch, id=comment))


def check_theirs(row: AskedComment, person: UUID | None) -> None:
    """Raise NotYoursToAnswer for everybody but who was asked."""
    if row.person != person:
        raise NotYoursToAnswer(person=row.person_name)


@acting
def give_comment(*, command: Command, batch: UUID, comment: UUID, text: str) -> Reply:
    """Answer a question: only who was asked does. No role is needed for it, as none is to owe.

    Appends ``exception.commented``, and to the person ``obligation.met``. Raises
    NotYoursToAnswer, QuestionEnded, TextMissing, NotFound.
    """
    owing = _owing(command, batch, comment)
    with act(command, streams=[batch, owing]) as a:
        row = comment_of(batch, comment)
        check_theirs(row, a.actor.person)
        _check_open(row)
        given = written(text, field="text")
        a.append(batch, CommentGiven(comment=comment, exception=row.exception, text=given))
        meet(a, about=COMMENT, subject=batch, place=str(comment))
        a.reply = {"comment": str(comment)}
    return a.reply


@acting
def withdraw_question(*, command: Command, batch: UUID, comment: UUID, reason: str) -> Reply:
    """Do without the answer, and say why: the person may be gone, or the question settled.

    Appends ``exception.comment_withdrawn``, and to the person ``obligation.met``. Raises
    QuestionEnded, TextMissing, NotAllowed, NotFound.
    """
    owing = _owing(command, batch, comment)
    with act(command, streams=[batch, owing]) as a:
        check_permission(a.actor, Permission.QUALITY_JUDGE)
        row = comment_of(batch, comment)
        _check_open(row)
        why = written(reason, field="reason")
        a.append(batch, CommentWithdrawn(comment=comment, exception=row.exception, reason=why))
        meet(a, about=COMMENT, subject=batch, place=str(comment))
        a.reply = {"comment": str(comment)}
    return a.reply


def _owing(command: Command, batch: UUID, comment: UUID) -> UUID:
    """Read, before the locks, of whom it was asked: their stream is locked too."""
    with reading(site=command.actor.site, person=command.actor.person):
        return comment_of(batch, comment).person


def _check_open(row: AskedComment) -> None:
    if row.state != CommentState.ASKED:
        raise QuestionEnded(by=row.ended_by_name)
