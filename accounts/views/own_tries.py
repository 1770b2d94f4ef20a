"""Wrong tries of one's own secrets, told after signing in: were these you?"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import access_of
from accounts.enums import CredentialKind, GuessKind
from accounts.services.answered_tries import answer_tries, asked_of
from accounts.trails import wrong_tries
from accounts.views.owed import for_gloves
from accounts.views.sign_in import after_sign_in, inside
from mes.lib.access import signed_in
from mes.lib.refusals import NotFound, Refusal
from records.reading import reading
from records.web import actor_of, command_from

SHOWN = 10
PAGE = "accounts/own_tries.html"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def own_tries(request: HttpRequest) -> HttpResponse:
    """Say which wrong tries of one's secrets were counted; answer whether they were one's own."""
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            return _answered(request)
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
    access = access_of(request)
    assert access is not None  # noqa: S101 - the view is marked signed_in
    with reading(site=access.site.id, person=access.person.id):
        asked = asked_of(access.person.id)
        since = min((tries.since for tries in asked.values() if tries.since), default=None)
        context = {
            "asked": [{"kind": kind, "tries": tries} for kind, tries in asked.items()],
            "tries": wrong_tries(access.person.id, since=since, most=SHOWN) if since else [],
            "next": inside(request, request.GET.get("next", "")) or "/",
            "refused": refused,
        }
    status = refused.status if refused else 200
    return render(request, for_gloves(request, PAGE), context, status=status)


def _answered(request: HttpRequest) -> HttpResponse:
    """Keep the answer; who says that they were not theirs goes on to choose a new secret."""
    try:
        kind = GuessKind(request.POST.get("kind", ""))
    except ValueError as error:
        raise NotFound() from error
    own = request.POST.get("own") == "yes"
    command = command_from(request, "sign_in.answer_tries", {"kind": kind.value, "own": own})
    answer_tries(command=command, kind=kind, own=own)
    wanted = inside(request, request.POST.get("next", "")) or "/"
    if own or kind.value not in CredentialKind.values:
        return redirect(after_sign_in(actor_of(request).person, wanted))
    return redirect("accounts:own_pin" if kind == GuessKind.PIN else "accounts:own_password")
