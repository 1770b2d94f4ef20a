"""What a place in a draft is called by people: its field, and whose field it is. Pure."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from recipes.drafting.changes import Address, Overtaken, Plain, at, name_of
from recipes.drafting.labels import label_of


def outlined(address: Address) -> Address:
    """Return the thing of the outline that an address lies in: stage, operation or step."""
    lists = ("contingencies", "steps") if address[:1] == ("contingencies",) else (
        "stages", "operations", "steps"
    )  # fmt: skip
    end = 0
    for number, name in enumerate(lists):
        if len(address) > 2 * number + 1 and address[2 * number] == name:
            end = 2 * number + 2
        else:
            break
    return address[:end]


def title_of(thing: Plain) -> str:
    """Return what a thing is called in the reader's language, else its name."""
    if not isinstance(thing, dict):
        return ""
    texts = thing.get("title") or thing.get("text")
    if not isinstance(texts, dict):
        return name_of(thing) or ""
    language = (get_language() or "en").partition("-")[0]
    said = texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
    return said if isinstance(said, str) and said.strip() else name_of(thing) or ""


def thing_words(data: Plain, address: Address) -> str:
    """Return what a stage, an operation or a step is called; its key where it is gone."""
    if not address:
        return ""
    try:
        return title_of(at(data, address)) or address[-1]
    except Overtaken:
        return address[-1]


def field_words(rest: Address) -> str:
    """Return what a field of a thing is called, with the groups that it stands in."""
    return " › ".join(label_of(part, else_as_it_is=True) for part in rest)


def place_words(data: Plain, address: Address) -> str:
    """Return a place in words: the field, and the step, operation or stage that it is of."""
    thing = outlined(address)
    field, called = field_words(address[len(thing) :]), thing_words(data, thing)
    if field and called:
        return _("%(field)s of %(thing)s") % {"field": field, "thing": called}
    return field or called or _("the whole recipe")
