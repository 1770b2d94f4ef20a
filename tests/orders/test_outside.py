"""Somebody of a treatment centre walks over every address: nothing of the plant is said."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse

from materials.models import Lot
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from orders.exceptions import OrderStateRefused
from orders.models import Order
from orders.services import cancel_order, close_order
from records.reading import reading
from tests.accounts.test_access import ALL
from tests.builders.accounts import DemoSite, a_command, actor_of, person, signed_in_client
from tests.builders.batches import Trial, batch_at

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")

# What such a person may open at all; another's order is not among it, whatever the address.
OPENS = {
    "accounts:owed", "accounts:own_tries", "accounts:own_ways", "accounts:permissions",
    "accounts:new_passkey", "accounts:new_generator", "accounts:own_password", "accounts:own_pin",
    "accounts:sign_in", "accounts:passkey_question", "orders:index", "orders:new", "health",
    "schema",
}  # fmt: skip


@dataclass
class Known:
    """What stands at the site, and could leak."""

    order: Order
    secrets: tuple[str, ...]
    ids: dict[str, UUID]


def known_of(trial: Trial) -> Known:
    with reading(site=trial.site):
        order = Order.objects.get(id=trial.row().order)
        lot = Lot.objects.values_list("id", "code").first()
    assert lot is not None
    somebody, hire = trial.plant.crew.people["adeyemi"]
    secrets = (
        order.coi, order.number, order.pseudonym, order.centre_name, trial.row().number, lot[1],
        hire.name, "PR-01", "Hall 2",
    )  # fmt: skip
    ids = {"order": order.id, "batch": trial.batch, "person": somebody, "lot": lot[0],
           "place": trial.place, "unit": trial.unit,
           "version": trial.plant.versions["SIX-STEPS"]}  # fmt: skip
    return Known(order, secrets, ids)


def address_of(name: str, url: URLPattern, ids: dict[str, UUID]) -> str | None:
    """Return an address with what stands at the site in it; None for one that takes more."""
    kwargs: dict[str, Any] = {}
    for key, converter in url.pattern.converters.items():
        kind = type(converter).__name__
        kwargs[key] = ids.get(key, uuid7()) if kind == "UUIDConverter" else 1
    try:
        return reverse(name, kwargs=kwargs)
    except NoReverseMatch:
        return None


@pytest.mark.req("P11-10d", "P11-10g")
@pytest.mark.scenario(43)
def test_every_address_says_nothing_of_the_plant_to_somebody_from_outside() -> None:
    trial = batch_at(None)
    known, site = known_of(trial), DemoSite(id=trial.site, code="MZ1")
    client = signed_in_client(site, "treatment-centre")
    opened, leaked, tried = set(), [], 0
    for name, url in ALL.items():
        address = address_of(name, url, known.ids)
        if address is None or name == "accounts:sign_out":
            continue
        tried += 1
        answer = client.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        leaked += [(name, word) for word in known.secrets if word in body.decode(errors="replace")]
        if answer.status_code == 200:
            opened.add(name)
    assert (leaked, opened - OPENS, tried > 100) == ([], set(), True)
    for path in ("", "announce/", "identity/"):
        assert client.get(f"/orders/{known.order.id}/{path}").status_code == 404
    assert _found(client, known.order) == [404] * 3
    _no_oracle(site, known.order)


def _found(client: Client, order: Order) -> list[int]:
    """Look for the order by each of its names."""
    names = (order.number, order.pseudonym, order.coi)
    return [client.get("/orders/find/", {"id": name}).status_code for name in names]


def _no_oracle(site: DemoSite, order: Order) -> None:
    """A state that refuses tells a coordinator; to somebody from outside there is no order."""
    outside = actor_of(person("treatment-centre", site=site), "treatment-centre", site)
    inside = actor_of(person("coordinator", site=site), "coordinator", site)
    with pytest.raises(OrderStateRefused):
        close_order(command=a_command(inside), order=order.id, outcome="x")
    with pytest.raises(NotFound):
        close_order(command=a_command(outside), order=order.id, outcome="x")
    with pytest.raises(NotFound):
        cancel_order(command=a_command(outside), order=order.id, reason="x", seq=1)
