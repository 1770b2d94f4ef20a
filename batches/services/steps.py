"""Performing a step, and verifying it by a second person."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from accounts.services.ceremony import Proof, check_shown, sign
from batches import qualifying, rules, selectors, timing
from batches.entries import OnPaper, Said, Shown, StepPerformed, StepVerified
from batches.enums import StepState
from batches.exceptions import CommentMissing, NothingToVerify
from batches.findings import sentence
from batches.interlocks import BY_KIND, holding
from batches.models import Batch, Operation, Step
from batches.standing import Brought, next_of
from batches.work import Found, Work, at_step
from mes.lib.evidence import JSON
from mes.lib.refusals import NotFound
from recipes import flow, paths
from recipes.document import Placed, Recipe
from recipes.enums import Outcome, Severity
from recipes.judging import Finding, Judged
from recipes.kinds import judge
from records.act import act, acting
from records.commands import Command, Reply
from records.entries import instant_text
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
    paper: OnPaper | None = None,
) -> Reply:
    """Record a due step's values, judge them, and do to lots, units and containers what it says.

    ``typed`` names the codes that a person typed instead of scanning them. ``paper`` says on which
    pack, and when, the step was written down while the system was not there: every rule holds as
    ever, limits of time are judged by the time on the paper, and QA is told.

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
        row = _row(seen, step)
        placed = selectors.placed_of(seen, step)
        operation = selectors.operation_of(batch, row.operation)
        work = Work(
            a=a, batch=seen, recipe=selectors.recipe_of(seen), placed=placed, found=found,
            values=values, iteration=row.iteration, paper=paper,
        )  # fmt: skip
        with at_step(batch, step):
            rules.check_can_perform(seen, row, operation, placed.step)
            if paper:
                rules.check_paper(paper, row, seen, at=a.now)
                # Paper knows minutes: within its minute nothing is before what came first.
                work.done_at = max(paper.at, selectors.before(row) or paper.at)
            qualifying.check_hands(work, operation)
            judged = _judge(work, row)
            work.values = judged.values
            kind = BY_KIND.get(row.kind)
            if kind:
                kind.check(work)
            _check_commented(work)
            if paper:
                work.values = _with_reason(work, given=values, paper=paper)
            brought = next_of(seen, work.recipe, row, values=judged.values, at=a.now)
            said = _entry(work, judged, row, operation, brought, language, typed)
            a.append(batch, said)
            if kind:
                kind.effect(work)
            if not row.verify:
                _close(work, brought)
        a.reply = _reply(said, row)
    return a.reply


def _row(batch: Batch, ref: str) -> Step:
    """Return the row of a step; one that was not reached yet has none, and is not due."""
    placed = selectors.placed_of(batch, ref)
    try:
        return selectors.step_of(batch.id, ref)
    except NotFound:
        raise rules.not_due(batch, ref, asked=placed.position) from None


def _close(work: Work, brought: Brought) -> None:
    """Say which branches are not taken, and give back what is held no longer."""
    for skipped in brought.skipped():
        work.a.append(work.batch.id, skipped)
    for stage in brought.onward.ended_stages:
        holding.end_stage(work, stage)


def _find(command: Command, batch: UUID, ref: str, values: dict[str, str]) -> Found:
    """Read, before the locks, which streams the step's codes mean, and what may be given back."""
    recipe = selectors.pinned_recipe(batch, command.actor)
    placed = recipe.placed(ref)
    if placed is None:
        return Found()
    kind = BY_KIND.get(placed.step.kind)
    # What is missing is refused by the judgement, with its field.
    may_lack = {"comment", *placed.step.optional()}
    complete = all(values.get(name) for name in placed.step.accepts() if name not in may_lack)
    may_end = may_end_stage(recipe, ref)
    if not complete or not (kind or may_end):
        return Found()
    with reading(site=command.actor.site, person=command.actor.person), at_step(batch, ref):
        seen = selectors.batch_of(batch)
        found = kind.find(seen, placed, _codes(placed, values)) if kind else Found()
        held = holding.held_by(seen) if may_end else []
    streams = (*found.streams, *(claim.resource for claim in held))
    return replace(found, streams=tuple(dict.fromkeys(streams)))


def may_end_stage(recipe: Recipe, ref: str) -> bool:
    """Whether the closing of a step could end its stage, and perhaps others behind it."""
    placed = recipe.placed(ref)
    if placed is None:
        return False
    path, iteration = paths.split(ref)
    spot = flow.Spot(path, iteration, path.rpartition("/")[0])
    return flow.plainly(recipe, spot) is None


def _codes(placed: Placed, values: dict[str, str]) -> dict[str, str]:
    return {name: values[name].strip() for name in placed.step.accepts() if values.get(name)}


def _judge(work: Work, row: Step) -> Judged:
    """Judge the values, and the time. What is too early or waits for a result may be conceded."""
    facts = selectors.facts_of(work.batch, work.placed, at=work.at, row=row)
    limits = timing.limits_of(work, row)
    given = dict(work.values)
    if (limits or work.paper) and "comment" not in work.placed.step.accepts():
        given.pop("comment", None)  # the reason of an overrun, or of paper, whatever the kind
    found: list[Judged] = []
    work.interlock(lambda: found.append(judge(work.placed.step, given, facts)))
    judged = found[0] if found else _conceded(work)
    judged = timing.with_time(work, judged, limits)
    if judged.comment_missing:
        first = judged.findings[0]
        raise CommentMissing(field="comment", finding=sentence(first.code, first.params))
    return judged


def _check_commented(work: Work) -> None:
    """What an interlock has marked asks for a comment, as any finding. Raises CommentMissing."""
    if work.marks and not work.values.get("comment"):
        first = work.marks[0]
        raise CommentMissing(field="comment", finding=sentence(first.code, first.params))


def _with_reason(work: Work, *, given: Mapping[str, str], paper: OnPaper) -> dict[str, str]:
    """Keep why a step was done on paper. One that may be done offline needs no reason for it.

    Raises CommentMissing.
    """
    comment = given.get("comment", "").strip()
    if not comment and not work.placed.step.offline:
        [finding] = _from_paper(paper)
        raise CommentMissing(field="comment", finding=sentence(finding.code, finding.params))
    return {**work.values, "comment": comment} if comment else dict(work.values)


def _conceded(work: Work) -> Judged:
    """Keep the values of a step that QA let pass: no rule has seen them."""
    return Judged(dict(work.values), Outcome.UNCHECKED, rule="concession", rule_version="1")


def _entry(
    work: Work,
    judged: Judged,
    row: Step,
    operation: Operation,
    brought: Brought,
    language: str,
    typed: Collection[str],
) -> StepPerformed:
    if operation.performer is None:
        raise TypeError("a step was performed by nobody")  # check_performer refused it before
    beside = (*work.marks, *work.passed)
    found = (*judged.findings, *beside, *_from_paper(work.paper))
    return StepPerformed(
        step=row.path,
        iteration=row.iteration,
        turn=brought.entry(),
        to_be_verified=row.verify,
        values=dict(work.values),
        outcome="flagged" if beside else judged.outcome.value,
        rule=judged.rule,
        rule_version=judged.rule_version,
        findings=tuple(_said(one) for one in found),
        performer=operation.performer,
        performer_name=operation.performer_name,
        shown=Shown(language=language, text=work.placed.step.text.say(language)),
        typed=tuple(name for name in work.values if name in typed),
        paper=work.paper,
    )


def _from_paper(paper: OnPaper | None) -> tuple[Finding, ...]:
    """Tell QA, without a word on the values: their outcome stays what the rule says of them."""
    if paper is None:
        return ()
    params = {"pack": str(paper.pack), "paper_at": instant_text(paper.at)}
    return (Finding("step.from_paper", Severity.MINOR, params),)


def _said(finding: Finding) -> Said:
    return Said(code=finding.code, severity=finding.severity.value, params=dict(finding.params))


def _reply(said: StepPerformed, row: Step) -> Reply:
    findings: list[JSON] = [sentence(f.code, f.params) for f in said.findings]
    return {
        "step": row.ref,
        "outcome": said.outcome,
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
    with act(command, streams=[batch, *_held(command, batch, step)]) as a:
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
            permission=Permission.BATCHES_VERIFY, parts=(row.ref,),
        )  # fmt: skip
        work = Work(
            a=a, batch=seen, recipe=selectors.recipe_of(seen), found=Found(),
            placed=selectors.placed_of(seen, step), values=row.values, iteration=row.iteration,
        )  # fmt: skip
        brought = next_of(seen, work.recipe, row, values=row.values, at=a.now, verified=True)
        said = StepVerified(
            step=row.path, iteration=row.iteration, signature=signature, turn=brought.entry()
        )
        a.append(batch, said)
        _close(work, brought)
        a.reply = {"step": row.ref, "verified_by": signature.printed_name}
    return a.reply


def _held(command: Command, batch: UUID, ref: str) -> list[UUID]:
    """Read, before the locks, what the batch may give back when this step is closed."""
    if not may_end_stage(selectors.pinned_recipe(batch, command.actor), ref):
        return []
    with reading(site=command.actor.site, person=command.actor.person):
        return [claim.resource for claim in holding.held_by(selectors.batch_of(batch))]


def step_content(row: Step) -> JSON:
    """Return what a signature on a step covers: what was recorded, and of whom."""
    at = instant_text(row.paper_at) if row.paper_at else ""
    # Only where there is paper: what was signed before keeps its hash.
    paper: dict[str, JSON] = {"paper": {"pack": row.paper_pack, "at": at}} if at else {}
    return paper | {
        "batch": str(row.stream),
        "step": row.path,
        "iteration": row.iteration,
        "values": row.values,
        "outcome": row.outcome,
        "performed_by": str(row.performed_by),
        "recorded_by": str(row.recorded_by),
    }
