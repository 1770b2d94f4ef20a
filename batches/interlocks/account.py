"""account: each container is this patient's and comes to its end; none of its kind is left."""

from functools import partial
from typing import cast
from uuid import UUID

from batches.exceptions import ContainersLeft, WrongKindOfContainer
from batches.interlocks.identity import KINDS, concerned_by, container_of
from batches.models import Batch
from batches.work import Found, Work, refuse
from materials.enums import ContainerStatus
from materials.models import Container
from materials.rules import check_container_of
from materials.services import consume_container, store_container
from recipes.document import Placed
from recipes.enums import Fate
from recipes.kinds.account import Step

# A container in one of these has come to its end, or lies where it is kept.
DONE = ContainerStatus.gone | {ContainerStatus.STORED, ContainerStatus.RELEASED}


def find(batch: Batch, placed: Placed, values: dict[str, str]) -> Found:
    """Return the containers whose codes were scanned."""
    codes = [name for name in cast("Step", placed.step).codes if name in values]
    things = {name: container_of(batch, [values[name]]) for name in codes}
    return Found(things=things, streams=tuple(dict.fromkeys(things.values())))


def check(work: Work) -> None:
    """Identity is absolute; a container that is left over is conditional. A quarantine is no
    hindrance: what is in doubt is stored as well, and may be discarded.
    """
    step = cast("Step", work.placed.step)
    scanned = list(Container.objects.filter(id__in=work.found.things.values()))
    for seen in scanned:
        check_container_of(work.batch.coi, seen, streams=concerned_by(work.batch, seen))
        work.interlock(partial(_check_kind, seen, step))
    if step.every:
        work.interlock(partial(_check_none_left, work, step, {seen.id for seen in scanned}))


def _check_kind(seen: Container, step: Step) -> None:
    if seen.kind != KINDS[step.what]:
        raise WrongKindOfContainer(
            scanned=seen.label, found=seen.get_kind_display(), asked=str(step.what.label)
        )


def _check_none_left(work: Work, step: Step, scanned: set[UUID]) -> None:
    """Raises ContainersLeft, naming them."""
    rows = Container.objects.of_patient(work.batch.coi).filter(kind=KINDS[step.what])
    mine = rows.filter(batch__in=[work.batch.id]) | rows.filter(batch__isnull=True)
    left = mine.exclude(status__in=DONE).exclude(id__in=scanned).order_by("label")
    labels = list(left.values_list("label", flat=True))
    if labels:
        refuse(ContainersLeft(labels=", ".join(labels), kind=str(step.what.label)))


def effect(work: Work) -> None:
    """Store, or use up; what is discarded belongs to no batch any more."""
    step = cast("Step", work.placed.step)
    for container in dict.fromkeys(work.found.things.values()):
        if step.fate == Fate.STORED:
            store_container(work.a, container, work.values["place"])
        elif step.fate == Fate.CONSUMED:
            consume_container(work.a, container, batch=work.batch.id, step=work.path)
        else:
            why = work.values["comment"]
            consume_container(work.a, container, batch=None, step=why)
