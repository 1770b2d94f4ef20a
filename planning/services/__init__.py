"""Acts on plans."""

from planning.services.clearing import give_back
from planning.services.deciding import accept_plan, reject_plan
from planning.services.proposing import propose, refresh, refresh_users
from planning.services.requesting import board_of, request_plan

__all__ = [
    "accept_plan",
    "board_of",
    "give_back",
    "propose",
    "refresh",
    "refresh_users",
    "reject_plan",
    "request_plan",
]
