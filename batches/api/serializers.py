"""What the API takes and gives for batches. Unknown fields are refused."""

from typing import Any

from rest_framework import serializers

from mes.lib.api.strict import Strict


class PaperIn(Strict):
    """On which pack a step was written down first, and when, by the time on the paper."""

    pack = serializers.IntegerField(min_value=1, max_value=99_999)
    at = serializers.DateTimeField()


class StepIn(Strict):
    """A step that is due, with its values as text; decimals have a point."""

    step = serializers.CharField(max_length=190)
    values = serializers.DictField(
        child=serializers.CharField(max_length=2000, allow_blank=True), default=dict
    )
    paper = PaperIn(required=False)


class StepOut(serializers.Serializer[dict[str, Any]]):
    """How the step was judged, and whether a second person is asked for."""

    step = serializers.CharField()
    outcome = serializers.CharField()
    findings = serializers.ListField(child=serializers.CharField())
    to_be_verified = serializers.BooleanField()


class DueOut(serializers.Serializer[dict[str, Any]]):
    """A step that is due: which values it takes, and its part of the control recipe."""

    step = serializers.CharField()
    position = serializers.IntegerField()
    operation = serializers.CharField()
    performer = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    text = serializers.CharField()
    values = serializers.ListField(child=serializers.CharField())
    definition = serializers.DictField()


class BatchOut(serializers.Serializer[dict[str, Any]]):
    """A batch: what it is, where it stands, and the one next thing.

    ``beside`` are the further steps that are due in parallel branches.
    """

    batch = serializers.UUIDField()
    number = serializers.CharField()
    coi = serializers.CharField()
    recipe = serializers.CharField()
    recipe_hash = serializers.CharField()
    process_state = serializers.CharField()
    record_state = serializers.CharField()
    disposition = serializers.CharField()
    quality_hold = serializers.BooleanField()
    position = serializers.IntegerField()
    steps = serializers.IntegerField()
    seq = serializers.IntegerField()
    due = DueOut(allow_null=True)
    beside = DueOut(many=True)
