"""Decisions: made by a role that exists and works at the tablet."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.permissions import Permission, permissions_of
from recipes.kinds import decide
from recipes.outline import Fault, Outline, check


@check("decision.role")
def deciders_can_decide(outline: Outline) -> Iterator[Fault]:
    """Who decides records the step, so the role must be allowed to: others answer at a gate."""
    for place in outline.all_steps:
        step = place.step
        if not isinstance(step, decide.Step):
            continue
        if Permission.BATCHES_PERFORM not in permissions_of([step.role]):
            sentence = _("Nobody in the role %(name)s records steps: ask QA at a gate instead.")
            yield Fault((*place.path, "role"), sentence % {"name": step.role})
