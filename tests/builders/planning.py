"""Plans at a point of their way, brought there by the real services. Needs ``committed_db``."""

from uuid import UUID

from mes.lib.ids import uuid7
from planning.models import Plan
from planning.services import accept_plan, request_plan
from records.commands import Command
from records.outbox import drain
from records.reading import reading
from tests.builders.batches import Trial

PLANNER = "lindqvist"


def as_planner(trial: Trial, *, key: UUID | None = None, who: str = PLANNER) -> Command:
    return Command(key=key or uuid7(), name="test", actor=trial.plant.crew.actor(who))


def requested(trial: Trial) -> UUID:
    """Ask for a plan; nothing is computed yet."""
    return UUID(str(request_plan(command=as_planner(trial), batch=trial.batch)["plan"]))


def proposed(trial: Trial) -> UUID:
    """Ask for a plan and have it computed."""
    plan = requested(trial)
    drain()
    return plan


def accepted(trial: Trial) -> UUID:
    """Ask for a plan, have it computed, and accept it."""
    plan = proposed(trial)
    accept_plan(command=as_planner(trial), plan=plan)
    drain()
    return plan


def plan_row(trial: Trial, plan: UUID) -> Plan:
    with reading(site=trial.site):
        return Plan.objects.get(id=plan)
