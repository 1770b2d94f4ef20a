"""What the ledger says of treatment centres, and of who belongs to one."""

from uuid import UUID

from records.entries import Payload, entry

CENTRE = "centre"


@entry("centre.registered", version=1, stream=CENTRE)
class CentreRegistered(Payload):
    code: str
    name: str


@entry("centre.renamed", version=1, stream=CENTRE)
class CentreRenamed(Payload):
    """Its name from now on; entries from before keep ``previous``, and its code stays."""

    name: str
    previous: str
    reason: str


@entry("centre.closed", version=1, stream=CENTRE)
class CentreClosed(Payload):
    """It takes no order and no person from now on."""

    reason: str


@entry("centre.reopened", version=1, stream=CENTRE)
class CentreReopened(Payload):
    reason: str


@entry("person.centre_set", version=1, stream="person")
class CentreSet(Payload):
    """To which centre of a site somebody from outside belongs from now on; None: to none."""

    membership: UUID
    site: UUID
    centre: UUID | None
    centre_name: str
    reason: str
