"""What may be done while the system is not there: nothing that only the system can give."""

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recipes.faults import Fault, check
from recipes.outline import Outline

# Why a kind of step cannot be done without the system.
NEEDS: Mapping[str, Promise] = {
    "gate": gettext_lazy("It cannot be done offline: the result or the approval is given here."),
    "label": gettext_lazy("It cannot be done offline: the labels are numbered and printed here."),
    "clear": gettext_lazy("It cannot be done offline: the place is taken and given back here."),
}


@check("offline.needs_system")
def offline_without_the_system(outline: Outline) -> Iterator[Fault]:
    """A step that may be done offline asks for nothing that only the system can give."""
    for place in outline.all_steps:
        step = place.step
        if not step.offline:
            continue
        if step.kind in NEEDS:
            yield Fault((*place.path, "offline"), str(NEEDS[step.kind]))
        elif step.verify:
            sentence = _("It cannot be done offline: the second person signs here.")
            yield Fault((*place.path, "offline"), sentence)
