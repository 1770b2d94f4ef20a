import ast
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipes import arithmetic, formulas
from recipes.arithmetic import evaluate
from recipes.formulas import FormulaError, parse

NAMES = {"seed.count": Decimal("1.40e7"), "a": Decimal(2), "inputs.patient_weight": Decimal(70)}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1 * 3", "0.3"),
        ("1.10 + 1", "2.10"),
        ("1e8 / seed.count * 14", "100"),
        ("-a ** 2", "-4"),
        ("2 * inputs.patient_weight", "140"),
        ("round(2.345, 2)", "2.35"),
        ("ceil(2.1) + floor(2.9)", "5"),
        ("min(3, a) + max(1, a)", "4"),
        ("5 if a > 1 and not a >= 3 else 7", "5"),
        ("1_000 + 1", "1001"),
        ("0.12345678901234567890123 * 1", "0.12345678901234567890123"),
    ],
)
def test_a_formula_is_exact(text: str, value: str) -> None:
    assert evaluate(text, NAMES.__getitem__) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("yield / 2 + o.class", ("yield", "o.class")),
        ("(yield - 3) * wash.in.lambda[-1]", ("yield", "wash.in.lambda")),
        ('pass == "in" or not is == "for"', ("pass", "is")),
        ("if_1 if as > 1 else from", ("as", "if_1", "from")),
    ],
)
def test_a_step_may_be_called_by_a_word_of_python(text: str, names: tuple[str, ...]) -> None:
    read = parse(text)
    assert {*read.names, *(name for name, _key in read.words)} == set(names)
    assert (read.text, formulas.written(read, read.tree)) == (text, text)


def test_what_is_more_than_arithmetic_is_still_said_to_be() -> None:
    for text in ("[x for x in a]", "(lambda: 1)", "a in b"):
        with pytest.raises(FormulaError, match="uses more than arithmetic"):
            parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a +",
        "'text'",
        "a.__class__()",
        "__import__('os')",
        "(lambda: 1)()",
        "[1, 2]",
        "a[0]",
        "f'{a}'",
        "a; a",
        "a := 1",
        "open('x')",
        "min(1, key=a)",
        "1j",
        "0x10",
        "True",
        "1e999",
        "a\n+ 1",
        "ä + 1",
        "a // 2",
        "1 + " * 300 + "1",
        "(" * 240 + "1" + ")" * 240,
        "-" * 400 + "1",
        "1 + " * 100 + "1",
        "min(80)",
        "max()",
        "abs(1, 2)",
        "ceil()",
        "round(1, 2, 3)",
        "-5 ** 100",
        "a ** -65",
    ],
)
def test_what_is_more_than_arithmetic_is_not_read(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text)


@pytest.mark.parametrize(
    "text",
    ["1 / 0", "9 ** 65", "9 ** 9 ** 9", "1 / (a - 2)", "a > 1", "round(a, 99)", "(-8) ** 0.5",
     "0 ** -1", "1e60 * 1e60", "1e-60 * 1e-60", "ceil(a > 1)", "round(a, 0 ** -1)", "abs(a > 1)"],
)  # fmt: skip
def test_what_gives_no_number_is_refused(text: str) -> None:
    with pytest.raises(FormulaError):
        evaluate(text, NAMES.__getitem__)


def test_the_largest_number_is_rounded_to_the_most_decimals() -> None:
    large = evaluate("1e64", NAMES.__getitem__)
    assert arithmetic.round_half_up(large, Decimal(12)) == large


def test_a_part_is_told_as_it_was_written_and_by_its_names() -> None:
    read = parse("a / (seed.count[2] - 100)")
    (part,) = [one.right for one in [read.tree] if isinstance(one, ast.BinOp)]
    said = (formulas.written(read, part), formulas.names_of(part))
    assert said == ("seed.count[2] - 100", ("seed.count",))


@pytest.mark.parametrize(
    "text", ["a + (a > 1)", "a > 1", "min(a > 1, 2)", "1 if a else 2", "-(a > 1)"]
)
def test_a_condition_is_no_number(text: str) -> None:
    with pytest.raises(FormulaError, match="stands where"):
        formulas.check_kinds(parse(text), condition=False)


@pytest.mark.parametrize("text", ["a > 1 and not (a + (a > 2)) > 2", "(a > 1) > 0"])
def test_a_condition_counts_with_numbers(text: str) -> None:
    with pytest.raises(FormulaError, match="stands where a number"):
        formulas.check_kinds(parse(text), condition=True)


def test_the_names_of_a_formula_stand_once_and_in_order() -> None:
    assert parse("b * a.c + b - inputs.x").names == ("b", "a.c", "inputs.x")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9),
                   max_value=10**9))  # fmt: skip
def test_a_written_number_is_itself(number: Decimal) -> None:
    assert evaluate(f"{number:f}", NAMES.__getitem__) == number


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        evaluate(text, lambda _name: Decimal(1))
    except FormulaError as error:
        assert str(error)  # noqa: PT017 - both ways out are right


def test_a_plain_number_has_no_names() -> None:
    assert (formulas.is_plain("0.9e8"), formulas.is_plain("a * 2")) == (True, False)


# --- conditions -------------------------------------------------------------------------------

ANSWERS = {"bag": "leaking", "seed.look": "good"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a > 1", True),
        ("a > 1 and seed.count < 1e6", False),
        ("not a >= 2 or inputs.patient_weight == 70", True),
        ("1 < a <= 2", True),
        ('bag == "leaking"', True),
        ("seed.look != 'good'", False),
        ('bag == "leaking" and a < 2', False),
    ],
)
def test_a_condition_holds_or_does_not(text: str, expected: bool) -> None:
    assert parse(text).is_condition
    assert arithmetic.holds(text, NAMES.__getitem__, ANSWERS.__getitem__) is expected


@pytest.mark.parametrize("text", ["a + 1", "7", "a > 1 and 3", "a if a > 1 else 2", "not a"])
def test_a_number_is_no_condition(text: str) -> None:
    assert not parse(text).is_condition
    assert parse("not (a > 1)").is_condition


@pytest.mark.parametrize(
    "text",
    ['bag == "Not a key"', '"leaking" == bag', 'bag < "leaking"', 'bag == "x" == a', 'a + 1 == "x"',
     "a[0]", "a[1.5]", "a[b]", "a[1][2:3]", "a[True]", "a[9999]"],
)  # fmt: skip
def test_text_stands_only_behind_an_answer_and_an_iteration_is_a_number(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text)


def test_names_are_asked_for_without_their_iteration() -> None:
    read = parse('count >= 2 * count[-1] and day.look[2] != "poor"')
    assert read.names == ("count",)
    assert read.words == (("day.look", "poor"),)
    asked: list[str] = []

    def numbers(name: str) -> Decimal:
        asked.append(name)
        return Decimal(4 if name == "count" else 2)

    assert arithmetic.holds(read.text, numbers, lambda name: name)
    assert asked == ["count", "count[-1]"]


def test_what_may_be_written_can_be_worked_out() -> None:
    assert set(arithmetic.FUNCTIONS) == set(formulas.TAKES)
    worked_out = {*arithmetic.BINARY, *arithmetic.UNARY, *arithmetic.COMPARE}
    assert set(formulas.OPERATORS) - worked_out == {ast.And, ast.Or}
