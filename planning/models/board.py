from django.db import models

from records.models import Projection


class PlanBoard(Projection):
    """One for each site. ``version`` counts accepted plans, ``plans`` numbers requests."""

    id = models.UUIDField(primary_key=True)
    version = models.PositiveIntegerField()
    plans = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site"], name="planning_board_one_per_site"),
        ]

    def __str__(self) -> str:
        return f"board {self.version}"
