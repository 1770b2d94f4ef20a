"""How a request that may not go on is answered: a calm page, a redirect, or the API's shape."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers

from accounts import sessions
from accounts.exceptions import NotSignedIn
from accounts.permissions import DESCRIPTIONS, Permission
from mes.lib.api.errors import refusal_body
from mes.lib.refusals import Forbidden, Refusal

API = "/api/"


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal: JSON to the API, sign-in to nobody, else a page with its sentence."""
    if request.path.startswith(API):
        status = 401 if isinstance(refusal, NotSignedIn) else refusal.status
        return JsonResponse(refusal_body(refusal), status=status)
    if isinstance(refusal, NotSignedIn):
        return _to_sign_in(request)
    context = {"refused": _said(refusal), "refusal": refusal, "refusal_code": refusal.code}
    on_tablet = sessions.device_of(request) is not None
    page = "accounts/refused_tablet.html" if on_tablet else "accounts/refused.html"
    return render(request, page, context, status=refusal.status)


def _said(refusal: Refusal) -> str:
    """Return the sentence; what a role does not allow is named in words, not by its key."""
    key = str(refusal.params.get("permission", ""))
    if isinstance(refusal, Forbidden) and key in DESCRIPTIONS:
        return str(Forbidden(permission=Permission(key).description))
    return str(refusal)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    fragment = "HX-Request" in request.headers
    wanted = request.path if fragment or request.method != "GET" else request.get_full_path()
    address = f"{sign_in_url(request)}?{urlencode({'next': '/' if fragment else wanted})}"
    if fragment:
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def sign_in_url(request: HttpRequest) -> str:
    """Return where one signs in on this browser: by badge on a tablet, by name at a desk."""
    on_tablet = sessions.device_of(request) is not None
    return reverse("accounts:tablet_sign_in" if on_tablet else "accounts:sign_in")


def private(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Keep a page of a signed-in person out of shared memory; a poll may ask with its ETag."""
    patch_vary_headers(response, ["Cookie", "HX-Request"])
    if not response.has_header("Cache-Control"):
        if "HX-Request" in request.headers:
            patch_cache_control(response, private=True, no_cache=True)
        else:
            patch_cache_control(response, private=True, no_store=True)
    return response
