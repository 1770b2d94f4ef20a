"""Materials, lots and containers as the real services make them."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from materials.enums import ContainerKind
from materials.services import (
    ContainerDraft,
    Delivery,
    add_material,
    receive_container,
    receive_lot,
    release_lot,
)
from mes.lib.evidence import JSON
from mes.lib.ids import uuid7
from records.act import act
from records.commands import Actor, Command
from tests.builders.accounts import DemoSite, person, system_actor
from tests.support.scenes import scene

LATER = datetime(2027, 6, 30, 12, 0, tzinfo=UTC)


def somebody(
    site: UUID | None = None, *, role: str = "materials", also: tuple[str, ...] = ("qa-reviewer",)
) -> Actor:
    """Return a new person of a site as actor in ``role``; further roles are held too."""
    if site is None:
        return scene(("somebody", role, also), lambda: _somebody(uuid7(), role, also))
    return _somebody(site, role, also)


def _somebody(site: UUID, role: str, also: tuple[str, ...]) -> Actor:
    there = DemoSite(id=site, code="")
    name = "Mira Vogel"
    joined = person(role, *also, site=there, name=name)
    return Actor(person=joined, name=name, role=role, site=there.id)


def command(actor: Actor, name: str = "test", **payload: JSON) -> Command:
    """Return a new command of ``actor``."""
    return Command(key=uuid7(), name=name, actor=actor, payload=payload)


def material(actor: Actor, code: str = "TEXMACS", *, title: str = "", unit: str = "mL") -> str:
    """Put a material into the catalogue of the actor's site; return its code."""
    add_material(
        command=command(actor), code=code, title=title or code.title(), unit=unit,
        reason="needed by a recipe",
    )  # fmt: skip
    return code


def lot(
    actor: Actor,
    code: str = "L-1001",
    *,
    of: str = "TEXMACS",
    quantity: str = "1000",
    expires_at: datetime = LATER,
    released: bool = True,
    location: str = "Cold room 2, shelf B",
) -> UUID:
    """Receive a lot of a material that the site has, let it be released, and return its id."""
    delivery = Delivery(
        code=code, material=of, supplier="Supplier", supplier_lot=f"S-{code}",
        expires_at=expires_at, quantity=Decimal(quantity), location=location,
    )  # fmt: skip
    made = UUID(str(receive_lot(command=command(actor), delivery=delivery)["lot"]))
    if released:
        quality = system_actor(actor.site)
        release_lot(command=command(quality), lot=made, basis="certificate of analysis")
    return made


def container(
    actor: Actor,
    label: str = "26-000001-C01",
    *,
    coi: str = "CHA999926000001",
    din: str = "",
    kind: ContainerKind = ContainerKind.COLLECTION,
    doubt: str = "",
) -> UUID:
    """Receive a container of a patient and return its id."""
    draft = ContainerDraft(
        label=label, kind=kind, coi=coi, din=din, mark="circle-filled-AC",
        volume=Decimal(180), location="Receipt bench",
    )  # fmt: skip
    with act(command(actor), new=[draft.new(actor.site)]) as a:
        receive_container(a, draft, doubt=doubt)
    return draft.id
