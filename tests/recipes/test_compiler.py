"""The compiler: what it gives for a text, for a recipe without its text, and how soon."""

import hashlib
import time
from collections.abc import Callable, Iterator

import pytest

from bench import shapes
from recipes import compiler, nodes, reader
from recipes.faults import CHECKS, Fault
from recipes.messages import Weight
from recipes.outline import Outline
from recipes.workflow import COMPILER_VERSION
from tests.recipes.texts import CART19, SIX, line_of, with_change


def test_a_message_names_the_line_of_what_is_wrong() -> None:
    text = with_change(SIX, "            material: TEXMACS", "            material: TEXMACK")
    _recipe, messages = compiler.check_text(text)
    lines = {(m.code, m.line) for m in messages if m.severity == Weight.ERROR}
    assert lines == {("reference.material", line_of(text, "material: TEXMACK"))}


@pytest.mark.parametrize("text", [SIX, CART19], ids=["six-steps", "cart19-prodigy"])
def test_a_library_recipe_has_no_errors(text: str) -> None:
    recipe, messages = compiler.check_text(text)
    assert (recipe is not None, compiler.errors(messages)) == (True, ())


def test_the_full_recipe_has_no_warnings_either() -> None:
    assert compiler.check_text(CART19)[1] == ()


def test_a_text_that_is_no_recipe_gives_the_readers_messages() -> None:
    recipe, messages = compiler.check_text("a: *b")
    assert (recipe, [m.code for m in messages]) == (None, ["text.alias"])


def test_a_recipe_without_its_text_is_compiled_without_lines() -> None:
    text = with_change(SIX, "            material: TEXMACS", "            material: TEXMACK")
    recipe, messages = compiler.check_text(text)
    assert recipe is not None
    again = compiler.compile_recipe(recipe)
    assert sorted((m.code, m.path) for m in again) == sorted((m.code, m.path) for m in messages)
    assert {m.line for m in again} == {None}


def test_a_long_recipe_compiles_in_time() -> None:
    """5,000 steps in 2 s is asked of a later issue; a fifth of it takes a fifth here."""
    step = (
        "          - {key: s%d, kind: enter, value: decimal, unit: mL, text: {en: x, de: y},\n"
        '             limits: {alert: ["1", "2 * %s"]}}\n'
    )
    steps = "".join(step % (n, f"s{n - 1}" if n else "3") for n in range(1000))
    last = "          - key: clear-after\n"
    begun = time.process_time()
    recipe, messages = compiler.check_text(with_change(SIX, last, steps + last))
    assert (recipe is not None, compiler.errors(messages)) == (True, ())
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("shape", shapes.SHAPES, ids=lambda shape: shape.__name__)
def test_a_long_recipe_of_another_shape_compiles_in_time(shape: Callable[[int], bytes]) -> None:
    """A fifth of what the bench compiles; operations in no order alone took 4 s."""
    begun = time.process_time()
    recipe, messages = compiler.check_text(shape(1000))
    assert recipe is not None
    assert {m.code for m in messages}.isdisjoint(
        {"check.failed", "reference.within", "after.unknown"}
    )
    assert time.process_time() - begun < 2


def test_a_check_that_breaks_is_told_and_logged_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(_outline: Outline) -> Iterator[Fault]:
        yield Fault(("title",), "Found before.")
        raise OverflowError("beyond all numbers")

    monkeypatch.setitem(CHECKS, "formula.by_zero", breaks)
    text = with_change(SIX, "            material: TEXMACS", "            material: TEXMACK")
    recipe, messages = compiler.check_text(text)
    errors = compiler.errors(messages)
    codes = {(one.code, one.line is not None) for one in errors}
    assert recipe is not None
    assert codes == {
        ("check.failed", True),
        ("formula.by_zero", True),
        ("reference.material", True),
    }
    assert "formula.by_zero" in next(m.sentence for m in errors if m.code == "check.failed")
    assert "beyond all numbers" in caplog.text


def test_a_check_of_the_site_that_breaks_is_asked_of_who_approves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(_outline: Outline) -> Iterator[Fault]:
        raise OverflowError

    breaks.__module__ = compiler.checks.plant.__name__
    monkeypatch.setitem(CHECKS, "site.room", breaks)
    found = [one for one in compiler.check_text(CART19)[1] if compiler.of_the_site(one)]
    assert [(one.code, one.severity) for one in found] == [("site.check_failed", Weight.ERROR)]


def test_a_reader_that_breaks_is_told_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(_found: nodes.Nodes) -> None:
        raise OverflowError("beyond all numbers")

    monkeypatch.setattr(reader, "read_nodes", breaks)
    recipe, messages = compiler.check_text(SIX)
    (message,) = messages
    assert (recipe, message.code, message.line is not None) == (None, "check.failed", True)
    assert "beyond all numbers" in caplog.text


def test_a_wrong_name_is_silent_for_one_unit_that_nobody_scans_and_not_for_two() -> None:
    text = with_change(SIX, "            as: prodigy", "            as: counter")
    two = with_change(
        text, "      - {class: prodigy, as: prodigy}",
        "      - {class: prodigy, as: prodigy}\n      - {class: prodigy, as: second}",
    )  # fmt: skip
    found = [[m.path for m in compiler.check_text(one)[1] if m.code.startswith("equipment.")]
             for one in (text, two)]  # fmt: skip
    assert found == [[], ["seeding/equipment/prodigy/as", "seeding/equipment/second/as"]]


# The hash of all codes of checks by which each version of the compiler judges, from 3 on.
CODES_OF = {"3": "41d13e480ef3bfd07879be2b1d561f79be686aaafe89b5168aa0bfac2d0d4343"}


def test_a_compiler_with_another_check_has_another_version() -> None:
    """A record says which compiler was content; a check that asks for more raises it as well."""
    codes = hashlib.sha256("\n".join(sorted(CHECKS)).encode()).hexdigest()
    assert CODES_OF[COMPILER_VERSION] == codes
