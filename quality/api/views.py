"""One class an operation; each calls what the screens call."""

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission
from batches.selectors import batch_of
from quality.api.serializers import GateOut, ResultIn, ResultOut
from quality.rules import gates_of
from quality.services import enter_result
from records.web import command_from

KEY = OpenApiParameter(
    name="Idempotency-Key",
    location=OpenApiParameter.HEADER,
    required=True,
    type=str,
    description="UUID of version 7, made by the client for this one command.",
)


class EnterResult(APIView):
    """Enter a result of a received sample; an instrument's software sends it here."""

    permission: ClassVar[str] = Permission.QUALITY_ENTER_RESULT

    @extend_schema(
        operation_id="results_enter",
        request=ResultIn,
        responses={201: ResultOut},
        parameters=[KEY],
    )
    def post(self, request: Request, sample: UUID) -> Response:
        """Answer 201 with the judgement; the same key gives the same answer again."""
        given = ResultIn(data=request.data)
        given.is_valid(raise_exception=True)
        payload = {"sample": str(sample), **given.validated_data}
        reply = enter_result(
            command=command_from(request._request, "result.enter", payload),
            sample=sample,
            typed=given.typed(),
        )
        return Response(ResultOut(reply).data, status=status.HTTP_201_CREATED)


class Gates(APIView):
    """Say what holds up the disposition of a batch."""

    permission: ClassVar[str] = Permission.QUALITY_READ

    @extend_schema(operation_id="batches_gates", responses={200: GateOut(many=True)})
    def get(self, request: Request, batch: UUID) -> Response:
        """Answer 200 with every gate, in the order of the bar."""
        return Response(GateOut(gates_of(batch_of(batch)), many=True).data)
