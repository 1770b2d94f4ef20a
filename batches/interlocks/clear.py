"""clear: line clearance. Before a stage it occupies what the batch claimed; after, it frees it."""

from functools import partial
from typing import cast

from batches.exceptions import NothingClaimed
from batches.interlocks import holding
from batches.models import Batch
from batches.selectors import recipe_of
from batches.work import Found, Work, refuse
from equipment.enums import ClaimState
from recipes.document import Placed
from recipes.kinds.clear import Step


def _begins(placed: Placed) -> bool:
    return cast("Step", placed.step).when == "before"


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return places and units whose claims begin or end here."""
    needs = holding.beginning(recipe_of(batch), placed)
    claims = (
        holding.claims_for(batch, needs, states=ClaimState.waiting)
        if _begins(placed)
        else holding.held_until_now(batch, placed)
    )
    return Found(streams=tuple(sorted({claim.resource for claim in claims})))


def check(work: Work) -> None:
    """Before a stage each need has its claim. Raises NothingClaimed (conditional)."""
    if not _begins(work.placed):
        return
    needs = holding.beginning(work.recipe, work.placed)
    claims = holding.claims_for(work.batch, needs, states=ClaimState.waiting)
    claimed = {(one.resource_kind, one.purpose, one.alias) for one in claims}
    for need in needs:
        if holding.name_of(need) not in claimed:
            missing = NothingClaimed(resource=need.class_)
            work.interlock(partial(refuse, missing))


def effect(work: Work) -> None:
    """Occupy, or release, every claim that begins or ends with this stage."""
    if _begins(work.placed):
        holding.begin(work, holding.beginning(work.recipe, work.placed))
    else:
        holding.end_stage(work, work.placed.stage.key)
