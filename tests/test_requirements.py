"""The marks of tests name rules that exist: from them the validation pack is built."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
# The ids of the sheet of requirements.
KNOWN = set((TESTS / "requirement_ids.txt").read_text("utf-8").split())
EVIDENCE = ("P11-", "A11-", "D11-", "PI-", "MH-")
# What no test shows yet, each with why.
NOT_SHOWN = {
    "P11-10k": "documents of the system have no versions in the product",
    "A11-4": "no trace matrix is built", "D11-6": "as A11-4",
    "A11-13": "no incidents of the system itself",
    "A11-16": "no paper pack of pending steps", "D11-8": "no alarms of equipment",
    "D11-10": "plausibility is per step; nothing is said of transfer",
    "D11-15": "no audit of dependencies in the tests", "D11-16": "no backup of its own",
    "D11-17": "an exported copy is no archive",
}  # fmt: skip


def marked() -> Iterator[tuple[str, str]]:
    """Yield each id that a test is marked with, and its file."""
    for path in sorted(TESTS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.req"):
                yield from ((ast.literal_eval(one), path.name) for one in node.args)


def test_every_mark_is_a_rule_of_the_sheet() -> None:
    assert {pair for pair in marked() if pair[0] not in KNOWN} == set()


def test_every_rule_of_records_and_people_is_shown_or_said_not_to_be() -> None:
    wanted = {one for one in KNOWN if one.startswith(EVIDENCE)}
    assert wanted - {one for one, _file in marked()} == set(NOT_SHOWN)
