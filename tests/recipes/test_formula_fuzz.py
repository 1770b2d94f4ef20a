"""Whatever a formula or a duration says, the compiler answers; what it takes can be rehearsed."""

import time
from collections import Counter
from collections.abc import Callable
from itertools import count

import pytest

from recipes import compiler
from recipes.estimate import estimate
from recipes.rehearsal import rehearse
from tests.recipes.formula_fuzz import made

PATIENTS = 3
# So many every time, and more than a minute of others where there is time.
EVERY_TIME = 150
SECONDS = 75


def try_one(number: int) -> str:
    """Compile one recipe, rehearse it if it is accepted, and return which it was."""
    recipe, messages = compiler.check_text(made(number))
    if recipe is None:
        return "unread"
    if found := [one.sentence for one in messages if one.code == "check.failed"]:
        raise AssertionError(found)
    if compiler.errors(messages):
        return "refused"
    assert estimate(recipe).touches > 0
    assert rehearse(recipe, patients=PATIENTS, seed=number).patients == PATIENTS
    return "accepted"


@pytest.mark.req("S88-2")
def test_no_formula_and_no_duration_breaks_compiler_or_rehearsal() -> None:
    found = Counter(try_one(number) for number in range(EVERY_TIME))
    assert min(found[one] for one in ("unread", "refused", "accepted")) >= 3, found


@pytest.mark.slow
@pytest.mark.req("S88-2")
def test_no_formula_breaks_them_for_more_than_a_minute(
    record_property: Callable[[str, object], None],
) -> None:
    found: Counter[str] = Counter()
    end = time.monotonic() + SECONDS
    for number in count(EVERY_TIME):
        if time.monotonic() > end:
            break
        found[try_one(number)] += 1
    for name, times in found.items():
        record_property(name, times)
    assert found["accepted"] >= 100
