"""Roles that a recipe asks for: they exist, and who decides works at the tablet."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.permissions import ROLES, Permission, permissions_of
from recipes import together
from recipes.faults import Fault, check
from recipes.kinds import decide
from recipes.nodes import Path
from recipes.outline import Outline


def roles(outline: Outline) -> Iterator[tuple[Path, str]]:
    """Yield each role that a stage, an operation or a step asks for, and where."""
    for path, staff in together.staff(outline):
        yield (*path, "role"), staff.role
    for place in outline.all_steps:
        if place.step.role is not None:
            yield (*place.path, "role"), place.step.role


@check("role.unknown")
def roles_exist(outline: Outline) -> Iterator[Fault]:
    """Each role that is asked for is one that people can be given, here or at the site."""
    here = (outline.site.known_roles if outline.site else None) or frozenset()
    for path, name in roles(outline):
        if name not in ROLES and name not in here:
            sentence = _("There is no role %(name)s; there are %(known)s.")
            yield Fault(path, sentence % {"name": name, "known": ", ".join(ROLES)})


@check("decision.role")
def deciders_can_decide(outline: Outline) -> Iterator[Fault]:
    """Who decides records the step, so the role must be allowed to: others answer at a gate."""
    for place in outline.all_steps:
        step = place.step
        if not isinstance(step, decide.Step) or step.role not in ROLES:
            continue  # that there is no such role is said there
        if Permission.BATCHES_PERFORM not in permissions_of([step.role]):
            sentence = _("Nobody in the role %(name)s records steps: ask QA at a gate instead.")
            yield Fault((*place.path, "role"), sentence % {"name": step.role})
