"""Questions about exceptions: asked on the review page, answered on a page of their own."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from batches.findings import sentence
from batches.models import AskedComment, Step
from batches.selectors import batch_of, recipe_of
from mes.lib.access import requires, signed_in
from quality import services
from quality.dossier.words import values_text
from quality.forms import Ask, Comment, Reason
from quality.services.comments import askable_of, check_theirs, comment_of
from quality.services.exceptions import exception_of
from quality.views.batch import shown_again
from quality.views.common import BOTH, language, page_reading, refusal_of, status_of
from quality.views.signing import page_of
from recipes import paths
from records.web import actor_of, command_from


@requires(Permission.QUALITY_JUDGE)
@require_http_methods(["POST"])
def ask(request: HttpRequest, batch: UUID, exception: UUID) -> HttpResponse:
    """Ask somebody who was there about an exception; a refusal stands beside the button."""
    with page_reading(request):
        row = exception_of(batch, exception)
        form = Ask(request.POST, people=askable_of(row, asker=actor_of(request).person))
    valid = form.is_valid()
    refused = refusal_of(lambda: _ask(request, batch, exception, form)) if valid else None
    if valid and refused is None:
        return redirect(f"{page_of(batch)}?open={exception}#exception-{exception}")
    return shown_again(
        request, batch, refused, form, opened=str(exception), ask_form=form, ask_refused=refused
    )


def _ask(request: HttpRequest, batch: UUID, exception: UUID, form: Ask) -> None:
    values = form.cleaned_data
    payload = {"exception": str(exception), **values}
    services.ask_comment(
        command=command_from(request, "comment.ask", payload), batch=batch, exception=exception,
        question=values["question"], person=UUID(values["person"]),
    )  # fmt: skip


@requires(Permission.QUALITY_JUDGE)
@require_http_methods(["POST"])
def withdraw(request: HttpRequest, batch: UUID, question: UUID) -> HttpResponse:
    """Do without an answer, with a reason."""
    form = Reason(request.POST, auto_id=f"id_%s_{question.hex}")
    with page_reading(request):
        opened = comment_of(batch, question).exception
    valid = form.is_valid()
    refused = refusal_of(lambda: _withdraw(request, batch, question, form)) if valid else None
    if valid and refused is None:
        return redirect(f"{page_of(batch)}?open={opened}#exception-{opened}")
    return shown_again(
        request, batch, refused, form, opened=str(opened), withdraw_of=question,
        withdraw_form=form, withdraw_refused=refused,
    )  # fmt: skip


def _withdraw(request: HttpRequest, batch: UUID, question: UUID, form: Reason) -> None:
    reason = form.cleaned_data["reason"]
    payload = {"comment": str(question), "reason": reason}
    services.withdraw_question(
        command=command_from(request, "comment.withdraw", payload), batch=batch, comment=question,
        reason=reason,
    )  # fmt: skip


@signed_in
@require_http_methods(BOTH)
def give(request: HttpRequest, batch: UUID, question: UUID) -> HttpResponse:
    """Answer what one was asked. Everybody may open what they owe, and nobody else's."""
    with page_reading(request):
        check_theirs(comment_of(batch, question), actor_of(request).person)
    form = Comment(request.POST if request.method == "POST" else None)
    refused = None
    if form.is_valid():
        refused = refusal_of(lambda: _give(request, batch, question, form.cleaned_data["text"]))
        if refused is None:
            return redirect("accounts:owed")
    with page_reading(request):
        context = {**_seen(comment_of(batch, question)), "form": form, "refused": refused}
        return render(request, "quality/comment.html", context, status=status_of(form, refused))


def _give(request: HttpRequest, batch: UUID, question: UUID, text: str) -> None:
    payload = {"comment": str(question), "text": text}
    services.give_comment(
        command=command_from(request, "comment.give", payload), batch=batch, comment=question,
        text=text,
    )  # fmt: skip


def _seen(asked: AskedComment) -> dict[str, Any]:
    """Return what the person is reminded of: the exception, the step, and what was recorded."""
    batch, row = batch_of(asked.stream), exception_of(asked.stream, asked.exception)
    path, iteration = paths.split(row.step)
    placed = recipe_of(batch).placed(path)
    step = Step.objects.filter(stream=batch.id, path=path, iteration=iteration).first()
    unit = placed.step.unit_of_value() if placed else None
    return {
        "title": _("Comment on an exception in %(batch)s") % {"batch": batch.number},
        "asked": asked,
        "exception": row,
        "what": sentence(row.code, row.params),
        "text": placed.step.text.say(language()) if placed else "",
        "values": values_text(step.values, unit) if step and step.performed_at else "",
        "strip": {
            "mark": batch.mark,
            "coi": batch.coi,
            "sub": f"{batch.number} · {batch.recipe} {batch.recipe_label}",
        },
    }
