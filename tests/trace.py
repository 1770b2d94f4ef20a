"""The matrix from requirements to tests, read out of the tests' own marks: nothing is run.

python -m tests.trace            one line for each rule of the sheet: its id, then its tests
python -m tests.trace --csv      the same as CSV, one line for each pair
"""

import ast
import csv
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
# The ids of the sheet of requirements.
SHEET = TESTS / "requirement_ids.txt"

MARK = "mark.req"

Matrix = Mapping[str, list[str]]


def sheet() -> list[str]:
    """Return every id of the sheet, in its order."""
    return SHEET.read_text("utf-8").split()


def marked(tests: Path = TESTS) -> Iterator[tuple[str, str]]:
    """Yield each id that a test is marked with, and the test: its file and its name."""
    for path in sorted(tests.rglob("test_*.py")):
        text = path.read_text("utf-8")
        if MARK in text:
            yield from _of_file(ast.parse(text), path.relative_to(tests.parent).as_posix())


def _of_file(tree: ast.Module, file: str) -> Iterator[tuple[str, str]]:
    of_all = [rule for node in tree.body if _is_pytestmark(node) for rule in _rules(node)]
    for test in ast.walk(tree):
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
            own = [rule for mark in test.decorator_list for rule in _rules(mark)]
            yield from ((rule, f"{file}::{test.name}") for rule in (*of_all, *own))


def _is_pytestmark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"


def _rules(node: ast.AST) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(MARK):
            yield from (ast.literal_eval(one) for one in call.args)


@cache
def matrix() -> Matrix:
    """Return each id of the sheet with its tests, those without one too."""
    found: dict[str, set[str]] = {rule: set() for rule in sheet()}
    for rule, test in marked():
        found.setdefault(rule, set()).add(test)
    return {rule: sorted(tests) for rule, tests in found.items()}


def main(args: list[str]) -> None:
    """Print the matrix."""
    pairs = matrix()
    if "--csv" in args:
        writer = csv.writer(sys.stdout)
        writer.writerow(["requirement", "test"])
        writer.writerows([rule, test] for rule, some in pairs.items() for test in some or [""])
        return
    for rule, tests in pairs.items():
        print(rule, *(tests or ["no test"]), sep="\n  ")


if __name__ == "__main__":
    main(sys.argv[1:])
