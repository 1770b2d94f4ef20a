from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.catalogue import Catalogued


class Material(Catalogued):
    """What can be bought or made, by code; its lots are counted in ``unit`` (UCUM)."""

    fields: ClassVar[tuple[str, ...]] = ("code", "title", "unit")
    called = _("Material")

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    unit = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "code"], name="materials_material_code"),
        ]

    def __str__(self) -> str:
        return self.code
