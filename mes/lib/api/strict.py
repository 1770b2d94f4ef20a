"""What the API takes: nothing but the fields that it names."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers


class Strict(serializers.Serializer[dict[str, Any]]):
    """Refuses unknown fields: a status, a site or a signer is not the client's to set."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the validated fields; name every field that is not taken."""
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        if unknown:
            raise serializers.ValidationError({key: [_("Unknown field.")] for key in unknown})
        value: dict[str, Any] = super().to_internal_value(data)
        return value
