"""Treatment centres: registered, renamed, closed, and who from outside belongs to which."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from accounts import centres, rules
from accounts.centre_entries import (
    CENTRE,
    CentreClosed,
    CentreRegistered,
    CentreRenamed,
    CentreReopened,
    CentreSet,
)
from accounts.centre_exceptions import (
    CentreHasOrders,
    CentreHasPeople,
    CentreIsOpen,
    CentreMissing,
    CentreOfOutside,
    SameCentre,
    SameName,
)
from accounts.centres import OUTSIDE, membership_of
from accounts.models import TreatmentCentre
from accounts.permissions import Permission
from accounts.selectors import roles_of
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.act import Act, New, act, acting
from records.commands import Command, Reply

# Told when a centre is registered or opened again, so that orders that name it in words become
# its own.
CENTRE_REGISTERED = "centre.registered"
# So many are named in a refusal; who looks at them finds the others.
NAMED: Final = 5


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
def rename_centre(
    *, command: Command, centre: UUID, name: str, reason: str, seq: int | None = None
) -> Reply:
    """Give a centre another name; appends ``centre.renamed``. Its code stays, and so do entries.

    Raises ReasonMissing, NotAllowed, NotFound, Stale, CentreIsClosed, CentreMissing, SameName,
    CentreTaken.
    """
    reason, name = rules.written(reason), " ".join(name.split())[:98]
    with act(command, streams=[centre]) as a:
        seen = _seen(a, centre, seq)
        centres.check_open(seen)
        if not name:
            raise CentreMissing(field="name")
        if name == seen.name:
            raise SameName(field="name")
        a.append(centre, CentreRenamed(name=name, previous=seen.name, reason=reason[:200]))
        a.reply = {"id": str(centre)}
    return a.reply


@acting
def close_centre(*, command: Command, centre: UUID, reason: str, seq: int | None = None) -> Reply:
    """Let a centre take no order and no person any more; appends ``centre.closed``.

    Its orders and history stay readable. Raises ReasonMissing, NotAllowed, NotFound, Stale,
    CentreIsClosed, CentreHasOrders, CentreHasPeople.
    """
    reason = rules.written(reason)
    with act(command, streams=[centre]) as a:
        seen = _seen(a, centre, seq)
        centres.check_open(seen)
        orders = centres.open_orders_of(centre)
        if orders:
            raise CentreHasOrders(centre=seen.title, orders=_named(orders))
        people = centres.members_of([centre]).get(centre, [])
        if people:
            raise CentreHasPeople(centre=seen.title, people=_named(people))
        a.append(centre, CentreClosed(reason=reason[:200]))
        a.reply = {"id": str(centre)}
    return a.reply


@acting
def reopen_centre(*, command: Command, centre: UUID, reason: str, seq: int | None = None) -> Reply:
    """Let a closed centre take orders and people again; appends ``centre.reopened``, and tells it.

    Nobody belongs to it by that. Raises ReasonMissing, NotAllowed, NotFound, Stale, CentreIsOpen.
    """
    reason = rules.written(reason)
    with act(command, streams=[centre]) as a:
        seen = _seen(a, centre, seq)
        if seen.closed_at is None:
            raise CentreIsOpen(centre=seen.title)
        a.append(centre, CentreReopened(reason=reason[:200]))
        a.enqueue(CENTRE_REGISTERED, {"centre": str(centre)})
        a.reply = {"id": str(centre)}
    return a.reply


def _seen(a: Act, centre: UUID, seq: int | None) -> TreatmentCentre:
    rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
    seen = centres.centre(centre)
    if seq is not None:
        a.expect(centre, seq)
    return seen


def _named(some: Sequence[str]) -> str:
    return ", ".join([*some[:NAMED], *(["…"] if len(some) > NAMED else [])])


@acting
def set_centre(*, command: Command, person: UUID, centre: UUID | None, reason: str) -> Reply:
    """Say to which centre somebody from outside belongs; None: to none any more.

    Holds from their next request on. Appends ``person.centre_set``. Raises ReasonMissing,
    NotAllowed, OwnAccess, NotFound, CentreOfOutside, CentreIsClosed, SameCentre.
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
    there = centres.centre(to) if to else None
    if there is not None:
        centres.check_open(there, field="centre")
    said = CentreSet(
        membership=held.id if held else uuid7(), site=site, centre=to,
        centre_name=there.title if there else "", reason=reason[:200],
    )  # fmt: skip
    a.append(person, said)
    a.reply = {"id": str(said.membership)}


def leave_centre(a: Act, person: UUID, site: UUID, *, reason: str) -> None:
    """End a membership in a running act that takes the role or the account; none is no matter."""
    held = membership_of(person, site)
    if held is not None and held.centre is not None:
        _belongs(a, person, site, None, reason)
