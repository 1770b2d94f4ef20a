"""The page of a redline: the rest of the batch to write, or the change that is to be signed."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.rules import can
from batches.enums import ProcessState, RecordState, RedlineState
from batches.forms import ProposeRedline, Reasoned, SignRedline
from batches.models import Batch, Redline
from batches.selectors import batch_of, begun_of
from batches.services.redline import PRODUCTION, QUALITY, open_redline, redline_content
from mes.lib.evidence import content_hash
from recipes import remaining
from recipes.difference.shown import change_groups
from recipes.selectors import differences, document
from records.commands import Actor
from records.models import Stream


def redline_page(batch: UUID, actor: Actor, *, text: str = "", reason: str = "") -> dict[str, Any]:
    """Return what one person sees; ``text`` and ``reason`` are what they wrote and is refused."""
    row = batch_of(batch)
    waiting = open_redline(batch)
    executing = row.record_state == RecordState.EXECUTING
    going_on = executing and row.process_state != ProcessState.COMPLETE
    page: dict[str, Any] = {
        "batch": row,
        "strip": _strip(row),
        "seq": Stream.objects.get(id=batch).seq,
        "going_on": going_on,
        "redline": waiting,
        "past": list(Redline.objects.filter(stream=batch).exclude(state=RedlineState.PROPOSED)),
        "end_form": Reasoned(auto_id="end_%s"),
        "may_end": can(actor, Permission.BATCHES_REDLINE) or can(actor, Permission.QUALITY_REDLINE),
    }
    if waiting is not None:
        return page | _to_sign(waiting, actor)
    return page | _to_write(row, actor, going_on=going_on, text=text, reason=reason)


def _to_write(
    row: Batch, actor: Actor, *, going_on: bool, text: str, reason: str
) -> dict[str, Any]:
    begun = begun_of(row.id)
    rest = text or remaining.text_of(document(row.recipe_hash), begun)
    may = can(actor, Permission.BATCHES_REDLINE) and going_on
    form = ProposeRedline(initial={"text": rest, "reason": reason}) if may else None
    return {"form": form, "begun": sorted(begun.operations)}


def _to_sign(row: Redline, actor: Actor) -> dict[str, Any]:
    before, after = document(row.before_hash), document(row.recipe_hash)
    by_quality = row.production_by is not None
    needed = Permission.QUALITY_REDLINE if by_quality else Permission.BATCHES_REDLINE
    own = by_quality and actor.person in {row.production_by, row.proposed_by}
    return {
        **change_groups(before, after, differences(row.before_hash, row.recipe_hash)),
        "content": content_hash(redline_content(row)),
        "by_quality": by_quality,
        "meaning": QUALITY if by_quality else PRODUCTION,
        "signer": actor,
        "may_sign": can(actor, needed) and not own,
        "waits_for": _("another person of QA") if by_quality else _("production"),
        "sign_form": SignRedline(),
    }


def _strip(row: Batch) -> dict[str, Any]:
    return {
        "mark": row.mark, "coi": row.coi,
        "sub": f"{row.recipe} {row.recipe_label} · {row.number}",
        "facts": [{"label": _("Step"), "value": f"{min(row.position, row.steps)} / {row.steps}"}],
    }  # fmt: skip
