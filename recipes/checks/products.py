"""Containers and materials: made, scanned back, used."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from recipes.checks.containers import handling, made_by, needs_of
from recipes.enums import ContainerKind
from recipes.faults import Fault, check
from recipes.kinds import transfer
from recipes.messages import Weight
from recipes.outline import Outline
from recipes.places import StepPlace
from recipes.step import Names, StepBase


def _scans(place: StepPlace, kind: object) -> bool:
    return place.step.kind == "scan" and getattr(place.step, "what", None) == kind


@check("container.never_labelled")
def containers_are_labelled(outline: Outline) -> Iterator[Fault]:
    """What is scanned, weighed, connected, or poured from or into, was labelled before."""
    labelled = {ContainerKind.PATIENT}
    if ContainerKind.PRODUCT not in {_made(one.step) for one in outline.steps}:
        labelled.add(ContainerKind.PRODUCT)  # said by another check
    makes = {made[0] for one in handling(outline) if (made := made_by(one.step))}
    for place in handling(outline):
        known = labelled if place.operation.stage else labelled | makes
        for need in needs_of(place.step):
            itself = need.field == "to" and _made(place.step) == need.kind
            if need.kind not in known and not itself:
                sentence = _("No step before labels such a container.")
                yield Fault((*place.path, *need.field.split(".")), sentence)
        made = made_by(place.step)
        labelled |= {made[0]} if made else set()


@check("product.no_container")
def product_container_exists(outline: Outline) -> Iterator[Fault]:
    """What is specified for release is in a labelled product container."""
    makes = (_made(place.step) for place in outline.steps)
    if outline.recipe.specification and ContainerKind.PRODUCT not in makes:
        yield Fault(
            ("stages",), _("A product is specified, and no step labels a product container.")
        )


def _made(step: StepBase) -> object:
    """Return the kind of the containers that a step labels: a split and a pool do so, too."""
    if isinstance(step, transfer.Step):
        return step.to if step.made else None
    return getattr(step, "makes", None)


@check("identity.never_scanned")
def identity_is_scanned(outline: Outline) -> Iterator[Fault]:
    """The patient's container is scanned by two identifiers at least once."""
    scans = [place for place in outline.steps if _scans(place, ContainerKind.PATIENT)]
    if not any(getattr(place.step, "identifiers", 0) == 2 for place in scans):
        path = (*scans[0].path, "identifiers") if scans else ("stages",)
        yield Fault(path, _("No step scans the patient's container by two identifiers."))


@check("material.never_added")
def materials_are_used(outline: Outline) -> Iterator[Fault]:
    """Each material of the bill is added by a step."""
    added = {
        use.name
        for place in outline.all_steps
        for use in outline.uses(place)
        if use.what == Names.MATERIAL
    }
    for number, line in enumerate(outline.recipe.bill_of_materials):
        if line.material not in added:
            yield Fault(
                ("bill_of_materials", number, "material"),
                _("No step adds %(name)s.") % {"name": line.material},
                Weight.WARNING,
            )
