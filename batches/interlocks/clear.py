"""clear: line clearance. Before a stage it occupies what the batch claimed; after, it frees it."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import cast

from batches.exceptions import NothingClaimed
from batches.models import Batch
from batches.selectors import recipe_of
from batches.work import Found, Work, refuse
from equipment.enums import ClaimState
from equipment.models import Claim
from equipment.services import claims as claiming
from recipes.document import Need, Placed, Recipe
from recipes.kinds.clear import Step


def _begins(placed: Placed) -> bool:
    return cast("Step", placed.step).when == "before"


def _needs(recipe: Recipe, placed: Placed) -> list[Need]:
    """What is taken before this stage, or given back after it."""
    stage, begins = placed.stage.key, _begins(placed)
    return [need for need in recipe.needs if (need.first if begins else need.last) == stage]


def _claims(batch: Batch, needs: Sequence[Need], *, states: Collection[str]) -> list[Claim]:
    wanted = {_name(need.resource, need.first, need.alias) for need in needs}
    rows = Claim.objects.of(batch.id).filter(state__in=states)
    return [one for one in rows if _name(one.resource_kind, one.purpose, one.alias) in wanted]


def _name(resource: str, purpose: str, alias: str | None) -> tuple[str, str, str]:
    """A need and its claim have this in common."""
    return resource, purpose, alias or ""


def _states(placed: Placed) -> Collection[str]:
    """Claims that may begin (one in conflict begins once its place is free), or may end."""
    return ClaimState.waiting if _begins(placed) else (ClaimState.OCCUPIED,)


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return places and units whose claims begin or end here."""
    claims = _claims(batch, _needs(recipe_of(batch), placed), states=_states(placed))
    return Found(streams=tuple(sorted({claim.resource for claim in claims})))


def check(work: Work) -> None:
    """Before a stage each need has its claim. Raises NothingClaimed (conditional)."""
    if not _begins(work.placed):
        return
    claims = _claims(work.batch, _needs(work.recipe, work.placed), states=ClaimState.waiting)
    claimed = {_name(one.resource_kind, one.purpose, one.alias) for one in claims}
    for need in _needs(work.recipe, work.placed):
        if _name(need.resource, need.first, need.alias) not in claimed:
            missing = NothingClaimed(resource=need.class_)
            work.interlock(partial(refuse, missing))


def effect(work: Work) -> None:
    """Occupy, or release, every claim that begins or ends with this stage."""
    needs = _needs(work.recipe, work.placed)
    claims = _claims(work.batch, needs, states=_states(work.placed))
    begin_or_end = claiming.occupy if _begins(work.placed) else claiming.release
    begin_or_end(work.a, [claim.id for claim in claims])
