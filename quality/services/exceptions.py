"""The answering of exceptions: accepted with a comment, or a deviation is opened."""

from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from batches.entries import ExceptionJudged
from batches.enums import ExceptionState
from batches.models import Batch, BatchException
from batches.selectors import batch_of
from mes.lib.ids import uuid7
from quality import rules
from quality.entries import DeviationOpened
from quality.enums import Judgement
from quality.exceptions import AlreadyJudged
from quality.models import Deviation
from quality.services.signing import written
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.reading import the_one


@acting
def judge_exception(
    *, command: Command, batch: UUID, exception: UUID, judgement: Judgement, comment: str
) -> Reply:
    """Answer an exception: accept it with a comment, or open a deviation that says why.

    Raises AlreadyJudged, OwnException, OwnConcession, AlarmNotOver, CommentAwaited, TextMissing.
    Appends ``exception.judged`` and, for a deviation, ``deviation.opened``.
    """
    with act(command, streams=[batch]) as a:
        check_permission(a.actor, Permission.QUALITY_JUDGE)
        row = exception_of(batch, exception)
        if row.state != ExceptionState.OPEN:
            raise AlreadyJudged(by=row.judged_by_name)
        rules.check_may_judge(row, a.actor.person, name=a.actor.name)
        rules.check_alarm_over(row)
        rules.check_nothing_asked(row)
        text = written(comment, field="comment")
        said = ExceptionJudged(exception=exception, judgement=judgement.value, comment=text)
        a.append(batch, said)
        a.reply = {"exception": str(exception), "judgement": judgement.value}
        if judgement == Judgement.DEVIATION:
            number = open_deviation(a, batch_of(batch), description=text, exception=exception)
            a.reply = {**a.reply, "deviation": number}
    return a.reply


def exception_of(batch: UUID, exception: UUID) -> BatchException:
    """Return an exception of a batch. Raises NotFound."""
    return the_one(BatchException.objects.filter(stream=batch, id=exception))


def open_deviation(
    a: Act,
    batch: Batch,
    *,
    description: str,
    exception: UUID | None = None,
    concession: UUID | None = None,
) -> str:
    """Open a deviation in a running act, numbered within its batch; return its number."""
    serial = Deviation.objects.filter(batch=batch.id).count() + 1
    number = f"DEV-{batch.number.removeprefix('B-')}-{serial}"
    said = DeviationOpened(
        deviation=uuid7(), number=number, exception=exception, concession=concession,
        description=description,
    )  # fmt: skip
    a.append(batch.id, said)
    return number
