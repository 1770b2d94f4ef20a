"""``manage.py recipe check``."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.recipes.texts import LIBRARY, SIX, with_change


def check(path: Path, *flags: str) -> str:
    out = StringIO()
    call_command("recipe", "check", str(path), *flags, stdout=out)
    return out.getvalue()


def test_a_good_recipe_is_summed_up() -> None:
    path = LIBRARY / "cart19-prodigy.yaml"
    assert check(path).startswith("CART19-PRODIGY: 12 stages, 101 steps, content hash ")


def test_the_answer_as_json() -> None:
    answer = json.loads(check(LIBRARY / "six-steps.yaml", "--json"))
    assert (answer["recipe"]["recipe"], answer["recipe"]["steps"]) == ("SIX-STEPS", 6)
    assert [m["code"] for m in answer["messages"]] == ["specification.empty"]


def test_errors_are_printed_with_their_lines_and_the_exit_is_not_zero(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(with_change(SIX, "expected: 40 min", "expected: 10 min"))
    out = StringIO()
    with pytest.raises(CommandError, match="1 errors"):
        call_command("recipe", "check", str(path), stdout=out)
    assert out.getvalue().splitlines()[0] == (
        f"{path}:22:16: error duration.order seeding/duration/low: "
        "A duration is more than nothing, and low ≤ expected ≤ high."
    )


def test_a_text_that_is_no_recipe_is_an_error_with_a_line(tmp_path: Path) -> None:
    path = tmp_path / "no.yaml"
    path.write_text("a: 1\nb: *a\n")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("recipe", "check", str(path), "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["recipe"], [(m["code"], m["line"]) for m in answer["messages"]]) == (
        None, [("text.alias", 2)]
    )  # fmt: skip


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.yaml cannot be read"):
        check(tmp_path / "absent.yaml")
