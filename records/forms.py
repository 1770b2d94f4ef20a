from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from records.selectors import kinds


class TrailFilter(forms.Form):
    """What of the trail is shown. Days are of the site's zone, both included."""

    kind = forms.ChoiceField(label=_("What happened"), required=False)
    actor = forms.UUIDField(required=False, widget=forms.HiddenInput)
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["kind"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [("", _("Everything")), *((kind, kind) for kind in kinds())]

    def wanted(self) -> dict[str, Any]:
        """Return the filters for the selector; what could not be read filters nothing."""
        self.is_valid()
        given = self.cleaned_data
        day = timedelta(days=1)
        return {
            "kind": given.get("kind") or "",
            "actor": given.get("actor"),
            "since": _midnight(given["since"]) if given.get("since") else None,
            "until": _midnight(given["until"] + day) if given.get("until") else None,
        }


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
