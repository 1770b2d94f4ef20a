"""The interlocks that a recipe may name are those that the system has."""

from mes.lib.refusals import Interlock, Refusal
from recipes.interlocks import ALWAYS, STANDS

# What refuses elsewhere than at a step: no recipe speaks of it.
ELSEWHERE = ("quality.", "orders.")


def of(kind: Interlock) -> set[str]:
    known = vars(Refusal)["_by_code"].items()
    return {
        code for code, refusal in known
        if refusal.interlock == kind and not refusal.__module__.startswith(ELSEWHERE)
    }  # fmt: skip


def test_a_recipe_may_name_each_interlock_that_can_be_conceded_and_no_other() -> None:
    assert set(STANDS) == of(Interlock.CONDITIONAL)


def test_what_nobody_can_concede_is_absolute_by_itself() -> None:
    assert ALWAYS - of(Interlock.ABSOLUTE) == set()
