"""Moves of a container as acts of their own, from its page or a scanner."""

from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from materials.services.containers import move_container, store_container
from records.act import act, acting
from records.commands import Command, Reply


@acting
def move(*, command: Command, container: UUID, location: str) -> Reply:
    """Say where a container is now. See ``move_container``."""
    with act(command, streams=[container]) as a:
        check_permission(a.actor, Permission.MATERIALS_MANAGE)
        move_container(a, container, location)
        a.reply = {"container": str(container), "location": location}
    return a.reply


@acting
def store(*, command: Command, container: UUID, location: str) -> Reply:
    """Put a container into a store. See ``store_container``."""
    with act(command, streams=[container]) as a:
        check_permission(a.actor, Permission.MATERIALS_MANAGE)
        store_container(a, container, location)
        a.reply = {"container": str(container), "location": location}
    return a.reply
