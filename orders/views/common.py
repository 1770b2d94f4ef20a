"""What the pages of orders do alike."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.centres import OUTSIDE
from accounts.permissions import ROLES
from mes.lib.refusals import Refusal
from records.commands import Actor
from records.presenters import sentence
from records.reading import reading
from records.web import actor_of


def page_reading(request: HttpRequest) -> AbstractContextManager[None]:
    """Open the reading in which a page is shown again after a refused POST."""
    actor = actor_of(request)
    return reading(site=actor.site, person=actor.person)


def answer(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    form: forms.Form,
    refused: Refusal | None,
) -> HttpResponse:
    """Show a page again after its form or its command was refused.

    A refusal that names a field stands beside it, any other one as a banner; an absolute one is
    always a banner. The status is the refusal's, or 400 for a form that cannot be read.
    """
    banner = refused
    if refused is not None and refused.field in form.fields and refused.interlock is None:
        form.add_error(refused.field, f"{refused} {refused.way_out_text}".strip())
        banner = None
    status = refused.status if refused is not None else 400
    return render(request, template, {**context, "refused": banner}, status=status)


def reader_of(actor: Actor) -> UUID | None:
    """Return who reads from outside, and None for whoever is of the plant."""
    return actor.person if actor.role == OUTSIDE else None


def events(
    envelopes: Sequence[dict[str, Any]], *, reader: UUID | None = None
) -> list[dict[str, Any]]:
    """Return entries as the timeline shows them: when, what, and who in which role.

    ``reader`` is somebody from outside: of others they read the role, not the name.
    """
    return [_event(envelope, reader) for envelope in envelopes]


def _event(envelope: dict[str, Any], reader: UUID | None) -> dict[str, Any]:
    key, actor = envelope["role"], envelope["actor"]
    role = str(ROLES[key].title) if key in ROLES else key
    named = reader is None or actor["id"] == str(reader)
    note = _("%(who)s, %(role)s") % {"who": actor["name"], "role": role} if named else role
    refused = envelope["kind"] == "attempt.refused"
    event = {
        "at": datetime.fromisoformat(envelope["at"]),
        "text": sentence(envelope),
        "note": note,
    }
    return {**event, "sign": "warning", "sign_word": _("refused")} if refused else event
