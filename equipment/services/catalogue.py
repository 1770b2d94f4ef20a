"""The catalogue of equipment classes."""

from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from equipment.models import EquipmentClass
from mes.lib.ids import uuid7
from records.catalogue import change_catalogue
from records.commands import Actor, Command, Reply


def add_class(*, command: Command, code: str, title: str, reason: str) -> Reply:
    """Add a class to the site's catalogue; appends ``catalogue.changed``. Raises NotAllowed."""
    return change_catalogue(
        command=command, model=EquipmentClass, row=uuid7(), made=True,
        values={"code": code, "title": title}, reason=reason, check=_check,
    )  # fmt: skip


def retitle_class(*, command: Command, row: UUID, title: str, reason: str) -> Reply:
    """Give a class another title; appends ``catalogue.changed``. Raises NotAllowed."""
    return change_catalogue(
        command=command, model=EquipmentClass, row=row, values={"title": title}, reason=reason,
        check=_check,
    )  # fmt: skip


def _check(actor: Actor) -> None:
    check_permission(actor, Permission.EQUIPMENT_MANAGE)
