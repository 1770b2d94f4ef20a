"""One class an operation; each calls the service that the screens call."""

from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission
from orders.api.serializers import OrderIn, OrderOut
from orders.services import enter_order
from records.web import actor_of, command_from

KEY = OpenApiParameter(
    name="Idempotency-Key",
    location=OpenApiParameter.HEADER,
    required=True,
    type=str,
    description="UUID of version 7, made by the client for this one command.",
)


class EnterOrder(APIView):
    """Enter an order and issue its chain of identity and patient mark."""

    permission: ClassVar[str] = Permission.ORDERS_WRITE

    @extend_schema(
        operation_id="orders_enter", request=OrderIn, responses={201: OrderOut}, parameters=[KEY]
    )
    def post(self, request: Request) -> Response:
        """Answer 201 with what was issued; the same key gives the same answer again."""
        asked = OrderIn(data=request.data)
        asked.is_valid(raise_exception=True)
        reply = enter_order(
            command=command_from(request._request, "order.enter", asked.payload()),
            wanted=asked.wanted(zone=actor_of(request._request).zone),
        )
        return Response(OrderOut(reply).data, status=status.HTTP_201_CREATED)
