"""Forms of shifts and rosters: they parse; services decide."""

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.enums import DutyKind
from accounts.models import Shift
from mes.ui.fields import DayField

Choices = Sequence[tuple[str, str]]
DAY = {"type": "date"}


class RosterDuty(forms.Form):
    """A person, what they do, which shift, from the first to the last day."""

    person = forms.TypedChoiceField(label=_("Person"), coerce=UUID)
    what = forms.TypedChoiceField(label=_("Duty"), choices=DutyKind.choices, coerce=DutyKind)
    shift = forms.TypedChoiceField(label=_("Shift"), coerce=UUID)
    first = DayField(label=_("First day"), widget=forms.DateInput(attrs=DAY))
    last = DayField(
        label=_("Last day"),
        help_text=_("Empty: the first day only"),
        required=False,
        widget=forms.DateInput(attrs=DAY),
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Only for a shift that has begun"),
        max_length=200,
        required=False,
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        people: Choices,
        shifts: Sequence[Shift],
        initial: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["person"].choices = people  # type: ignore[attr-defined]
        words = [(str(row.id), f"{row} {row.name}") for row in shifts]
        self.fields["shift"].choices = words  # type: ignore[attr-defined]
        if initial and initial.get("first"):
            self.fields["what"].widget.attrs["autofocus"] = True


class TakeOff(forms.Form):
    """A duty that somebody is taken off."""

    person = forms.UUIDField()
    duty = forms.UUIDField()
    reason = forms.CharField(max_length=200, required=False)


class Away(forms.Form):
    """Days on which a person is away; why is not asked."""

    person = forms.TypedChoiceField(label=_("Person"), coerce=UUID)
    first = DayField(label=_("First day"), widget=forms.DateInput(attrs=DAY))
    last = DayField(label=_("Last day"), widget=forms.DateInput(attrs=DAY))

    def __init__(self, data: QueryDict | None = None, *, people: Choices) -> None:
        super().__init__(data, auto_id="away_%s")
        self.fields["person"].choices = people  # type: ignore[attr-defined]


class Back(forms.Form):
    """An absence that ended before its last day, or never began."""

    person = forms.UUIDField()
    absence = forms.UUIDField()
    reason = forms.CharField(max_length=200)


class Phone(forms.Form):
    """Under which number a person is called."""

    person = forms.TypedChoiceField(label=_("Person"), coerce=UUID)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )

    def __init__(self, data: QueryDict | None = None, *, people: Choices) -> None:
        super().__init__(data, auto_id="phone_%s")
        self.fields["person"].choices = people  # type: ignore[attr-defined]


class SetShift(forms.Form):
    """A shift in the time of the walls."""

    code = forms.RegexField(
        r"^[A-Za-z0-9]{1,8}$", label=_("Code"), max_length=8, help_text=_("As in the roster: E")
    )
    name = forms.CharField(label=_("Name"), max_length=60)
    start = forms.TimeField(label=_("Begins"), widget=forms.TimeInput(attrs={"type": "time"}))
    end = forms.TimeField(
        label=_("Ends"),
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("At or before the beginning: on the day after"),
    )
    reason = forms.CharField(label=_("Why"), max_length=200)
    shift = forms.UUIDField(required=False, widget=forms.HiddenInput)


class EndShift(forms.Form):
    """A shift that nobody works any more."""

    shift = forms.UUIDField()
    reason = forms.CharField(max_length=200)
