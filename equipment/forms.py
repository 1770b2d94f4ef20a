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


class RoomHours(forms.Form):
    """When a room may be worked in; empty: always."""

    opens = forms.TimeField(
        label=_("Opens"), required=False, widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("On the clock of the site, every day. Both empty: always open."),
    )  # fmt: skip
    closes = forms.TimeField(
        label=_("Closes"), required=False, widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Before it opens means on the day after."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Kept as written."))
    seq = forms.IntegerField(widget=forms.HiddenInput)


class UnitCapabilities(forms.Form):
    """What a unit can do, as recipes name it; the button says whether that is all."""

    capabilities = forms.CharField(
        label=_("Capabilities"), max_length=400, required=False,
        help_text=_("As recipes name them, with commas between: co2, shaking."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Kept as written."))
    seq = forms.IntegerField(widget=forms.HiddenInput)

    def clean_capabilities(self) -> list[str]:
        """Return them one by one, as they were written."""
        given = str(self.cleaned_data["capabilities"]).split(",")
        return [one.strip() for one in given if one.strip()]
