"""Acts on plans."""

from planning.services.deciding import accept_plan, reject_plan
from planning.services.proposing import propose, refresh
from planning.services.requesting import board_of, request_plan

__all__ = ["accept_plan", "board_of", "propose", "refresh", "reject_plan", "request_plan"]
