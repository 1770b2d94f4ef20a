"""What the API takes and gives for orders. Days are those of the site."""

from typing import Any

from rest_framework import serializers

from mes.lib.api.strict import Strict
from mes.ui.fields import DayField
from orders.enums import Urgency
from orders.services import NewOrder
from orders.validators import Window


def _day() -> serializers.DateField:
    return serializers.DateField(validators=DayField.default_validators)


class OrderIn(Strict):
    """An order to enter. Identifying data are not taken here."""

    product = serializers.CharField(max_length=60)
    centre = serializers.CharField(
        max_length=120,
        required=False,
        default="",
        help_text="Code or name of a registered centre; for somebody of a centre it is theirs.",
    )
    contact = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    collection_from = _day()
    collection_until = _day()
    infusion_from = _day()
    infusion_until = _day()
    urgency = serializers.ChoiceField(choices=Urgency.choices, default=Urgency.ROUTINE.value)
    inputs = serializers.DictField(child=serializers.CharField(max_length=20), default=dict)
    pseudonym = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")

    def wanted(self, *, zone: str) -> NewOrder:
        """Return the order out of validated data."""
        v = self.validated_data
        return NewOrder(
            product=v["product"],
            centre=v["centre"],
            contact=v["contact"],
            collection=Window.of_days(v["collection_from"], v["collection_until"], zone=zone),
            infusion=Window.of_days(v["infusion_from"], v["infusion_until"], zone=zone),
            urgency=v["urgency"],
            inputs=v["inputs"],
            pseudonym=v["pseudonym"],
        )

    def payload(self) -> dict[str, Any]:
        """Return what the command's key stands for, as plain JSON."""
        plain = {name: value for name, value in self.validated_data.items() if name != "inputs"}
        return {name: str(value) for name, value in plain.items()} | {
            "inputs": dict(self.validated_data["inputs"])
        }


class OrderOut(serializers.Serializer[dict[str, Any]]):
    """What was issued with an order. ``check`` is the boxed character of the identity."""

    order = serializers.UUIDField()
    number = serializers.CharField()
    coi = serializers.CharField()
    check = serializers.CharField()
    mark = serializers.CharField()
    pseudonym = serializers.CharField()
