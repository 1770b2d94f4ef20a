"""The header of a tablet page: whose cells, which step, safe until when, and by whom."""

from typing import Any

from django.utils.translation import gettext as _

from batches.models import Operation
from batches.pages.clocks import running
from batches.pages.seen import Seen, short

# What fits above the number of the step.
LONGEST = 24


def head_of(seen: Seen) -> dict[str, Any]:
    """Return the context of ``tablet_header.html``."""
    batch, due, operation = seen.batch, seen.due, seen.operation
    head: dict[str, Any] = {
        "mark": batch.mark,
        "coi": batch.coi,
        # What is last gives way on a narrow screen: better the product than the place.
        "product": seen.place or batch.recipe,
        "batch": batch.number,
        "place": batch.recipe if seen.place else "",
    }
    if due is not None and operation is not None:
        head |= _progress(seen, operation) | {"people": people(seen, operation)}
    return head | _clocks(seen)


def _clocks(seen: Seen) -> dict[str, Any]:
    """Return the most urgent clock, and the one after it."""
    clocks = running(seen)[:2]
    if not clocks:
        return {}
    first, *then = clocks
    missed = seen.url("call") if first.until <= seen.now else ""
    shown = {"safe_until": first.until, "safe_from": first.since, "safe_url": missed}
    return shown | {"safe_of": first.of, "safe_then": then[0] if then else None}


def _progress(seen: Seen, operation: Operation) -> dict[str, Any]:
    definition = seen.recipe.operation(operation.path)
    keys = [step.key for step in definition.steps] if definition else []
    due = seen.due
    key = due.path.rpartition("/")[2] if due else ""
    title = seen.title_of(operation.path)
    named = _("Operation %(n)s · %(title)s") % {"n": operation.number, "title": title}
    return {
        "operation": named if len(named) <= LONGEST else title,
        "step": due.position if due else seen.batch.position,
        "steps": seen.batch.steps,
        "tick": keys.index(key) + 1 if key in keys else 1,
        "ticks": len(keys),
    }


def people(seen: Seen, operation: Operation) -> list[dict[str, Any]]:
    """Return who performs and who records; one line when it is one person."""
    me = seen.actor
    if operation.performer is None:
        return [{"letter": "A", "name": _("Nobody yet"), "does": _("performs")}]
    performer = {"letter": "A", "name": short(operation.performer_name), "does": _("performs")}
    if operation.performer == me.person:
        return [{**performer, "does": _("performs, records"), "here": True}]
    recorder = {"letter": "B", "name": short(me.name), "does": _("records"), "here": True}
    return [performer, recorder]
