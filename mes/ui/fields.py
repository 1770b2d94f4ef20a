"""Fields of forms that several apps have."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from mes.lib.wall import EARLIEST, LATEST


class DayField(forms.DateField):
    """A day of which a site's wall has a beginning and an end: whatever is typed, no overflow."""

    default_validators: list[Callable[[Any], None]] = [
        MinValueValidator(EARLIEST), MaxValueValidator(LATEST),
    ]  # fmt: skip
