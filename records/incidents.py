"""Incidents of the system itself: what failed, why, and what is done so that it does not again.

``records`` names no roles: the caller brings ``check``, which refuses, inside the act, who may not.
"""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mes.lib.refusals import NotFound
from records.act import New, act, acting
from records.commands import Actor, Command, Reply
from records.entries import Payload, entry
from records.enums import Weight
from records.exceptions import IncidentClosedBefore, ReasonMissing, RootCauseMissing
from records.folding import Folded, change, create, fold
from records.models import Incident
from records.presenters import presents
from records.reading import the_one
from records.things import evaluates, found_by, labels_of, thing, words

INCIDENT: Final = "incident"
SHORT, CAPA, LONGEST = 120, 60, 4000
Check = Callable[[Actor], object]


@entry("incident.opened", version=1, stream=INCIDENT)
class IncidentOpened(Payload):
    """Something went wrong with the system; ``weight`` is a guess until more is known."""

    title: str
    weight: str
    description: str


@entry("incident.closed", version=1, stream=INCIDENT)
class IncidentClosed(Payload):
    """The root cause was found; ``capa`` names where what is done about it is followed."""

    root_cause: str
    action: str
    capa: str


@fold(IncidentOpened)
def _opened(e: Folded[IncidentOpened]) -> None:
    p = e.payload
    create(
        Incident, e, id=e.stream, title=p.title, weight=p.weight, description=p.description,
        opened_at=e.at, opened_by_name=e.actor_name,
    )  # fmt: skip


@fold(IncidentClosed)
def _closed(e: Folded[IncidentClosed]) -> None:
    p = e.payload
    change(
        Incident.objects.all(), e, root_cause=p.root_cause, action=p.action, capa=p.capa,
        closed_at=e.at, closed_by=e.actor, closed_by_name=e.actor_name,
    )  # fmt: skip


@presents(IncidentOpened)
def _said_opened(p: IncidentOpened) -> str:
    said = {"title": p.title, "weight": Weight(p.weight).label, "description": p.description}
    return _("Incident (%(weight)s): %(title)s. %(description)s") % said


@presents(IncidentClosed)
def _said_closed(p: IncidentClosed) -> str:
    said = {"cause": p.root_cause or "–", "action": p.action or "–", "capa": p.capa or "–"}
    return _("Incident closed. Root cause: %(cause)s. Done: %(action)s. CAPA: %(capa)s") % said


thing(
    INCIDENT, gettext_lazy("Incident of the system"), retention="quality-system",
    labels=labels_of(Incident, "title"), find=found_by(Incident, "title__icontains"),
)  # fmt: skip
evaluates("incidents", "incident.opened", "incident.closed")
words(
    {
        "incident.opened": gettext_lazy("Incident opened"),
        "incident.closed": gettext_lazy("Incident closed"),
    }
)


@acting
def open_incident(
    *, command: Command, incident: UUID, title: str, weight: Weight, description: str, check: Check
) -> Reply:
    """Open an incident; appends ``incident.opened``. Raises ReasonMissing, what ``check`` does."""
    if command.actor.site is None:
        raise NotFound()
    with act(command, new=[New(INCIDENT, incident, command.actor.site)]) as a:
        check(a.actor)
        for field, text in (("title", title), ("description", description)):
            if not text.strip():
                raise ReasonMissing(field=field)
        said = IncidentOpened(
            title=title.strip()[:SHORT], weight=weight.value,
            description=description.strip()[:LONGEST],
        )  # fmt: skip
        a.append(incident, said)
        a.reply = {"incident": str(incident)}
    return a.reply


@acting
def close_incident(
    *, command: Command, incident: UUID, root_cause: str, action: str, capa: str, check: Check
) -> Reply:
    """Close an incident; a critical one needs root cause, action and the number of its CAPA.

    Appends ``incident.closed``. Raises NotFound, IncidentClosedBefore, RootCauseMissing, what
    ``check`` raises.
    """
    with act(command, streams=[incident]) as a:
        check(a.actor)
        row = the_one(Incident.objects.filter(id=incident))
        if row.closed_at is not None:
            raise IncidentClosedBefore(by=row.closed_by_name)
        said = IncidentClosed(
            root_cause=root_cause.strip()[:LONGEST], action=action.strip()[:LONGEST],
            capa=capa.strip()[:CAPA],
        )  # fmt: skip
        if not said.root_cause:
            raise RootCauseMissing(field="root_cause")
        for field in ("action", "capa"):
            if row.weight == Weight.CRITICAL and not getattr(said, field):
                raise RootCauseMissing(field=field)
        a.append(incident, said)
        a.reply = {"incident": str(incident)}
    return a.reply
