"""The pure judgement of transfers and of accounting."""

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError

from recipes.enums import Outcome
from recipes.judging import Facts, ValueImplausible, ValueNotUnderstood
from recipes.kinds import KINDS, draw, judge
from recipes.step import StepBase

FACTS = Facts(at=datetime(2026, 11, 16, 12, tzinfo=UTC), path="a/b/it")
VOLUME = {"unit": "mL", "limits": {"action": ["5", "20"]}}


def step(kind: str, **fields: Any) -> StepBase:
    given = {"key": "it", "kind": kind, "text": {"en": "Do it."}, **fields}
    return KINDS[kind].schema.model_validate(given)


def transfer(pour: str, **more: Any) -> StepBase:
    ends = {"from": "intermediate-container", "to": "product-container"}
    return step("transfer", pour=pour, volume=VOLUME, **ends, **more)


DRAW = transfer("draw")
SPLIT = transfer("split", count="3", least="2", balance="5")
POOL = transfer("pool", count="3", least="2")
STORED = step("account", what="product-container", fate="stored", count="2")
DISCARDED = step("account", what="product-container", fate="discarded")


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (DRAW, {"source": "I1", "target": "P1", "volume": "10"}),
        (SPLIT, {"source": "I1", "label1": "P1", "label2": "P2", "volume": "10", "rest": "0"}),
        (SPLIT, {"source": "I1", "label1": "P1", "label3": "P3", "volume": "10", "rest": "2.5"}),
        (POOL, {"source1": "I1", "source2": "I2", "source3": "I3", "label": "P1", "volume": "9"}),
        (STORED, {"code1": "P1", "place": "Tank 2"}),
        (DISCARDED, {"code1": "P1", "comment": "Not needed."}),
        (DISCARDED, {}),
    ],
)
def test_what_goes_over_is_cleared(asked: StepBase, given: dict[str, str]) -> None:
    judged = judge(asked, given, FACTS)
    assert (judged.outcome, judged.values) == (Outcome.CLEARED, given)


@pytest.mark.parametrize(
    ("asked", "given", "field"),
    [
        (DRAW, {"source": "I1", "target": "I1", "volume": "10"}, "target"),
        (DRAW, {"source": "I1", "target": "P1", "volume": "0"}, "volume"),
        (SPLIT, {"source": "I1", "label1": "P1", "volume": "9", "rest": "0"}, "label2"),
        (SPLIT, {"source": "I1", "label1": "P", "label2": "P", "volume": "9", "rest": "0"},
         "label2"),
        (SPLIT, {"source": "I1", "label1": "A", "label2": "B", "volume": "9"}, "rest"),
        (SPLIT, {"source": "I", "label1": "A", "label2": "B", "volume": "9", "rest": "-1"}, "rest"),
        (POOL, {"source1": "I1", "label": "P1", "volume": "9"}, "source2"),
        (POOL, {"source1": "I1", "source2": "I1", "label": "P1", "volume": "9"}, "source2"),
        (POOL, {"source1": "I1", "source2": "I2", "volume": "9"}, "label"),
        (STORED, {"code1": "P1"}, "place"),
        (STORED, {"code1": "P1", "code2": "P1", "place": "Tank 2"}, "code2"),
        (DISCARDED, {"code1": "P1"}, "comment"),
    ],
)  # fmt: skip
def test_what_is_not_understood_names_its_field(
    asked: StepBase, given: dict[str, str], field: str
) -> None:
    with pytest.raises(ValueNotUnderstood) as caught:
        judge(asked, given, FACTS)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "wrong",
    [
        {"pour": "draw", "count": "2"},
        {"pour": "split"},
        {"pour": "pool", "count": "1"},
        {"pour": "pool", "count": "2", "least": "3"},
    ],
)
def test_several_containers_are_counted(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        transfer(wrong.pop("pour"), **wrong)


@pytest.mark.parametrize("asked", [DRAW, SPLIT, POOL, STORED, DISCARDED])
def test_a_plain_day_is_understood(asked: StepBase) -> None:
    judge(asked, draw(asked, FACTS, Random(3)), FACTS)


@pytest.mark.parametrize("typed", ["29.9", "300.1"])
@pytest.mark.parametrize(
    "asked",
    [
        step("transfer", **{"from": "intermediate-container"}, to="product-container",
             volume={"unit": "mL", "plausible": ["30", "300"]}),
        step("sample", tests=["car"], volume={"unit": "mL", "plausible": ["30", "300"]}),
    ],
)  # fmt: skip
def test_a_volume_that_cannot_be_is_refused(asked: StepBase, typed: str) -> None:
    given = {name: name.upper() for name in asked.accepts() if name != "comment"}
    assert judge(asked, {**given, "volume": "30"}, FACTS).values["volume"] == "30"
    with pytest.raises(ValueImplausible, match="between 30 and 300 is possible"):
        judge(asked, {**given, "volume": typed}, FACTS)


def test_what_may_be_left_out_is_what_lies_beyond_the_least() -> None:
    assert SPLIT.optional() == ("comment", "label3")
    assert POOL.optional() == ("comment", "source3")
    assert DRAW.optional() == ("comment",)
    assert STORED.optional() == STORED.accepts()
