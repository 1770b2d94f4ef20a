"""Reads of treatment centres and of who belongs to one. Behind the walls by site."""

from collections.abc import Callable, Iterable, Sequence
from unicodedata import normalize
from uuid import UUID

from accounts.centre_exceptions import CentreIsClosed
from accounts.models import CentreMember, Person, TreatmentCentre
from records.reading import the_one

# The role of somebody of a treatment centre, outside of the plant.
OUTSIDE = "treatment-centre"

# What a higher app knows of a centre: the numbers of the orders that still run.
OpenOrders = Callable[[UUID], Sequence[str]]
_open_orders: list[OpenOrders] = []


def tells_open_orders(function: OpenOrders) -> OpenOrders:
    """Register the function that is asked, under the lock, before a centre is closed."""
    _open_orders.append(function)
    return function


def open_orders_of(centre: UUID) -> list[str]:
    """Return the numbers of a centre's orders that still run."""
    return [number for told in _open_orders for number in told(centre)]


def centres() -> list[TreatmentCentre]:
    """Return the treatment centres of the present site, by code."""
    return list(TreatmentCentre.objects.all())


def open_centres() -> list[TreatmentCentre]:
    """Return the centres of the present site that take orders and people, by code."""
    return list(TreatmentCentre.objects.filter(closed_at__isnull=True))


def titles_of(some: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return what centres are called now, in one query."""
    rows = TreatmentCentre.objects.filter(id__in={one for one in some if one})
    return {one.id: one.title for one in rows}


def check_open(one: TreatmentCentre, *, field: str | None = None) -> None:
    """Raise CentreIsClosed for a centre that takes nothing new."""
    if one.closed_at is not None:
        raise CentreIsClosed(field=field, centre=one.title)


def centre(of: UUID) -> TreatmentCentre:
    """Return a treatment centre of the present site. Raises NotFound."""
    return the_one(TreatmentCentre.objects.filter(id=of))


def centre_named(text: str) -> TreatmentCentre | None:
    """Return the centre that a text names: by its code, its name, or both."""
    said = as_said(text)
    return next((one for one in centres() if said in names_of(one)), None)


def names_of(one: TreatmentCentre) -> Sequence[str]:
    """Return what a text may say for a centre."""
    return [as_said(text) for text in (one.code, one.name, one.title)]


def as_said(text: str) -> str:
    """Return a text as two of them are compared: whatever the case and the spaces."""
    return "".join(normalize("NFKC", text).casefold().split())


def membership_of(person: UUID, site: UUID | None) -> CentreMember | None:
    """Return to which centre of a site a person belongs; None if it was never said."""
    return CentreMember.objects.filter(person=person, site=site).first()


def centre_of(person: UUID, site: UUID | None) -> UUID | None:
    """Return the centre to which a person belongs at a site, if to one."""
    found = membership_of(person, site)
    return found.centre if found else None


def people_of(centre: UUID) -> list[Person]:
    """Return the active people of a centre, by printed name."""
    held = CentreMember.objects.filter(centre=centre, person__active=True).values("person")
    return list(Person.objects.filter(id__in=held).order_by("printed_name", "id"))


def members_of(person_centres: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return the printed names of the active people of centres, in one query."""
    rows = CentreMember.objects.filter(centre__in=person_centres, person__active=True)
    found: dict[UUID, list[str]] = {}
    for of, name in rows.order_by("person__printed_name").values_list(
        "centre", "person__printed_name"
    ):
        if of is not None:
            found.setdefault(of, []).append(name)
    return found
