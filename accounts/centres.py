"""Reads of treatment centres and of who belongs to one. Behind the walls by site."""

from collections.abc import Sequence
from unicodedata import normalize
from uuid import UUID

from accounts.models import CentreMember, TreatmentCentre
from records.reading import the_one

# The role of somebody of a treatment centre, outside of the plant.
OUTSIDE = "treatment-centre"


def centres() -> list[TreatmentCentre]:
    """Return the treatment centres of the present site, by code."""
    return list(TreatmentCentre.objects.all())


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
