"""A recipe's stages as the solver sees them."""

from datetime import UTC, datetime, timedelta

from planning.jobs import job_stage
from planning.problem import Link
from recipes import reader

RECIPE = reader.read("""
recipe: CLOCK
title: {en: A container's clock}
modality: autologous
stages:
- key: thaw
  title: {en: Thaw}
  duration: {low: 1 h, expected: 1 h, high: 1 h}
  operations:
  - key: bath
    title: {en: Bath}
    openness: closed
    steps: [{key: thawed, kind: confirm, starts: thawed, text: {en: Thawed}}]
- key: wash
  title: {en: Wash}
  duration: {low: 1 h, expected: 1 h, high: 1 h}
  within: [{from: clock.thawed, max: 2 h}]
  operations:
  - key: wash
    title: {en: Wash}
    openness: closed
    steps: [{key: washed, kind: confirm, text: {en: Washed}}]
""")
THAWED = datetime(2026, 11, 28, 8, tzinfo=UTC)


def test_a_containers_clock_begins_with_the_end_of_the_stage_that_starts_it() -> None:
    wash = RECIPE.stages[1]
    planned = job_stage(RECIPE, wash, None, {})
    assert planned.links == (Link(stage="thaw", moment="ended_at", most=timedelta(hours=2)),)
    running = job_stage(RECIPE, wash, None, {"thaw.ended_at": THAWED})
    assert (running.links, running.latest) == ((), THAWED + timedelta(hours=2))
