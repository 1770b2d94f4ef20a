"""Corrections: a recorded value was wrong. The old one stays readable; signatures on it are void.

Only the signatures whose parts were touched are voided, and only those people are asked again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_noop

from accounts.permissions import Permission
from accounts.rules import check_permission
from accounts.selectors import person_of
from accounts.services.ceremony import Proof, check_shown, sign
from accounts.services.obligations import incur, meet, open_about
from accounts.signing_exceptions import ShownHasChanged
from batches import rules, selectors
from batches.correction_exceptions import (
    CorrectionReasonMissing,
    NotAskedAgain,
    NotCorrectable,
    NothingCorrected,
    NotYetRecorded,
    NotYoursToSign,
    RecordDispositioned,
    VerifierCorrects,
)
from batches.entries import (
    BatchReviewed,
    OperationAttested,
    Said,
    SignatureRenewed,
    SignatureVoided,
    StepCorrected,
    StepVerified,
)
from batches.enums import CORRECTABLE, RecordState, StepState
from batches.models import Batch, Step, VoidedSignature
from batches.services.operations import operation_content
from batches.services.steps import step_content
from mes.lib.evidence import JSON
from mes.lib.refusals import NotFound
from recipes import paths
from recipes.document import Placed
from recipes.enums import Severity
from recipes.formulas import parse
from recipes.judging import Judged
from recipes.kinds import judge
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.entries import decode
from records.models import Entry
from records.reading import reading
from records.signatures import WHOLE, Signature

CORRECTED = gettext_noop("I corrected this value.")
SIGN_AGAIN = "signature.again"
LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Standing:
    """A signature that stands: the entry in which it is, and the part that it covers."""

    seq: int
    about: str
    part: str
    signature: Signature


def standing_signatures(batch: UUID) -> list[Standing]:
    """Return the signatures of verification, attestation and review that nothing has voided."""
    kinds = [StepVerified.kind, OperationAttested.kind, BatchReviewed.kind, SignatureRenewed.kind]
    voided = set(VoidedSignature.objects.filter(stream=batch).values_list("signed", flat=True))
    rows = Entry.objects.filter(stream=batch, kind__in=kinds).order_by("seq")
    return [_standing(row) for row in rows if row.seq not in voided]


def _standing(row: Entry) -> Standing:
    said = decode(row.kind, row.version, row.envelope["payload"])
    if isinstance(said, StepVerified):
        part = paths.ref(said.step, said.iteration)
        return Standing(row.seq, row.kind, part, said.signature)
    if isinstance(said, OperationAttested):
        return Standing(row.seq, row.kind, said.operation, said.signature)
    if isinstance(said, SignatureRenewed):
        return Standing(row.seq, said.about, said.part, said.signature)
    if isinstance(said, BatchReviewed):
        return Standing(row.seq, row.kind, "record", said.signature)
    raise TypeError(f"{row} holds no signature")


def touched_by(batch: UUID, step: str) -> list[Standing]:
    """Return the standing signatures that a correction of this step voids.

    Of several reviews only the last one counts: a later one replaced those before.
    """
    parts = {WHOLE, step, selectors.step_of(batch, step).operation}
    found = [one for one in standing_signatures(batch) if one.part in parts]
    reviews = [one for one in found if one.about == BatchReviewed.kind]
    return [one for one in found if one not in reviews[:-1]]


def later_users(batch: Batch, path: str) -> list[Placed]:
    """Return the steps whose formulas used this step's value: QA judges what follows."""
    recipe = selectors.recipe_of(batch)
    return [
        placed
        for placed in recipe.steps()
        for written in placed.step.written()
        if any(
            (meant := recipe.meaning(name, at=placed.path)) is not None
            and meant.path == paths.split(path)[0]
            for name in parse(written.formula).names
        )
    ]


@acting
def correct_step(
    *,
    command: Command,
    batch: UUID,
    step: str,
    values: Mapping[str, str],
    reason: str,
    proof: Proof,
    shown: str | None = None,
) -> Reply:
    """Correct the values of a closed step, with a reason and the corrector's signature.

    ``shown`` is the hash of the step as it was shown. Appends ``step.corrected``, which QA
    judges as an exception, for each touched signature ``signature.voided``, and to its signer
    ``obligation.incurred``. Raises NotCorrectable, NotYetRecorded, NothingCorrected,
    CorrectionReasonMissing, VerifierCorrects, RecordDispositioned, ShownHasChanged, NotAllowed,
    and what the judgement of the values raises.
    """
    if not reason.strip():
        raise CorrectionReasonMissing(field="reason")
    people = _people(command, batch, step)
    with act(command, streams=[batch, *people]) as a:
        check_permission(a.actor, Permission.BATCHES_CORRECT)
        seen = selectors.batch_of(batch)
        row = selectors.step_of(batch, step)
        _check_correctable(seen, row, proof)
        check_shown(shown, step_content(row))
        judged = _judged(a, seen, row, {**values, "comment": reason.strip()[:LONGEST]})
        signature = sign(
            a, proof, meaning=CORRECTED, content=correction_content(row, judged.values),
            permission=Permission.BATCHES_CORRECT, parts=(step,),
        )  # fmt: skip
        touched = touched_by(batch, step)
        if {one.signature.person for one in touched} - set(people):
            raise ShownHasChanged()  # somebody signed between the look and the lock
        a.append(batch, _corrected(row, judged, reason.strip()[:LONGEST], signature))
        for one in touched:
            void(a, seen, one, changed=step)
        a.reply = {"step": step, "voided": len(touched)}
    return a.reply


def _people(command: Command, batch: UUID, step: str) -> list[UUID]:
    """Read, before the locks, who has signed what the correction touches."""
    with reading(site=command.actor.site, person=command.actor.person):
        selectors.batch_of(batch)
        return list(dict.fromkeys(one.signature.person for one in touched_by(batch, step)))


def _check_correctable(batch: Batch, row: Step, proof: Proof) -> None:
    if batch.record_state == RecordState.DISPOSITIONED:
        raise RecordDispositioned()
    if row.kind not in CORRECTABLE:
        raise NotCorrectable()
    if row.state != StepState.CLOSED:
        raise NotYetRecorded()
    if row.verified_by == proof.person:
        raise VerifierCorrects(person=proof.printed_name, streams=[row.stream])


def _judged(a: Act, batch: Batch, row: Step, values: Mapping[str, str]) -> Judged:
    placed = selectors.placed_of(batch, row.path)
    facts = selectors.facts_of(batch, placed, at=a.now, row=row)
    judged = judge(placed.step, dict(values), facts)
    if _bare(judged.values) == _bare(row.values):
        raise NothingCorrected()
    return judged


def _bare(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name != "comment"}


def _corrected(row: Step, judged: Judged, reason: str, signature: Signature) -> StepCorrected:
    words = {
        "before": ", ".join(_bare(row.values).values()),
        "after": ", ".join(_bare(judged.values).values()),
    }
    correction = Said(code="step.corrected", severity=Severity.MAJOR.value, params=words)
    found = (
        Said(code=one.code, severity=one.severity.value, params=dict(one.params))
        for one in judged.findings
    )
    return StepCorrected(
        step=row.path, iteration=row.iteration, before=row.values, values=judged.values,
        reason=reason, outcome=judged.outcome.value, rule=judged.rule,
        rule_version=judged.rule_version, findings=(correction, *found), signature=signature,
    )  # fmt: skip


def correction_content(row: Step, values: Mapping[str, str]) -> JSON:
    """Return what the corrector signs: the step as it was, and the values that stand from now."""
    return {"step": step_content(row), "values": dict(values)}


def void(a: Act, batch: Batch, one: Standing, *, changed: str) -> None:
    """Void a standing signature in the running act, and ask its signer again, whose stream is
    locked.

    ``changed`` is the step, or what ``batches.findings.changed_text`` says.
    """
    s = one.signature
    said = SignatureVoided(
        signed=one.seq, about=one.about, part=one.part, changed=changed, person=s.person,
        printed_name=s.printed_name, meaning=s.meaning,
    )  # fmt: skip
    a.append(batch.id, said)
    words = {"batch": batch.number, "meaning": s.meaning, "step": changed}
    incur(a, s.person, about=SIGN_AGAIN, subject=batch.id, place=str(one.seq), words=words)


# --- signed again --------------------------------------------------------------------------------


def voided_of(batch: UUID, signed: int) -> VoidedSignature:
    """Return a voided signature of a batch. Raises NotFound."""
    found = VoidedSignature.objects.filter(stream=batch, signed=signed).first()
    if found is None:
        raise NotFound()
    return found


def voided_content(row: VoidedSignature) -> JSON:
    """Return the part as it is now: what the new signature covers."""
    if row.about == StepVerified.kind:
        return step_content(selectors.step_of(row.stream, row.part))
    if row.about == OperationAttested.kind:
        return operation_content(selectors.operation_of(row.stream, row.part))
    raise NotFound()  # a review is signed again on its own page


PERMISSIONS = {
    StepVerified.kind: Permission.BATCHES_VERIFY,
    OperationAttested.kind: Permission.BATCHES_ATTEST,
}


@acting
def sign_again(
    *, command: Command, batch: UUID, signed: int, proof: Proof, shown: str | None = None
) -> Reply:
    """Sign a part again whose signature a correction voided: the same person, as it is now.

    Where that person's account is disabled for good, another who may sign such a part does.
    Appends ``signature.renewed`` and to the signer ``obligation.met``. Raises NotAskedAgain,
    NotYoursToSign, VerifiedOwnWork, ShownHasChanged, NotAllowed.
    """
    with reading(site=command.actor.site, person=command.actor.person):
        owing = _owing(batch, str(signed))
    with act(command, streams=[batch, *owing]) as a:
        row = voided_of(batch, signed)
        if row.renewed_at is not None:
            raise NotAskedAgain()
        _check_asked(row, proof)
        content = voided_content(row)
        check_shown(shown, content)
        signature = sign(
            a, proof, meaning=row.meaning, content=content,
            permission=PERMISSIONS[row.about], parts=(row.part,),
        )  # fmt: skip
        renewed = SignatureRenewed(
            voided=signed, about=row.about, part=row.part, signature=signature
        )
        a.append(batch, renewed)
        meet(a, about=SIGN_AGAIN, subject=batch, place=str(signed))
        a.reply = {"part": row.part}
    return a.reply


def _check_asked(row: VoidedSignature, proof: Proof) -> None:
    if row.person != proof.person and person_of(row.person).disabled_at is None:
        raise NotYoursToSign(person=row.printed_name)
    if row.about == StepVerified.kind:
        step = selectors.step_of(row.stream, row.part)
        rules.check_verifier(step, verifier=proof.person)


def _owing(batch: UUID, place: str | None = None) -> Sequence[UUID]:
    rows = open_about(about=SIGN_AGAIN, subject=batch, place=place)
    return list(dict.fromkeys(row.stream for row in rows))


def owing_review(batches: Collection[UUID]) -> Sequence[UUID]:
    """Return the streams of the people who owe these reviews again: a review's act locks them."""
    rows = _reviews_asked_again(batches)
    return [person for row in rows for person in _owing(row.stream, str(row.signed))]


def _reviews_asked_again(batches: Collection[UUID]) -> list[VoidedSignature]:
    rows = selectors.asked_again(batches)
    return [row for row in rows if row.about == BatchReviewed.kind]


def review_given(a: Act, batch: UUID, signature: Signature) -> None:
    """A new review takes the place of those that were voided. Call it in the review's act."""
    for row in _reviews_asked_again([batch]):
        renewed = SignatureRenewed(
            voided=row.signed, about=row.about, part=row.part, signature=signature
        )
        a.append(batch, renewed)
        meet(a, about=SIGN_AGAIN, subject=batch, place=str(row.signed))
