"""Entering an order, announcing a collection, opening the register."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import centres
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from orders import rules, selectors, services
from orders.exceptions import CentreNeeded
from orders.forms import Announce, EnterOrder, OpenRegister
from orders.models import Order
from orders.views.common import answer, page_reading
from records.web import actor_of, command_from


@requires("orders.write")
@sensitive_post_parameters(*EnterOrder.sealed)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter an order; its chain of identity is issued with it."""
    if request.method != "POST":
        context = {"form": _form(request), **_for_whom(request)}
        return render(request, "orders/new.html", context)
    with page_reading(request):
        form, refused = _form(request), None
    if form.is_valid():
        try:
            reply = services.enter_order(
                command=command_from(request, "order.enter", form.payload()),
                wanted=form.wanted(zone=actor_of(request).zone),
            )
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("orders:order", order=reply["order"])
    with page_reading(request):
        context = {"form": form, **_for_whom(request)}
        return answer(request, "orders/new.html", context, form=form, refused=refused)


def _form(request: HttpRequest) -> EnterOrder:
    """Return the form, of somebody from outside without a choice of the centre."""
    inside = rules.outside(actor_of(request)) is None
    return EnterOrder(request.POST or None, centres=centres.open_centres() if inside else None)


def _for_whom(request: HttpRequest) -> Mapping[str, Any]:
    """Return what earlier orders named; to somebody from outside the name of their centre only."""
    theirs = rules.outside(actor_of(request))
    if theirs is None:
        return selectors.suggestions()
    if theirs.centre is None:
        return {"unplaced": CentreNeeded()}
    return {"centre": centres.centre(theirs.centre)}


@requires("orders.write")
@require_http_methods(["GET", "HEAD", "POST"])
def announce(request: HttpRequest, order: UUID) -> HttpResponse:
    """Keep what the centre says it sends."""
    if request.method != "POST":
        context = {"form": Announce(), "order": _order(request, order)}
        return render(request, "orders/announce.html", context)
    form, refused = Announce(request.POST), None
    if form.is_valid():
        said = {name: str(value) for name, value in form.cleaned_data.items()}
        try:
            services.announce_collection(
                command=command_from(request, "collection.announce", {"order": str(order), **said}),
                order=order,
                announced=form.announcement(),
            )
        except NotFound:
            raise
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("orders:order", order=order)
    with page_reading(request):
        context = {"form": form, "order": _order(request, order)}
        return answer(request, "orders/announce.html", context, form=form, refused=refused)


def _order(request: HttpRequest, order: UUID) -> Order:
    found = selectors.order_of(order)
    rules.check_may_see(actor_of(request), found)
    return found


@requires("accounts.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Open the site's register of identity."""
    if request.method != "POST":
        context = {"form": OpenRegister(), "register": selectors.register_or_none()}
        return render(request, "orders/register.html", context)
    form, refused = OpenRegister(request.POST), None
    if form.is_valid():
        values = form.cleaned_data
        try:
            services.open_register(
                command=command_from(request, "coi-register.open", values),
                facility=values["facility"],
                unwanted=values["unwanted"].split(),
            )
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("orders:register")
    with page_reading(request):
        context = {"form": form, "register": selectors.register_or_none()}
        return answer(request, "orders/register.html", context, form=form, refused=refused)
