"""Who has no right is refused by the act itself, whichever way the command came."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from accounts.exceptions import NotAllowed
from materials import services
from records.commands import Actor, Command
from records.models import Entry
from records.reading import reading
from tests.builders.materials import LATER, command, container, lot, material, somebody

pytestmark = pytest.mark.usefixtures("committed_db")
Act = Callable[[Command, UUID, UUID], Any]

DELIVERY = services.Delivery(
    code="L-2", material="TEXMACS", supplier="S", supplier_lot="S-2", expires_at=LATER,
    quantity=Decimal(5), location="Shelf",
)  # fmt: skip
ACTS: dict[str, Act] = {
    "add_material": lambda c, lot, bag: services.add_material(
        command=c, code="HSA", title="Albumin", unit="mL", reason="new"
    ),
    "receive_lot": lambda c, lot, bag: services.receive_lot(command=c, delivery=DELIVERY),
    "release_lot": lambda c, lot, bag: services.release_lot(command=c, lot=lot, basis="CoA"),
    "reject_lot": lambda c, lot, bag: services.reject_lot(command=c, lot=lot, reason="warm"),
    "quarantine_lot": lambda c, lot, bag: services.quarantine_lot(
        command=c, lot=lot, reason="recall"
    ),
    "move": lambda c, lot, bag: services.move(command=c, container=bag, location="Bench 2"),
    "store": lambda c, lot, bag: services.store(command=c, container=bag, location="LN2-01"),
    "print_label": lambda c, lot, bag: services.print_label(command=c, container=bag),
    "void_container": lambda c, lot, bag: services.void_container(
        command=c, container=bag, reason="never filled"
    ),
}
QUALITY = {"release_lot", "reject_lot", "quarantine_lot"}


@pytest.mark.req("P11-10g")
@pytest.mark.parametrize("name", ACTS)
def test_who_may_not_is_refused_by_the_act(name: str) -> None:
    """An auditor does nothing here; who keeps materials does not decide on them."""
    keeper = somebody(also=())
    material(keeper)
    kept, bag = lot(keeper, released=name == "quarantine_lot"), container(keeper)
    refused = [somebody(keeper.site, role="auditor", also=())]
    refused += [keeper] if name in QUALITY else []
    for by in refused:
        before = _entries(by)
        with pytest.raises(NotAllowed):
            ACTS[name](command(by), kept, bag)
        assert _entries(by) == before


def _entries(by: Actor) -> int:
    """Count what is kept at a site but on the person's own stream, where a refusal stands."""
    with reading(site=by.site):
        return Entry.objects.exclude(stream__in=[by.person]).count()
