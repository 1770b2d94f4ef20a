"""``rehearse --recipe FILE``: a recipe of one's own on the real services."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from plant.hands import good_number
from recipes.judging import Facts
from recipes.kinds import KINDS, draw, judge
from tests.batches.test_flow import document
from tests.recipes.texts import SIX, with_change


def test_only_a_recipe_that_could_run_is_rehearsed(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is no file either"):
        call_command("rehearse", recipe="nowhere.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text(with_change(SIX, "expected: 40 min", "expected: 10 min"))
    with pytest.raises(CommandError, match="1 errors: line "):
        call_command("rehearse", recipe=str(broken))


ASKED: list[dict[str, Any]] = [
    {"plausible": ["1e3", "1e10"]},
    {"plausible": ["0.000001", "0.00002"]},
    {"plausible": [None, "-80"]},
    {"plausible": ["0.5", None], "limits": {"action": ["0", None]}},
    {"limits": {"action": ["-80", None]}},
    {"limits": {"alert": [None, "-130"], "action": [None, "-120"]}},
    {"target": "4", "limits": {"action": ["2", "8"]}, "plausible": ["-80", "60"]},
]


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_hands_and_simulated_patients_enter_what_is_in_order(asked: dict[str, Any]) -> None:
    given = {"key": "it", "kind": "enter", "value": "decimal", "text": {"en": "Enter it."}}
    step: Any = KINDS["enter"].schema.model_validate({**given, **asked})
    facts = Facts(at=datetime(2026, 11, 16, 12, tzinfo=UTC), path="a/b/it")
    hands = good_number(step, facts, target=step.target)
    drawn = [draw(step, facts, Random(seed)) for seed in range(20)]
    for values in ({"value": format(hands, "f")}, *drawn):
        assert judge(step, values, facts).findings == ()
    assert len({one["value"] for one in drawn}) > 5


def test_what_may_be_ten_thousand_times_as_much_is_drawn_by_powers_of_ten() -> None:
    given = {"key": "it", "kind": "enter", "value": "decimal", "text": {"en": "Enter it."}}
    step: Any = KINDS["enter"].schema.model_validate({**given, "plausible": ["1e4", "1e8"]})
    facts, luck = Facts(at=datetime(2026, 11, 16, 12, tzinfo=UTC), path="a/b/it"), Random(1)
    drawn = sorted(float(draw(step, facts, luck)["value"]) for _patient in range(501))
    assert 0.7e6 < drawn[250] < 1.4e6


@pytest.mark.slow
@pytest.mark.usefixtures("committed_db")
def test_branches_loops_and_contingencies_come_to_release(tmp_path: Path) -> None:
    plain = document()
    plain["contingencies"][0]["chance"] = "1"
    path, out = tmp_path / "any.json", StringIO()
    path.write_text(json.dumps(plain))
    call_command("rehearse", recipe=str(path), patients=1, json=True, stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["released"], answer["verified"], answer["refusals"]) == (1, True, {})
    assert answer["exceptions"] >= 1
