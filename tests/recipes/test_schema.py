"""The JSON Schema: what the reader takes passes it, and it names what an editor should."""

import json
from io import StringIO
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from jsonschema import Draft202012Validator

from recipes.kinds import KINDS
from recipes.schema import json_schema
from tests.recipes.texts import CART19, SIX, with_change


def faults(text: str) -> list[str]:
    """Return the paths at which an editor would underline a text, read as YAML editors do."""
    found = Draft202012Validator(json_schema()).iter_errors(yaml.safe_load(text))
    return sorted(error.json_path for error in found)


def test_it_is_a_schema_of_its_dialect() -> None:
    Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("text", [CART19, SIX], ids=["cart19", "six"])
def test_the_library_passes_as_it_is_written(text: str) -> None:
    assert faults(text) == []


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("expected: 40 min", "expected: forty", "$.stages[0].duration.expected"),
        ("modality: autologous", "modality: maybe", "$.modality"),
        ("openness: closed", "opennes: closed", "$.stages[0].operations[0]"),
    ],
)
def test_a_slip_is_underlined_where_it_stands(old: str, new: str, path: str) -> None:
    assert path in faults(with_change(SIX, old, new))


def test_every_kind_of_step_is_offered() -> None:
    kinds: Any = json_schema()["$defs"]["Operation"]["properties"]["steps"]["items"]
    assert set(kinds["discriminator"]["mapping"]) == set(KINDS)


def test_the_command_prints_it() -> None:
    out = StringIO()
    call_command("recipe", "schema", stdout=out)
    assert json.loads(out.getvalue()) == json_schema()
