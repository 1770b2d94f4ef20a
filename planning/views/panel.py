"""The panel beside the board: the proposal, or what waits for one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from batches.selectors import stage_titles
from mes.lib.refusals import Refusal
from planning import selectors
from planning.enums import PlanState
from planning.models import Plan
from planning.selectors import Waiting


@dataclass(frozen=True, slots=True)
class StageLine:
    """A stage of a proposal: when, and where."""

    title: str
    start: datetime
    end: datetime
    where: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel shows. ``seq`` is the version on which a decision is based."""

    plan: Plan | None
    seq: int
    lines: list[StageLine]
    problem: Refusal | None
    others: list[Plan]
    waiting: list[Waiting]

    @property
    def etag(self) -> str:
        """What a poll of the plan's state is compared with."""
        return f'"{self.plan.id.hex}-{self.seq}"' if self.plan else ""

    @property
    def start(self) -> datetime | None:
        """When the first stage begins."""
        return self.lines[0].start if self.lines else None

    @property
    def end(self) -> datetime | None:
        """When the last stage ends."""
        return self.lines[-1].end if self.lines else None


def panel(plan: Plan | None, plans: list[Plan]) -> Panel:
    """Return the panel for a plan (or none), the other open ones and what waits."""
    failed = plan is not None and plan.state == PlanState.FAILED
    problem = _problem(plan) if plan and failed else None
    return Panel(
        plan=plan,
        seq=selectors.seq_of(plan.id) if plan else 0,
        lines=_lines(plan) if plan else [],
        problem=problem,
        others=[other for other in plans if plan is None or other.id != plan.id],
        waiting=selectors.waiting(),
    )


def _problem(plan: Plan) -> Refusal:
    return Refusal.revive(code=plan.problem, params=dict(plan.problem_params), field=None)


def _lines(plan: Plan) -> list[StageLine]:
    titles = stage_titles([plan.batch]).get(plan.batch, {})
    return [
        StageLine(
            title=titles.get(stage["key"], stage["key"]),
            start=datetime.fromisoformat(stage["start"]),
            end=datetime.fromisoformat(stage["end"]),
            where=_where(plan, stage["key"]),
        )
        for stage in plan.stages
    ]


def _where(plan: Plan, stage: str) -> str:
    """Return what a stage has: places first, then units, each once."""
    here: list[dict[str, Any]] = [
        one for one in plan.bookings if any(span["key"] == stage for span in one["stages"])
    ]
    here.sort(key=lambda one: (one["kind"] != "place", one["label"]))
    return ", ".join(dict.fromkeys(one["label"] for one in here))
