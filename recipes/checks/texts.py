"""Texts in every language."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from recipes.faults import Fault, check
from recipes.outline import Outline

# What the editor puts where a text is to be written, and how people write that by hand.
PLACEHOLDER = " .…"


@check("text.language_missing")
def every_language(outline: Outline) -> Iterator[Fault]:
    """Each text is written in the languages of the recipe's title."""
    asked = outline.recipe.title.languages
    for path, text in outline.texts():
        missing = sorted(asked - text.languages)
        if missing:
            yield Fault(
                path,
                _("The text is not written in %(languages)s.") % {"languages": ", ".join(missing)},
            )


@check("text.unwritten")
def written(outline: Outline) -> Iterator[Fault]:
    """No text is still the sign that the editor puts where one is to be written."""
    for path, text in ((("title",), outline.recipe.title), *outline.texts()):
        for language, words in text.root.items():
            if not words.strip(PLACEHOLDER):
                yield Fault((*path, language), _("Nothing is written here yet."))


@check("text.no_language")
def some_language(outline: Outline) -> Iterator[Fault]:
    """The title is written in at least one language."""
    if not outline.recipe.title.languages:
        yield Fault(("title",), _("The title is written in no language."))
