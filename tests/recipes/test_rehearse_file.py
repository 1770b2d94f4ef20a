"""``rehearse --recipe FILE``: a recipe of one's own on the real services."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.batches.test_flow import document
from tests.recipes.texts import SIX, with_change


def test_only_a_recipe_that_could_run_is_rehearsed(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is no file either"):
        call_command("rehearse", recipe="nowhere.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text(with_change(SIX, "expected: 40 min", "expected: 10 min"))
    with pytest.raises(CommandError, match="1 errors: line "):
        call_command("rehearse", recipe=str(broken))


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
