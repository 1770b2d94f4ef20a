"""Everything that is signed: what is signed on the left, who signs on the right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.services.ceremony import Proof
from batches.models import Batch
from mes.lib.refusals import Refusal
from quality.views.common import (
    page_reading,
    proof_from,
    refusal_of,
    status_of,
)
from records.web import actor_of

Fields = forms.Form | None
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One signing: title, meaning, what is covered, its hash, and where one comes back to.

    ``content`` is empty where what is signed is written on the sheet itself.
    """

    title: str
    meaning: str
    action: str
    content: str
    back: str
    batch: Batch
    rows: Sequence[Row] = ()
    form: Fields = None
    note: str = ""
    blocked: str = ""
    plain: bool = False
    extra: dict[str, Any] = field(default_factory=dict)


def shown(request: HttpRequest, sheet: Sheet, refused: Refusal | None = None) -> HttpResponse:
    """Show a sheet, with a refusal beside its button. Call it in a reading."""
    batch = sheet.batch
    context = {
        "sheet": sheet,
        "batch": batch,
        "refused": refused,
        "by_badge": request.GET.get("by") == "badge" or bool(request.POST.get("badge")),
        "proof": {"autofocus": True, "badge": request.POST.get("badge", "")},
        "strip": {
            "mark": batch.mark,
            "coi": batch.coi,
            "sub": f"{batch.number} · {batch.recipe} {batch.recipe_label}",
        },
        **sheet.extra,
    }  # fmt: skip
    return render(request, "quality/sign.html", context, status=status_of(sheet.form, refused))


def run(
    request: HttpRequest, make: Callable[[], Sheet], sign: Callable[[Proof], object], form: Fields
) -> HttpResponse:
    """Show a sheet, or prove the person and sign; the proof is given in no act."""
    if request.method != "POST":
        return shown(request, make())
    refused = None
    with page_reading(request):
        sheet = make()
    if form is None or form.is_valid():
        refused = refusal_of(lambda: sign(proof_from(request, actor_of(request))))
        if refused is None:
            return redirect(sheet.back)
    with page_reading(request):
        return shown(request, make(), refused)


def page_of(batch: UUID) -> str:
    """Return the address of a batch's review page."""
    return reverse("quality:batch", kwargs={"batch": batch})


def posted_hash(request: HttpRequest) -> str:
    """Return the hash of what the form said was shown."""
    return request.POST.get("content_hash", "")
