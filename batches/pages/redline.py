"""The page of a redline: the rest of the batch to write, or the change that is to be signed."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.rules import can
from batches.enums import ProcessState, RecordState, RedlineState
from batches.forms import ProposeRedline, Reasoned, SignRedline
from batches.models import Batch, Redline
from batches.pages.seen import language, title_of
from batches.selectors import batch_of, begun_of, recipe_of
from batches.services.redline import PRODUCTION, QUALITY, open_redline, redline_content
from mes.lib.evidence import content_hash
from mes.lib.refusals import NotFound
from recipes import remaining
from recipes.difference import difference
from recipes.difference.shown import change_groups
from recipes.document import Recipe
from recipes.exceptions import RecipeNotReadable
from recipes.models import RecipeDraft
from recipes.remaining import Begun
from recipes.selectors import (
    differences,
    document,
    draft_of,
    open_drafts,
    recipe_of_draft,
)
from records.commands import Actor
from records.models import Stream


def redline_page(
    batch: UUID, actor: Actor, *, text: str = "", reason: str = "", draft: UUID | None = None
) -> dict[str, Any]:
    """Return what one person sees; ``text`` and ``reason`` are what they wrote and is refused.

    The rest may be taken from a ``draft``, which the form of the recipe editor writes.
    """
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
    taken = _taken(row, actor, draft)
    page |= _to_write(row, actor, going_on=going_on, text=text or taken.text, reason=reason)
    return page | {"taken": taken if taken.row else None, **_drafts(page, actor)}


@dataclass(frozen=True, slots=True)
class Taken:
    """The rest of a batch as a draft has it; what the draft changes beside that stays behind."""

    row: RecipeDraft | None = None
    text: str = ""
    left_behind: int = 0


def _taken(batch: Batch, actor: Actor, draft: UUID | None) -> Taken:
    """Take the rest from a draft. Raises NotFound, also to who does not write recipes."""
    if draft is None:
        return Taken()
    if not can(actor, Permission.RECIPES_WRITE):
        raise NotFound()
    row = draft_of(draft)
    written = recipe_of_draft(row)
    if written is None or row.code != batch.recipe:
        return Taken(row)
    begun, own = begun_of(batch.id), recipe_of(batch)
    text = remaining.text_of(written, begun)
    try:
        result = remaining.rewritten(own, begun, text.encode())
    except RecipeNotReadable:
        return Taken(row, text)
    return Taken(row, text, len(difference(result, written)))


def _drafts(page: dict[str, Any], actor: Actor) -> dict[str, Any]:
    """Return the drafts whose rest may be taken, and whether the batch's version begins one."""
    if page["form"] is None or not can(actor, Permission.RECIPES_WRITE):
        return {"drafts": None}
    batch = page["batch"]
    rows = [row for row in open_drafts() if row.code == batch.recipe]
    redlined = any(one.state == RedlineState.APPLIED for one in page["past"])
    return {"drafts": rows, "may_draft": not redlined}


def _to_write(
    row: Batch, actor: Actor, *, going_on: bool, text: str, reason: str
) -> dict[str, Any]:
    begun = begun_of(row.id)
    rest = text or remaining.text_of(document(row.recipe_hash), begun)
    may = can(actor, Permission.BATCHES_REDLINE) and going_on
    form = ProposeRedline(initial={"text": rest, "reason": reason}) if may else None
    recipe = recipe_of(row)
    return {"form": form, "begun": [_named(recipe, path) for path in _in_order(recipe, begun)]}


def _in_order(recipe: Recipe, begun: Begun) -> list[str]:
    known = [f"{stage.key}/{one.key}" for stage in recipe.stages for one in stage.operations]
    return sorted(begun.operations, key=lambda path: (path not in known, *_at(known, path)))


def _at(known: list[str], path: str) -> tuple[int, str]:
    return (known.index(path) if path in known else 0, path)


def _named(recipe: Recipe, path: str) -> str:
    """Return stage and operation as people call them; the path of what the document lost."""
    stage = recipe.stage_by_key.get(path.partition("/")[0])
    title = title_of(recipe, path)
    return f"{stage.title.say(language())} › {title}" if stage else title


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
