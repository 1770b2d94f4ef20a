"""Forms of engineering: parse and validate, never save."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from equipment.enums import AlarmState
from equipment.models import AlarmSetting
from equipment.weekdays import WEEK
from mes.ui.fields import DayField


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
        help_text=_("On the clock of the site. Both empty: open all day."),
    )  # fmt: skip
    closes = forms.TimeField(
        label=_("Closes"), required=False, widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Before it opens means on the day after."),
    )  # fmt: skip
    days = forms.TypedMultipleChoiceField(
        label=_("Opens on"), coerce=int, choices=[(day, WEEKDAYS_ABBR[day - 1]) for day in WEEK],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "as-row"}), required=False,
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


def _measure(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, required=required, help_text=help_text, widget=widget, max_digits=14,
        decimal_places=6,
    )  # fmt: skip


class AlarmLimits(forms.Form):
    """What is watched, within which limits, and why they are these."""

    watched = forms.CharField(
        label=_("What is watched"), max_length=80, help_text=_("Such as Temperature, CO₂.")
    )
    unit = forms.CharField(
        label=_("Unit of measure"), max_length=20, help_text=_("UCUM, such as Cel, %, Pa.")
    )
    low = _measure(_("Lower limit"), required=False)
    high = _measure(_("Upper limit"), required=False, help_text=_("The limits are within."))
    critical = forms.BooleanField(
        label=_("Critical: acknowledged with a comment only"), required=False
    )
    justification = forms.CharField(
        label=_("Why these limits"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    seq = forms.IntegerField(widget=forms.HiddenInput)


class AlarmLimitsChanged(AlarmLimits):
    """The next version of a setting: what is watched stays, and the change has a reason."""

    setting = forms.UUIDField(widget=forms.HiddenInput)
    watched = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Kept as written."))


class AlarmSeen(forms.Form):
    """A value outside its limits, and since when."""

    setting = forms.ChoiceField(label=_("What is watched"))
    value = _measure(_("Measured value"))
    began = forms.DateTimeField(
        label=_("Since"), help_text=_("On the clock of the site."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    def __init__(self, *args: Any, settings: Sequence[AlarmSetting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.setting), f"{one.watched}, {one.limits}") for one in settings]
        self.fields["setting"].choices = choices  # type: ignore[attr-defined]


class AlarmComment(forms.Form):
    """What was seen and done; asked for where the alarm is critical."""

    comment = forms.CharField(
        label=_("What was seen and done"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, asked: bool = False, **kwargs: Any) -> None:
        """``asked``: a browser does not send it empty; that it is not is a rule of the act."""
        super().__init__(*args, **kwargs)
        self.fields["comment"].required = asked


class AlarmBack(forms.Form):
    """A value that is within the limits again."""

    value = _measure(_("Measured value"))


class AlarmFilter(forms.Form):
    """Which alarms of the site are shown. Days are of the site's zone, both ends included."""

    label = forms.CharField(label=_("Unit or room"), max_length=60, required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("Any")), ("open", _("not over")), *AlarmState.choices],
    )  # fmt: skip
    critical = forms.ChoiceField(
        label=_("Weight"), required=False,
        choices=[("", _("Any")), ("yes", _("critical")), ("no", _("not critical"))],
    )  # fmt: skip
    since = DayField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = DayField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def clean(self) -> dict[str, Any]:
        """The period has a beginning before its end."""
        given = self.cleaned_data
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", _("This is before the beginning."))
        return given
