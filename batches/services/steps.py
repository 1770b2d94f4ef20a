"""Performing a step, and verifying it by a second person."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from accounts.services.ceremony import Proof, check_shown, sign
from batches import qualifying, rules, selectors
from batches.entries import Said, Shown, StepPerformed, StepVerified
from batches.enums import StepState
from batches.exceptions import CommentMissing, NothingToVerify
from batches.findings import sentence
from batches.interlocks import BY_KIND, holding
from batches.models import Operation, Step
from batches.work import Found, Work, at_step
from mes.lib.evidence import JSON
from recipes.document import Placed
from recipes.enums import Outcome
from recipes.judging import Finding, Judged
from recipes.kinds import judge
from records.act import act, acting
from records.commands import Command, Reply
from records.reading import reading

VERIFIED = "I verified this step."


@acting
def perform_step(
    *,
    command: Command,
    batch: UUID,
    step: str,
    values: Mapping[str, str],
    language: str = "en",
    typed: Collection[str] = (),
) -> Reply:
    """Record a due step's values, judge them, and do to lots, units and containers what it says.

    ``typed`` names the codes that a person typed instead of scanning them.

    Raises the refusals of ``batches.rules``, of the step's kind and of its interlocks, and
    CommentMissing for a flagged value without a comment. Appends ``step.performed`` to the
    batch, and consumption, occupation or new containers to the streams of those things; tells
    the laboratory of samples. Replies with outcome, findings and whether a second person is
    asked for.
    """
    found = _find(command, batch, step, dict(values))
    with act(command, streams=[batch, *found.streams], new=found.new) as a:
        check_permission(a.actor, Permission.BATCHES_PERFORM)
        seen = selectors.batch_of(batch)
        row = selectors.step_of(batch, step)
        placed = selectors.placed_of(seen, step)
        operation = selectors.operation_of(batch, row.operation)
        work = Work(
            a=a, batch=seen, recipe=selectors.recipe_of(seen), placed=placed, found=found,
            values=values,
        )  # fmt: skip
        with at_step(batch, step):
            rules.check_can_perform(seen, row, operation, placed.step)
            qualifying.check_hands(work, operation)
            judged = _judge(work)
            work.values = judged.values
            kind = BY_KIND.get(row.kind)
            if kind:
                kind.check(work)
            said = _entry(work, judged, row, operation, language=language, typed=typed)
            a.append(batch, said)
            if kind:
                kind.effect(work)
            if said.turn.ends_stage:
                holding.end_stage(work)
        a.reply = _reply(work, judged, row)
    return a.reply


def _find(command: Command, batch: UUID, path: str, values: dict[str, str]) -> Found:
    """Read, before the locks, which streams the step's codes mean."""
    placed = selectors.pinned_recipe(batch, command.actor).by_path.get(path)
    if placed is None:
        return Found()
    kind = BY_KIND.get(placed.step.kind)
    recipe = selectors.pinned_recipe(batch, command.actor)
    ends_stage = selectors.turn_of(recipe, placed).ends_stage
    # What is missing is refused by the judgement, with its field.
    complete = all(values.get(name) for name in placed.step.accepts() if name != "comment")
    if not complete or not (kind or ends_stage):
        return Found()
    with reading(site=command.actor.site, person=command.actor.person), at_step(batch, path):
        seen = selectors.batch_of(batch)
        found = kind.find(seen, placed, _codes(placed, values)) if kind else Found()
        held = holding.held_until_now(seen, placed) if ends_stage else []
    streams = (*found.streams, *(claim.resource for claim in held))
    return replace(found, streams=tuple(dict.fromkeys(streams)))


def _codes(placed: Placed, values: dict[str, str]) -> dict[str, str]:
    return {name: values[name].strip() for name in placed.step.accepts() if values.get(name)}


def _judge(work: Work) -> Judged:
    """Judge the values. What is too early or waits for a result may be conceded."""
    facts = selectors.facts_of(work.batch, work.placed, at=work.a.now)
    found: list[Judged] = []
    work.interlock(lambda: found.append(judge(work.placed.step, work.values, facts)))
    judged = found[0] if found else _conceded(work)
    if judged.comment_missing:
        first = judged.findings[0]
        raise CommentMissing(field="comment", finding=sentence(first.code, first.params))
    return judged


def _conceded(work: Work) -> Judged:
    """Keep the values of a step that QA let pass: no rule has seen them."""
    return Judged(dict(work.values), Outcome.UNCHECKED, rule="concession", rule_version="1")


def _entry(
    work: Work,
    judged: Judged,
    row: Step,
    operation: Operation,
    *,
    language: str,
    typed: Collection[str],
) -> StepPerformed:
    if operation.performer is None:
        raise TypeError("a step was performed by nobody")  # check_performer refused it before
    return StepPerformed(
        step=row.path,
        iteration=row.iteration,
        turn=selectors.turn_of(work.recipe, work.placed),
        to_be_verified=row.verify,
        values=judged.values,
        outcome="flagged" if work.passed else judged.outcome.value,
        rule=judged.rule,
        rule_version=judged.rule_version,
        findings=tuple(_said(one) for one in (*judged.findings, *work.passed)),
        performer=operation.performer,
        performer_name=operation.performer_name,
        shown=Shown(language=language, text=work.placed.step.text.say(language)),
        typed=tuple(name for name in judged.values if name in typed),
    )


def _said(finding: Finding) -> Said:
    return Said(code=finding.code, severity=finding.severity.value, params=dict(finding.params))


def _reply(work: Work, judged: Judged, row: Step) -> Reply:
    findings: list[JSON] = [sentence(f.code, f.params) for f in (*judged.findings, *work.passed)]
    return {
        "step": row.path,
        "outcome": judged.outcome.value,
        "findings": findings,
        "to_be_verified": row.verify,
    }


@acting
def verify_step(
    *, command: Command, batch: UUID, step: str, proof: Proof, shown: str | None = None
) -> Reply:
    """Verify a performed step: a second person signs its values with both components.

    ``shown`` is the hash of what the verifier saw. Raises NothingToVerify, VerifiedOwnWork
    and NotQualified (recorded), ShownHasChanged. Appends ``step.verified``.
    """
    with act(command, streams=[batch]) as a:
        seen = selectors.batch_of(batch)
        rules.check_executing(seen)
        row = selectors.step_of(batch, step)
        if row.state != StepState.TO_BE_VERIFIED:
            raise NothingToVerify()
        rules.check_verifier(row, verifier=proof.person)
        with at_step(batch, step):
            qualifying.check_verifier(a, seen, step, person=proof.person)
        content = step_content(row)
        check_shown(shown, content)
        signature = sign(
            a, proof, meaning=VERIFIED, content=content,
            permission=Permission.BATCHES_VERIFY, parts=(row.path,),
        )  # fmt: skip
        recipe = selectors.recipe_of(seen)
        said = StepVerified(
            step=row.path, iteration=row.iteration, signature=signature,
            turn=selectors.turn_of(recipe, recipe.by_path[row.path]),
        )  # fmt: skip
        a.append(batch, said)
        a.reply = {"step": row.path, "verified_by": signature.printed_name}
    return a.reply


def step_content(row: Step) -> JSON:
    """Return what a signature on a step covers: what was recorded, and of whom."""
    return {
        "batch": str(row.stream),
        "step": row.path,
        "iteration": row.iteration,
        "values": row.values,
        "outcome": row.outcome,
        "performed_by": str(row.performed_by),
        "recorded_by": str(row.recorded_by),
    }
