"""The sheets on which somebody proves who they are: sign-on, verification, attestation."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import ROLES, Permission, role_for
from accounts.selectors import roles_of
from accounts.signing_exceptions import PolicyNotAcknowledged
from batches.findings import sentence
from batches.models import BatchException, Operation, Step
from batches.pages.seen import Seen, short
from batches.pages.values import Recorded, recorded
from batches.pages.work import frame
from batches.services.operations import operation_content
from batches.services.steps import step_content
from mes.lib.evidence import content_hash
from mes.lib.refusals import Interlock, Refusal

Row = dict[str, Any]
# Sentences of exceptions on the sheet; all of them are a touch away.
MOST_SAID = 2


def _said(refusal: Refusal | None) -> str:
    return f"{refusal} {refusal.way_out_text}".strip() if refusal else ""


def _policy_asked(refusal: Refusal | None) -> bool:
    return isinstance(refusal, PolicyNotAcknowledged)


def proof_of(
    *, name: str = "", badge: str = "", error: str = "", policy: bool = False
) -> dict[str, Any]:
    """Return the context of badge and PIN: with ``name`` the badge was read before.

    ``policy``: the signer still has to acknowledge the policy of electronic signatures.
    """
    return {"badge_read": bool(name), "badge": badge, "person": short(name) if name else "",
            "error": error, "policy": policy}  # fmt: skip


def sign_on_page(
    seen: Seen, *, own: bool, badge: str = "", refusal: Refusal | None = None
) -> dict[str, Any]:
    """Return the sheet "Who performs?" of the due operation."""
    operation = seen.operation
    if operation is None:
        raise TypeError("no operation is due")
    name = seen.actor.name if own else ""
    return {
        **frame(seen),
        "operation": operation,
        "title": seen.title_of(operation.path),
        "steps": definition.steps if (definition := seen.recipe.operation(operation.path)) else (),
        "own": own,
        "ask_url": _ask_url(seen, refusal),
        "proof": proof_of(name=name, badge=badge, error=_said(refusal)),
    }


def _ask_url(seen: Seen, refusal: Refusal | None) -> str:
    """Return where one asks QA to let the operation's first step pass a conditional refusal."""
    if refusal is None or refusal.interlock != Interlock.CONDITIONAL:
        return ""
    return f"{reverse('batches:ask', args=[seen.batch.id])}?code={refusal.code}"


def verify_page(seen: Seen, *, badge: str = "", refusal: Refusal | None = None) -> dict[str, Any]:
    """Return the sheet on which a second person verifies the due step."""
    row, placed = seen.due, seen.placed
    if row is None or placed is None:
        raise TypeError("no step is due")
    values = [one for one in recorded(row, placed.step) if one.name != "comment"]
    listed: list[Row] = [
        {"icon": "document", "strong": seen.text_of(row), "text": " · ".join(_pair(values))},
        *_exceptions(seen, [row]),
    ]
    sign = {
        "url": seen.url("verify"),
        "seq": seen.seq,
        "content_hash": content_hash(step_content(row)),
        "title": _("Verify step %(n)s") % {"n": row.position},
        "name": _("A second person"),
        "role": _("not %(performer)s") % {"performer": row.performer_name},
        "meaning": _("I verified this step."),
        "at": seen.now,
        "rows": listed,
        "version": _version(seen),
        "not_yet_url": reverse("batches:tablet"),
        "not_yet": _("The step waits for a second person. Its values are kept."),
        "action": _("Verify"),
        "proof": proof_of(badge=badge, error=_said(refusal), policy=_policy_asked(refusal)),
    }
    return {**frame(seen), "sign": sign, "live": True}


def attest_page(
    seen: Seen, operation: Operation, *, own_badge: bool, badge: str = "",
    refusal: Refusal | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return the sheet on which the performer attests an operation (mock-up 10b).

    ``own_badge``: the badge of the person signed in was read when this period began.
    """
    rows = [row for row in seen.steps_of(operation.path) if row.performed_at]
    mine = own_badge and operation.performer == seen.actor.person
    steps = reverse("batches:steps", args=[seen.batch.id])
    title = {"n": operation.number, "title": seen.title_of(operation.path)}
    sign = {
        "url": reverse("batches:attest", args=[seen.batch.id, operation.number]),
        "seq": seen.seq,
        "content_hash": content_hash(operation_content(operation)),
        "title": _("Attest operation %(n)s, %(title)s") % title,
        "name": operation.performer_name,
        "role": _role(operation),
        "meaning": _("I performed these steps as recorded."),
        "at": seen.now,
        "rows": _covered(seen, operation, rows, url=f"{steps}?operation={operation.number}"),
        "version": _version(seen),
        "not_yet_url": _not_yet(seen),
        "not_yet": _("The steps stay “to be attested”. Work goes on; your home page asks again."),
        "proof": proof_of(
            name=operation.performer_name if mine else "",
            badge=badge,
            error=_said(refusal),
            policy=_policy_asked(refusal),
        ),
    }
    return {**frame(seen), "sign": sign}


def _pair(values: Sequence[Recorded]) -> list[str]:
    """Return values as text; with their titles when there are several."""
    if len(values) == 1:
        return [values[0].text]
    return [f"{one.title}: {one.text}" for one in values]


def _version(seen: Seen) -> str:
    return f"{seen.batch.recipe} {seen.batch.recipe_label}"


def _not_yet(seen: Seen) -> str:
    if seen.due is None:
        return reverse("batches:tablet")
    address = seen.url("work")
    return f"{address}{'&' if seen.tail else '?'}go=on"


def _role(operation: Operation) -> str:
    if operation.performer is None or operation.site is None:
        return "–"
    held = list(roles_of(operation.performer, operation.site))
    role = role_for(Permission.BATCHES_ATTEST, held)
    return str(ROLES[role].title) if role else _("no role that may attest")


def _covered(seen: Seen, operation: Operation, rows: Sequence[Step], *, url: str) -> list[Row]:
    count = ngettext("%(n)s step", "%(n)s steps", len(rows)) % {"n": len(rows)}
    span = {"first": rows[0].position, "last": rows[-1].position}
    said = [_("performed, %(first)s to %(last)s") % span]
    recorders = {row.recorder_name for row in rows} - {operation.performer_name}
    if recorders:
        said.append(_("recorded by %(names)s") % {"names": ", ".join(sorted(recorders))})
    found: list[Row] = [{"strong": count, "text": ", ".join(said), "url": url}]
    scanned = _scanned(rows)
    if scanned:
        found.append({"icon": "scan", "text": scanned, "url": url})
    return found + _exceptions(seen, rows, url=url)


def _scanned(rows: Sequence[Step]) -> str:
    codes = {
        "containers": {"code1", "code2", "source", "target", "scan", "label"},
        "units": {"unit"},
        "lots": {"lot"},
    }
    counts = {
        what: len({row.values[name] for row in rows for name in names if name in row.values})
        for what, names in codes.items()
    }
    words = [
        ngettext("%(n)s container code", "%(n)s container codes", counts["containers"]),
        ngettext("%(n)s unit", "%(n)s units", counts["units"]),
        ngettext("%(n)s lot", "%(n)s lots", counts["lots"]),
    ]
    pairs = zip(words, counts.values(), strict=True)
    return ", ".join(word % {"n": count} for word, count in pairs if count)


def _exceptions(seen: Seen, rows: Sequence[Step], *, url: str = "") -> list[Row]:
    refs = [row.ref for row in rows]
    raised = list(BatchException.objects.filter(stream=seen.batch.id, step__in=refs))
    if not raised:
        return []
    count = ngettext("%(n)s exception:", "%(n)s exceptions:", len(raised)) % {"n": len(raised)}
    said = [" ".join([sentence(one.code, one.params), one.comment]).strip() for one in raised]
    shown = said if len(said) <= MOST_SAID else [*said[:MOST_SAID], "…"]
    return [{"icon": "warning", "strong": count, "text": " · ".join(shown), "url": url}]
