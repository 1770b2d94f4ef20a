"""What a site has said of its approvals."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from recipes.approvers import Approvers
from records.catalogue import Catalogued


class ApprovalRule(Catalogued):
    """Which signatures a site asks for; ``roles`` are keys with commas between, in their order."""

    fields: ClassVar[tuple[str, ...]] = ("roles", "in_order")
    called = _("Approvals of recipes")

    id = models.UUIDField(primary_key=True)
    roles = models.CharField(max_length=250)
    in_order = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("Approvals of recipes")
        constraints = [
            models.UniqueConstraint(fields=["site"], name="recipes_rule_one_a_site"),
        ]

    def __str__(self) -> str:
        return self.roles

    @property
    def approvers(self) -> Approvers:
        """The rule as the services ask it."""
        return Approvers(tuple(self.roles.split(",")), self.in_order)
