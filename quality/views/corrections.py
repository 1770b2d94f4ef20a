"""Corrections of recorded values, and the signatures that they ask for again."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from accounts.services.ceremony import Proof
from batches import services as acts
from batches.entries import BatchReviewed
from batches.enums import CORRECTABLE
from batches.models import Batch, Step
from batches.selectors import batch_of, placed_of, step_of
from batches.services import corrections
from batches.services.steps import step_content
from mes.lib.access import requires, signed_in
from mes.lib.evidence import JSON, content_hash
from quality.forms import Correction, Options
from quality.views.common import BOTH, page_reading
from quality.views.signing import Row, Sheet, posted_hash, run
from recipes.kinds import choose
from records.web import command_from


def _record_url(batch: UUID) -> str:
    return f"{reverse('batches:record', args=[batch])}#signatures"


@requires(Permission.BATCHES_CORRECT)
@sensitive_post_parameters("password", "pin")
@require_http_methods(BOTH)
def correct_step(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Correct the values of one closed step: old and new, reason, and who will be asked again."""
    path = request.GET.get("step", "")
    with page_reading(request):
        found, row = batch_of(batch), step_of(batch, path)
        given = request.POST if request.method == "POST" else None
        form = Correction(given, asked=_asked(found, row), initial=_initial(row))

    def make() -> Sheet:
        return Sheet(
            title=_("Correct step %(n)s of %(batch)s") % {"n": row.position, "batch": found.number},
            meaning=corrections.CORRECTED, action=_("Correct and sign"),
            content=content_hash(step_content(step_of(batch, path))),
            back=_record_url(batch), batch=found, form=form, rows=_rows(found, row),
            note=_("The old value stays readable. QA judges the correction."),
        )  # fmt: skip

    def sign(proof: Proof) -> object:
        values, reason = form.values(), form.cleaned_data["reason"]
        said: dict[str, JSON] = dict(values)
        payload = {"batch": str(batch), "step": path, "values": said, "reason": reason,
                   "content": posted_hash(request)}  # fmt: skip
        return acts.correct_step(
            command=command_from(request, "step.correct", payload), batch=batch, step=path,
            values=values, reason=reason, proof=proof, shown=posted_hash(request),
        )  # fmt: skip

    return run(request, make, sign, form)


def _asked(batch: Batch, row: Step) -> list[tuple[str, str, Options]]:
    """Return name, title and answers of what can be corrected; nothing for other kinds."""
    if row.kind not in CORRECTABLE:
        return []
    step = placed_of(batch, row.path).step
    language = get_language() or "en"
    if isinstance(step, choose.Step):
        options = [(one.key, one.text.say(language)) for one in step.options]
        return [("choice", step.text.say(language), options)]
    return [("value", step.text.say(language), ())]


def _initial(row: Step) -> dict[str, str]:
    return {f"v-{name}": value for name, value in row.values.items()}


def _rows(batch: Batch, row: Step) -> list[Row]:
    """Say what stands, which signatures a correction voids, and which steps used the value."""
    now = ", ".join(value for name, value in row.values.items() if name != "comment")
    rows: list[Row] = [{"icon": "pen", "strong": _("Recorded: %(value)s") % {"value": now},
             "text": _("by %(name)s") % {"name": row.performer_name}}]  # fmt: skip
    for one in corrections.touched_by(batch.id, row.ref):
        s = one.signature
        text = _("%(name)s is asked to sign again") % {"name": s.printed_name}
        rows.append({"icon": "warning", "strong": _(s.meaning), "text": text})
    for placed in corrections.later_users(batch, row.ref):
        said = placed.step.text.say(get_language() or "en")
        rows.append({"icon": "warning", "strong": said, "text": _("used this value")})
    return rows


@signed_in
@sensitive_post_parameters("password", "pin")
@require_http_methods(BOTH)
def sign_again(request: HttpRequest, batch: UUID, signed: int) -> HttpResponse:
    """Sign a part again whose signature a correction voided; a review on its own page.

    Everybody may open what they owe; the act asks for the permission of the signature.
    """
    with page_reading(request):
        row, found = corrections.voided_of(batch, signed), batch_of(batch)
    if row.about == BatchReviewed.kind:
        return redirect("quality:batch", batch=batch)

    def make() -> Sheet:
        content = content_hash(corrections.voided_content(corrections.voided_of(batch, signed)))
        now = corrections.voided_of(batch, signed)
        return Sheet(
            title=_("Sign again in %(batch)s") % {"batch": found.number}, meaning=row.meaning,
            action=_("Sign again"), content=content, back=reverse("accounts:owed"), batch=found,
            rows=_part_rows(found, row.part, row.changed),
            blocked=_("Signed again by %(name)s.") % {"name": now.renewed_by_name}
            if now.renewed_at else "",
        )  # fmt: skip

    def sign(proof: Proof) -> object:
        shown = posted_hash(request)
        payload: dict[str, JSON] = {"batch": str(batch), "signed": signed, "content": shown}
        return acts.sign_again(
            command=command_from(request, "signature.again", payload), batch=batch,
            signed=signed, proof=proof, shown=shown,
        )  # fmt: skip

    return run(request, make, sign, None)


def _part_rows(batch: Batch, part: str, changed: str) -> list[Row]:
    """Return the steps of the part with their values now; the corrected one stands out."""
    language = get_language() or "en"
    steps = Step.objects.filter(stream=batch.id)
    return [
        {
            "icon": "warning" if row.ref == changed else "tick",
            "strong": placed_of(batch, row.path).step.text.say(language),
            "text": ", ".join(row.values.values()) or _("done"),
        }
        for row in steps
        if part in {row.ref, row.operation}
    ]
