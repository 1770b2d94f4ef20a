"""What signatures in a batch's entries are under, told once more for the self-check of records."""

from typing import Any

from batches.entries import OperationAttested, SignatureRenewed, StepVerified
from batches.models import VoidedSignature
from batches.selectors import operation_of, step_of
from batches.services.corrections import voided_content
from batches.services.operations import operation_content
from batches.services.steps import step_content
from mes.lib.evidence import JSON
from recipes import paths
from records.folding import Folded
from records.reading import the_one
from records.signed import signed_under


def _is_void(e: Folded[Any]) -> bool:
    """Whether a correction of what was signed has voided the signature of this entry."""
    return VoidedSignature.objects.filter(stream=e.stream, signed=e.seq).exists()


@signed_under(StepVerified)
def _verified(e: Folded[StepVerified]) -> JSON:
    """The step's values, as they still stand."""
    if _is_void(e):
        return None
    return step_content(step_of(e.stream, paths.ref(e.payload.step, e.payload.iteration)))


@signed_under(OperationAttested)
def _attested(e: Folded[OperationAttested]) -> JSON:
    """Every step of the operation, as they still stand."""
    return None if _is_void(e) else operation_content(operation_of(e.stream, e.payload.operation))


@signed_under(SignatureRenewed)
def _renewed(e: Folded[SignatureRenewed]) -> JSON:
    """The part that was signed again; a record that is reviewed again went on growing."""
    if _is_void(e) or e.payload.about not in (StepVerified.kind, OperationAttested.kind):
        return None
    voided = VoidedSignature.objects.filter(stream=e.stream, signed=e.payload.voided)
    return voided_content(the_one(voided))
