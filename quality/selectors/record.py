"""A batch's record as one thing: read once, asked by gates, screens, signatures and dossier."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from django.db.models import Manager, QuerySet

from batches.enums import ConcessionState, ExceptionState, RedlineState, StepState
from batches.models import (
    AskedComment,
    Batch,
    BatchException,
    Concession,
    Operation,
    Redline,
    Stage,
    Step,
    VoidedSignature,
)
from batches.selectors import asked_again, recipe_of
from equipment.models import Alarm
from equipment.selectors import alarms_met
from materials.selectors import LabelBalance, label_balances
from mes.lib.evidence import JSON, content_hash
from quality.enums import CriterionStanding, DeviationState, ResultOutcome
from quality.findings import EQUIPMENT_ALARM, REDLINED
from quality.models import Deviation, Disposition, Result, Review, Sample
from recipes.criteria import meets
from recipes.document import Recipe, SpecificationItem
from recipes.enums import Outcome, ReleaseStage
from recipes.judging import Facts
from recipes.judging import Result as Found
from records.entries import instant_text
from records.models import Projection

FLAG = {
    ResultOutcome.WITHIN: Outcome.CLEARED,
    ResultOutcome.ALERT: Outcome.FLAGGED,
    ResultOutcome.OUTSIDE: Outcome.FLAGGED,
    ResultOutcome.UNJUDGED: Outcome.UNCHECKED,
}


Row = TypeVar("Row", bound=Projection)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of release with the results that speak to it."""

    item: SpecificationItem
    standing: CriterionStanding
    results: tuple[Result, ...]

    @property
    def result(self) -> Result | None:
        """The newest result, None when there is none."""
        return self.results[-1] if self.results else None


@dataclass(frozen=True)
class BatchRecord:
    """Every row of a batch's record, read in one go. Samples and results by time."""

    batch: Batch
    recipe: Recipe
    operations: list[Operation]
    steps: list[Step]
    exceptions: list[BatchException]
    comments: list[AskedComment]
    concessions: list[Concession]
    deviations: list[Deviation]
    samples: list[Sample]
    results: list[Result]
    review: Review | None
    disposition: Disposition | None
    asked_again: list[VoidedSignature]
    labels: LabelBalance
    # Of what the batch held, while it held it.
    alarms: list[Alarm]

    @cached_property
    def stages(self) -> list[Stage]:
        """The stages, which only the dossier draws."""
        return list(Stage.objects.filter(stream=self.batch.id))

    @cached_property
    def redlines(self) -> list[Redline]:
        """The redlines that were applied; most batches have none, and each is an exception."""
        if not any(row.code == REDLINED for row in self.exceptions):
            return []
        rows = Redline.objects.filter(stream=self.batch.id, state=RedlineState.APPLIED)
        return list(rows)

    @cached_property
    def facts(self) -> Facts:
        """What formulas of the specification may ask of this batch."""
        closed = [step for step in self.steps if step.state == StepState.CLOSED]
        return Facts(
            at=self.batch.issued_at,
            values={step.path: step.values for step in closed},
            closed={step.path: step.done_at for step in closed if step.done_at},
            results={
                row.test: Found(row.value, FLAG[ResultOutcome(row.outcome)])
                for row in self.standing_results
                if row.reviewed_at and not row.interim
            },
            inputs=self.batch.inputs,
            parameters=self.recipe.parameter_values,
        )

    @cached_property
    def standing_results(self) -> list[Result]:
        """Results that no correction replaced."""
        return [row for row in self.results if not row.superseded]

    @cached_property
    def criteria(self) -> list[Criterion]:
        """The specification, each criterion with its standing."""
        return [self._criterion(item) for item in self.recipe.specification]

    def criteria_for(self, needed: ReleaseStage) -> list[Criterion]:
        """The criteria of one stage of release."""
        return [one for one in self.criteria if one.item.needed == needed]

    def _criterion(self, item: SpecificationItem) -> Criterion:
        rows = tuple(row for row in self.standing_results if row.test == item.test)
        return Criterion(item, self._standing(item, rows), rows)

    def _standing(self, item: SpecificationItem, rows: tuple[Result, ...]) -> CriterionStanding:
        """A failing result stays, whatever was found later: testing into compliance is no way."""
        reviewed = [row for row in rows if row.reviewed_at]
        if any(not meets(item, row.value, self.facts) for row in reviewed):
            return CriterionStanding.FAILED
        if len(reviewed) < len(rows):
            return CriterionStanding.UNREVIEWED
        final = [row for row in reviewed if not row.interim]
        return CriterionStanding.PASSED if final else CriterionStanding.MISSING

    @cached_property
    def open_exceptions(self) -> list[BatchException]:
        """Exceptions that QA has not judged."""
        return [row for row in self.exceptions if row.state == ExceptionState.OPEN]

    @cached_property
    def unsettled_alarms(self) -> list[Alarm]:
        """Alarms that are not over, and those that are not among the exceptions yet.

        The others are settled when their exception is judged: no earlier than they are over.
        """
        told = {row.params["alarm"] for row in self.exceptions if row.code == EQUIPMENT_ALARM}
        return [one for one in self.alarms if not one.is_over or str(one.id) not in told]

    def alarm_of(self, exception: BatchException) -> Alarm | None:
        """Return the alarm that an exception is about."""
        named = exception.params.get("alarm") if exception.code == EQUIPMENT_ALARM else None
        return next((one for one in self.alarms if str(one.id) == named), None)

    def comments_on(self, exception: BatchException) -> list[AskedComment]:
        """What QA asked about an exception, with the answers."""
        return [row for row in self.comments if row.exception == exception.id]

    @cached_property
    def open_deviations(self) -> list[Deviation]:
        """Deviations without a conclusion."""
        return [row for row in self.deviations if row.state == DeviationState.OPEN]

    @cached_property
    def asked_concessions(self) -> list[Concession]:
        """Requests that QA has not answered."""
        return [row for row in self.concessions if row.state == ConcessionState.ASKED]

    @cached_property
    def involved(self) -> dict[UUID, str]:
        """Who worked on the batch, and as what: nobody of them reviews or releases it.

        Who entered a result or wrote the batch's rest anew did, too.
        """
        parts = [
            *((step.performed_by, "performed") for step in self.steps),
            *((step.recorded_by, "recorded") for step in self.steps),
            *((step.verified_by, "verified") for step in self.steps),
            *((step.corrected_by, "corrected") for step in self.steps),
            *((one.performer, "performed") for one in self.operations),
            *((row.entered_by, "analysed") for row in self.results),
            *((row.proposed_by, "redlined") for row in self.redlines),
            *((row.production_by, "redlined") for row in self.redlines),
        ]
        return {person: part for person, part in reversed(parts) if person}

    @cached_property
    def content(self) -> JSON:
        """What a review signs: the record as it stands, without what comes after release."""
        return {
            "batch": self.batch.number,
            "chain_of_identity": self.batch.coi,
            "recipe": self.batch.recipe_label,
            "recipe_hash": self.batch.recipe_hash,
            "steps": [_step(step) for step in self.steps],
            "operations": [
                {"path": one.path, "attested_by": str(one.attested_by or "")}
                for one in self.operations
            ],
            "exceptions": [_exception(row, self.comments_on(row)) for row in self.exceptions],
            "deviations": [
                {"number": row.number, "state": row.state, "conclusion": row.conclusion}
                for row in self.deviations
            ],
            "concessions": [
                {"id": str(row.id), "code": row.code, "state": row.state}
                for row in self.concessions
            ],
            "results": [_result(row) for row in self._reviewed_before_release],
        }

    @property
    def _reviewed_before_release(self) -> list[Result]:
        later = {one.item.test for one in self.criteria_for(ReleaseStage.AFTER_RELEASE)}
        return [row for row in self.results if row.test not in later]

    @cached_property
    def content_hash(self) -> str:
        """The hash that a review's signature is bound to."""
        return content_hash(self.content)

    def definition_title(self, path: str, language: str) -> str:
        """Return where a step stands in words: its operation's title."""
        placed = self.recipe.placed(path)
        return placed.operation.title.say(language) if placed else path


def _step(step: Step) -> JSON:
    """Return a step; paper only where there is any: older hashes stay what they were."""
    at = instant_text(step.paper_at) if step.paper_at else ""
    paper: dict[str, JSON] = {"paper": {"pack": step.paper_pack, "at": at}} if at else {}
    return paper | {
        "path": step.path,
        "iteration": step.iteration,
        "values": step.values,
        "outcome": step.outcome,
        "performed_by": str(step.performed_by or ""),
        "recorded_by": str(step.recorded_by or ""),
        "verified_by": str(step.verified_by or ""),
    }


def _exception(row: BatchException, comments: list[AskedComment]) -> JSON:
    """Return an exception; comments only where there are any: older hashes stay what they were."""
    said = [{"question": one.question, "state": one.state, "text": one.text} for one in comments]
    asked: dict[str, JSON] = {"comments": [*said]} if said else {}
    return asked | {
        "id": str(row.id),
        "code": row.code,
        "severity": row.severity,
        "comment": row.comment,
        "judgement": row.judgement,
        "judgement_comment": row.judgement_comment,
        "judged_by": str(row.judged_by or ""),
    }


def _result(row: Result) -> JSON:
    return {
        "id": str(row.id),
        "test": row.test,
        "value": row.value,
        "outcome": row.outcome,
        "superseded": row.superseded,
        "reviewed_by": str(row.reviewed_by or ""),
    }


def record_of(batch: Batch) -> BatchRecord:
    """Read a batch's whole record: at most sixteen queries, whatever its size."""
    return records_of([batch])[0]


def records_of(batches: Sequence[Batch]) -> list[BatchRecord]:
    """Read the whole records of some batches, in their order: as many queries as for one."""
    ids = [batch.id for batch in batches]
    operations, steps = _rows(Operation.objects, ids), _rows(Step.objects, ids)
    exceptions, comments = _rows(BatchException.objects, ids), _rows(AskedComment.objects, ids)
    concessions, deviations = _rows(Concession.objects, ids), _rows(Deviation.objects, ids)
    samples = _rows(Sample.objects, ids, of="batch")
    results = _rows(Result.objects.select_related("sample"), ids, of="batch")
    # The batch itself says whether there is one: most pages are of batches without.
    reviews = _rows(Review.objects, [one.id for one in batches if one.reviewed_at])
    ends = _rows(Disposition.objects, [one.id for one in batches if one.dispositioned_at])
    # Only a correction voids a signature, and most batches have none.
    corrected = [one for one in ids if any(step.corrected_by for step in steps[one])]
    asked = asked_again(corrected) if corrected else []
    labels, alarms = label_balances(ids), alarms_met(ids)
    return [
        BatchRecord(
            batch=batch, recipe=recipe_of(batch), operations=operations[batch.id],
            steps=steps[batch.id], exceptions=exceptions[batch.id], comments=comments[batch.id],
            concessions=concessions[batch.id], deviations=deviations[batch.id],
            samples=samples[batch.id], results=results[batch.id],
            review=next(reversed(reviews[batch.id]), None),
            disposition=next(iter(ends[batch.id]), None),
            asked_again=[row for row in asked if row.stream == batch.id],
            labels=labels[batch.id], alarms=alarms.get(batch.id, []),
        )
        for batch in batches
    ]  # fmt: skip


def _rows(
    rows: Manager[Row] | QuerySet[Row], batches: Collection[UUID], *, of: str = "stream"
) -> dict[UUID, list[Row]]:
    """Return the rows of some batches by batch, in the model's order; no batch, no query."""
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows.filter(**{f"{of}__in": batches}) if batches else ():
        found[getattr(row, of)].append(row)
    return found


def safe_facts(batch: Batch, *, at: datetime) -> Facts:
    """Return the facts by which a result of this batch is judged at ``at``."""
    facts = record_of(batch).facts
    return Facts(
        at=at, values=facts.values, closed=facts.closed, results=facts.results,
        inputs=facts.inputs, parameters=facts.parameters,
    )  # fmt: skip
