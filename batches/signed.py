"""What signatures in a batch's entries are under, told once more for the self-check of records."""

from batches.entries import StepVerified
from batches.models import VoidedSignature
from batches.selectors import step_of
from batches.services.steps import step_content
from mes.lib.evidence import JSON
from recipes import paths
from records.folding import Folded
from records.signed import signed_under


@signed_under(StepVerified)
def _verified(e: Folded[StepVerified]) -> JSON:
    """The step's values, as they still stand; a correction of them makes the signature void."""
    if VoidedSignature.objects.filter(stream=e.stream, signed=e.seq).exists():
        return None
    return step_content(step_of(e.stream, paths.ref(e.payload.step, e.payload.iteration)))
