"""Forms of the board: parse and validate, never save."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AskPlan(forms.Form):
    """Which batch is to be planned."""

    batch = forms.UUIDField(widget=forms.HiddenInput)


class Decide(forms.Form):
    """A decision about a plan, on the version that was shown."""

    seq = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Why not this one"), max_length=200, required=False)
