"""A step being shown, and the parts that the pages of its kinds are made of.

``PREFIX`` stands before the name of each value in a form, so that no check of a recipe can
take the name of the form's own fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import get_format
from django.utils.translation import gettext as _

from batches.pages.limits import Scale, hit
from batches.pages.seen import Seen, language
from mes.lib.refusals import Refusal
from recipes.document import Placed
from recipes.parts import Choice
from recipes.step import Commented

PREFIX = "v-"
# A step from paper: how the page is asked for, and its two further fields.
PAPER, PACK, PAPER_AT = "paper", "paper_pack", "paper_at"


@dataclass(frozen=True)
class Showing:
    """A step being shown: with what was typed, and what was refused beside which field."""

    seen: Seen
    placed: Placed
    given: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None

    def error(self, *names: str) -> str:
        """Return what is said beside a field, known by any of ``names``."""
        if self.refusal is None or self.refusal.field not in names:
            return ""
        problem = self.refusal.params.get("problem")
        said = str(problem) if problem else str(self.refusal)
        return f"{said[:1].upper()}{said[1:]} {self.refusal.way_out_text}".strip()

    @property
    def step(self) -> Any:
        """The step's definition, of its own kind."""
        return self.placed.step

    @property
    def from_paper(self) -> bool:
        """Whether the step is entered from a sheet of paper."""
        return PACK in self.given

    def value(self, name: str) -> str:
        """Return what was typed."""
        return self.given.get(name, "")


def row(show: Showing, number: int, name: str, title: str, *aliases: str, **more: str) -> Any:
    """Return a scan row; refusals of ``name`` or one of ``aliases`` stand beside it."""
    error = show.error(name, *aliases)
    return {
        "number": number,
        "name": f"{PREFIX}{name}",
        "label": title,
        "value": show.value(name),
        "how": show.value(f"{name}_how"),
        "state": "read" if show.value(name) and not error else "",
        "error": error,
        **more,
    }


def entry(show: Showing, name: str, title: str, scale: Scale | None = None, **more: Any) -> Any:
    """Return a value entry with its pad, limits and error."""
    value = show.value(name)
    return {
        "name": f"{PREFIX}{name}",
        "label": title,
        "value": value,
        "limits": scale or None,
        "hit": hit(scale or {}, value),
        "error": show.error(name),
        **more,
    }


def reasons(show: Showing, *, needed: bool = False) -> Any:
    """Return the reasons that the recipe offers for a comment."""
    step = show.placed.step
    offered = step.reasons if isinstance(step, Commented) else ()
    asked = needed or show.error("comment") != ""
    return {
        "reasons": [option_of(choice) for choice in offered],
        "chosen": show.value("reason") or ("other" if not offered and asked else ""),
        "text": show.value("reason_text"),
        "needed": asked,
        "error": show.error("comment"),
    }


def option_of(choice: Choice) -> dict[str, Any]:
    """Return a choice as a radio button shows it."""
    return {"value": choice.key, "label": choice.text.say(language()), "flag": choice.flag}


def decimal_sign() -> str:
    """Return the decimal sign of the reader's language, for the pad."""
    return str(get_format("DECIMAL_SEPARATOR"))


def unit_row(show: Showing, alias: str, *, number: int = 1, name: str = "unit") -> Any:
    """Return the scan row of a unit that the stage holds as ``alias``."""
    held = show.seen.recipe.needs_at(show.placed.stage.key)
    asked = next((need.class_ for need in held if need.alias == alias), alias)
    title = equipment_title(show, asked)
    return row(show, number, name, title, hint=_("code on the machine itself"))


def equipment_title(show: Showing, class_: str) -> str:
    """Return what the bill of equipment calls a class."""
    lines = (one for one in show.seen.recipe.bill_of_equipment if one.class_ == class_)
    line = next(lines, None)
    return line.title.say(language()) if line else class_


def material_title(show: Showing, code: str) -> str:
    """Return what the bill of materials calls a material."""
    lines = (one for one in show.seen.recipe.bill_of_materials if one.material == code)
    line = next(lines, None)
    return line.title.say(language()) if line else code
