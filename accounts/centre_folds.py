"""From entries to the rows of treatment centres and of who belongs to one."""

from accounts.centre_entries import CentreRegistered, CentreSet
from accounts.models import CentreMember, TreatmentCentre
from records.folding import Folded, change, create, fold


@fold(CentreRegistered)
def _centre_registered(e: Folded[CentreRegistered]) -> None:
    p = e.payload
    create(TreatmentCentre, e, id=e.stream, code=p.code, name=p.name, registered_at=e.at)


@fold(CentreSet)
def _centre_set(e: Folded[CentreSet]) -> None:
    p = e.payload
    said = {"centre": p.centre, "centre_name": p.centre_name, "since": e.at}
    if not change(CentreMember.objects.filter(id=p.membership), e, **said):
        create(CentreMember, e, id=p.membership, person_id=e.stream, site=p.site, **said)
