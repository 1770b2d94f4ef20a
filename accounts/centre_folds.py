"""From entries to the rows of treatment centres and of who belongs to one."""

from accounts.centre_entries import (
    CentreClosed,
    CentreRegistered,
    CentreRenamed,
    CentreReopened,
    CentreSet,
)
from accounts.models import CentreMember, TreatmentCentre
from records.folding import Folded, change, create, fold


@fold(CentreRegistered)
def _centre_registered(e: Folded[CentreRegistered]) -> None:
    p = e.payload
    create(TreatmentCentre, e, id=e.stream, code=p.code, name=p.name, registered_at=e.at)


@fold(CentreRenamed)
def _centre_renamed(e: Folded[CentreRenamed]) -> None:
    change(TreatmentCentre.objects.filter(id=e.stream), e, name=e.payload.name)


@fold(CentreClosed)
def _centre_closed(e: Folded[CentreClosed]) -> None:
    said = {"closed_at": e.at, "closing_reason": e.payload.reason}
    change(TreatmentCentre.objects.filter(id=e.stream), e, **said)


@fold(CentreReopened)
def _centre_reopened(e: Folded[CentreReopened]) -> None:
    said = {"closed_at": None, "closing_reason": ""}
    change(TreatmentCentre.objects.filter(id=e.stream), e, **said)


@fold(CentreSet)
def _centre_set(e: Folded[CentreSet]) -> None:
    p = e.payload
    said = {"centre": p.centre, "centre_name": p.centre_name, "since": e.at}
    if not change(CentreMember.objects.filter(id=p.membership), e, **said):
        create(CentreMember, e, id=p.membership, person_id=e.stream, site=p.site, **said)
