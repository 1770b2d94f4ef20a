"""The flow of a recipe against a model that was written another way: operations as coroutines."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mes.lib.refusals import Refusal
from recipes import compiler, flow, paths
from recipes.document import Recipe
from recipes.flow import Answer, Onward, Question, Spot, Standing
from recipes.judging import Facts
from tests.recipes.documents import accepted, flows
from tests.recipes.model import CHOSEN, Model, Ref, Value
from tests.recipes.texts import SIX

NOW = datetime(2027, 1, 4, tzinfo=UTC)


class Played:
    """A batch played by ``recipes.flow``: what is due, and the values that were given."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe, self.standing = recipe, Standing()
        self.rounds: dict[str, dict[str, str]] = {}
        self.due: set[Spot] = set()
        self.skipped: list[str] = []
        self.unfinished: list[Ref] = []
        self.over = False
        self._take(flow.begin(recipe, self._judge, self.standing))

    def _judge(self, question: Question) -> Answer:
        seen = flow.visible(
            self.recipe, self.rounds, path=question.path, iteration=question.iteration
        )
        facts = Facts(
            at=NOW, path=question.path, values=seen, rounds=self.rounds,
            iteration=question.iteration,
        )  # fmt: skip
        values = facts.asked(question.condition)
        try:
            return Answer(facts.holds(question.condition), values)
        except Refusal:
            return Answer(holds=False, values=values, known=False)

    def _take(self, onward: Onward) -> None:
        self.due |= set(onward.due)
        self.skipped += [one.part for one in onward.skipped]
        self.unfinished += [(one.spot.path, one.spot.iteration) for one in onward.unfinished]
        self.over = onward.ends_batch

    @property
    def ready(self) -> set[Ref]:
        """What can be done now: not what waits for a contingency."""
        return {
            (spot.path, spot.iteration)
            for spot in self.due
            if not self.standing.interrupted(spot.operation)
        }

    def do(self, ref: Ref, value: Value) -> None:
        spot = next(one for one in self.due if (one.path, one.iteration) == ref)
        self.due.remove(spot)
        stage = spot.path.partition("/")[0]
        begun = stage in {done.partition("/")[0] for done in self.rounds}
        assert begun or not flow.has_done_before(self.recipe, spot)
        name = "value" if isinstance(value, int) else "choice"
        self.rounds[spot.ref] = {name: str(value)}
        self._take(flow.onward(self.recipe, self.standing, spot, self._judge))

    def call(self, ref: Ref) -> None:
        spot = next(one for one in self.due if (one.path, one.iteration) == ref)
        self._take(
            flow.call(
                self.recipe, self.standing, contingency="leak", caller=spot.operation,
                judge=self._judge,
            )
        )  # fmt: skip


def written(text: str) -> Recipe:
    recipe, messages = compiler.check_text(text)
    assert recipe is not None
    assert compiler.errors(messages) == ()
    return recipe


@pytest.mark.req("P11-10f")
@pytest.mark.scenario(37)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flows(), st.data())
def test_what_is_due_is_what_the_model_says_until_the_end(text: str, data: st.DataObject) -> None:
    play(text, data)


@pytest.mark.slow
@pytest.mark.req("P11-10f")
@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flows(), st.data())
def test_many_flows_go_as_the_model_says(text: str, data: st.DataObject) -> None:
    play(text, data)


def play(text: str, data: st.DataObject) -> None:
    played, model = Played(accepted(text)), Model(text)
    for _count in range(400):
        assert played.ready == model.ready
        if not model.ready:
            break
        ref = data.draw(st.sampled_from(sorted(model.ready)))
        few = sum(model.calls.values()) < 3
        if few and model.offers(ref) and data.draw(st.integers(0, 5)) == 0:
            played.call(ref)
            model.call(ref)
        else:
            chosen = model.step(ref)["kind"] in CHOSEN
            answers = st.sampled_from(["good", "bad"])
            value: Value = data.draw(answers) if chosen else data.draw(st.integers(0, 9))
            played.do(ref, value)
            model.do(ref, value)
    assert (played.over, played.ready) == (True, set())
    assert sorted(played.unfinished) == sorted(model.unfinished)
    assert sorted(paths.split(one)[0] for one in played.skipped) == sorted(model.skipped)


# --- what the model does not say ----------------------------------------------------------------

ALL = {"en": "Do it.", "de": "Tun."}


def branching() -> Recipe:
    """One stage: count until it is enough, then one of two ways beside a third."""

    def enter(key: str) -> dict[str, Any]:
        return {"key": key, "kind": "enter", "value": "decimal", "unit": "mL", "text": ALL}

    grow = {"key": "grow", "repeat": {"until": "count >= 5", "max": 3}, "steps": [enter("count")]}
    few = {"key": "few", "when": "grow.count < 5", "steps": [enter("x")]}
    many = {"key": "many", "after": ["grow"], "when": "grow.count >= 5",
            "steps": [enter("y"), {**enter("z"), "when": "y > grow.count[1]"}]}  # fmt: skip
    own = {"title": ALL, "openness": "closed"}
    stage = {
        "key": "one", "title": ALL,
        "duration": {"low": "1 h", "expected": "1 h", "high": "1 h"},
        "operations": [{**own, **one} for one in (grow, few, many)],
    }  # fmt: skip
    plain = {"recipe": "X", "title": ALL, "modality": "autologous", "stages": [stage]}
    return Recipe.model_validate(plain)


def test_a_loop_ends_by_its_condition_and_says_what_was_skipped_and_why() -> None:
    played = Played(branching())
    played.do(("one/grow/count", 1), 3)
    assert played.ready == {("one/grow/count", 2)}
    played.do(("one/grow/count", 2), 6)
    assert (played.ready, played.skipped) == ({("one/many/y", 1)}, ["one/few"])
    played.do(("one/many/y", 1), 3)
    # 3 is not more than the first count, 3: the step is skipped, and nothing is left.
    assert (played.skipped, played.over, played.unfinished) == (
        ["one/few", "one/many/z"], True, [],
    )  # fmt: skip


def test_a_loop_that_comes_to_its_maximum_goes_on_and_says_so() -> None:
    played = Played(branching())
    for time in (1, 2, 3):
        assert played.unfinished == []
        played.do(("one/grow/count", time), time)
    assert (played.unfinished, played.ready, played.skipped) == (
        [("one/grow/count", 3)], {("one/few/x", 1)}, ["one/many"],
    )  # fmt: skip


def test_a_condition_that_cannot_be_worked_out_takes_the_branch_and_goes_on_with_the_loop() -> None:
    recipe = branching()
    unknown = lambda question: Answer(holds=False, values={}, known=False)  # noqa: E731
    standing = Standing()
    first = flow.begin(recipe, unknown, standing).due[0]
    onward = flow.onward(recipe, standing, first, unknown)
    assert [(spot.path, spot.iteration) for spot in onward.due] == [("one/grow/count", 2)]


def test_plainly_is_what_the_whole_flow_says() -> None:
    recipe = written(SIX)
    standing = Standing()
    due = flow.begin(recipe, Played(recipe)._judge, standing).due
    while due:
        assert len(due) == 1
        plain = flow.plainly(recipe, due[0])
        onward = flow.onward(recipe, standing, due[0], Played(recipe)._judge)
        assert plain is None or [plain] == onward.due
        due = onward.due
    assert onward.ends_batch


def test_only_a_step_that_no_condition_skips_was_surely_done_before_the_next() -> None:
    def before(recipe: Recipe) -> dict[str, bool]:
        spots = [Spot(one.path, 1, one.path.rpartition("/")[0]) for one in recipe.steps()]
        return {spot.path: flow.has_done_before(recipe, spot) for spot in spots}

    first_of_each = {one.operation.steps[0].key for one in written(SIX).steps()}
    assert before(written(SIX)) == {
        one.path: one.step.key not in first_of_each for one in written(SIX).steps()
    }
    assert set(before(branching()).values()) == {False}
    skipped = branching().model_dump(mode="json", by_alias=True, exclude_unset=True)
    y, z = skipped["stages"][0]["operations"][2]["steps"]
    y["when"] = z.pop("when").replace("y", "grow.count")
    assert before(Recipe.model_validate(skipped))["one/many/z"] is False
    y.pop("when")
    assert before(Recipe.model_validate(skipped))["one/many/z"] is True
