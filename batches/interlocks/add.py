"""add: a quantity of a released, unexpired lot of the right material."""

from decimal import Decimal
from functools import partial
from typing import cast

from batches.models import Batch
from batches.work import Found, Work, refuse
from materials.models import Lot
from materials.rules import lot_refusals
from materials.selectors import lot_scanned
from materials.services import consume_lot
from recipes.document import Placed
from recipes.kinds.add import Step


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return the lot whose code was scanned."""
    lot = lot_scanned(values["lot"], streams=[batch.id])
    return Found(things={"lot": lot.id}, streams=(lot.id,))


def check(work: Work) -> None:
    """The lot may be used now: material, status, expiry at the act's instant, quantity."""
    step = cast("Step", work.placed.step)
    lot = Lot.objects.get(id=work.found.things["lot"])
    quantity = Decimal(work.values["quantity"])
    streams = [work.batch.id, lot.id]
    for refusal in lot_refusals(lot, step.material, quantity, at=work.at, streams=streams):
        work.interlock(partial(refuse, refusal))


def effect(work: Work) -> None:
    """Take the quantity out of the lot."""
    quantity = Decimal(work.values["quantity"])
    consume_lot(work.a, work.found.things["lot"], quantity, work.batch.id, work.path)
