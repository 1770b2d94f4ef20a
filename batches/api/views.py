"""One class an operation; each calls the service that the screens call."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission
from batches.api.serializers import BatchOut, StepIn, StepOut
from batches.entries import OnPaper
from batches.models import Batch, Step
from batches.pages.seen import language, seq_of
from batches.selectors import batch_of, due_steps, operation_of, placed_of
from batches.services import perform_step
from records.web import command_from

KEY = OpenApiParameter(
    name="Idempotency-Key",
    location=OpenApiParameter.HEADER,
    required=True,
    type=str,
    description="UUID of version 7, made by the client for this one command.",
)


class PerformStep(APIView):
    """Perform the step that is due, as a tablet or a machine's software does."""

    permission: ClassVar[str] = Permission.BATCHES_PERFORM

    @extend_schema(
        operation_id="batches_perform_step",
        request=StepIn,
        responses={201: StepOut},
        parameters=[KEY],
    )
    def post(self, request: Request, batch: UUID) -> Response:
        """Answer 201 with the judgement; the same key gives the same answer again."""
        given = StepIn(data=request.data)
        given.is_valid(raise_exception=True)
        step, values = given.validated_data["step"], given.validated_data["values"]
        payload = {"batch": str(batch), "step": step, "values": values}
        paper = (
            OnPaper(**given.validated_data["paper"]) if "paper" in given.validated_data else None
        )
        if paper:
            payload["paper"] = paper.model_dump(mode="json")
        command = command_from(request._request, "step.perform", payload)
        reply = perform_step(
            command=command, batch=batch, step=step, values=values, language=language(),
            paper=paper,
        )  # fmt: skip
        return Response(StepOut(reply).data, status=status.HTTP_201_CREATED)


class ReadBatch(APIView):
    """Say where a batch stands and what is due."""

    permission: ClassVar[str] = Permission.BATCHES_READ

    @extend_schema(operation_id="batches_read", responses={200: BatchOut})
    def get(self, request: Request, batch: UUID) -> Response:
        """Answer 200 with the batch and its due step, 404 for another site's."""
        return Response(BatchOut(_batch(batch_of(batch))).data)


def _batch(row: Batch) -> dict[str, Any]:
    due = [_due(row, step) for step in due_steps(row.id)]
    return {
        "batch": row.id,
        "number": row.number,
        "coi": row.coi,
        "recipe": f"{row.recipe} {row.recipe_label}",
        "recipe_hash": row.recipe_hash,
        "process_state": row.process_state,
        "record_state": row.record_state,
        "disposition": row.disposition,
        "quality_hold": row.quality_hold,
        "position": row.position,
        "steps": row.steps,
        "seq": seq_of(row.id),
        "due": next(iter(due), None),
        "beside": due[1:],
    }


def _due(row: Batch, step: Step) -> dict[str, Any]:
    placed = placed_of(row, step.path)
    return {
        "step": step.ref,
        "position": step.position,
        "operation": step.operation,
        "performer": operation_of(row.id, step.operation).performer_name,
        "kind": step.kind,
        "state": step.state,
        "text": placed.step.text.say(language()),
        "values": list(placed.step.accepts()),
        "definition": placed.step.model_dump(mode="json", by_alias=True, exclude_defaults=True),
    }
