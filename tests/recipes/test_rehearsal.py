"""The rehearsal of a recipe: chances and times as the document names them, and no error ever."""

import json
import math
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import assume, given
from hypothesis import strategies as st

from recipes import compiler, reader
from recipes.document import Recipe
from recipes.rehearsal import rehearse
from tests.recipes.texts import CART19, LIBRARY, SIX, with_change

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
    assert one.turn_rounds != other.turn_rounds


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

BOUND = st.decimals(min_value=-1000, max_value=1000, places=2).map(str)
LABEL = {"en": "Do it.", "de": "Tun."}


def _band(draw: Any) -> list[str | None]:
    low, high = sorted((draw(BOUND), draw(BOUND)), key=float)
    return [draw(st.sampled_from([low, None])), high]


@st.composite
def steps(draw: Any, number: int) -> dict[str, Any]:
    """Return one step of any kind that needs nothing beside itself and the steps before it."""
    kind = draw(st.sampled_from(["enter", "choose", "calculate", "confirm", "timer", "enter-like"]))
    step: dict[str, Any] = {"key": f"s{number}", "kind": kind, "text": LABEL}
    if kind == "confirm":
        return step
    if kind == "timer":
        return {**step, "min": draw(st.sampled_from(["1 min", "2 h"])), "max": "5 h"}
    if kind == "choose":
        chance = draw(st.sampled_from(["0", "0.2", "1"]))
        bad = {"key": "bad", "text": LABEL, "flag": "true", "chance": chance}
        return {**step, "options": [{"key": "good", "text": LABEL}, bad]}
    value = {"unit": "mL", "decimals": draw(st.sampled_from(["0", "2"]))}
    if kind == "calculate":
        factor = draw(BOUND)
        return {**step, **value, "formula": f"s0 * {factor} + s0 / 3".replace("* -", "* 0 -")}
    step |= {"kind": "enter", "value": "decimal", **value, "limits": {"action": _band(draw)}}
    if kind == "enter-like":
        step["likely"] = {"shape": "normal", "mean": draw(BOUND), "sd": draw(BOUND)}
    return step


@st.composite
def documents(draw: Any) -> str:
    first = {"key": "s0", "kind": "enter", "value": "decimal", "unit": "mL", "text": LABEL}
    rest = [draw(steps(number)) for number in range(1, draw(st.integers(2, 8)))]
    stage = {
        "key": "one", "title": LABEL, "room": {"class": "grade-C"},
        "duration": {"low": "10 min", "expected": "1 h", "high": "1 d"},
        "staff": [{"role": "operator"}],
        "operations": [{"key": "do", "title": LABEL, "openness": "closed",
                        "steps": [
                            {"key": "before", "kind": "clear", "when": "before", "text": LABEL,
                             "checks": [{"key": "clear", "text": LABEL}]},
                            {"key": "bag", "kind": "scan", "what": "patient-container",
                             "identifiers": "2", "text": LABEL},
                            first, *rest,
                            {"key": "after", "kind": "clear", "when": "after", "text": LABEL,
                             "checks": [{"key": "clear", "text": LABEL}]}]}],
    }  # fmt: skip
    document = {"recipe": "ANY", "title": LABEL, "modality": "autologous", "stages": [stage]}
    return json.dumps(document)


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
