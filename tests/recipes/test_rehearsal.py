"""The rehearsal of a recipe: chances and times as the document names them, and no error ever."""

import json
import math
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, assume, given, settings

from recipes import compiler, reader
from recipes.document import Recipe
from recipes.rehearsal import rehearse
from tests.recipes.documents import DURATION, LABEL, accepted, documents, flows, number_step
from tests.recipes.texts import CART19, LIBRARY, SIX, with_change

# What may happen in a flow: nothing of it is an engine error.
FLOWING = {"contingency.called", "loop.unfinished", "within.missed", "timer.late"}
SEEDED = 'target: "1.00e8"\n'


def recipe_of(text: str) -> Recipe:
    recipe, messages = compiler.check_text(text)
    assert recipe is not None
    assert compiler.errors(messages) == ()
    return recipe


def seeded_like(likely: str) -> Recipe:
    """Return the short recipe, its counted cells drawn from a distribution."""
    return recipe_of(with_change(SIX, SEEDED, f"{SEEDED}            likely: {likely}\n"))


def share_of(recipe: Recipe, path: str, code: str, *, patients: int = 1000) -> float:
    found = {
        (at, what): share for at, what, share in rehearse(recipe, patients=patients).exceptions
    }
    return found.get((path, code), 0.0)


def test_the_same_seed_gives_the_same_figures_and_another_does_not() -> None:
    recipe = recipe_of(CART19)
    one, same, other = (rehearse(recipe, patients=20, seed=seed) for seed in (7, 7, 8))
    assert one == same
    # In one order in every process, also what as many have met.
    ranked = sorted(one.exceptions, key=lambda row: (-row[2], row[:2]))
    assert one.exceptions == tuple(ranked)
    assert one.turn_rounds != other.turn_rounds


@pytest.mark.parametrize(
    ("low", "high", "likely"),
    [("1.4e6", "1e10", ("1e5", "2e5")), ("1e6", "1.996e8", ("2e8", "3e8"))],
)
def test_a_value_rounded_past_the_edge_of_what_is_plausible_is_read_again(
    low: str, high: str, likely: tuple[str, str]
) -> None:
    """With two decimals and the exponent 8 the edges 0.014 and 1.996 are read as 0.01 and 2.00."""
    text = with_change(SIX, 'plausible: ["1e6", "1e10"]', f'plausible: ["{low}", "{high}"]')
    drawn = f'likely: {{shape: uniform, low: "{likely[0]}", high: "{likely[1]}"}}'
    recipe = recipe_of(with_change(text, SEEDED, f"{SEEDED}            {drawn}\n"))
    found = [what for at, what, _share in rehearse(recipe, patients=5).exceptions if "seeded" in at]
    assert found == ["outside.action"]


@pytest.mark.parametrize(
    ("likely", "code", "expected"),
    [
        # The action band is 0.8e8 to 1.2e8, the alert band 0.9e8 to 1.1e8.
        ('{shape: uniform, low: "0.7e8", high: "1.2e8"}', "outside.action", 1 / 5),
        ('{shape: uniform, low: "0.8e8", high: "1.2e8"}', "outside.alert", 1 / 2),
        ('{shape: normal, mean: "1.2e8", sd: "2e7"}', "outside.action", 1 / 2),
        # Areas of a triangle from 0.8 over 1.0 to 1.2: a quarter lies outside 0.9 to 1.1.
        ('{shape: triangular, low: "0.8e8", mode: "1.0e8", high: "1.2e8"}', "outside.alert", 1 / 4),
        # Half of a lognormal lies above its median, which is mean / sqrt(1 + (sd/mean)^2).
        (
            f'{{shape: lognormal, mean: "{1.2e8 * math.sqrt(1.01):.0f}", sd: '
            f'"{1.2e8 * math.sqrt(1.01) * 0.1:.0f}"}}',
            "outside.action", 1 / 2,
        ),
    ],
    ids=["uniform-action", "uniform-alert", "normal", "triangular", "lognormal"],
)  # fmt: skip
def test_a_named_distribution_is_met_by_as_many_as_it_says(
    likely: str, code: str, expected: float
) -> None:
    met = share_of(seeded_like(likely), "seeding/seed/seeded", code)
    four_sigma = 4 * math.sqrt(expected * (1 - expected) / 1000)
    assert abs(met - expected) < four_sigma


def test_the_chance_of_an_answer_is_that_of_its_exception() -> None:
    recipe = recipe_of(
        CART19.replace('flag: true, chance: "0.01", text: {en: "Leaking, sw',
                       'flag: true, chance: "0.3", text: {en: "Leaking, sw')
    )  # fmt: skip
    met = share_of(recipe, "receipt/accept/bag", "choose.flagged", patients=200)
    assert abs(met - 0.3) < 4 * math.sqrt(0.3 * 0.7 / 200)


def test_times_lie_between_the_shortest_and_the_longest() -> None:
    found = rehearse(recipe_of(SIX), patients=300)
    # 20 min at least, 40 as a rule, 90 at most; the mean of a PERT is (low + 4 rule + high) / 6.
    assert 20 / 60 <= found.made.p5 < found.made.p50 < found.made.p95 <= 90 / 60
    assert found.made.mean == pytest.approx((20 + 4 * 40 + 90) / 6 / 60, rel=0.05)
    # Two people for the whole of it; the place is cleaned for half an hour.
    assert found.person_hours == pytest.approx(2 * found.made.mean, rel=0.02)
    assert found.room_hours == {"grade-C": pytest.approx(found.made.mean + 0.5, rel=0.02)}


def test_a_timer_is_waited_for_with_nobody_at_it() -> None:
    found = rehearse(recipe_of(CART19), patients=20)
    longest = dict(found.longest_steps)
    assert (longest["selection/enrich/programme"], longest["freeze/freeze/run"]) == (2.0, 1.0)


def test_the_release_waits_for_the_slowest_result_that_it_needs() -> None:
    first = "  - {key: appearance, test: appearance,"
    late = (
        '  - {key: late, test: sterility, accepts: [negative], title: {en: "Dry", de: "Trocken"}}'
    )
    slow = with_change(CART19, first, f"{late}\n{first}")
    found = rehearse(recipe_of(slow), patients=20)
    assert found.released.p5 - found.made.p5 > 13 * 24


def test_what_cannot_be_done_is_told_and_ends_nothing() -> None:
    """A formula that asks for less than nothing is the recipe's fault, shown with its share."""
    text = with_change(SIX, 'quantity: "70"\n            unit: mL\n            tolerance: "5"',
                       'quantity: "seeded / 1e8 * 70 - 70"\n            unit: mL'
                       '\n            tolerance: "5"')  # fmt: skip
    read = reader.read_with_lines(text)
    found = rehearse(read.recipe, patients=200)
    shares = {(path, code): share for path, code, share in found.exceptions}
    assert 0.35 < shares["seeding/seed/medium", "value.not_understood"] < 0.65


def test_nobody_is_no_rehearsal() -> None:
    with pytest.raises(ValueError, match="at least one"):
        rehearse(recipe_of(SIX), patients=0)


# --- any document that the compiler accepts can be rehearsed to its end -----------------------


@given(documents())
def test_whatever_the_compiler_accepts_comes_to_its_end(text: str) -> None:
    recipe, messages = compiler.check_text(text)
    assume(recipe is not None and not compiler.errors(messages))
    assert recipe is not None
    found = rehearse(recipe, patients=3)
    assert found.patients == 3
    assert all(math.isfinite(hours) for hours in found.turn_rounds)
    assert {code for _path, code, _share in found.exceptions} <= {
        "outside.action", "choose.flagged", "timer.late", "value.not_understood"
    }  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flows())
def test_whatever_flows_comes_to_its_end_as_well(text: str) -> None:
    found = rehearse(accepted(text), patients=4)
    assert all(math.isfinite(hours) for hours in found.turn_rounds)
    assert {code for _path, code, _share in found.exceptions} <= FLOWING


@pytest.mark.slow
@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flows())
def test_many_flows_come_to_their_end(text: str) -> None:
    codes = {code for _path, code, _share in rehearse(accepted(text), patients=2).exceptions}
    assert codes <= FLOWING


def flowing(*, when: str = "one.do.s0 >= 5", after: tuple[str, ...] = ("do",)) -> Recipe:
    """Two hours in one operation and three in another, behind the first or beside it."""

    def hours(key: str, number: str) -> dict[str, Any]:
        takes = {"low": number, "expected": number, "high": number}
        return {**number_step(key), "takes": takes}

    own = {"title": LABEL, "openness": "closed"}
    stage = {
        "key": "one", "title": LABEL, "duration": DURATION, "staff": [{"role": "operator"}],
        "operations": [
            {**own, "key": "do", "steps": [hours("s0", "1 h")]},
            {**own, "key": "two", "steps": [hours("a", "2 h")], "when": when},
            {**own, "key": "three", "steps": [hours("a", "3 h")], "after": list(after)},
        ],
    }  # fmt: skip
    plain = {"recipe": "X", "title": LABEL, "modality": "autologous", "stages": [stage]}
    return Recipe.model_validate(plain)


def test_a_branch_costs_its_time_only_when_it_is_taken() -> None:
    found = rehearse(flowing(after=("do", "two")), patients=400)
    # 1 + 3 hours, and two more for the half of the patients whose number is 5 or more.
    assert found.made.p5 == 4
    assert found.made.p95 == 6
    assert found.made.mean == pytest.approx(4 + 2 * 4 / 9, abs=0.15)


def test_what_is_done_beside_each_other_takes_the_longer_of_the_two() -> None:
    found = rehearse(flowing(when="one.do.s0 >= 0"), patients=5)
    assert (found.made.p5, found.made.p95) == (4, 4)
    assert found.person_hours == pytest.approx(1 + 2 + 3)


# --- the command ------------------------------------------------------------------------------


def test_the_command_prints_lines_or_json() -> None:
    out = StringIO()
    path = str(LIBRARY / "six-steps.yaml")
    call_command("recipe", "rehearse", path, "--patients", "30", stdout=out)
    assert out.getvalue().startswith("30 patients; hours from the end of the collection:")
    out = StringIO()
    call_command("recipe", "rehearse", path, "--patients", "30", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["patients"], len(answer["turn_rounds"])) == (30, 30)


def test_the_command_refuses_a_broken_recipe_and_a_crowd(tmp_path: Any) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(with_change(SIX, "expected: 40 min", "expected: 10 min"))
    with pytest.raises(CommandError, match="1 errors"):
        call_command("recipe", "rehearse", str(path))
    with pytest.raises(CommandError, match="Between 1 and 100000"):
        call_command("recipe", "rehearse", str(LIBRARY / "six-steps.yaml"), "--patients", "0")
