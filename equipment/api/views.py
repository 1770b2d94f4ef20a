"""One class an operation; each calls the service that the screens call."""

from typing import Any, ClassVar, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission
from equipment import selectors
from equipment.api.serializers import (
    AcknowledgeIn,
    AlarmDone,
    AlarmOut,
    AlarmsAsked,
    ClearIn,
    RaisedOut,
    RaiseIn,
)
from equipment.models import Alarm
from equipment.services import alarms
from mes.lib.evidence import JSON
from records.commands import Command
from records.reading import the_one
from records.web import command_from

# So many are given at once, the newest; who wants older ones asks for those until an instant.
MOST: Final = 200
KEY = OpenApiParameter(
    name="Idempotency-Key",
    location=OpenApiParameter.HEADER,
    required=True,
    type=str,
    description="UUID of version 7, made by the client for this one command.",
)


def _command(request: Request, name: str, payload: dict[str, JSON]) -> Command:
    return command_from(request._request, name, payload)


class Alarms(APIView):
    """Search the alarms of the site, the newest first."""

    permission: ClassVar[str] = Permission.EQUIPMENT_READ

    @extend_schema(
        operation_id="alarms_list", parameters=[AlarmsAsked], responses={200: AlarmOut(many=True)}
    )
    def get(self, request: Request) -> Response:
        """Answer 200 with at most 200 alarms, 400 for a filter that cannot be read."""
        asked = AlarmsAsked(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        rows = selectors.alarms_of_site(**asked.validated_data)[:MOST]
        return Response(AlarmOut(rows, many=True).data)


class ReadAlarm(APIView):
    """Say how an alarm stands."""

    permission: ClassVar[str] = Permission.EQUIPMENT_READ

    @extend_schema(operation_id="alarms_read", responses={200: AlarmOut})
    def get(self, request: Request, alarm: UUID) -> Response:
        """Answer 200 with the alarm, 404 for another site's."""
        return Response(AlarmOut(the_one(Alarm.objects.filter(id=alarm))).data)


class RaiseAlarm(APIView):
    """Raise an alarm of a unit or room, as a monitoring system does."""

    permission: ClassVar[str] = Permission.EQUIPMENT_ALARM

    @extend_schema(
        operation_id="alarms_raise", request=RaiseIn, responses={201: RaisedOut}, parameters=[KEY]
    )
    def post(self, request: Request, resource: UUID) -> Response:
        """Answer 201 with the alarm's number; the same key gives the same answer again."""
        given = RaiseIn(data=request.data)
        given.is_valid(raise_exception=True)
        said: dict[str, Any] = given.validated_data
        payload: dict[str, JSON] = {
            "resource": str(resource), **{name: str(value) for name, value in said.items()},
        }  # fmt: skip
        command = _command(request, "alarm.raise", payload)
        reply = alarms.raise_alarm(command=command, resource=resource, **said)
        return Response(RaisedOut(reply).data, status=status.HTTP_201_CREATED)


class AcknowledgeAlarm(APIView):
    """Say that an alarm was seen, a critical one with what was done."""

    permission: ClassVar[str] = Permission.EQUIPMENT_ALARM

    @extend_schema(
        operation_id="alarms_acknowledge", request=AcknowledgeIn, responses={200: AlarmDone},
        parameters=[KEY],
    )  # fmt: skip
    def post(self, request: Request, alarm: UUID) -> Response:
        """Answer 200; the same key gives the same answer again."""
        given = AcknowledgeIn(data=request.data)
        given.is_valid(raise_exception=True)
        comment: str = given.validated_data["comment"]
        payload: dict[str, JSON] = {"alarm": str(alarm), "comment": comment}
        command = _command(request, "alarm.acknowledge", payload)
        reply = alarms.acknowledge_alarm(command=command, alarm=alarm, comment=comment)
        return Response(AlarmDone(reply).data)


class ClearAlarm(APIView):
    """Say that the value is back within the limits in force."""

    permission: ClassVar[str] = Permission.EQUIPMENT_ALARM

    @extend_schema(
        operation_id="alarms_clear", request=ClearIn, responses={200: AlarmDone}, parameters=[KEY]
    )
    def post(self, request: Request, alarm: UUID) -> Response:
        """Answer 200; the same key gives the same answer again."""
        given = ClearIn(data=request.data)
        given.is_valid(raise_exception=True)
        value = given.validated_data["value"]
        payload: dict[str, JSON] = {"alarm": str(alarm), "value": str(value)}
        command = _command(request, "alarm.clear", payload)
        reply = alarms.clear_alarm(command=command, alarm=alarm, value=value)
        return Response(AlarmDone(reply).data)
