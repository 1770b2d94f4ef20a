"""The pure judgement of each kind."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from recipes import reader
from recipes.enums import Outcome, Severity
from recipes.judging import (
    Facts,
    GateClosed,
    Judged,
    Result,
    TooEarly,
    ValueImplausible,
    ValueMissing,
    ValueNotUnderstood,
)
from recipes.kinds import KINDS, judge
from recipes.step import StepBase

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
TEXT = {"en": "Do it.", "de": "Tun."}


def step(kind: str, **fields: Any) -> StepBase:
    return KINDS[kind].schema.model_validate({"key": "it", "kind": kind, "text": TEXT, **fields})


def facts(**known: Any) -> Facts:
    return Facts(**{"at": NOON, "path": "a/b/it", **known})


def said(judged: Judged) -> tuple[str, list[tuple[str, str]], bool]:
    found = [(finding.code, str(finding.severity)) for finding in judged.findings]
    return judged.outcome, found, judged.comment_required


CLEARED: tuple[str, list[tuple[str, str]], bool] = (Outcome.CLEARED, [], False)
UNCHECKED: tuple[str, list[tuple[str, str]], bool] = (Outcome.UNCHECKED, [], False)


def flagged(code: str, severity: Severity) -> tuple[str, list[tuple[str, str]], bool]:
    return Outcome.FLAGGED, [(code, str(severity))], True


SEEDED = step(
    "enter", value="decimal", unit="{cells}", exponent="8", decimals="2",
    limits={"alert": ["0.9e8", "1.1e8"], "action": ["0.8e8", "1.2e8"]},
    plausible=["1e6", "1e10"],
)  # fmt: skip


@pytest.mark.req("F211-186")
@pytest.mark.parametrize(
    ("typed", "kept", "expected"),
    [
        ("1", "100000000", CLEARED),
        ("1.05", "105000000", CLEARED),
        ("0.90", "90000000", CLEARED),
        ("1.1", "110000000", CLEARED),
        ("1.11", "111000000", flagged("outside.alert", Severity.MINOR)),
        ("0.80", "80000000", flagged("outside.alert", Severity.MINOR)),
        ("0.79", "79000000", flagged("outside.action", Severity.MAJOR)),
        ("1.21", "121000000", flagged("outside.action", Severity.MAJOR)),
    ],
)
def test_a_value_is_judged_against_alert_and_action(
    typed: str, kept: str, expected: tuple[str, list[tuple[str, str]], bool]
) -> None:
    judged = judge(SEEDED, {"value": typed}, facts())
    assert (judged.values, said(judged)) == ({"value": kept}, expected)
    assert (judged.rule, judged.rule_version) == ("enter.limits", "1")


@pytest.mark.parametrize("typed", ["", "abc", "1,05", "NaN", "1.055", "1e100", "１", "--1"])
def test_a_value_that_is_not_understood_names_its_field(typed: str) -> None:
    with pytest.raises(ValueNotUnderstood) as caught:
        judge(SEEDED, {"value": typed}, facts())
    assert (caught.value.field, caught.value.status) == ("value", 422)


@pytest.mark.parametrize("typed", ["105000000", "0", "-1", "1e99"])
def test_a_slip_of_the_exponent_is_implausible(typed: str) -> None:
    with pytest.raises(ValueImplausible) as caught:
        judge(SEEDED, {"value": typed}, facts())
    assert caught.value.params["high"] == "10000000000"


def test_a_comment_is_kept_and_then_no_longer_missing() -> None:
    without = judge(SEEDED, {"value": "1.15"}, facts())
    given = judge(SEEDED, {"value": "1.15", "comment": " Clumps. "}, facts())
    assert (without.comment_missing, given.comment_missing) == (True, False)
    assert given.values == {"value": "115000000", "comment": "Clumps."}


@pytest.mark.parametrize(
    ("fields", "typed", "kept"),
    [
        ({"value": "text"}, " Rack 3 ", "Rack 3"),
        ({"value": "date"}, "2026-11-16", "2026-11-16"),
        ({"value": "integer"}, "12", "12"),
        ({"value": "decimal", "unit": "mL"}, "1.50", "1.50"),
    ],
)
def test_a_value_without_limits_is_seen_by_no_rule(
    fields: dict[str, str], typed: str, kept: str
) -> None:
    judged = judge(step("enter", **fields), {"value": typed}, facts())
    assert (judged.values, said(judged)) == ({"value": kept}, UNCHECKED)


@pytest.mark.parametrize(
    ("value", "typed"),
    [("integer", "1.5"), ("date", "16.11.2026"), ("date", "2026-02-30"), ("text", "x" * 2001)],
)
def test_a_value_of_the_wrong_type_is_not_understood(value: str, typed: str) -> None:
    with pytest.raises(ValueNotUnderstood):
        judge(step("enter", value=value), {"value": typed}, facts())


def test_limits_may_be_formulas_of_parameters_inputs_and_values() -> None:
    asked = step(
        "enter", value="decimal", unit="mL",
        limits={"action": ["parameters.least * inputs.patient_weight", "2 * before"]},
    )  # fmt: skip
    known = facts(
        parameters={"least": ("0.5", "mL/kg")},
        inputs={"patient_weight": "70"},
        values={"a/b/before": {"value": "30"}},
    )
    judged = judge(asked, {"value": "61"}, known)
    assert said(judged) == flagged("outside.action", Severity.MAJOR)
    assert judged.findings[0].params == {
        "field": "value", "value": "61", "low": "35.0", "high": "60"
    }  # fmt: skip


def test_a_value_that_was_never_taken_is_named() -> None:
    asked = step("enter", value="decimal", unit="mL", limits={"action": ["0", "before"]})
    with pytest.raises(ValueMissing) as caught:
        judge(asked, {"value": "1"}, facts())
    assert caught.value.params == {"name": "before"}


def test_a_value_that_the_step_does_not_take_is_refused() -> None:
    with pytest.raises(ValueNotUnderstood) as caught:
        judge(step("confirm"), {"value": "1"}, facts())
    assert caught.value.field == "value"


def test_a_confirmation_has_no_values() -> None:
    judged = judge(step("confirm"), {}, facts())
    assert (judged.values, said(judged)) == ({}, CLEARED)


TWO = step("scan", what="patient-container", identifiers="2")


def test_a_scan_keeps_its_codes() -> None:
    judged = judge(TWO, {"code1": " =CHA9999 ", "code2": "1970"}, facts())
    assert (judged.values, said(judged)) == ({"code1": "=CHA9999", "code2": "1970"}, CLEARED)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code1": "A"}, "code2"),
        ({"code2": "A"}, "code1"),
        ({"code1": "A", "code2": "A"}, "code2"),
        ({"code1": "A\x07B", "code2": "B"}, "code1"),
        ({"code1": "A" * 201, "code2": "B"}, "code1"),
    ],
)
def test_two_different_identifiers_are_asked_for(values: dict[str, str], field: str) -> None:
    with pytest.raises(ValueNotUnderstood) as caught:
        judge(TWO, values, facts())
    assert caught.value.field == field


def test_one_identifier_takes_one_code() -> None:
    one = step("scan", what="product-container", identifiers="1")
    assert (one.accepts(), judge(one, {"code1": "A"}, facts()).values) == (
        ("code1",), {"code1": "A"}
    )  # fmt: skip


OPTIONS = [
    {"key": "good", "text": TEXT},
    {"key": "bad", "text": TEXT, "flag": "true"},
]


@pytest.mark.parametrize(
    ("critical", "choice", "expected"),
    [
        (False, "good", CLEARED),
        (False, "bad", flagged("choose.flagged", Severity.MINOR)),
        (True, "bad", flagged("choose.flagged", Severity.MAJOR)),
    ],
)
def test_an_answer_may_be_an_exception(
    critical: bool, choice: str, expected: tuple[str, list[tuple[str, str]], bool]
) -> None:
    asked = step("choose", options=OPTIONS, critical=critical)
    assert said(judge(asked, {"choice": choice}, facts())) == expected


def test_another_answer_is_not_understood() -> None:
    with pytest.raises(ValueNotUnderstood):
        judge(step("choose", options=OPTIONS), {"choice": "other"}, facts())


def test_a_unit_is_read() -> None:
    assert judge(step("equip", **{"as": "prodigy"}), {"unit": "PR-07"}, facts()).values == {
        "unit": "PR-07"
    }


ADD = step("add", material="TEXMACS", quantity="total - 30", unit="mL", tolerance="5")
TOTAL = {"a/b/total": {"value": "100"}}


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ("70", CLEARED),
        ("73.5", CLEARED),
        ("66.5", CLEARED),
        ("73.6", flagged("add.outside_tolerance", Severity.MINOR)),
        ("1", flagged("add.outside_tolerance", Severity.MINOR)),
    ],
)
def test_a_quantity_is_judged_by_its_tolerance(
    quantity: str, expected: tuple[str, list[tuple[str, str]], bool]
) -> None:
    judged = judge(ADD, {"lot": "L-1", "quantity": quantity}, facts(values=TOTAL))
    assert (judged.values["quantity"], said(judged)) == (quantity, expected)


@pytest.mark.parametrize("quantity", ["0", "-1", ""])
def test_nothing_cannot_be_added(quantity: str) -> None:
    with pytest.raises(ValueNotUnderstood):
        judge(ADD, {"lot": "L-1", "quantity": quantity}, facts(values=TOTAL))


def test_a_quantity_that_the_recipe_leaves_open_is_seen_by_no_rule() -> None:
    judged = judge(step("add", material="X", unit="mL"), {"lot": "L-1", "quantity": "3"}, facts())
    assert said(judged) == UNCHECKED


SAMPLE = step("sample", tests=["car"], volume={"unit": "mL", "limits": {"alert": ["1", "3"]}})


@pytest.mark.parametrize(
    ("volume", "expected"),
    [("2", CLEARED), ("3.1", flagged("outside.alert", Severity.MINOR))],
)
def test_a_sample_is_judged_by_its_volume(
    volume: str, expected: tuple[str, list[tuple[str, str]], bool]
) -> None:
    judged = judge(SAMPLE, {"volume": volume, "label": "S-1"}, facts())
    assert (judged.values, said(judged)) == ({"volume": volume, "label": "S-1"}, expected)


LABEL = step("label", makes="product-container", copies="2")


@pytest.mark.req("F211-125")
@pytest.mark.parametrize(
    ("printed", "applied", "spoiled", "codes"),
    [
        ("2", "2", "0", []),
        ("3", "2", "1", []),
        ("3", "2", "0", ["label.not_reconciled"]),
        ("2", "2", "1", ["label.not_reconciled"]),
        ("1", "1", "0", ["label.copies"]),
        ("9", "1", "0", ["label.not_reconciled", "label.copies"]),
    ],
)
def test_labels_are_reconciled(printed: str, applied: str, spoiled: str, codes: list[str]) -> None:
    values = {"printed": printed, "applied": applied, "spoiled": spoiled, "scan": "P-1"}
    judged = judge(LABEL, values, facts())
    assert [finding.code for finding in judged.findings] == codes
    assert (judged.values, judged.comment_required) == (values, bool(codes))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"printed": "2", "applied": "2", "spoiled": "0"}, "scan"),
        ({"printed": "2.0", "applied": "2", "spoiled": "0", "scan": "P"}, "printed"),
        ({"printed": "2", "applied": "-2", "spoiled": "0", "scan": "P"}, "applied"),
    ],
)
def test_a_label_that_is_not_counted_or_scanned_is_refused(
    values: dict[str, str], field: str
) -> None:
    with pytest.raises(ValueNotUnderstood) as caught:
        judge(LABEL, values, facts())
    assert caught.value.field == field


def test_a_value_is_worked_out_and_judged() -> None:
    fold = step(
        "calculate", formula="harvested / culture.seed.seeded", unit="1", decimals="1",
        limits={"alert": ["42", "65"]},
    )  # fmt: skip
    known = {"a/b/harvested": {"value": "5300000000"}, "culture/seed/seeded": {"value": "1e8"}}
    judged = judge(fold, {}, facts(values=known))
    assert (judged.values, said(judged)) == ({"value": "53.0"}, CLEARED)
    low = judge(fold, {}, facts(values={**known, "a/b/harvested": {"value": "4e9"}}))
    assert said(low) == flagged("outside.alert", Severity.MINOR)


def test_what_cannot_be_worked_out_is_refused() -> None:
    ratio = step("calculate", formula="before / (before - 2)", unit="1")
    with pytest.raises(ValueNotUnderstood):
        judge(ratio, {}, facts(values={"a/b/before": {"value": "2"}}))


TIMER = step("timer", min="1 h", max="parameters.most", critical="true")
MOST = {"most": ("90", "min")}


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(60, CLEARED), (90, CLEARED), (91, flagged("timer.late", Severity.MAJOR))],
)
def test_a_timer_flags_what_is_late(
    minutes: int, expected: tuple[str, list[tuple[str, str]], bool]
) -> None:
    began = NOON - timedelta(minutes=minutes)
    judged = judge(TIMER, {}, facts(started_at=began, parameters=MOST))
    assert (judged.values, said(judged)) == ({"elapsed": str(minutes * 60)}, expected)


def test_a_timer_refuses_what_is_too_early() -> None:
    with pytest.raises(TooEarly) as caught:
        judge(TIMER, {}, facts(started_at=NOON - timedelta(minutes=59), parameters=MOST))
    assert (caught.value.interlock, caught.value.params) == (
        "conditional", {"min": "1 h", "elapsed": "59 min"}
    )  # fmt: skip


def test_a_timer_runs_from_the_step_that_it_names() -> None:
    timer = step("timer", max="30 min", **{"from": "fill.fill.cs10"})
    closed = {"fill/fill/cs10": NOON - timedelta(minutes=31)}
    judged = judge(timer, {}, facts(closed=closed, started_at=NOON))
    assert said(judged) == flagged("timer.late", Severity.MINOR)
    with pytest.raises(ValueNotUnderstood):
        judge(timer, {}, facts(started_at=NOON))


TRANSFER = step(
    "transfer", to="product-container",
    volume={"unit": "mL", "limits": {"action": ["0.8 * dose", "1.2 * dose"]}},
    **{"from": "intermediate-container"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("volume", "expected"),
    [("10", CLEARED), ("12.1", flagged("outside.action", Severity.MAJOR))],
)
def test_a_transfer_is_judged_by_its_volume(
    volume: str, expected: tuple[str, list[tuple[str, str]], bool]
) -> None:
    values = {"source": "I-1", "target": "P-1", "volume": volume}
    judged = judge(TRANSFER, values, facts(values={"a/b/dose": {"value": "10"}}))
    assert (judged.values, said(judged)) == (values, expected)


def test_a_container_is_not_its_own_target() -> None:
    with pytest.raises(ValueNotUnderstood) as caught:
        judge(TRANSFER, {"source": "I-1", "target": "I-1", "volume": "1"}, facts())
    assert caught.value.field == "target"


CLEAR = step(
    "clear", when="before",
    checks=[{"key": "materials", "text": TEXT}, {"key": "labels", "text": TEXT}],
)  # fmt: skip


def test_a_line_is_clear_when_each_check_says_so() -> None:
    values = {"materials": "yes", "labels": "yes"}
    judged = judge(CLEAR, values, facts())
    assert (judged.values, said(judged)) == (values, CLEARED)


@pytest.mark.parametrize(
    ("values", "field"),
    [({}, "materials"), ({"materials": "yes"}, "labels"),
     ({"materials": "no", "labels": "yes"}, "materials")],
)  # fmt: skip
def test_a_line_is_not_clear_otherwise(values: dict[str, str], field: str) -> None:
    with pytest.raises(ValueNotUnderstood) as caught:
        judge(CLEAR, values, facts())
    assert caught.value.field == field


GATE = step("gate", waits_for=["ipc-car", "ipc-sterility"], approval="true")
GOOD = {"ipc-car": Result("12"), "ipc-sterility": Result("negative")}


@pytest.mark.parametrize(
    ("results", "approved", "missing"),
    [
        ({}, True, "ipc-car, ipc-sterility"),
        ({"ipc-car": Result("12")}, True, "ipc-sterility"),
        (GOOD, False, "QA's approval"),
    ],
)
def test_a_gate_names_what_it_waits_for(
    results: dict[str, Result], approved: bool, missing: str
) -> None:
    with pytest.raises(GateClosed) as caught:
        judge(GATE, {}, facts(results=results, approved=approved))
    assert caught.value.params == {"missing": missing}


def test_a_gate_opens_when_all_is_there() -> None:
    assert said(judge(GATE, {}, facts(results=GOOD, approved=True))) == CLEARED


def test_a_result_that_was_flagged_flags_the_gate() -> None:
    bad = {**GOOD, "ipc-car": Result("4", Outcome.FLAGGED)}
    judged = judge(GATE, {}, facts(results=bad, approved=True))
    assert said(judged) == flagged("gate.result_flagged", Severity.MAJOR)


def test_a_judgement_changes_nothing_that_it_was_given() -> None:
    values = {"value": " 1.15 "}
    judge(SEEDED, values, facts())
    assert values == {"value": " 1.15 "}


def test_every_kind_is_a_module_with_schema_and_judgement() -> None:
    for name, kind in KINDS.items():
        assert kind.schema.model_fields["kind"].annotation is not None
        assert (kind.name, callable(kind.judge)) == (name, True)


def test_the_six_steps_are_judged_one_after_the_other() -> None:
    from tests.recipes.texts import SIX

    recipe = reader.read(SIX)
    given = {
        "clear-before": {"materials": "yes", "papers": "yes"},
        "identity": {"code1": "CHA9999", "code2": "1970"},
        "unit": {"unit": "PR-07"},
        "seeded": {"value": "1.00"},
        "medium": {"lot": "L-1", "quantity": "70"},
        "clear-after": {"materials": "yes", "wiped": "yes"},
    }
    outcomes = [
        judge(p.step, given[p.step.key], facts(path=p.path)).outcome for p in recipe.steps()
    ]
    assert outcomes == [Outcome.CLEARED] * 6
