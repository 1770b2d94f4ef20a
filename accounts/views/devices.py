"""Tablets: enrolled by an administrator at a desk, then linked by opening an address."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import answers, selectors, sessions
from accounts.device_exceptions import DeviceUnknown, EnrolmentUsed
from accounts.forms import Enrol, SetIdleTime
from accounts.models import Device
from accounts.permissions import Permission
from accounts.services.devices import (
    PlaceRef,
    enrol_device,
    link_device,
    place_device,
    retire_device,
    set_idle_time,
)
from accounts.services.periods import tablet_actor
from mes.lib.access import public, requires
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from records.commands import Command
from records.exceptions import KeyReused
from records.reading import reading
from records.web import actor_of, command_from, key_of


@requires(Permission.ACCOUNTS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: HttpRequest) -> HttpResponse:
    """List the tablets with the address that links each; enrol one, retire one."""
    form, refused = Enrol(request.POST if "code" in request.POST else None), None
    idle = SetIdleTime(request.POST if "room_class" in request.POST else None)
    bound = [one for one in (form, idle) if one.is_bound]
    if request.method == "POST" and all(one.is_valid() for one in bound):
        try:
            _change(request, form, idle)
        except Refusal as refusal:
            refused = refusal
        else:
            return redirect("accounts:devices")
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        known, times = selectors.devices(), selectors.idle_times()
    rows = [{"device": row, "url": _address(request, row)} for row in known]
    classes = {row.room_class for row in known} | {time.room_class for time in times}
    context = {
        "rows": rows, "times": times, "form": form, "idle_form": idle, "refused": refused,
        "room_classes": sorted(one for one in classes if one),
    }  # fmt: skip
    status = refused.status if refused else 200
    return render(request, "accounts/devices.html", context, status=status)


def _address(request: HttpRequest, device: Device) -> str:
    assert device.site is not None  # noqa: S101 - a tablet belongs to a site
    token = sessions.enrolment_token(device=device.id, site=device.site)
    return request.build_absolute_uri(reverse("accounts:enrol", kwargs={"token": token}))


def _change(request: HttpRequest, form: Enrol, idle: SetIdleTime) -> None:
    if form.is_bound:
        place = _place(request)
        said = {**form.cleaned_data, "place": str(place.id) if place else None}
        command = command_from(request, "device.enrol", said)
        enrol_device(command=command, device=uuid7(), place=place, **form.cleaned_data)
    elif idle.is_bound:
        values = {**idle.cleaned_data}
        values["reason"] = values.pop("idle_reason")
        set_idle_time(command=command_from(request, "idle_time.set", values), **values)
    else:
        _change_one(request)


def _place(request: HttpRequest) -> PlaceRef | None:
    """Return the place that the fragment of ``equipment`` offered: kind, id, class, label."""
    text = request.POST.get("place", "")
    if not text:
        return None
    try:
        kind, key, room_class, label = text.split("|", 3)
        return PlaceRef(kind[:40], UUID(key), label[:120], room_class[:60])
    except ValueError as error:
        raise NotFound() from error


def _change_one(request: HttpRequest) -> None:
    reason, place = request.POST.get("reason", ""), _place(request)
    try:
        device = UUID(request.POST.get("device", ""))
    except ValueError as error:
        raise NotFound() from error
    if place is not None:
        moved = {"device": str(device), "place": str(place.id)}
        command = command_from(request, "device.place", moved)
        place_device(command=command, device=device, place=place)
        return
    command = command_from(request, "device.retire", {"device": str(device), "reason": reason})
    retire_device(command=command, device=device, reason=reason)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest, token: str) -> HttpResponse:
    """Make this browser the tablet that an administrator enrolled."""
    found = _enrolled(token)
    if found is None:
        return answers.refused(request, DeviceUnknown())
    device, zone, enrolment = found
    if request.method != "POST":
        foot = {"primary": {"label": _("Enrol this tablet")}}
        context = {"tablet": device, "foot": foot, "idle_seconds": None}
        return render(request, "accounts/enrol.html", context)
    _link(request, device, zone=zone, enrolment=enrolment)
    response = HttpResponseRedirect(reverse("accounts:tablet_sign_in"))
    site: Any = device.site
    sessions.end(request.session)
    tablet = sessions.Tablet(device.id, site, enrolment)
    sessions.remember_device(response, tablet, secure=request.is_secure())
    return response


def _enrolled(token: str) -> tuple[Device, str, UUID] | None:
    known = sessions.enrolment_of(token)
    if known is None:
        return None
    device, site, enrolment = known
    with reading(site=site):
        found = selectors.active_device(device)
        return (found, selectors.site_of(site).zone, enrolment) if found else None


def _link(request: HttpRequest, device: Device, *, zone: str, enrolment: UUID) -> None:
    """Note the browser. The enrolment is the command's key: a second browser finds it used."""
    browser = request.headers.get("User-Agent", "")
    command = Command(
        key=enrolment,
        name="device.link",
        actor=tablet_actor(device, zone=zone),
        payload={"device": str(device.id), "form": str(key_of(request.POST.get("key")))},
    )
    try:
        link_device(command=command, device=device.id, browser=browser, link=enrolment)
    except KeyReused as error:
        raise EnrolmentUsed() from error
