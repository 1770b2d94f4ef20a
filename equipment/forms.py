"""Forms of engineering: parse and validate, never save."""

from django import forms
from django.utils.translation import gettext_lazy as _


class UnitAct(forms.Form):
    """What was done to a unit; the button says what."""

    text = forms.CharField(
        label=_("Reason, certificate or procedure"), max_length=200, help_text=_("Kept as written.")
    )
    due = forms.DateTimeField(
        label=_("Good until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    seq = forms.IntegerField(widget=forms.HiddenInput)


class Calibrated(UnitAct):
    """A calibration says until when it is good."""

    due = forms.DateTimeField(
        label=_("Good until"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
