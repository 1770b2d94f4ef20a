"""What one batch takes: its shortest, expected and longest course, and when stages begin."""

from datetime import timedelta
from pathlib import Path

import pytest

from recipes import compiler
from recipes.document import Recipe
from recipes.estimate import estimate
from recipes.rehearsal import rehearse
from tests.recipes.texts import CART19, SIX, with_change

BRANCHES = Path(__file__).with_name("corpus").joinpath("branches.yaml").read_text(encoding="utf-8")
LAG = "    lag: {min: 12 h, max: 24 h}"
WIDER = LAG.replace("24 h", "48 h")


def recipe_of(*changes: tuple[str, str], text: str = BRANCHES) -> Recipe:
    for old, new in changes:
        text = with_change(text, old, new)
    recipe, messages = compiler.check_text(text)
    assert recipe is not None
    assert compiler.errors(messages) == ()
    return recipe


def hours(recipe: Recipe) -> tuple[float, ...]:
    """Return until when the product is made: shortest, expected, longest."""
    return tuple(path.made / timedelta(hours=1) for _name, path in estimate(recipe).cases)


def test_without_branches_and_loops_the_stages_and_lags_are_added_up() -> None:
    assert hours(recipe_of(text=SIX)) == pytest.approx((1 / 3, 2 / 3, 1.5))
    found = estimate(recipe_of(text=CART19))
    assert found.expected.made == timedelta(hours=245, minutes=25)
    assert found.expected.stages[::11] == ("receipt", "storage")


def test_the_longest_has_every_round_of_a_loop_and_the_others_one() -> None:
    # Eleven steps share the five hours of a stage; a round has two of them, and a branch of one
    # step beside it hides one of those that come again.
    once = hours(recipe_of(('max: "3"', 'max: "1"')))
    assert once[1:] == (19, 35)
    assert hours(recipe_of())[1:] == pytest.approx((19, 35 + 5 * 3 / 11))


def test_the_shortest_leaves_out_what_may_be_skipped() -> None:
    # Of two hours two of eleven steps; of three a timer of ten minutes, and one of nine steps that
    # share what the timer and a result leave.
    expected = 2 * 9 / 11 + 12 + 3 - 1 / 6 - (1 - 1 / 6) / 9
    assert hours(recipe_of())[0] == pytest.approx(expected)
    skipped = recipe_of((LAG, f'{LAG}\n    when: culture.prepare.bag == "intact"'))
    assert hours(skipped) == pytest.approx((2 * 9 / 11, 19, 35 + 5 * 3 / 11))
    assert estimate(skipped).shortest.stages == ("culture",)


def test_a_result_is_waited_for_from_the_time_of_its_sample() -> None:
    late = recipe_of(
        ('unit: "%", turn_round: 2 h', 'unit: "%", turn_round: 20 h'),
        ("{low: 3 h, expected: 4 h, high: 6 h}", "{low: 3 h, expected: 4 h, high: 30 h}"),
    )
    # Three hours, the lag, and in the last stage a result and the timer behind it.
    assert hours(late)[1] == pytest.approx(3 + 12 + 20 + 1 / 6)
    found = estimate(recipe_of(("needed: after_release", "needed: release"))).expected
    assert (found.waits_for, found.released > found.made) == ("sterility", True)


def test_lives_are_between_the_shortest_and_the_longest() -> None:
    shortest, _expected, longest = hours(recipe_of())
    made = rehearse(recipe_of(), patients=60).made
    assert shortest <= made.p5 <= made.p95 <= longest


def test_a_stage_begins_as_early_as_its_lag_allows_whatever_it_may_wait_at_most() -> None:
    """Planning books it so: a lag drawn up to its most would miss limits that no plan misses."""
    once, longer = (
        rehearse(recipe_of(*changes), patients=60).made for changes in ((), ((LAG, WIDER),))
    )
    assert longer == once


def test_a_stage_begins_when_its_least_time_has_passed() -> None:
    least = f"{LAG}\n    within: [{{from: culture.ended_at, min: 23 h, max: 40 h}}]"
    made = rehearse(recipe_of((LAG, least)), patients=60).made
    assert made.p5 >= hours(recipe_of())[0] + 11
    assert hours(recipe_of((LAG, least)))[1] == pytest.approx(3 + 23 + 4)
