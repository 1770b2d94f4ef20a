"""What holds up a disposition, and who may answer, review and release."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from batches.entries import BatchReviewed
from batches.enums import CommentState, RecordState
from batches.models import AskedComment, Batch, BatchException, Concession, Step
from equipment.models import Alarm
from quality.enums import CriterionStanding, GateKey, GateState, ReviewStanding
from quality.exceptions import (
    AlarmNotOver,
    AlreadyDispositioned,
    AlreadyReviewed,
    CommentAwaited,
    GatesOpen,
    NotIndependent,
    OwnConcession,
    OwnException,
)
from quality.findings import EQUIPMENT_ALARM, RESULT_FAILED
from quality.models import Result
from quality.selectors.record import BatchRecord, Criterion, record_of
from recipes import paths
from recipes.enums import ReleaseStage
from records.reading import the_one


@dataclass(frozen=True, slots=True)
class Gate:
    """One point of the bar. ``open`` holds up; ``waiting`` is for later and does not."""

    key: GateKey
    title: str
    state: GateState
    detail: str
    short: str = ""

    @property
    def words(self) -> str:
        """What the bar has room for."""
        return self.short or self.detail


@dataclass(frozen=True, slots=True)
class Counted:
    """How many criteria of one stage of release stand where."""

    asked: int = 0
    passed: int = 0
    failed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        """Every criterion is met."""
        return self.passed == self.asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that the gates look at: values only, so that they can be tested as a table."""

    complete: bool = True
    unsigned: int = 0
    exceptions: int = 0
    # Those of what the batch held that are not over or not among its exceptions yet, in words.
    alarms: tuple[str, ...] = ()
    deviations: int = 0
    concessions: int = 0
    held: bool = False
    labels_printed: int = 0
    labels_lost: int = 0
    release_tests: Counted = Counted()
    later_tests: Counted = Counted()
    review: ReviewStanding = ReviewStanding.VALID


def gates(standing: Standing) -> list[Gate]:
    """Return every gate of a batch, in the order of the bar. Pure."""
    s = standing
    return [
        _record(s),
        _exceptions(s),
        _counted(GateKey.DEVIATIONS, s.deviations, _("none open"), _("open")),
        _counted(GateKey.CONCESSIONS, s.concessions, _("none open"), _("to answer")),
        _tests(s.release_tests),
        _labels(s),
        _gate(GateKey.HOLD, not s.held, _("none"), _("set")),
        _gate(
            GateKey.REVIEW, s.review == ReviewStanding.VALID, _("signed"), str(s.review.label)
        ),
        _later(s.later_tests),
    ]  # fmt: skip


def _gate(key: GateKey, passed: bool, good: str, bad: str) -> Gate:
    state = GateState.PASSED if passed else GateState.OPEN
    return Gate(key, str(key.label), state, good if passed else bad)


def _record(s: Standing) -> Gate:
    """A record is whole when every signature that a correction voided was given again."""
    if s.complete and s.unsigned:
        said = ngettext("%(n)s signature asked again", "%(n)s signatures asked again", s.unsigned)
        return _gate(GateKey.RECORD, False, "", said % {"n": s.unsigned})
    return _gate(GateKey.RECORD, s.complete, _("complete"), _("still executing"))


def _counted(key: GateKey, count: int, good: str, bad: str) -> Gate:
    return _gate(key, count == 0, good, f"{count} {bad}")


def _exceptions(s: Standing) -> Gate:
    """An alarm of what the batch held is an exception that cannot be judged before it is over."""
    judged = _counted(GateKey.EXCEPTIONS, s.exceptions, _("all judged"), _("to judge"))
    if not s.alarms:
        return judged
    said = _("alarm not over: %(alarms)s") % {"alarms": ", ".join(s.alarms)}
    short = ngettext("%(n)s alarm", "%(n)s alarms", len(s.alarms)) % {"n": len(s.alarms)}
    if s.exceptions:
        said, short = f"{judged.detail}, {said}", judged.detail
    return replace(_gate(GateKey.EXCEPTIONS, False, "", said), short=short)


def _labels(s: Standing) -> Gate:
    good = f"{s.labels_printed} = {s.labels_printed}"
    bad = ngettext("%(n)s not accounted for", "%(n)s not accounted for", s.labels_lost)
    return _gate(GateKey.LABELS, s.labels_lost == 0, good, bad % {"n": s.labels_lost})


def _tests(tests: Counted) -> Gate:
    words = {"passed": tests.passed, "asked": tests.asked}
    good = _("%(passed)s of %(asked)s pass") % words if tests.asked else _("none asked for")
    gate = _gate(GateKey.TESTS, tests.done, good, _not_done(tests))
    return gate if tests.done else replace(gate, short=_("%(passed)s of %(asked)s pass") % words)


def _not_done(tests: Counted) -> str:
    if tests.failed:
        return _("failed: %(tests)s") % {"tests": ", ".join(tests.failed)}
    return _("missing: %(tests)s") % {"tests": ", ".join(tests.missing)}


def _later(tests: Counted) -> Gate:
    """A failing later result holds up; one that is only awaited does not."""
    key = GateKey.LATER
    if tests.failed:
        return Gate(key, str(key.label), GateState.OPEN, _not_done(tests))
    if tests.done:
        return Gate(key, str(key.label), GateState.PASSED, _("none pending"))
    short = _("%(n)s to come") % {"n": len(tests.missing)}
    return Gate(key, str(key.label), GateState.WAITING, ", ".join(tests.missing), short)


def standing_of(record: BatchRecord) -> Standing:
    """Return what the gates look at, from a record."""
    return Standing(
        complete=record.batch.record_state != RecordState.EXECUTING,
        unsigned=sum(row.about != BatchReviewed.kind for row in record.asked_again),
        exceptions=len(record.open_exceptions),
        alarms=tuple(_alarm(one) for one in record.unsettled_alarms),
        deviations=len(record.open_deviations),
        concessions=len(record.asked_concessions),
        held=record.batch.quality_hold,
        labels_printed=record.labels.issued,
        labels_lost=record.labels.difference,
        release_tests=_count(record.criteria_for(ReleaseStage.RELEASE)),
        later_tests=_count(record.criteria_for(ReleaseStage.AFTER_RELEASE)),
        review=review_standing(record),
    )


def _alarm(alarm: Alarm) -> str:
    """Return an alarm with what is to be done about it."""
    todo = _("comes to the exceptions in a moment") if alarm.is_over else str(alarm.state.label)
    return f"{alarm.number} ({todo})"


def _count(criteria: Sequence[Criterion]) -> Counted:
    def keys(*wanted: CriterionStanding) -> tuple[str, ...]:
        return tuple(one.item.key for one in criteria if one.standing in wanted)

    return Counted(
        asked=len(criteria),
        passed=len(keys(CriterionStanding.PASSED)),
        failed=keys(CriterionStanding.FAILED),
        missing=keys(CriterionStanding.MISSING, CriterionStanding.UNREVIEWED),
    )


def review_standing(record: BatchRecord) -> ReviewStanding:
    """A review covers exactly the record that was signed; a change voids it (PI 041-1 9.5).

    After the disposition it is history and stays.
    """
    if record.review is None:
        return ReviewStanding.MISSING
    if record.disposition or record.review.content_hash == record.content_hash:
        return ReviewStanding.VALID
    return ReviewStanding.VOID


def gates_of(batch: Batch) -> list[Gate]:
    """Return every gate of a batch: for the bar, the disposition and the API alike."""
    return gates(standing_of(record_of(batch)))


def open_gates(every: Sequence[Gate], *, for_review: bool = False) -> list[Gate]:
    """Return the gates that hold up the disposition, or only those that hold up the review."""
    return [
        gate
        for gate in every
        if gate.state == GateState.OPEN and (not for_review or gate.key in GateKey.for_review)
    ]


def check_gates(record: BatchRecord, *, for_review: bool = False) -> list[Gate]:
    """Return all gates. Raises GatesOpen naming every one that is open (21 CFR 211.192)."""
    every = gates(standing_of(record))
    blocking = open_gates(every, for_review=for_review)
    if blocking:
        said = "; ".join(f"{gate.title}: {gate.detail}" for gate in blocking)
        raise GatesOpen(gates=said, streams=[record.batch.id])
    return every


def check_not_dispositioned(record: BatchRecord) -> None:
    """Raise AlreadyDispositioned: a batch is released or rejected once."""
    if record.disposition:
        raise AlreadyDispositioned(
            by=record.disposition.by_name,
            disposition=record.disposition.get_disposition_display(),
        )


def check_independent(record: BatchRecord, person: UUID, *, name: str) -> None:
    """Raise NotIndependent for who worked on the batch (draft Annex 11, 12.5: not involved)."""
    part = record.involved.get(person)
    if part:
        raise NotIndependent(person=name, part=part, streams=[record.batch.id])


def check_reviewable(record: BatchRecord, person: UUID, *, name: str) -> None:
    """Raise what keeps a person from signing the review of a record, alone or among several.

    AlreadyDispositioned, NotIndependent, GatesOpen, AlreadyReviewed.
    """
    check_not_dispositioned(record)
    check_independent(record, person, name=name)
    check_gates(record, for_review=True)
    if record.review and review_standing(record) == ReviewStanding.VALID:
        raise AlreadyReviewed(by=record.review.by_name)


def check_may_judge(exception: BatchException, person: UUID | None, *, name: str) -> None:
    """Raise OwnException or OwnConcession: nobody judges what they did, raised or allowed."""
    own = {exception.raised_by}
    # Any time of a step that is repeated: who did one is not the judge of another.
    steps = Step.objects.filter(stream=exception.stream, path=paths.split(exception.step)[0])
    for step in steps:
        own |= {step.performed_by, step.recorded_by, step.verified_by}
    if exception.code in RESULT_FAILED:
        failed = Result.objects.filter(batch=exception.stream, test=exception.params["test"])
        own |= set(failed.values_list("entered_by", flat=True))
    if alarm := _alarm_of(exception):
        own |= {alarm.raised_by, alarm.acknowledged_by, alarm.cleared_by}
    if person in own:
        raise OwnException(person=name, streams=[exception.stream])
    granted = Concession.objects.filter(
        stream=exception.stream, step=exception.step, answered_by=person
    )
    if exception.step and granted.exists():
        raise OwnConcession(person=name, streams=[exception.stream])


def _alarm_of(exception: BatchException) -> Alarm | None:
    """Return the alarm that an exception is about. Raises NotFound where it is of no alarm here."""
    if exception.code != EQUIPMENT_ALARM:
        return None
    return the_one(Alarm.objects.filter(id=exception.params["alarm"]))


def check_alarm_over(exception: BatchException) -> None:
    """Raise AlarmNotOver: an alarm is judged when it is acknowledged and cleared."""
    alarm = _alarm_of(exception)
    if alarm is not None and not alarm.is_over:
        raise AlarmNotOver(
            number=alarm.number, resource=alarm.resource_label, todo=str(alarm.state.label)
        )


def check_nothing_asked(exception: BatchException) -> None:
    """Raise CommentAwaited: an exception is judged when what was asked is answered."""
    rows = AskedComment.objects.filter(exception=exception.id, state=CommentState.ASKED)
    if people := [row.person_name for row in rows]:
        raise CommentAwaited(people=", ".join(people))


def askable(exception: BatchException, step: Step | None, *, asker: UUID | None) -> dict[UUID, str]:
    """Return who may be asked for a comment, with their names: the performer first.

    Not the asker, and nobody whose account is disabled: they could not answer.
    """
    took_part = [(exception.raised_by, exception.raised_by_name)]
    if step is not None:
        done = [(step.performed_by, step.performer_name), (step.recorded_by, step.recorder_name)]
        took_part = [*done, *took_part]
    named = {person: name for person, name in took_part if person and person != asker}
    gone = Person.objects.filter(id__in=named, disabled_at__isnull=False)
    for person in gone.values_list("id", flat=True):
        del named[person]
    return named
