"""What the ledger says of treatment centres, and of who belongs to one."""

from uuid import UUID

from records.entries import Payload, entry

CENTRE = "centre"


@entry("centre.registered", version=1, stream=CENTRE)
class CentreRegistered(Payload):
    code: str
    name: str


@entry("person.centre_set", version=1, stream="person")
class CentreSet(Payload):
    """To which centre of a site somebody from outside belongs from now on; None: to none."""

    membership: UUID
    site: UUID
    centre: UUID | None
    centre_name: str
    reason: str
