"""What a file or a site lacks for a recipe: kept as a code with its values, said when it is read.

An entry keeps code and values; who reads it gets the sentence in their own language, whatever the
language of whoever caused it. A code that an entry may hold is never taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from recipes.enums import Openness

# A sentence of an earlier entry, in the language in which it was written.
AS_WRITTEN: Final = "as_written"

SENTENCES: Final[dict[str, str | Promise]] = {
    AS_WRITTEN: "%(sentence)s",
    # A site has not what a recipe asks.
    "site.material": _("The site has no material %(name)s: add it, or name one that it has."),
    "site.material_unit": _("The site counts %(name)s in %(unit)s."),
    "site.equipment": _("The site has no unit of the class %(name)s."),
    "site.capability": _("No unit of the class %(name)s can do all of this: %(what)s."),
    "site.room": _("The site has no place in a room of the class %(name)s."),
    "site.openness": _("No room of the class %(name)s is validated for work that is %(openness)s."),
    "site.qualification": _("Nobody at the site holds the qualification %(name)s."),
    "site.role": _("Nobody at the site has the role %(name)s."),
    "staff.beyond_shift": _(
        "%(count)s are needed at once; no shift has more than %(most)s of them."
    ),
    "device.beyond_site": _(
        "%(count)s units of %(name)s are needed at once; the site has %(most)s."
    ),
    "stage.room_shut": _("No room of its class is open for as long as this takes."),
    "stage.room_often_shut": _(
        "No room of its class is open for as long as this takes as a rule, cleaning"
        " included: no plan will be found."
    ),
    "stage.shifts_short": _("No shifts in a row work for as long as this takes."),
    "stage.places_short": _(
        "%(count)s places in rooms of the class %(name)s are held at once; the site has %(most)s."
    ),
    "stage.units_elsewhere": _(
        "All units of %(unit)s stand in other rooms than those of %(room)s."
    ),
    "sample.laboratory_shut": _(
        "The laboratory works %(hours)s: no start brings it there in %(hold)s."
    ),
    "sample.laboratory_often_shut": _(
        "The laboratory works %(hours)s: not every start brings it in %(hold)s."
    ),
    # A package brought what the receiving site does not know.
    "package.code": _("%(code)s (at %(site)s: %(title)s) is not known at this site."),
    "package.code_of_nobody": _(
        "%(code)s is not known at this site, and had no name at %(site)s either."
    ),
    "package.room": _("This site has no place in a room of the class %(code)s."),
    "package.qualification": _("Nobody at this site is qualified for %(code)s."),
    "package.operation": _("%(name)s is of the library of %(site)s; this site's has it not."),
    "package.picture": _("A picture is missing: %(name)s"),
    # What of another system's file has no place in a document.
    "file.second_recipe": _("A second recipe in the file was not read."),
    "file.element": _("An element of type %(kind)s was left out."),
    "file.no_duration": _("No duration is given: half an hour to two hours is written."),
    "file.no_openness": _("Nothing says whether it is open or closed: open is written."),
    "file.nothing": _("The file says of no procedure what is done: one empty stage is written."),
    "file.no_phases": _("Nothing is done inside: a confirmation is written."),
    "file.phase": _("A phase of class %(given)s is written as a confirmation."),
    "file.no_field": _("%(name)s = %(value)s has no field here."),
    "file.equipment": _("%(name)s is asked of the equipment."),
    "file.circle": _("The links lead in a circle: they are not kept."),
    "file.no_line": _("The order of its phases is no line: the file's is kept."),
    "file.condition": _("The condition %(condition)s was not understood."),
}
# Values that are words of a language, too.
IN_WORDS: Final[dict[str, Callable[[str], str]]] = {
    "openness": lambda value: Openness(value).label.lower(),
}

Value = str | int


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence that is made when it is read: its code, and its values in no language."""

    code: str
    values: tuple[tuple[str, Value], ...] = ()

    @property
    def params(self) -> dict[str, Value]:
        """Its values by name."""
        return dict(self.values)

    @property
    def sentence(self) -> str:
        """The sentence in the reader's language."""
        return say(self.code, self.params)


def said(code: str, /, **values: Value) -> Said:
    """Return a sentence to be said later. Raises KeyError for a code that has none."""
    assert SENTENCES[code]  # noqa: S101 - a code without a sentence is a mistake of ours
    return Said(code, tuple(sorted(values.items())))


def say(code: str, params: Mapping[str, Value]) -> str:
    """Return the sentence of a code in the reader's language."""
    words = {
        name: IN_WORDS[name](str(value)) if name in IN_WORDS else value
        for name, value in params.items()
    }
    return str(SENTENCES[code]) % words


def said_of_row(row: Mapping[str, Any]) -> str:
    """Return the sentence of a gap as a row keeps it; those from before keep the sentence."""
    return str(row["sentence"]) if "sentence" in row else say(row["code"], row["params"])
