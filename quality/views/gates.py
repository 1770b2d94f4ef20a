"""A gate that asks for QA's word: shown with what is known, and approved with a signature."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from accounts.services.ceremony import Proof
from batches.models import Batch, Step
from batches.selectors import batch_of, recipe_of
from mes.lib.access import requires
from mes.lib.evidence import content_hash
from quality import services
from quality.forms import Reason
from quality.services import gates
from quality.views.common import BOTH, language
from quality.views.signing import Row, Sheet, page_of, posted_hash, run
from recipes.document import Placed
from records.web import command_from


@requires(Permission.QUALITY_CONCEDE)
@sensitive_post_parameters("password", "pin")
@require_http_methods(BOTH)
def approve_gate(request: HttpRequest, batch: UUID, gate: UUID) -> HttpResponse:
    """Show a gate and the results that it waits for; approve it with both components."""
    form = Reason(request.POST or None)

    def make() -> Sheet:
        seen, row = batch_of(batch), gates.gate_of(batch, gate)
        answered = _("Approved by %(name)s") % {"name": row.approver_name}
        return Sheet(
            title=_("Approval at a gate"), meaning=gates.APPROVED, action=_("Approve the gate"),
            back=page_of(batch), form=form, batch=seen, rows=_rows(seen, row),
            content=content_hash(gates.gate_content(seen, row)),
            note=_("The step stays refused; the operator waits."),
            blocked=answered if row.approved_at else "",
        )  # fmt: skip

    def sign(proof: Proof) -> object:
        reason, read = form.cleaned_data["reason"], posted_hash(request)
        payload = {"gate": str(gate), "reason": reason, "content": read}
        return services.approve_gate(
            command=command_from(request, "gate.approve", payload), batch=batch, gate=gate,
            reason=reason, proof=proof, shown=read,
        )  # fmt: skip

    return run(request, make, sign, form)


def _place(placed: Placed | None, ref: str) -> str:
    """Return stage and operation of a step as people call them; its path when it is gone."""
    titles = (placed.stage.title, placed.operation.title) if placed else ()
    return " › ".join(title.say(language()) for title in titles) or ref


def _rows(batch: Batch, row: Step) -> list[Row]:
    recipe = recipe_of(batch)
    placed = recipe.placed(row.ref)
    text = placed.step.text.say(language()) if placed else _("Step")
    rows: list[Row] = [{"icon": "next", "strong": text, "text": _place(placed, row.ref)}]
    for test, found in gates.awaited(batch, row).items():
        title = recipe.test_by_key[test].title.say(language())
        unit = recipe.test_by_key[test].unit or ""
        value = f"{found.value} {unit}".strip() if found else _("not there yet")
        rows.append({"icon": "document" if found else "warning", "strong": title, "text": value})
    return rows
