"""The approval of a granted role: whoever gave it is asked, and confirms or takes it back."""

from typing import Final
from uuid import UUID

from django.utils.translation import gettext_noop

from accounts import rules
from accounts.approval_entries import RoleApprovalAnswered, RoleApprovalAsked
from accounts.centres import OUTSIDE
from accounts.entries import RoleGranted, RoleRevoked
from accounts.exceptions import AlreadyAnswered
from accounts.models import RoleApproval, RoleAssignment
from accounts.permissions import Permission
from accounts.review_exceptions import ReviewerIsAnother
from accounts.selectors import approval_asked, person_of
from accounts.services.centres import leave_centre
from accounts.services.ceremony import Proof, check_shown, sign
from accounts.services.obligations import incur, meet
from mes.lib.evidence import JSON
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.reading import reading

APPROVES: Final = "role-approval"
MEANINGS: Final = {
    True: gettext_noop("I approved that this person gets this role."),
    False: gettext_noop("I did not approve that this person gets this role: it is taken back."),
}


def ask_approver(a: Act, person: UUID, granted: RoleGranted) -> None:
    """Ask, in the running act of a grant, whoever it names as approver; their stream is locked."""
    if granted.approver is None:
        return
    said = RoleApprovalAsked(
        assignment=granted.assignment, site=granted.site, role=granted.role,
        approver=granted.approver, approver_name=granted.approver_name,
        granted_by=a.actor.person, granted_by_name=a.actor.name, paper=granted.paper,
    )  # fmt: skip
    a.append(person, said)
    words = {"role": granted.role, "person": person_of(person).printed_name}
    incur(
        a, granted.approver, about=APPROVES, subject=granted.assignment, place=str(person),
        words=words,
    )  # fmt: skip


def content_of(asked: RoleApproval, *, name: str) -> dict[str, JSON]:
    """Return what the approver signs: the grant as it is shown. ``name`` is the receiver's."""
    return {
        "assignment": str(asked.id), "person": str(asked.person_id), "name": name,
        "role": asked.role, "granted_by": asked.granted_by_name,
        "granted_at": asked.asked_at.isoformat(), "paper": asked.paper,
    }  # fmt: skip


def answered_content(asked: RoleApproval, *, name: str, approved: bool, reason: str) -> JSON:
    """Return what the signature is under: the grant, and the answer to it."""
    return content_of(asked, name=name) | {"approved": approved, "reason": reason}


@acting
def answer_approval(
    *, command: Command, assignment: UUID, approved: bool, reason: str, proof: Proof,
    shown: str | None = None,
) -> Reply:  # fmt: skip
    """Say by signature whether one approved a role; appends ``role.approval_answered``.

    Who refuses says why, and the role is revoked by the same act, if it is still held. Meets the
    obligation. Raises NotFound for anybody but the approver, NotAllowed, ReviewerIsAnother,
    AlreadyAnswered, ReasonMissing, ShownHasChanged, and the refusals of ``sign``.
    """
    actor = command.actor
    with reading(site=actor.site, person=actor.person):
        receiver = approval_asked(assignment, actor.person).person_id
    with act(command, streams=[receiver, proof.person]) as a:
        rules.check_permission(a.actor, Permission.RECORDS_REVIEW)
        if proof.person != a.actor.person:
            raise ReviewerIsAnother(signer=proof.printed_name, person=a.actor.name)
        asked = approval_asked(assignment, a.actor.person)
        if asked.answered_at is not None:
            raise AlreadyAnswered()
        _answer(a, asked, approved, reason, proof, shown)
        meet(a, about=APPROVES, subject=assignment, place=str(receiver))
        a.reply = {"approved": approved}
    return a.reply


def _answer(
    a: Act, asked: RoleApproval, approved: bool, reason: str, proof: Proof, shown: str | None
) -> None:
    said = reason.strip()[:300] if approved else rules.written(reason)[:300]
    name = person_of(asked.person_id).printed_name
    check_shown(shown, content_of(asked, name=name))
    signature = sign(
        a, proof, meaning=MEANINGS[approved],
        content=answered_content(asked, name=name, approved=approved, reason=said),
        permission=Permission.RECORDS_REVIEW, parts=(str(asked.id),),
    )  # fmt: skip
    answered = RoleApprovalAnswered(
        assignment=asked.id, role=asked.role, approved=approved, reason=said, signature=signature
    )
    a.append(asked.person_id, answered)
    if not approved:
        _take_back(a, asked, reason=said)


def _take_back(a: Act, asked: RoleApproval, *, reason: str) -> None:
    held = RoleAssignment.objects.filter(id=asked.id, revoked_at__isnull=True).first()
    if held is None or held.site is None:
        return
    said = RoleRevoked(assignment=held.id, role=held.role, reason=reason)
    a.append(asked.person_id, said)
    if held.role == OUTSIDE:
        leave_centre(a, asked.person_id, held.site, reason=reason)
