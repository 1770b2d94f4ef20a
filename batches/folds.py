"""Folds of a batch's entries. The control recipe's rows come from the document by its hash."""

from uuid import UUID

from batches import entries, entries_before, rest
from batches.enums import (
    ConcessionState,
    ExceptionState,
    OperationState,
    ProcessState,
    RecordState,
    RedlineState,
    StageState,
    StepState,
)
from batches.going_on import (
    end_operation,
    go_on,
    make_due,
    make_step,
    need_operation,
    part,
    raise_exception,
    step_id,
)
from batches.models import (
    Batch,
    BatchException,
    BatchNumber,
    BatchResult,
    Concession,
    Operation,
    PaperPack,
    Redline,
    RefusedAttempt,
    Stage,
    Step,
    VoidedSignature,
)
from recipes import paths
from recipes.document import Placed
from recipes.enums import Severity
from recipes.selectors import document
from records.entries import AttemptRefused
from records.folding import Folded, change, create, fold

THIRD = 3
# Only these are exceptions at once; other refusals are trended, and the third counts.
WRONG_PATIENT = {"container.wrong_patient", "identity.mismatch"}


# Imported so that what was written in earlier versions can be read.
EARLIER = entries_before


@fold(entries.BatchNumbered)
def _(e: Folded[entries.BatchNumbered]) -> None:
    p = e.payload
    if not change(BatchNumber.objects.filter(year=p.year), e, serial=p.serial):
        create(BatchNumber, e, id=part(e.stream, str(p.year)), year=p.year, serial=p.serial)


@fold(entries.BatchIssued)
def _(e: Folded[entries.BatchIssued]) -> None:
    p = e.payload
    placed = list(document(p.recipe_hash).steps())
    create(
        Batch, e, id=e.stream, number=p.number, order=p.order, coi=p.coi, mark=p.mark,
        purpose=p.purpose, recipe=p.recipe, recipe_version=p.recipe_version,
        recipe_label=p.recipe_label, recipe_hash=p.recipe_hash, inputs=p.inputs,
        process_state=ProcessState.IDLE, record_state=RecordState.EXECUTING,
        steps=len(placed), due_since=e.at, issued_at=e.at,
    )  # fmt: skip
    _make_stages(e, placed)
    _make_operations(e, placed)
    Step.objects.bulk_create(_step(e, one) for one in placed if not _in_a_branch(one))
    if p.due is None:
        first = Step.objects.filter(position=1)
        change(first, e, due_since=e.at)
    else:
        make_due(e, p.due, at=e.at)


def _in_a_branch(one: Placed) -> bool:
    """A step that may be skipped has its row when it is reached."""
    return bool(one.stage.when or one.operation.when or one.step.condition)


def _make_stages(e: Folded[entries.BatchIssued], placed: list[Placed]) -> None:
    keys = list(dict.fromkeys(one.stage.key for one in placed))
    Stage.objects.bulk_create(
        Stage(
            stream=e.stream, entry_seq=e.seq, site=e.site, id=part(e.stream, key), key=key,
            number=number, state=StageState.WAITING,
        )
        for number, key in enumerate(keys, 1)
    )  # fmt: skip


def _make_operations(e: Folded[entries.BatchIssued], placed: list[Placed]) -> None:
    paths = list(dict.fromkeys((one.stage.key, one.operation.key) for one in placed))
    Operation.objects.bulk_create(
        Operation(
            stream=e.stream, entry_seq=e.seq, site=e.site, id=part(e.stream, f"{stage}/{key}"),
            path=f"{stage}/{key}", stage=stage, number=number, state=OperationState.WAITING,
        )
        for number, (stage, key) in enumerate(paths, 1)
    )  # fmt: skip


def _step(e: Folded[entries.BatchIssued], one: Placed) -> Step:
    return Step(
        stream=e.stream, entry_seq=e.seq, site=e.site, id=part(e.stream, f"{one.path}#1"),
        path=one.path, iteration=1, stage=one.stage.key,
        operation=f"{one.stage.key}/{one.operation.key}", position=one.position,
        kind=one.step.kind, verify=one.step.verify, state=StepState.WAITING,
    )  # fmt: skip


@fold(entries.OperationSignedOn)
def _(e: Folded[entries.OperationSignedOn]) -> None:
    p = e.payload
    change(
        Operation.objects.filter(id=part(e.stream, p.operation)), e,
        performer=p.performer, performer_name=p.performer_name, signed_on_at=e.at,
        state=OperationState.RUNNING,
    )  # fmt: skip


@fold(entries.StepPerformed)
def _(e: Folded[entries.StepPerformed]) -> None:
    p, paper = e.payload, e.payload.paper
    closed = not p.to_be_verified
    change(
        Step.objects.filter(id=step_id(e.stream, p.step, p.iteration)), e,
        values=p.values, outcome=p.outcome, rule=p.rule, rule_version=p.rule_version,
        performed_by=p.performer, performer_name=p.performer_name, performed_at=e.at,
        recorded_by=e.actor, recorder_name=e.actor_name, closed_at=e.at if closed else None,
        state=StepState.CLOSED if closed else StepState.TO_BE_VERIFIED,
        paper_pack=paper.pack if paper else None, paper_at=paper.at if paper else None,
    )  # fmt: skip
    comment, ref = p.values.get("comment", ""), paths.ref(p.step, p.iteration)
    for number, said in enumerate(p.findings):
        position = p.turn.position
        raise_exception(e, said, step=ref, position=position, comment=comment, number=number)
    if closed:
        go_on(e, p.turn, ref, at=paper.at if paper else e.at, after=len(p.findings))


@fold(entries.StepVerified)
def _(e: Folded[entries.StepVerified]) -> None:
    p = e.payload
    rows = Step.objects.filter(id=step_id(e.stream, p.step, p.iteration))
    change(
        rows, e, state=StepState.CLOSED, verified_by=p.signature.person, closed_at=e.at,
        verifier_name=p.signature.printed_name, verified_at=e.at,
    )  # fmt: skip
    on_paper = rows.values_list("paper_at", flat=True).first()
    go_on(e, p.turn, paths.ref(p.step, p.iteration), at=on_paper or e.at)


@fold(entries.PaperPackMade)
def _(e: Folded[entries.PaperPackMade]) -> None:
    p = e.payload
    create(
        PaperPack, e, id=part(e.stream, f"pack/{p.number}"), number=p.number, on_seq=p.on_seq,
        on_hash=p.on_hash, steps=list(p.steps), language=p.language, file=p.file, made_at=e.at,
        made_by=e.actor, made_by_name=e.actor_name,
    )  # fmt: skip


@fold(entries.BranchSkipped)
def _(e: Folded[entries.BranchSkipped]) -> None:
    p = e.payload
    if p.step is not None:
        need_operation(e, p.step.operation)
        known = ", ".join(f"{name} {value}" for name, value in p.values.items())
        why = {"skipped": f"{p.condition} ({known or '–'})"}
        rows = Step.objects.filter(id=step_id(e.stream, p.step.step, p.step.iteration))
        if not change(rows, e, state=StepState.SKIPPED, values=why):
            make_step(e, p.step, state=StepState.SKIPPED, values=why)
        return
    change(Operation.objects.filter(id=part(e.stream, p.part)), e, state=OperationState.SKIPPED)
    if change(Stage.objects.filter(id=part(e.stream, p.part)), e, state=StageState.SKIPPED):
        change(Operation.objects.filter(stage=p.part), e, state=OperationState.SKIPPED)


@fold(entries.ContingencyCalled)
def _(e: Folded[entries.ContingencyCalled]) -> None:
    p = e.payload
    need_operation(e, p.operation, called_from=p.caller)
    if p.due:
        change(Step.objects.live().filter(operation=p.caller), e, waits_for=p.operation)
        make_due(e, p.due, at=e.at)
    else:  # every step of it is skipped
        end_operation(e, p.operation)
    params = {"contingency": p.contingency}
    said = entries.Said(code="contingency.called", severity=Severity.MAJOR.value, params=params)
    raise_exception(e, said, step=p.step, position=_position(e.stream, p.step), comment=p.reason)


@fold(entries.OperationAttested)
def _(e: Folded[entries.OperationAttested]) -> None:
    p = e.payload
    change(
        Operation.objects.filter(id=part(e.stream, p.operation)), e,
        state=OperationState.ATTESTED, attested_at=e.at, attested_by=p.signature.person,
    )  # fmt: skip


@fold(entries.StepCorrected)
def _(e: Folded[entries.StepCorrected]) -> None:
    p = e.payload
    change(
        Step.objects.filter(id=step_id(e.stream, p.step, p.iteration)), e,
        values=p.values, outcome=p.outcome, rule=p.rule, rule_version=p.rule_version,
        corrected_by=p.signature.person, corrector_name=p.signature.printed_name,
        corrected_at=e.at,
    )  # fmt: skip
    ref = paths.ref(p.step, p.iteration)
    position = _position(e.stream, ref)
    for number, said in enumerate(p.findings):
        raise_exception(e, said, step=ref, position=position, comment=p.reason, number=number)


@fold(entries.SignatureVoided)
def _(e: Folded[entries.SignatureVoided]) -> None:
    p = e.payload
    create(
        VoidedSignature, e, id=part(e.stream, f"voided/{p.signed}"), signed=p.signed,
        about=p.about, part=p.part, changed=p.changed, person=p.person,
        printed_name=p.printed_name, meaning=p.meaning, voided_at=e.at,
    )  # fmt: skip


@fold(entries.SignatureRenewed)
def _(e: Folded[entries.SignatureRenewed]) -> None:
    p = e.payload
    change(
        VoidedSignature.objects.filter(id=part(e.stream, f"voided/{p.voided}")), e,
        renewed_at=e.at, renewed_by_name=p.signature.printed_name,
    )  # fmt: skip
    if p.about == entries.StepVerified.kind:
        change(
            Step.objects.filter(id=step_id(e.stream, *paths.split(p.part))), e,
            verified_by=p.signature.person,
            verifier_name=p.signature.printed_name, verified_at=e.at,
        )  # fmt: skip


@fold(entries.BatchCompleted)
def _(e: Folded[entries.BatchCompleted]) -> None:
    rows = Batch.objects.filter(id=e.stream)
    change(rows, e, record_state=RecordState.COMPLETE, completed_at=e.at)


@fold(entries.ExceptionRaised)
def _(e: Folded[entries.ExceptionRaised]) -> None:
    p = e.payload
    raise_exception(e, p.said, step=p.step, position=_position(e.stream, p.step), comment=p.comment)


def _position(batch: UUID, ref: str) -> int:
    step = Step.objects.filter(id=step_id(batch, *paths.split(ref))).first()
    return step.position if step else 0


@fold(AttemptRefused)
def _(e: Folded[AttemptRefused]) -> None:
    """Keep a refused attempt; another patient's container or a third refusal is an exception."""
    if not Batch.objects.filter(id=e.stream).exists():
        return
    p = e.payload
    path = str(p.params.get("step") or "")
    create(
        RefusedAttempt, e, id=part(e.stream, f"refused/{e.seq}"), step=path, code=p.code,
        params=p.params, at=e.at, by=e.actor, by_name=e.actor_name,
    )  # fmt: skip
    tries = RefusedAttempt.objects.filter(stream=e.stream, step=path).count()
    if p.code in WRONG_PATIENT or (path and tries == THIRD):
        weight = Severity.CRITICAL if p.code in WRONG_PATIENT else Severity.MINOR
        params = {name: str(value) for name, value in p.params.items()} | {"tries": str(tries)}
        said = entries.Said(code=p.code, severity=weight, params=params)
        raise_exception(e, said, step=path, position=_position(e.stream, path), comment="")


@fold(entries.ExceptionJudged)
def _(e: Folded[entries.ExceptionJudged]) -> None:
    p = e.payload
    change(
        BatchException.objects.filter(id=p.exception), e,
        state=ExceptionState.JUDGED, judgement=p.judgement, judgement_comment=p.comment,
        judged_by=e.actor, judged_by_name=e.actor_name, judged_at=e.at,
    )  # fmt: skip


@fold(entries.ConcessionAsked)
def _(e: Folded[entries.ConcessionAsked]) -> None:
    p = e.payload
    create(
        Concession, e, id=p.concession, step=p.step, code=p.code, params=p.params,
        asked_reason=p.reason, asked_by=e.actor, asked_by_name=e.actor_name, asked_at=e.at,
        state=ConcessionState.ASKED,
    )  # fmt: skip


@fold(entries.ConcessionGranted)
def _(e: Folded[entries.ConcessionGranted]) -> None:
    p = e.payload
    change(
        Concession.objects.filter(id=p.concession), e,
        state=ConcessionState.GRANTED, until=p.until, reason=p.reason, risk=p.risk,
        answered_by=p.signature.person, answered_by_name=p.signature.printed_name,
        answered_at=e.at,
    )  # fmt: skip


@fold(entries.ConcessionDeclined)
def _(e: Folded[entries.ConcessionDeclined]) -> None:
    change(
        Concession.objects.filter(id=e.payload.concession), e,
        state=ConcessionState.DECLINED, reason=e.payload.reason, answered_by=e.actor,
        answered_by_name=e.actor_name, answered_at=e.at,
    )  # fmt: skip


@fold(entries.QualityHoldSet)
def _(e: Folded[entries.QualityHoldSet]) -> None:
    rows = Batch.objects.filter(id=e.stream)
    change(rows, e, quality_hold=True, quality_hold_reason=e.payload.reason)


@fold(entries.QualityHoldLifted)
def _(e: Folded[entries.QualityHoldLifted]) -> None:
    change(Batch.objects.filter(id=e.stream), e, quality_hold=False, quality_hold_reason="")


@fold(entries.ProcessHoldSet)
def _(e: Folded[entries.ProcessHoldSet]) -> None:
    rows = Batch.objects.filter(id=e.stream)
    change(rows, e, process_state=ProcessState.HELD, process_hold_reason=e.payload.reason)


@fold(entries.ProcessHoldLifted)
def _(e: Folded[entries.ProcessHoldLifted]) -> None:
    rows = Batch.objects.filter(id=e.stream)
    change(rows, e, process_state=ProcessState.RUNNING, process_hold_reason="")


@fold(entries.ResultArrived)
def _(e: Folded[entries.ResultArrived]) -> None:
    p = e.payload
    values = {"value": p.value, "outcome": p.outcome, "sample": p.sample, "arrived_at": e.at}
    if not change(BatchResult.objects.filter(test=p.test), e, **values):
        create(BatchResult, e, id=part(e.stream, f"result/{p.test}"), test=p.test, **values)


@fold(entries.GateApproved)
def _(e: Folded[entries.GateApproved]) -> None:
    p, s = e.payload, e.payload.signature
    gate = Step.objects.filter(path=p.step, iteration=p.iteration)
    change(gate, e, approved_by=s.person, approver_name=s.printed_name, approved_at=e.at)


@fold(entries.BatchReviewed)
def _(e: Folded[entries.BatchReviewed]) -> None:
    change(
        Batch.objects.filter(id=e.stream), e, record_state=RecordState.IN_REVIEW,
        reviewed_at=e.at, reviewed_by=e.payload.signature.person,
    )  # fmt: skip


@fold(entries.BatchDispositioned)
def _(e: Folded[entries.BatchDispositioned]) -> None:
    change(
        Batch.objects.filter(id=e.stream), e, record_state=RecordState.DISPOSITIONED,
        disposition=e.payload.disposition, dispositioned_at=e.at,
        dispositioned_by=e.payload.signature.person,
    )  # fmt: skip


# --- redlines ------------------------------------------------------------------------------------


@fold(entries.RedlineProposed)
def _(e: Folded[entries.RedlineProposed]) -> None:
    p = e.payload
    create(
        Redline, e, id=p.redline, number=p.number, state=RedlineState.PROPOSED,
        before_hash=p.before_hash, recipe_hash=p.recipe_hash, reason=p.reason,
        proposed_by=e.actor, proposed_by_name=e.actor_name, proposed_at=e.at,
    )  # fmt: skip


@fold(entries.RedlineSigned)
def _(e: Folded[entries.RedlineSigned]) -> None:
    s = e.payload.signature
    change(
        Redline.objects.filter(id=e.payload.redline), e,
        production_by=s.person, production_name=s.printed_name, production_at=e.at,
    )  # fmt: skip


@fold(entries.RedlineEnded)
def _(e: Folded[entries.RedlineEnded]) -> None:
    rows = Redline.objects.filter(id=e.payload.redline)
    change(rows, e, state=RedlineState.ENDED, ended_reason=e.payload.reason)


@fold(entries.BatchRedlined)
def _(e: Folded[entries.BatchRedlined]) -> None:
    p = e.payload
    change(
        Redline.objects.filter(id=p.redline), e, state=RedlineState.APPLIED,
        quality_by=p.signature.person, quality_name=p.signature.printed_name, quality_at=e.at,
    )  # fmt: skip
    placed = list(document(p.recipe_hash).steps())
    rows = Batch.objects.filter(id=e.stream)
    change(rows, e, recipe_hash=p.recipe_hash, recipe_label=p.recipe_label, steps=len(placed))
    rest.remake(e, placed, why=f"R{p.number}")
