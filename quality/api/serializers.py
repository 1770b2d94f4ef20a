"""What the API takes and gives for results and gates. Unknown fields are refused."""

from typing import Any

from rest_framework import serializers

from mes.lib.api.strict import Strict
from quality.services.results import Typed


class ResultIn(Strict):
    """A result of one test of a sample. Numbers are text with a decimal point."""

    test = serializers.CharField(max_length=60)
    value = serializers.CharField(max_length=200)
    method = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    equipment = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    interim = serializers.BooleanField(default=False)

    def typed(self) -> Typed:
        """Return the result out of validated data."""
        return Typed(**self.validated_data)


class ResultOut(serializers.Serializer[dict[str, Any]]):
    """How the result was read and judged; it counts once it has been reviewed."""

    result = serializers.UUIDField()
    value = serializers.CharField()
    outcome = serializers.CharField()


class GateOut(serializers.Serializer[Any]):
    """One point at which a disposition is held up."""

    key = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    detail = serializers.CharField()
