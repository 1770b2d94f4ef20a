"""Containers and materials: made, scanned back, used."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from recipes.enums import ContainerKind
from recipes.messages import Weight
from recipes.outline import Fault, Outline, StepPlace, check
from recipes.step import Names


@check("label.not_scanned_back")
def labels_scanned_back(outline: Outline) -> Iterator[Fault]:
    """A label that was applied is read again: by its own step or by a later scan."""
    for place in outline.all_steps:
        if place.step.kind != "label" or getattr(place.step, "scan_back", False):
            continue
        made = getattr(place.step, "makes", None)
        if not any(_scans(later, made) for later in outline.all_steps[place.number + 1 :]):
            yield Fault(
                (*place.path, "scan_back"), _("The labels of this step are never scanned back.")
            )


def _scans(place: StepPlace, kind: object) -> bool:
    return place.step.kind == "scan" and getattr(place.step, "what", None) == kind


@check("product.no_container")
def product_container_exists(outline: Outline) -> Iterator[Fault]:
    """What is specified for release is in a labelled product container."""
    makes = (getattr(place.step, "makes", None) for place in outline.steps)
    if outline.recipe.specification and ContainerKind.PRODUCT not in makes:
        yield Fault(
            ("stages",), _("A product is specified, and no step labels a product container.")
        )


@check("identity.never_scanned")
def identity_is_scanned(outline: Outline) -> Iterator[Fault]:
    """The patient's container is scanned by two identifiers at least once."""
    if not any(
        _scans(place, ContainerKind.PATIENT) and getattr(place.step, "identifiers", 0) == 2
        for place in outline.steps
    ):
        yield Fault(("stages",), _("No step scans the patient's container by two identifiers."))


@check("material.never_added")
def materials_are_used(outline: Outline) -> Iterator[Fault]:
    """Each material of the bill is added by a step."""
    added = {
        use.name
        for place in outline.all_steps
        for use in place.step.uses()
        if use.what == Names.MATERIAL
    }
    for number, line in enumerate(outline.recipe.bill_of_materials):
        if line.material not in added:
            yield Fault(
                ("bill_of_materials", number, "material"),
                _("No step adds %(name)s.") % {"name": line.material},
                Weight.WARNING,
            )
