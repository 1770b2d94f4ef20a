from planning.models.board import PlanBoard
from planning.models.plan import Plan

__all__ = ["Plan", "PlanBoard"]
