"""A rehearsal of a version: asked for, watched while it runs, and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from mes.lib.access import requires
from mes.lib.refusals import NotFound, Refusal
from mes.ui.text import duration_text, number_text
from recipes import selectors, words
from recipes.document import Recipe
from recipes.forms import AskRehearsal
from recipes.models import RecipeRehearsal
from recipes.places import CALLED
from recipes.services import rehearsals
from recipes.views.drafts import draft_response
from recipes.views.versions import version_response
from records.commands import Reply
from records.models import Stream
from records.reading import reading
from records.web import actor_of, command_from

PLOT_WIDTH, PLOT_HEIGHT = 640, 160
# In days.
SHORT = 2
# What a simulated patient meets, without the values that only a batch has.
MET = {
    "outside.alert": gettext_lazy("outside the alert limits"),
    "outside.action": gettext_lazy("outside the action limits"),
    "choose.flagged": gettext_lazy("an answer that is an exception"),
    "timer.late": gettext_lazy("later than is allowed"),
    "within.missed": gettext_lazy("later than is allowed"),
    "gate.result_flagged": gettext_lazy("a result out of its limits"),
    "result.outside": gettext_lazy("a result out of its limits"),
    "add.outside_tolerance": gettext_lazy("another quantity than is asked for"),
    "loop.unfinished": gettext_lazy("repeated as often as is allowed, and not met"),
    "contingency.called": gettext_lazy("called"),
    "connect.failed": gettext_lazy("the connection failed"),
    "label.copies": gettext_lazy("another number of labels than is asked for"),
    "label.not_reconciled": gettext_lazy("labels that are not accounted for"),
    "run.read_back": gettext_lazy("another setting than was sent"),
    "run.stopped": gettext_lazy("the programme stopped early"),
    "run.alarms": gettext_lazy("the unit raised alarms"),
    "run.wrong_programme": gettext_lazy("another programme ran"),
    "timer.too_early": gettext_lazy("earlier than is allowed"),
    "gate.closed": gettext_lazy("the gate stayed closed"),
    "value.implausible": gettext_lazy("outside what is plausible"),
    "value.not_understood": gettext_lazy("a value that the step does not take"),
    "formula.value_missing": gettext_lazy("worked out from a value that is missing"),
}


@requires(Permission.RECIPES_WRITE)
@require_POST
def rehearse(request: HttpRequest, version: UUID) -> HttpResponse:
    """Ask for a rehearsal and show how it comes along; a refusal stands on the version's page."""
    try:
        return _asked(request, rehearsals.request_rehearsal, version=version)
    except NotFound:
        raise
    except Refusal as refusal:
        actor = actor_of(request)
        with reading(site=actor.site, person=actor.person):
            return version_response(request, version, refused=refusal, act="rehearse")


@requires(Permission.RECIPES_WRITE)
@require_POST
def rehearse_draft(request: HttpRequest, draft: UUID) -> HttpResponse:
    """Ask for a rehearsal of a draft as it stands; a refusal stands on the editor's page."""
    try:
        return _asked(request, rehearsals.rehearse_draft, draft=draft)
    except NotFound:
        raise
    except Refusal as refusal:
        return draft_response(request, draft, refused=refusal)


def _asked(request: HttpRequest, ask: Callable[..., Reply], **of: UUID) -> HttpResponse:
    form = AskRehearsal(request.POST)
    given = form.cleaned_data if form.is_valid() else {"patients": 0, "seed": 0}
    said = {name: str(one) for name, one in of.items()} | given
    command = command_from(request, "recipe-rehearsal.request", said)
    reply = ask(command=command, **of, **given)
    return redirect("recipes:rehearsal", rehearsal=reply["rehearsal"])


@requires(Permission.RECIPES_READ)
@require_safe
def rehearsal(request: HttpRequest, rehearsal: UUID) -> HttpResponse:
    """Show a rehearsal: its progress, or what came of the patients."""
    row = selectors.rehearsal_of(rehearsal)
    draft = selectors.draft_rehearsed(row)
    version = None if draft else selectors.version_of(row.of)
    of = _("%(code)s, draft") % {"code": draft.code} if draft else str(version)
    recipe = selectors.document(row.content_hash)
    page: dict[str, Any] = {
        "row": row,
        "version": version,
        "draft": draft,
        "of": of,
        "strip": _strip(row, of),
        "share": round(100 * row.done / row.patients),
        "etag": _etag(row.id),
    }
    if row.result is not None:
        page |= shown(recipe, row.result)
    return render(request, "recipes/rehearsal.html", page)


@requires(Permission.RECIPES_READ)
@require_safe
def rehearsal_live(request: HttpRequest, rehearsal: UUID) -> HttpResponse:
    """Answer the poll of a running rehearsal: 304, or look at the page again."""
    etag = _etag(rehearsal)
    if request.headers.get("If-None-Match", "") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(status=204, headers={"ETag": etag, "HX-Refresh": "true"})


def _etag(rehearsal: UUID) -> str:
    seq = Stream.objects.filter(id=rehearsal).values_list("seq", flat=True).first()
    if seq is None:
        raise NotFound()
    return f'"{rehearsal.hex}-{seq}"'


def _strip(row: RecipeRehearsal, version: str) -> dict[str, Any]:
    return {
        "title": _("Rehearsal of %(version)s") % {"version": version},
        "sub": _("Simulated: no patient, no material, nobody's time was used."),
        "facts": [
            {"label": _("Patients"), "value": row.patients},
            {"label": _("Seed"), "value": row.seed},
            {"label": _("Asked for by"), "value": row.requested_by_name},
            {"label": _("Asked for"), "at": row.requested_at},
        ],
    }


def shown(recipe: Recipe, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables and plot of a result."""
    return {
        "spreads": [
            (pgettext("a batch", "Made"), _times(result["made"])),
            (_("Results for release"), _times(result["released"])),
        ],
        "plot": plot(result["histogram"]),
        "shares": [
            (_("Without any exception"), _share(result["without_exception"])),
            (_("In specification"), _share(result["in_specification"])),
        ],
        "exceptions": [_met(recipe, *row) for row in result["exceptions"][:25]],
        "criteria": [
            (words.say(item.title), _share(result["specification"][item.key]))
            for item in recipe.specification
            if item.key in result["specification"]
        ],
        "longest": [
            {
                "title": _named(recipe, path),
                "place": _place(recipe, path),
                "time": hours_text(hours),
            }
            for path, hours in result["longest_steps"]
        ],
        "person_hours": hours_text(result["person_hours"]),
        "rooms": [
            (name, hours_text(hours)) for name, hours in sorted(result["room_hours"].items())
        ],
    }


def _times(given: Mapping[str, str]) -> dict[str, str]:
    """Return times as people read them, in days and hours; what is kept is more exact."""
    return {name: duration_text(timedelta(hours=float(hours))) for name, hours in given.items()}


def hours_text(hours: str) -> str:
    """Return hours of work as people read them, never in days: ``33 h 10 min``, ``24 min``."""
    minutes = round(60 * float(hours))
    if minutes < 60:
        return _("%(min)s min") % {"min": minutes}
    whole = {"h": number_text(minutes // 60), "min": minutes % 60}
    return _("%(h)s h %(min)s min") % whole


def _share(text: str) -> str:
    return number_text(f"{100 * float(text):.1f}")


def _met(recipe: Recipe, path: str, code: str, share: str) -> dict[str, str]:
    return {
        **_where(recipe, path),
        "said": str(MET.get(code, code)),
        "share": _share(share),
    }


def _where(recipe: Recipe, path: str) -> dict[str, str]:
    return {"title": _named(recipe, path), "place": _place(recipe, path)}


def _place(recipe: Recipe, path: str) -> str:
    """Return the stage and the operation of a step: two steps may say the same."""
    placed = recipe.placed(path)
    if placed is None:
        return ""
    parts = (placed.operation,) if path.startswith(CALLED) else (placed.stage, placed.operation)
    return " › ".join(words.say(part.title) for part in parts)


def _named(recipe: Recipe, path: str) -> str:
    """Return the words of a step, of a stage, of a test, or of a contingency."""
    placed = recipe.placed(path)
    if placed is not None:
        return words.say(placed.step.text)
    titles = {one.key: one.title for one in recipe.contingencies}
    titles |= {one.key: one.title for one in recipe.tests}
    titles |= {one.key: one.title for one in recipe.stages}
    return words.say(titles[path]) if path in titles else path


def plot(histogram: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bars of a histogram of days, laid out for a drawing of PLOT_WIDTH by _HEIGHT.

    What is over within two days is said in hours.
    """
    low, width = float(histogram["low"]), float(histogram["width"])
    counts: list[int] = histogram["counts"]
    hours = low + width * len(counts) < SHORT
    if hours:
        low, width = 24 * low, 24 * width
    most, step = max(counts), PLOT_WIDTH / len(counts)
    bars = [
        {
            "x": f"{number * step + 1:.1f}",
            "y": f"{PLOT_HEIGHT * (1 - count / most):.1f}",
            "width": f"{step - 2:.1f}",
            "height": f"{PLOT_HEIGHT * count / most:.1f}",
            "from": number_text(f"{low + number * width:.1f}"),
            "to": number_text(f"{low + (number + 1) * width:.1f}"),
            "count": count,
        }
        for number, count in enumerate(counts)
    ]
    ends = (0, len(counts) // 2, len(counts))
    marks = [
        {"x": f"{number * step:.1f}", "text": number_text(f"{low + number * width:.1f}"),
         "anchor": anchor}
        for number, anchor in zip(ends, ("start", "middle", "end"), strict=True)
    ]  # fmt: skip
    return {
        "bars": bars,
        "marks": marks,
        "width": PLOT_WIDTH,
        "height": PLOT_HEIGHT,
        "hours": hours,
        "most": most,
        "middle": PLOT_WIDTH // 2,
    }
