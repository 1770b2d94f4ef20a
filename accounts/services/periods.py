"""Signed-in periods: they attribute a person's acts from sign-in to sign-out or lock."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from accounts.entries import PeriodClosed, PeriodOpened
from accounts.enums import PeriodEnd
from accounts.exceptions import NoRoleHere
from accounts.models import Device, Site
from accounts.selectors import roles_of, site_of, sites_of
from accounts.services.ceremony import Proof, prove, prove_by_password
from accounts.services.codes import second_factor
from mes.lib.ids import uuid7
from records.act import act, acting
from records.commands import SYSTEM_ROLE, Actor, Command, Reply
from records.models import Entry
from records.reading import reading


def tablet_actor(device: Device, *, zone: str) -> Actor:
    """Return the tablet itself as actor: nobody is signed in yet."""
    return Actor(
        person=None,
        name=device.label,
        role=SYSTEM_ROLE,
        site=device.site,
        device=device.id,
        zone=zone,
    )


def sign_in_tablet(*, key: UUID, badge: str, pin: str, device: Device) -> Reply:
    """Open a period on an enrolled tablet by badge and PIN.

    ``key`` is the command's. Replies person, site, device, period, factors.
    Raises WrongCredential, LockedOut, CredentialBlocked, PersonIsDisabled, NoRoleHere.
    """
    with reading(site=device.site):
        site = site_of(_site(device))
    proof = prove(badge=badge, pin=pin, actor=tablet_actor(device, zone=site.zone))
    return _open(key=key, proof=proof, site=site, device=device.id)


def _site(device: Device) -> UUID:
    if device.site is None:
        raise TypeError("A tablet belongs to a site.")
    return device.site


def sign_in_desk(
    *, key: UUID, username: str, password: str, code: str = "", site: UUID | None = None
) -> Reply:
    """Open a period at a desk by user name and password, at ``site`` or the first of theirs.

    ``code`` is the second factor of whoever has one. Raises WrongCredential, LockedOut,
    CredentialBlocked, PersonIsDisabled, NoRoleHere, CodeNeeded, SecondFactorNeeded, WrongCode.
    """
    desk = desk_actor(site)
    proof = prove_by_password(username=username, password=password, actor=desk)
    second = second_factor(proof.person, code=code, actor=desk)
    proof = replace(proof, factors=(*proof.factors, *second))
    return sign_in_proved(key=key, proof=proof, site=site)


def desk_actor(site: UUID | None = None) -> Actor:
    """Return a desk as actor: nobody is signed in yet."""
    return Actor(person=None, name="desk", role=SYSTEM_ROLE, site=site)


def sign_in_proved(*, key: UUID, proof: Proof, site: UUID | None = None) -> Reply:
    """Open a period at a desk for a person who was proved, at ``site`` or the first of theirs.

    Raises NoRoleHere.
    """
    with reading(site=None, person=proof.person):
        chosen = _choose(sites_of(proof.person), site)
    if chosen is None:
        raise NoRoleHere(person=proof.printed_name)
    return _open(key=key, proof=proof, site=chosen, device=None)


def _choose(sites: Sequence[Site], wanted: UUID | None) -> Site | None:
    return next((site for site in sites if wanted in (None, site.id)), None)


def _open(*, key: UUID, proof: Proof, site: Site, device: UUID | None) -> Reply:
    with reading(site=site.id, person=proof.person):
        roles = roles_of(proof.person, site.id)
    if not roles:
        raise NoRoleHere(person=proof.printed_name)
    actor = Actor(
        person=proof.person,
        name=proof.printed_name,
        role=roles[0],
        site=site.id,
        device=device,
        zone=site.zone,
    )
    reply = _opened(key, actor, proof)
    # A form that was sent before: its period may be over by now, and one that is closed stays so.
    return _opened(uuid7(), actor, proof) if _is_over(reply, actor) else reply


def _opened(key: UUID, actor: Actor, proof: Proof) -> Reply:
    device = str(actor.device) if actor.device else None
    payload = {"device": device, "factors": list(proof.factors)}
    command = Command(key=key, name="period.open", actor=actor, payload=payload)
    return _open_period(command=command, factors=proof.factors)


def _is_over(reply: Reply, actor: Actor) -> bool:
    """Whether a period was closed: its id is the key of the command that closed it."""
    with reading(site=actor.site, person=actor.person):
        closed = Entry.objects.filter(kind=PeriodClosed.kind, command=str(reply["period"]))
        return closed.filter(stream=str(actor.person)).exists()


@acting
def _open_period(*, command: Command, factors: tuple[str, ...]) -> Reply:
    actor = command.actor
    assert actor.person is not None  # noqa: S101 - a proven person
    with act(command, streams=[actor.person]) as a:
        period = uuid7()
        a.append(actor.person, PeriodOpened(period=period, device=actor.device, factors=factors))
        a.reply = {
            "period": str(period),
            "person": str(actor.person),
            "site": str(actor.site),
            "device": str(actor.device) if actor.device else None,
            "factors": list(factors),
        }
    return a.reply


def close_period(*, actor: Actor, period: UUID, reason: PeriodEnd) -> Reply:
    """Close a signed-in period, once: its id is the key of the closing command."""
    command = Command(key=period, name="period.close", actor=actor)
    return _close_period(command=command, period=period, reason=reason)


@acting
def _close_period(*, command: Command, period: UUID, reason: PeriodEnd) -> Reply:
    person = command.actor.person
    assert person is not None  # noqa: S101 - a period is a person's
    with act(command, streams=[person]) as a:
        a.append(person, PeriodClosed(period=period, reason=reason.value))
        a.reply = {"id": str(period)}
    return a.reply
