"""The laboratory's tests and answers as people read them: the recipe's titles, not its keys."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from batches.selectors import recipes_of
from mes.ui.text import quantity_text
from quality.models import Result
from quality.views.common import language
from recipes.document import Recipe, Test


class TestWords:
    """Titles and answers of the tests of some batches, read once for a page."""

    def __init__(self, batches: Iterable[UUID]) -> None:
        self.recipes: Mapping[UUID, Recipe] = recipes_of(batches)

    def test(self, batch: UUID, key: str) -> Test | None:
        """Return a test of a batch's recipe, None when it has none of that key."""
        recipe = self.recipes.get(batch)
        return recipe.test_by_key.get(key) if recipe else None

    def title(self, batch: UUID, key: str) -> str:
        """Return what people call a test."""
        found = self.test(batch, key)
        return found.title.say(language()) if found else key

    def titles(self, batch: UUID, keys: Iterable[str]) -> str:
        """Return the titles of some tests in one line."""
        return ", ".join(self.title(batch, key) for key in keys)

    def value(self, row: Result) -> str:
        """Return a result as people read it."""
        return value_text(self.test(row.batch, row.test), row)


def value_text(test: Test | None, row: Result) -> str:
    """Return an answer in the recipe's words, a number with its unit."""
    answers = {option.key: option.text for option in test.options} if test else {}
    if row.value in answers:
        return answers[row.value].say(language())
    return quantity_text(row.value, row.unit or "")
