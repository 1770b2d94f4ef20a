"""Treatment centres: registered once, and who from outside belongs to which."""

from uuid import UUID

from accounts import rules
from accounts.centre_entries import CENTRE, CentreRegistered, CentreSet
from accounts.centre_exceptions import CentreMissing, CentreOfOutside, SameCentre
from accounts.centres import OUTSIDE, centre, membership_of
from accounts.permissions import Permission
from accounts.selectors import roles_of
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.act import Act, New, act, acting
from records.commands import Command, Reply

# Told when a centre is registered, so that orders that name it in words become its own.
CENTRE_REGISTERED = "centre.registered"


@acting
def register_centre(*, command: Command, centre: UUID, code: str, name: str) -> Reply:
    """Register a treatment centre of the actor's site; appends ``centre.registered``, and tells it.

    Raises NotAllowed, CentreMissing, CentreTaken, NotFound.
    """
    site = command.actor.site
    if site is None:
        raise NotFound()
    said = CentreRegistered(code=" ".join(code.split())[:20], name=" ".join(name.split())[:98])
    with act(command, new=[New(CENTRE, centre, site)]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        for field, text in (("code", said.code), ("name", said.name)):
            if not text:
                raise CentreMissing(field=field)
        a.append(centre, said)
        a.enqueue(CENTRE_REGISTERED, {"centre": str(centre)})
        a.reply = {"id": str(centre), "code": said.code}
    return a.reply


@acting
def set_centre(*, command: Command, person: UUID, centre: UUID | None, reason: str) -> Reply:
    """Say to which centre somebody from outside belongs; None: to none any more.

    Holds from their next request on. Appends ``person.centre_set``. Raises ReasonMissing,
    NotAllowed, OwnAccess, NotFound, CentreOfOutside, SameCentre.
    """
    reason, site = rules.written(reason), command.actor.site
    if site is None:
        raise NotFound()
    with act(command, streams=[person, *([centre] if centre else [])]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        rules.check_not_own(a.actor, person)
        rules.check_manages(a.actor, person)
        if centre and OUTSIDE not in roles_of(person, site):
            raise CentreOfOutside(field="centre")
        _belongs(a, person, site, centre, reason)
    return a.reply


def _belongs(a: Act, person: UUID, site: UUID, to: UUID | None, reason: str) -> None:
    held = membership_of(person, site)
    if to == (held.centre if held else None):
        raise SameCentre(field="centre")
    said = CentreSet(
        membership=held.id if held else uuid7(), site=site, centre=to,
        centre_name=centre(to).title if to else "", reason=reason[:200],
    )  # fmt: skip
    a.append(person, said)
    a.reply = {"id": str(said.membership)}


def leave_centre(a: Act, person: UUID, site: UUID, *, reason: str) -> None:
    """End a membership in a running act that takes the role or the account; none is no matter."""
    held = membership_of(person, site)
    if held is not None and held.centre is not None:
        _belongs(a, person, site, None, reason)
