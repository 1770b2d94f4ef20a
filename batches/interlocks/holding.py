"""What a batch holds: claims begin with the first act there and end with the stage's last."""

from collections.abc import Collection, Sequence

from batches.models import Batch
from batches.selectors import recipe_of
from batches.work import Work
from equipment.enums import ClaimState
from equipment.models import Claim
from equipment.services import claims as claiming
from recipes.document import Need, Placed, Recipe

HELD = (ClaimState.OCCUPIED,)


def claims_for(batch: Batch, needs: Sequence[Need], *, states: Collection[str]) -> list[Claim]:
    """Return the batch's claims, in one of ``states``, that were made for these needs."""
    wanted = {name_of(need) for need in needs}
    rows = Claim.objects.of(batch.id).filter(state__in=states)
    return [one for one in rows if (one.resource_kind, one.purpose, one.alias) in wanted]


def name_of(need: Need) -> tuple[str, str, str]:
    """Return what a need and its claim have in common."""
    return need.resource, need.first, need.alias or ""


def beginning(recipe: Recipe, placed: Placed) -> list[Need]:
    """Return what is first needed in the stage of a step."""
    return [need for need in recipe.needs if need.first == placed.stage.key]


def ending(recipe: Recipe, stage: str) -> list[Need]:
    """Return what is last needed in a stage."""
    return [need for need in recipe.needs if need.last == stage]


def held_by(batch: Batch) -> list[Claim]:
    """Return what the batch holds now."""
    return list(Claim.objects.of(batch.id).filter(state__in=HELD))


def held_until_now(batch: Batch, placed: Placed) -> list[Claim]:
    """Return what the batch holds and gives back when the stage of this step ends."""
    return claims_for(batch, ending(recipe_of(batch), placed.stage.key), states=HELD)


def begin(work: Work, needs: Sequence[Need]) -> None:
    """Occupy what was claimed for these needs and has not begun."""
    waiting = claims_for(work.batch, needs, states=ClaimState.waiting)
    claiming.occupy(work.a, [claim.id for claim in waiting])


def end_stage(work: Work, stage: str) -> None:
    """Give back what is last needed in this stage; its streams are locked."""
    held = claims_for(work.batch, ending(work.recipe, stage), states=HELD)
    claiming.release(work.a, [claim.id for claim in held])
