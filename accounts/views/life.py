"""Joined, moved, left: what a person was given and lost at this site, and who approved it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import selectors, trails
from accounts.permissions import Permission, role_title
from mes.lib.access import requires
from mes.lib.refusals import NotFound
from records.presenters import sentence
from records.reading import reading
from records.web import actor_of


@requires(Permission.ACCOUNTS_READ)
@require_safe
def life(request: HttpRequest, person: UUID) -> HttpResponse:
    """Show a person's trail at this site, the newest first (EU GMP Annex 11, 12.3)."""
    actor = actor_of(request)
    with reading(site=actor.site, person=actor.person):
        subject = selectors.person_of(person)
        entries = trails.trail_of(person, actor.site)
        if not entries:
            raise NotFound()
        context = {
            "subject": subject,
            "table": trail_table(entries, caption=_("What was granted, changed and taken")),
        }
        return render(request, "accounts/life.html", context)


def trail_table(entries: list[dict[str, Any]], *, caption: str) -> dict[str, Any]:
    """Return entries as a table: when, what, by whom."""
    return {
        "caption": caption,
        "columns": [{"label": _("When")}, {"label": _("What")}, {"label": _("By whom")}],
        "rows": [{"cells": _cells(envelope)} for envelope in entries],
        "empty": "",
    }


def _cells(envelope: dict[str, Any]) -> list[dict[str, Any]]:
    actor = envelope["actor"]
    who = {"who": actor["name"], "role": role_title(envelope["role"])}
    return [
        {"at": datetime.fromisoformat(envelope["at"])},
        {"text": sentence(envelope)},
        {"text": _("%(who)s, %(role)s") % who if actor["id"] else actor["name"]},
    ]
