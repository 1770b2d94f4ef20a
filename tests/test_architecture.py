"""The shape of the code: arrows, layers, doors between apps, sizes, and what no file may hold."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

PROJECT = Path(__file__).resolve().parents[1]
APPS = (
    "records", "accounts", "equipment", "materials", "recipes", "orders", "batches", "planning",
    "quality",
)  # fmt: skip
PRESENT = [app for app in APPS if (PROJECT / app / "apps.py").exists()]
# What one app may use of another. ``records`` is the frame: all of it is for the others.
DOORS = {"models", "enums", "entries", "selectors", "rules", "services", "exceptions"}
# Pure modules that are an app's language: the recipe document and its judgement, states.
FURTHER_DOORS = {
    # training, rosters and centres are selectors by noun; subjects is what one asks of people.
    "accounts": {"access", "centres", "owed", "permissions", "rosters", "subjects", "training"},
    "recipes": {
        "criteria",
        "difference",
        "document",
        "flow",
        # A document in words: what a step asks is said on paper as on its page.
        "flow_words",
        "words",
        "formulas",
        "interchange",
        "parts",
        "paths",
        "step",
        "kinds",
        "judging",
        "reader",
        "remaining",
    },
    "batches": {"findings", "workflow"},
    "materials": {"symbols"},
}
LONGEST_FUNCTION = 60
LONGEST_FILE = 500


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("mes", *PRESENT, exclude_type_checking_imports=True, cache_dir=None)


@cache
def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True, text=True
    )
    return [PROJECT / name for name in listed.stdout.split("\0") if (PROJECT / name).is_file()]


def sources() -> list[Path]:
    return [
        path
        for path in tracked()
        if path.suffix == ".py" and "migrations" not in path.parts and "tests" not in path.parts
    ]


def test_arrows_and_layers_hold() -> None:
    checked = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"],
        cwd=PROJECT, capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout


def _leaves_by_a_window(importer: str, imported: str) -> bool:
    app, *rest = imported.split(".")
    if app not in APPS or app == "records" or importer.split(".", 1)[0] in {app, "mes"}:
        return False
    doors = DOORS | FURTHER_DOORS.get(app, set())
    # Refusals of one noun (``signing_exceptions``) are refusals as well.
    return bool(rest) and rest[0] not in doors and not rest[0].endswith("_exceptions")


def test_apps_use_one_another_by_the_doors_only() -> None:
    windows = [
        f"{importer} imports {imported}"
        for importer in graph().modules
        for imported in graph().find_modules_directly_imported_by(importer)
        if _leaves_by_a_window(importer, imported)
    ]
    assert windows == []


def test_functions_and_files_are_short() -> None:
    assert [line for path in sources() for line in too_long(path)] == []


def too_long(path: Path) -> Iterator[str]:
    """Say which functions of a file, or the file itself, have too many lines."""
    text, name = path.read_text(), path.relative_to(PROJECT)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            lines = node.end_lineno - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{name}: {node.name}: {lines} lines"
    if len(text.splitlines()) > LONGEST_FILE:
        yield f"{name}: {len(text.splitlines())} lines"


# Put together here, so that this file does not hold what it looks for.
REGISTRIES = re.compile(
    "|".join(
        [
            "pypi" + r"\.org",
            "pythonhosted" + r"\.org",
            "registry" + r"\.npmjs",
            "/simple" + "/[a-z]",
        ]
    )
)
# A part of a URL pattern, such as what follows <uuid:batch>, is no place on a machine.
MACHINE_PATHS = re.compile(r"(?<![\w.>])/(?:root|home/[a-z]+|Users/[a-z]+|work)/" + r"\w")


@pytest.mark.parametrize("pattern", [REGISTRIES, MACHINE_PATHS], ids=["registry", "machine path"])
def test_no_file_names_a_registry_or_a_place_on_one_machine(pattern: re.Pattern[str]) -> None:
    found = []
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(PROJECT)}: {hit}" for hit in pattern.findall(text)]
    assert found == []


# --- every act asks who may ---------------------------------------------------------------------

# A question, a signature (which names its permission), or the end of a message of the outbox.
# ``check`` is what the caller of ``records``, which knows no permissions, brings along.
ASKS = {"check_permission", "is_system", "sign", "signed", "done", "check"}
# Acts that ask nothing, and why.
FREE_ACTS = {
    "accounts/services/alarms.py:_raise": "wrong tries are alarmed whoever made them",
    "accounts/services/refused_tries.py:_note": "refused tries are noted whoever made them",
    "accounts/services/devices.py:link_device": "the enrolment's sealed address is the right",
    "accounts/services/factors.py:keep_factors": "of one's own person only, which it asks",
    "accounts/services/answered_tries.py:_answer": "of one's own secrets only",
    "accounts/services/policy.py:acknowledge_policy": "of one's own person only, which it asks",
    "quality/services/comments.py:give_comment": "of who was asked only, which it asks",
    "accounts/services/periods.py:_open_period": "who signs in has proved who they are",
    "accounts/services/periods.py:_close_period": "everybody may leave",
}


def _functions(path: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(path.read_text())
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def _called(node: ast.AST) -> set[str]:
    calls = (one.func for one in ast.walk(node) if isinstance(one, ast.Call))
    named = {call.id for call in calls if isinstance(call, ast.Name)}
    calls = (one.func for one in ast.walk(node) if isinstance(one, ast.Call))
    return named | {call.attr for call in calls if isinstance(call, ast.Attribute)}


def _asks(name: str, functions: dict[str, ast.FunctionDef], seen: frozenset[str]) -> bool:
    called = _called(functions[name])
    if called & ASKS:
        return True
    inside = (called & functions.keys()) - seen
    return any(_asks(one, functions, seen | {one}) for one in inside)


def acts_without_a_question() -> Iterator[str]:
    for path in sources():
        functions = _functions(path)
        for name, node in functions.items():
            marks = {mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)}
            if "acting" in marks and not _asks(name, functions, frozenset({name})):
                yield f"{path.relative_to(PROJECT)}:{name}"


def test_every_act_asks_for_a_permission_inside() -> None:
    assert sorted(acts_without_a_question()) == sorted(FREE_ACTS)
