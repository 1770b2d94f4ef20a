"""Confirming that one approved a role: the sheet that the approver signs."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import selectors
from accounts.access import access_of
from accounts.permissions import Permission, role_title
from accounts.services import approvals as services
from accounts.services.at_desk import prove_at_desk
from mes.lib.access import requires
from mes.lib.evidence import content_hash
from mes.lib.refusals import NotFound, Refusal
from records.reading import reading
from records.web import actor_of, command_from

ANSWERS = {"confirm": True, "refuse": False}


@requires(Permission.RECORDS_REVIEW)
@sensitive_post_parameters("password", "pin")
@require_http_methods(["GET", "HEAD", "POST"])
def approval(request: HttpRequest, assignment: UUID) -> HttpResponse:
    """Show the grant that names the reader as its approver; sign that it is so, or is not."""
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            _answer(request, assignment)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:owed")
    return _page(request, assignment, refused)


def _answer(request: HttpRequest, assignment: UUID) -> None:
    answer, reason = request.POST.get("decision", ""), request.POST.get("reason", "")
    if answer not in ANSWERS:
        raise NotFound()
    actor = actor_of(request)
    said = {"assignment": str(assignment), "answer": answer, "reason": reason}
    command = command_from(request, "role.answer_approval", said)
    proof = prove_at_desk(request.POST.dict(), actor=actor, within=access_of(request))
    services.answer_approval(
        command=command, assignment=assignment, approved=ANSWERS[answer], reason=reason,
        proof=proof, shown=request.POST.get("content_hash", ""),
    )  # fmt: skip


def _page(request: HttpRequest, assignment: UUID, refused: Refusal | None) -> HttpResponse:
    actor, access = actor_of(request), access_of(request)
    assert access is not None  # noqa: S101 - the middleware lets nobody else in
    with reading(site=actor.site, person=actor.person):
        asked = selectors.approval_asked(assignment, actor.person)
        receiver = selectors.person_of(asked.person_id)
        content = services.content_of(asked, name=receiver.printed_name)
        context = {
            "asked": asked, "receiver": receiver, "role": role_title(asked.role),
            "content": content_hash(content), "confirms": services.MEANINGS[True],
            "refuses": services.MEANINGS[False], "refused": refused,
            "reason": request.POST.get("reason", ""), "username": access.person.username,
            "by_badge": request.GET.get("by") == "badge" or bool(request.POST.get("badge")),
            "proof": {},
        }  # fmt: skip
        status = refused.status if refused else 200
        return render(request, "accounts/approval.html", context, status=status)
