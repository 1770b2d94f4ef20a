"""Results: entered by an analyst, reviewed by another, corrected by a new one."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_noop

from accounts.permissions import Permission
from accounts.rules import check_other_person, check_permission
from accounts.services.ceremony import Proof, check_shown
from batches.entries import ExceptionRaised, ResultArrived, Said
from batches.enums import Disposition
from batches.models import Batch
from batches.selectors import batch_of, recipe_of
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from quality import findings, judging
from quality.entries import Finding, ResultCorrected, ResultEntered, ResultReviewed
from quality.enums import ResultOutcome, SampleState
from quality.exceptions import (
    ResultAlreadyReviewed,
    ResultStands,
    ResultSuperseded,
    SampleNotReceived,
    UnknownTest,
)
from quality.models import Result, Sample
from quality.selectors.record import FLAG, safe_facts
from quality.services.samples import sample_of
from quality.services.signing import signed, written
from quality.services.touched import result_touched
from recipes.criteria import items_of
from recipes.enums import Severity
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.reading import reading, the_one

REVIEWED = gettext_noop("I reviewed this result for accuracy, completeness and compliance.")
LATE_FAILURE = "late.failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A result as the analyst gives it. ``raw_file`` is the sha256 of the raw data, if kept.

    ``comma``: the language that the analyst reads writes decimals with a comma.
    """

    test: str
    value: str
    method: str = ""
    equipment: str = ""
    interim: bool = False
    raw_file: str = ""
    comma: bool = False


def result_of(result: UUID) -> Result:
    """Return a result of this site. Raises NotFound."""
    return the_one(Result.objects.select_related("sample").filter(id=result))


@acting
def enter_result(*, command: Command, sample: UUID, typed: Typed) -> Reply:
    """Enter a result of a received sample; judged against the batch's pinned recipe.

    Raises UnknownTest, SampleNotReceived, ResultStands, ValueNotUnderstood, TextMissing.
    Appends ``result.entered``. It counts once another person has reviewed it.
    """
    with reading(site=command.actor.site, person=command.actor.person):
        batch = sample_of(sample).batch
    with act(command, streams=[sample, batch]) as a:
        check_permission(a.actor, Permission.QUALITY_ENTER_RESULT)
        seen = sample_of(sample)
        _check_free(seen, typed.test)
        result, finding = uuid7(), _finding(a, seen, typed)
        a.append(sample, ResultEntered(result=result, finding=finding))
        result_touched(a, batch, typed.test)
        a.reply = _reply(result, finding)
    return a.reply


def _check_free(sample: Sample, test: str) -> None:
    if sample.state == SampleState.DRAWN:
        raise SampleNotReceived(sample=sample.number)
    final = sample.results.filter(test=test, superseded=False, interim=False).first()
    if final:
        raise ResultStands(test=test, value=final.value, by=final.entered_by_name, field="test")


def _finding(a: Act, sample: Sample, typed: Typed) -> Finding:
    batch = batch_of(sample.batch)
    recipe = recipe_of(batch)
    test = recipe.test_by_key.get(typed.test)
    if test is None or typed.test not in sample.tests:
        raise UnknownTest(field="test", sample=sample.number, test=typed.test)
    facts = safe_facts(batch, at=a.now)
    verdict = judging.judge(recipe, test, typed.value, facts, comma=typed.comma)
    return Finding(
        test=test.key, typed=typed.value.strip(), value=verdict.value, unit=verdict.unit,
        interim=typed.interim, method=written(typed.method or test.method or "", field="method"),
        equipment=typed.equipment.strip()[:200], raw_file=typed.raw_file,
        outcome=verdict.outcome.value, rule=verdict.rule, rule_version=verdict.rule_version,
        findings=verdict.findings,
    )  # fmt: skip


def _reply(result: UUID, finding: Finding) -> Reply:
    return {"result": str(result), "value": finding.value, "outcome": finding.outcome}


@acting
def correct_result(*, command: Command, result: UUID, typed: Typed, reason: str) -> Reply:
    """Replace a result by a new one, with a reason; the old value stays readable.

    The new one is reviewed anew. Raises ResultSuperseded, and as ``enter_result``. Appends
    ``result.corrected``.
    """
    with reading(site=command.actor.site, person=command.actor.person):
        seen = result_of(result)
    # The batch is locked too: a release reads its results under that lock.
    with act(command, streams=[seen.stream, seen.batch]) as a:
        check_permission(a.actor, Permission.QUALITY_ENTER_RESULT)
        old = result_of(result)
        if old.superseded:
            raise ResultSuperseded()
        new, finding = uuid7(), _finding(a, old.sample, typed)
        said = ResultCorrected(
            result=new, corrects=result, finding=finding, reason=written(reason, field="reason")
        )
        a.append(seen.stream, said)
        result_touched(a, seen.batch, finding.test)
        a.reply = _reply(new, finding)
    return a.reply


@acting
def review_result(
    *, command: Command, result: UUID, proof: Proof, shown: str | None = None
) -> Reply:
    """Review a result as a second person, with a signature; gates of the batch see it then.

    One that misses the specification raises an exception on the batch; after release it is a
    critical one, and ``late.failure`` goes out. ``shown`` is the hash of what the signer saw.
    Raises SamePerson, ResultSuperseded, ResultAlreadyReviewed, ShownHasChanged. Appends
    ``result.reviewed`` to the sample, ``result.arrived`` and ``exception.raised`` to the batch.
    """
    with reading(site=command.actor.site, person=command.actor.person):
        seen = result_of(result)
    with act(command, streams=[seen.stream, seen.batch]) as a:
        row = result_of(result)
        sign_result(a, row, proof=proof, shown=shown)
        a.reply = {"result": str(result), "outcome": row.outcome}
    return a.reply


def sign_result(a: Act, row: Result, *, proof: Proof, shown: str | None) -> None:
    """Sign the review of one result in a running act. Raises as ``review_result``."""
    check_result_reviewable(row, proof.person, name=proof.printed_name)
    content = result_content(row)
    check_shown(shown, content)
    signature = signed(
        a, proof, meaning=REVIEWED, content=content,
        permission=Permission.QUALITY_REVIEW_RESULT, parts=(f"result/{row.test}",),
    )  # fmt: skip
    a.append(row.stream, ResultReviewed(result=row.id, signature=signature))
    result_touched(a, row.batch, row.test)
    _tell_batch(a, row)


def check_result_reviewable(row: Result, person: UUID, *, name: str) -> None:
    """Raise what keeps a person from reviewing a result, alone or among several.

    ResultSuperseded, ResultAlreadyReviewed, SamePerson.
    """
    if row.superseded:
        raise ResultSuperseded()
    if row.reviewed_at:
        raise ResultAlreadyReviewed(by=row.reviewed_by_name)
    check_other_person(row.entered_by, person, name=name)


def result_content(row: Result) -> JSON:
    """Return what a review of a result signs."""
    return {
        "sample": row.sample.number,
        "batch": row.sample.batch_number,
        "test": row.test,
        "typed": row.typed,
        "value": row.value,
        "unit": row.unit,
        "interim": row.interim,
        "method": row.method,
        "equipment": row.equipment,
        "raw_file": row.raw_file,
        "outcome": row.outcome,
        "entered_by": str(row.entered_by),
    }


def _tell_batch(a: Act, row: Result) -> None:
    """An interim reading says nothing to a gate, unless it is bad."""
    failed = row.outcome == ResultOutcome.OUTSIDE
    if row.interim and not failed:
        return
    outcome = FLAG[ResultOutcome(row.outcome)]
    said = ResultArrived(
        test=row.test, value=row.value, outcome=outcome.value, sample=row.sample_id
    )
    a.append(row.batch, said)
    batch = batch_of(row.batch)
    if failed and items_of(recipe_of(batch), row.test):
        _raise_failure(a, batch, row)


def _raise_failure(a: Act, batch: Batch, row: Result) -> None:
    late = batch.disposition == Disposition.RELEASED
    said = Said(
        code=findings.LATE_FAILURE if late else findings.OUT_OF_SPECIFICATION,
        severity=(Severity.CRITICAL if late else Severity.MAJOR).value,
        params={"test": row.test, "value": row.value, "unit": row.unit,
                "sample": row.sample.number},
    )  # fmt: skip
    a.append(batch.id, ExceptionRaised(step=row.sample.step, said=said, comment=""))
    if late:
        a.enqueue(LATE_FAILURE, {"batch": str(batch.id), "test": row.test, "value": row.value})
