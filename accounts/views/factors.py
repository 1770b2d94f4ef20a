"""One's own passkeys and codes; signing in with a passkey."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import answers, sessions
from accounts.access import access_of
from accounts.enums import FactorKind
from accounts.models import Person
from accounts.services.ceremony import prove_by_password
from accounts.services.codes import add_generator, new_secret, paper_of, renew_paper
from accounts.services.factors import factors_of, remove_factor
from accounts.services.passkeys import (
    add_passkey,
    new_passkey_options,
    passkey_options,
    prove_by_passkey,
)
from accounts.services.periods import desk_actor, sign_in_proved
from accounts.sign_in_exceptions import NotOffered
from accounts.views.sign_in import begin, show_sign_in
from mes.lib.access import public, signed_in
from mes.lib.refusals import NotFound, Refusal
from mes.lib.symbols import draw, qr_code
from records.reading import reading
from records.web import actor_of, command_from, key_of

SECRET_KEPT = "new-codes"  # noqa: S105 - the name of the place, not what is kept there


@public
@never_cache
@require_safe
def passkey_question(request: HttpRequest) -> HttpResponse:
    """Ask the browser for a passkey, to sign in or to sign. JSON."""
    if not settings.MES_PASSKEYS or sessions.device_of(request) is not None:
        return JsonResponse({}, status=404)
    return JsonResponse(passkey_options())


@public
@never_cache
@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in at a desk with a passkey."""
    try:
        if not settings.MES_PASSKEYS or sessions.device_of(request) is not None:
            raise NotOffered()
        proof = prove_by_passkey(request.POST.get("answer", ""), actor=desk_actor())
        opened = sign_in_proved(key=key_of(request.POST.get("key")), proof=proof)
    except Refusal as refusal:
        return show_sign_in(request, refused=refusal)
    return begin(request, opened)


@signed_in
@never_cache
@sensitive_post_parameters("password", "code", "answer")
@require_http_methods(["GET", "HEAD", "POST"])
def own_ways(request: HttpRequest) -> HttpResponse:
    """Show one's own passkeys and codes; add one with the password, remove one."""
    if not (settings.MES_PASSKEYS or settings.MES_CODES):
        return answers.refused(request, NotOffered())
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            shows_paper = _change(request, _person(request))
        except Refusal as refusal:
            refused = refusal
        else:
            return _show_paper(request) if shows_paper else redirect("accounts:own_ways")
    if refused is not None and request.POST.get("action") == "codes":
        return _show_generator(request, refused=refused)
    return _show_own(request, refused=refused)


def _show_own(request: HttpRequest, *, refused: Refusal | None) -> HttpResponse:
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        held = factors_of(_person(request).id)
        context = {
            "held": [row for row in held if row["kind"] is not FactorKind.RECOVERY],
            "paper": next((row for row in held if row["kind"] is FactorKind.RECOVERY), None),
            "generator": any(row["kind"] is FactorKind.CODE for row in held),
            "passkeys": settings.MES_PASSKEYS,
            "codes": settings.MES_CODES,
            "refused": refused,
        }
        status = refused.status if refused else 200
        return render(request, "accounts/own_ways.html", context, status=status)


def _person(request: HttpRequest) -> Person:
    access = access_of(request)
    assert access is not None  # noqa: S101 - the views are marked signed_in
    return access.person


@signed_in
@never_cache
@require_POST
def new_passkey(request: HttpRequest) -> HttpResponse:
    """Begin to make a passkey: JSON for the browser."""
    if not settings.MES_PASSKEYS:
        return JsonResponse({}, status=404)
    return JsonResponse(new_passkey_options(_person(request)))


@signed_in
@never_cache
@require_POST
def new_generator(request: HttpRequest) -> HttpResponse:
    """Begin with a generator of codes: the page that shows its secret once."""
    if not settings.MES_CODES:
        return answers.refused(request, NotOffered())
    request.session[SECRET_KEPT] = new_secret()
    return _show_generator(request, refused=None)


def _show_generator(request: HttpRequest, *, refused: Refusal | None) -> HttpResponse:
    secret = request.session.get(SECRET_KEPT)
    if secret is None:
        return _show_own(request, refused=refused)
    issuer = request.get_host().partition(":")[0]
    query = urlencode({"secret": secret, "issuer": issuer})
    address = f"otpauth://totp/{issuer}:{_person(request).username}?{query}"
    picture = draw(qr_code(address), label=_("The secret as a picture, to be read by your phone"))
    blocks = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {
        "secret": blocks,
        "picture": picture,
        "name": request.POST.get("name", "")[:60],
        "refused": refused,
    }
    status = refused.status if refused else 200
    return render(request, "accounts/new_generator.html", context, status=status)


def _show_paper(request: HttpRequest) -> HttpResponse:
    context = {"codes": paper_of(_person(request).id)}
    return render(request, "accounts/paper_codes.html", context)


def _change(request: HttpRequest, person: Person) -> bool:
    """Do what the pressed button names; say whether codes on paper are to be shown."""
    action = request.POST.get("action")
    if action == "remove":
        remove_posted(request, person.id)
        return False
    typed = request.POST.get("password", "")
    prove_by_password(username=person.username, password=typed, actor=actor_of(request))
    if action == "passkey" and settings.MES_PASSKEYS:
        return _add_passkey(request, person)
    if action == "codes" and settings.MES_CODES:
        return _add_generator(request, person)
    if action == "paper" and settings.MES_CODES:
        command = command_from(request, "factor.renew", {"person": str(person.id)})
        renew_paper(command=command, person=person.id)
        return True
    raise NotFound()


def _add_passkey(request: HttpRequest, person: Person) -> bool:
    name = request.POST.get("name", "").strip()[:60]
    command = command_from(request, "factor.add", {"person": str(person.id), "name": name})
    answer = request.POST.get("answer", "")
    add_passkey(command=command, person=person.id, name=name, answer=answer)
    return False


def _add_generator(request: HttpRequest, person: Person) -> bool:
    secret: Any = request.session.get(SECRET_KEPT)
    if secret is None:
        raise NotFound()
    name, code = request.POST.get("name", "").strip()[:60], request.POST.get("code", "")
    command = command_from(request, "factor.add", {"person": str(person.id), "name": name})
    add_generator(command=command, person=person.id, name=name, secret=secret, code=code)
    del request.session[SECRET_KEPT]
    return True


def remove_posted(request: HttpRequest, person: UUID) -> None:
    """Remove the factor that a form names."""
    reason = request.POST.get("reason", "")[:200]
    try:
        factor = UUID(request.POST.get("factor", ""))
    except ValueError as error:
        raise NotFound() from error
    payload = {"factor": str(factor), "reason": reason}
    command = command_from(request, "factor.remove", payload)
    remove_factor(command=command, person=person, factor=factor, reason=reason)
