"""What people fill in to read the trail."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mes.ui.fields import DayField
from records import evaluation
from records.exceptions import FilterUnreadable
from records.things import THINGS, area_of, find, people, title_of, words_of
from records.trail import Wanted, by_area, kinds_of

AREA, SOURCE = "area:", "source:"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LONGEST = 120
SYSTEM = "system"


def _day(label: Any) -> DayField:
    widget = forms.DateInput(attrs={"type": "date"})
    return DayField(label=label, required=False, widget=widget)


def _time(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"})
    return forms.TimeField(label=label, required=False, widget=widget)


def _text(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LONGEST)


class TrailFilter(forms.Form):
    """What of the trail is shown. Days and times are of the site's zone, both ends included."""

    who = _text(_("Person"))
    kind = forms.ChoiceField(label=_("What happened"), required=False)
    thing = forms.ChoiceField(label=_("Kind of thing"), required=False)
    label = _text(_("Its number or label"))
    why = _text(_("Words of the reason"))
    since, since_time = _day(_("From")), _time(_("at"))
    until, until_time = _day(_("Until")), _time(_("at"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("kind", [("", _("Everything")), *_kinds()])
        named = sorted((title_of(kind), kind) for kind in THINGS)
        self._choices("thing", [("", _("Any")), *((kind, title) for title, kind in named)])
        self._people: list[UUID] | None = None
        self._streams: list[UUID] | None = None

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_who(self) -> str:
        """Find the people that a part of a name means."""
        text = str(self.cleaned_data["who"]).strip()
        if text and text.casefold() != SYSTEM:
            self._people = people(text)
            if not self._people:
                raise forms.ValidationError(_("There is nobody of this name."))
        return text

    def clean(self) -> dict[str, Any]:
        """Find the things that a label means; a time needs its day."""
        given = self.cleaned_data
        label = str(given.get("label") or "").strip()
        if label:
            self._streams = find(label, kind=given.get("thing") or "")
            if not self._streams:
                self.add_error("label", _("Nothing at this site has this number or label."))
        for day in ("since", "until"):
            if given.get(f"{day}_time") and not given.get(day):
                self.add_error(day, _("Choose the day, too."))
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", _("This is before the beginning."))
        return given

    def wanted(self) -> Wanted:
        """Return what is asked for. Raises FilterUnreadable: nothing is silently left out."""
        if not self.is_valid():
            raise FilterUnreadable()
        given = self.cleaned_data
        return Wanted(
            kinds=_chosen(given["kind"]),
            people=None if self._people is None else tuple(self._people),
            system=given["who"].casefold() == SYSTEM,
            since=_from(given["since"], given["since_time"]),
            until=_until(given["until"], given["until_time"]),
            thing=given["thing"],
            streams=None if self._streams is None else tuple(self._streams),
            why=given["why"].strip(),
        )


class CheckedPeriod(forms.Form):
    """What was written from one day to another, both included: checked, or evaluated."""

    since, until = _day(_("From")), _day(_("Until"))

    def span(self) -> tuple[datetime, datetime]:
        """Return the period that a valid form means."""
        since, end = self.cleaned_data["since"], self.cleaned_data["until"] + DAY
        return _aware(datetime.combine(since, time())), _aware(datetime.combine(end, time()))

    @classmethod
    def asked(
        cls, given: Mapping[str, str], *, now: datetime, since: datetime | None = None
    ) -> "CheckedPeriod":
        """Return the form with what was asked, else from ``since`` (or yesterday) until today."""
        today = timezone.localtime(now).date()
        begin = timezone.localtime(since).date() if since else today - DAY
        said = {day: text for day, text in given.items() if text}
        return cls({"since": begin.isoformat(), "until": today.isoformat()} | said)


def _kinds() -> list[Any]:
    groups = []
    for area, kinds in by_area().items():
        title = area_of(area)
        every = (f"{AREA}{area}", _("Everything of %(area)s") % {"area": title})
        named = sorted((words_of(kind), kind) for kind in kinds)
        groups.append((title, [every, *((kind, said) for said, kind in named)]))
    return [*sorted(groups, key=lambda group: group[0]), _sources()]


def _sources() -> tuple[str, list[tuple[str, str]]]:
    each = [(f"{SOURCE}{key}", str(title)) for key, title in evaluation.SOURCES.items()]
    return str(_("Periodic evaluation")), [(SOURCE, str(_("All its sources"))), *each]


def _chosen(kind: str) -> tuple[str, ...]:
    if kind.startswith(SOURCE):
        return evaluation.kinds_of(kind.removeprefix(SOURCE))
    if kind.startswith(AREA):
        return kinds_of(kind.removeprefix(AREA))
    return (kind,) if kind else ()


def _from(day: date | None, at: time | None) -> datetime | None:
    """The beginning: of a time that a change of the clocks gives twice, the earlier."""
    return _aware(datetime.combine(day, at or time())) if day else None


def _until(day: date | None, at: time | None) -> datetime | None:
    """The end, its minute or day included: of a time that is given twice, the later."""
    if day is None:
        return None
    if at is None:
        return _aware(datetime.combine(day + DAY, time()))
    return _aware(datetime.combine(day, at).replace(fold=1)) + MINUTE


def _aware(wall: datetime) -> datetime:
    """In UTC, where a minute is a minute: wall time forgets which of two it was."""
    return timezone.make_aware(wall).astimezone(UTC)
