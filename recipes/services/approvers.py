"""Which signatures a site asks for under its recipes."""

from collections.abc import Sequence
from uuid import UUID, uuid5

from accounts.permissions import Permission
from accounts.rules import check_permission
from mes.lib.refusals import NotFound
from recipes import rules
from recipes.exceptions import ReasonMissing
from recipes.models import ApprovalRule
from records.catalogue import change_catalogue
from records.commands import Actor, Command, Reply
from records.reading import reading

# The history of a catalogue's row keeps no longer one.
LONGEST = 100


def rule_of(site: UUID) -> UUID:
    """Return the stream of a site's rule."""
    return uuid5(site, "recipe-approvers")


def set_approvers(
    *, command: Command, roles: Sequence[str], in_order: bool, reason: str
) -> Reply:  # fmt: skip
    """Say which signatures a version needs from now on, one role for each.

    Signatures that were given count as they fit. Raises ApproversUnknown, ReasonMissing,
    NotAllowed. Appends ``catalogue.changed``.
    """
    rules.check_approvers(roles)
    if not reason.strip():
        raise ReasonMissing(field="reason")
    site = command.actor.site
    if site is None:
        raise NotFound()
    with reading(site=site, person=command.actor.person):
        known = ApprovalRule.objects.filter(id=rule_of(site)).exists()
    return change_catalogue(
        command=command, model=ApprovalRule, row=rule_of(site), made=not known,
        values={"roles": ",".join(roles), "in_order": in_order}, reason=reason.strip()[:LONGEST],
        check=_check,
    )  # fmt: skip


def _check(actor: Actor) -> None:
    check_permission(actor, Permission.RECIPES_APPROVE)
