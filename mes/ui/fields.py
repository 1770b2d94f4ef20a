"""Fields of forms that several apps have."""

from typing import Final

from django import forms
from django.core.validators import BaseValidator, MaxValueValidator, MinValueValidator

from mes.lib.wall import EARLIEST, LATEST


class DayField(forms.DateField):
    """A day of which a site's wall has a beginning and an end: whatever is typed, no overflow."""

    default_validators: Final[list[BaseValidator]] = [
        MinValueValidator(EARLIEST), MaxValueValidator(LATEST),
    ]  # fmt: skip
