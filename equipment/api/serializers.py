"""What the API takes and gives for alarms. Unknown fields are refused; numbers are text."""

from decimal import Decimal
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from equipment.enums import AlarmState
from mes.lib.api.strict import Strict


class AlarmsAsked(Strict):
    """Which alarms of the site: by state, weight, a part of a name, and from when until when."""

    state = serializers.ChoiceField(
        choices=["open", *AlarmState.values], required=False, default="",
        help_text="`open`: not acknowledged, or not over.",
    )  # fmt: skip
    resource_label = serializers.CharField(
        max_length=160, required=False, default="", source="label",
        help_text="A part of the name of a unit or room, or of an alarm's number.",
    )  # fmt: skip
    critical = serializers.BooleanField(
        required=False, allow_null=True, default=None,
        help_text="Critical ones, or the others.",
    )  # fmt: skip
    since = serializers.DateTimeField(required=False, help_text="Not over before this instant.")
    until = serializers.DateTimeField(required=False, help_text="Began before this instant.")


@extend_schema_field(OpenApiTypes.STR)
class Measure(serializers.Field[Decimal, Any, str, Any]):
    """A number as text, without zeros that nobody wrote."""

    def to_representation(self, value: Decimal) -> str:
        return f"{value.normalize():f}"


class AlarmOut(serializers.Serializer[Any]):
    """One alarm with the limits under which it was raised. ``unit`` is UCUM."""

    alarm = serializers.UUIDField(source="id")
    number = serializers.CharField()
    resource = serializers.UUIDField(source="stream")
    resource_kind = serializers.CharField()
    resource_label = serializers.CharField()
    setting = serializers.UUIDField()
    setting_version = serializers.IntegerField()
    watched = serializers.CharField()
    unit = serializers.CharField()
    low = Measure(allow_null=True)
    high = Measure(allow_null=True)
    critical = serializers.BooleanField()
    value = Measure()
    state = serializers.CharField()
    began_at = serializers.DateTimeField()
    raised_at = serializers.DateTimeField()
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by_name = serializers.CharField()
    comment = serializers.CharField()
    cleared_at = serializers.DateTimeField(allow_null=True)
    cleared_by_name = serializers.CharField()
    cleared_value = Measure(allow_null=True)


class RaiseIn(Strict):
    """A value outside the limits of a setting in force, and when it began."""

    setting = serializers.UUIDField()
    value = serializers.DecimalField(max_digits=20, decimal_places=6)
    began = serializers.DateTimeField()


class RaisedOut(serializers.Serializer[dict[str, Any]]):
    """The alarm that was raised."""

    alarm = serializers.UUIDField()
    number = serializers.CharField()


class AcknowledgeIn(Strict):
    """What was seen and done; asked for at a critical alarm."""

    comment = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class ClearIn(Strict):
    """The value that is back within the limits in force."""

    value = serializers.DecimalField(max_digits=20, decimal_places=6)


class AlarmDone(serializers.Serializer[dict[str, Any]]):
    """Of which alarm it was said."""

    alarm = serializers.UUIDField()
