"""The catalogue of materials."""

from accounts.permissions import Permission
from accounts.rules import check_permission
from materials.models import Material
from mes.lib.ids import uuid7
from records.catalogue import change_catalogue
from records.commands import Command, Reply


def add_material(*, command: Command, code: str, title: str, unit: str, reason: str) -> Reply:
    """Add a material to the site's catalogue; appends ``catalogue.changed``.

    ``unit`` is a UCUM code. Raises MaterialTaken, NotAllowed.
    """
    return change_catalogue(
        command=command,
        model=Material,
        row=uuid7(),
        values={"code": code, "title": title, "unit": unit},
        reason=reason,
        check=lambda actor: check_permission(actor, Permission.MATERIALS_MANAGE),
        made=True,
    )
