"""The pure judgement of the kinds with machines, files and decisions."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pydantic import ValidationError

from recipes import compiler, reader
from recipes.enums import Outcome, Severity
from recipes.judging import Facts, Judged, ValueImplausible, ValueNotUnderstood, WrongProgramme
from recipes.kinds import KINDS, draw, judge
from recipes.step import StepBase
from recipes.units import known

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
TEXT = {"en": "Do it."}
FILE = "ab" * 32
MACHINES = (Path(__file__).parent / "machines.yaml").read_bytes()


def step(kind: str, **fields: Any) -> StepBase:
    return KINDS[kind].schema.model_validate({"key": "it", "kind": kind, "text": TEXT, **fields})


def facts(**known: Any) -> Facts:
    return Facts(**{"at": NOON, "path": "a/b/it", **known})


def said(judged: Judged) -> tuple[str, list[tuple[str, str]], bool]:
    found = [(finding.code, str(finding.severity)) for finding in judged.findings]
    return judged.outcome, found, judged.comment_required


CLEARED: tuple[str, list[tuple[str, str]], bool] = (Outcome.CLEARED, [], False)
UNCHECKED: tuple[str, list[tuple[str, str]], bool] = (Outcome.UNCHECKED, [], False)


def flagged(*found: tuple[str, Severity]) -> tuple[str, list[tuple[str, str]], bool]:
    return Outcome.FLAGGED, [(code, str(severity)) for code, severity in found], True


# --- run ----------------------------------------------------------------------------------------

TEMPERATURE = {"key": "temperature", "title": TEXT, "unit": "Cel", "set": "37", "tolerance": "0.5"}
SPEED = {"key": "speed", "title": TEXT, "unit": "{rpm}", "limits": {"action": ["100", "300"]}}
START = step("run", **{"as": "prodigy"}, programme="TCT", version="4.2",
             parameters=[TEMPERATURE, SPEED])  # fmt: skip
STARTED = {"unit": "PR-01", "programme": "TCT", "version": "4.2", "read-temperature": "37.5",
           "set-speed": "200", "read-speed": "200"}  # fmt: skip


def test_a_programme_is_started_as_the_recipe_says() -> None:
    judged = judge(START, STARTED, facts())
    assert said(judged) == CLEARED
    assert judged.values == {**STARTED, "set-temperature": "37"}


@pytest.mark.req("E4-17")
@pytest.mark.parametrize(
    ("shown", "field"),
    [({"version": "4.1"}, "version"), ({"programme": "TCT-OLD"}, "programme")],
)
def test_another_programme_or_version_is_refused_at_the_start(
    shown: dict[str, str], field: str
) -> None:
    with pytest.raises(WrongProgramme) as caught:
        judge(START, {**STARTED, **shown}, facts())
    assert (caught.value.field, caught.value.params["asked"]) == (field, "TCT 4.2")
    assert (caught.value.interlock, caught.value.recorded) == ("conditional", True)


@pytest.mark.req("E4-17")
@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ({"read-temperature": "37.51"}, ("run.read_back", Severity.MAJOR)),
        ({"read-speed": "201"}, ("run.read_back", Severity.MAJOR)),
        ({"set-speed": "301", "read-speed": "301"}, ("outside.action", Severity.MAJOR)),
    ],
)
def test_what_the_unit_shows_is_compared_with_what_was_set(
    shown: dict[str, str], found: tuple[str, Severity]
) -> None:
    assert said(judge(START, {**STARTED, **shown}, facts())) == flagged(found)


def test_a_set_value_may_be_a_formula() -> None:
    volume = {"key": "volume", "title": TEXT, "unit": "mL", "set": "inputs.weight * 2"}
    asked = step("run", **{"as": "p"}, programme="T", version="1", parameters=[volume])
    given = {"unit": "U", "programme": "T", "version": "1", "read-volume": "140"}
    judged = judge(asked, given, facts(inputs={"weight": "70"}))
    assert (said(judged), judged.values["set-volume"]) == (CLEARED, "140")


STOP = step("run", **{"as": "prodigy"}, does="stop", programme="TCT", version="4.2", log="true")
STOPPED = {"unit": "PR-01", "ended": "completed", "alarms": "0", "log": FILE}


@pytest.mark.req("E4-17")
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, CLEARED),
        ({"alarms": "2"}, flagged(("run.alarms", Severity.MINOR))),
        ({"ended": "stopped"}, flagged(("run.stopped", Severity.MAJOR))),
    ],
)
def test_the_end_of_a_programme_says_how_and_keeps_the_log(
    given: dict[str, str], expected: tuple[str, list[tuple[str, str]], bool]
) -> None:
    judged = judge(STOP, {**STOPPED, **given}, facts())
    assert (said(judged), judged.values["log"]) == (expected, FILE)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"log": "x"}, "log"), ({"log": ""}, "log"), ({"ended": "paused"}, "ended"),
     ({"alarms": "-1"}, "alarms")],
)  # fmt: skip
def test_the_end_of_a_programme_is_not_understood(given: dict[str, str], field: str) -> None:
    with pytest.raises(ValueNotUnderstood) as caught:
        judge(STOP, {**STOPPED, **given}, facts())
    assert caught.value.field == field


@pytest.mark.parametrize(
    "wrong",
    [
        {"does": "stop", "parameters": [TEMPERATURE]},
        {"log": "true"},
        {"parameters": [SPEED, SPEED]},
    ],
)
def test_a_programme_that_makes_no_sense_is_no_step(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        step("run", **{"as": "p"}, programme="T", version="1", **wrong)


# --- connect ------------------------------------------------------------------------------------

WELD = step("connect", **{"as": "welder"}, how="weld", critical="true",
            one={"container": "patient-container"}, other={"equipment": "prodigy"})  # fmt: skip
WELDED = {"unit": "W-01", "one": "BAG", "other": "PR-01", "result": "tight"}


def test_a_tight_weld_is_cleared_and_a_failed_one_is_critical() -> None:
    failed = judge(WELD, {**WELDED, "result": "failed"}, facts())
    assert said(judge(WELD, WELDED, facts())) == CLEARED
    assert said(failed) == flagged(("connect.failed", Severity.CRITICAL))


@pytest.mark.parametrize(
    ("given", "field"),
    [({"other": "BAG"}, "other"), ({"one": ""}, "one"), ({"result": "perhaps"}, "result"),
     ({"unit": ""}, "unit")],
)  # fmt: skip
def test_both_ends_are_identified(given: dict[str, str], field: str) -> None:
    with pytest.raises(ValueNotUnderstood) as caught:
        judge(WELD, {**WELDED, **given}, facts())
    assert caught.value.field == field


def test_only_a_weld_names_a_welder_and_an_end_is_one_thing() -> None:
    ends = {"one": {"material": "BUFFER"}, "other": {"container": "product-container"}}
    assert step("connect", how="luer", **ends).accepts() == (
        "one", "other", "result", "comment",
    )  # fmt: skip
    for wrong in ({"as": "w", "how": "luer", **ends}, {"how": "luer", **ends, "one": {}},
                  {"how": "weld", **ends,
                   "one": {"material": "A", "equipment": "b"}}):  # fmt: skip
        with pytest.raises(ValidationError):
            step("connect", **wrong)


# --- weigh --------------------------------------------------------------------------------------

WEIGH = step("weigh", **{"as": "balance"}, what="product-container", unit="g",
             plausible=["1", "500"],
             limits={"alert": ["90", "110"], "action": ["80", "120"]})  # fmt: skip


@pytest.mark.parametrize(
    ("tare", "gross", "net", "expected"),
    [
        ("20.5", "120.5", "100.0", CLEARED),
        ("0", "90", "90", CLEARED),
        ("20", "109.9", "89.9", flagged(("outside.alert", Severity.MINOR))),
        ("20", "141", "121", flagged(("outside.action", Severity.MAJOR))),
    ],
)
def test_the_net_is_worked_out_and_judged(
    tare: str, gross: str, net: str, expected: tuple[str, list[tuple[str, str]], bool]
) -> None:
    given = {"unit": "B-1", "container": "P01", "tare": tare, "gross": gross}
    judged = judge(WEIGH, given, facts())
    assert (said(judged), judged.values) == (expected, {**given, "value": net})


def test_a_balance_that_was_set_to_zero_reads_the_net() -> None:
    asked = step("weigh", **{"as": "balance"}, tare="false", unit="g")
    judged = judge(asked, {"unit": "B-1", "gross": "12.3"}, facts())
    assert (said(judged), judged.values["value"]) == (UNCHECKED, "12.3")


@pytest.mark.parametrize(("tare", "gross"), [("20", "20"), ("20", "5"), ("-1", "20")])
def test_gross_is_more_than_tare(tare: str, gross: str) -> None:
    given = {"unit": "B-1", "container": "P01", "tare": tare, "gross": gross}
    with pytest.raises(ValueNotUnderstood) as caught:
        judge(WEIGH, given, facts())
    assert caught.value.field == "gross"


def test_a_net_that_cannot_be_is_implausible() -> None:
    with pytest.raises(ValueImplausible):
        judge(WEIGH, {"unit": "B", "container": "P", "tare": "0", "gross": "501"}, facts())


# --- reading, attach, decide --------------------------------------------------------------------

READING = step("reading", **{"as": "incubator"}, what=TEXT, unit="%", plausible=["0", "20"],
               limits={"alert": ["4.5", "5.5"]})  # fmt: skip


@pytest.mark.parametrize(
    ("value", "expected"),
    [("5.0", CLEARED), ("5.6", flagged(("outside.alert", Severity.MINOR)))],
)
def test_a_reading_is_judged_as_a_value_is(
    value: str, expected: tuple[str, list[tuple[str, str]], bool]
) -> None:
    judged = judge(READING, {"unit": "INC-1", "value": value}, facts())
    assert (said(judged), judged.values) == (expected, {"unit": "INC-1", "value": value})


def test_a_reading_that_cannot_be_is_implausible() -> None:
    with pytest.raises(ValueImplausible):
        judge(READING, {"unit": "INC-1", "value": "21"}, facts())


def test_a_file_is_kept_by_its_hash_and_seen_by_no_rule() -> None:
    judged = judge(step("attach"), {"file": FILE}, facts())
    assert (said(judged), judged.values) == (UNCHECKED, {"file": FILE})


@pytest.mark.parametrize("text", ["", "photo.png", FILE.upper(), FILE + "0"])
def test_anything_but_a_hash_is_no_file(text: str) -> None:
    with pytest.raises(ValueNotUnderstood):
        judge(step("attach"), {"file": text}, facts())


WAYS = [{"key": "go", "text": TEXT}, {"key": "stop", "text": TEXT, "flag": "true"}]
DECIDE = step("decide", role="shift-lead", options=WAYS)


def test_a_decision_has_a_reason() -> None:
    judged = judge(DECIDE, {"choice": "go", "comment": "Confluent."}, facts())
    stopped = judge(DECIDE, {"choice": "stop", "comment": "Few cells."}, facts())
    assert said(judged) == CLEARED
    assert said(stopped) == flagged(("choose.flagged", Severity.MINOR))
    for wrong in ({"choice": "go"}, {"choice": "up", "comment": "x"}, {"comment": "x"}):
        with pytest.raises(ValueNotUnderstood):
            judge(DECIDE, wrong, facts())


# --- all of them --------------------------------------------------------------------------------


def test_what_a_plain_day_draws_is_cleared_or_seen_by_no_rule() -> None:
    recipe = reader.read(MACHINES)
    outcomes = set()
    for placed in recipe.steps():
        here = facts(path=placed.path)
        outcomes.add(judge(placed.step, draw(placed.step, here, Random(7)), here).outcome)
    assert outcomes <= {Outcome.CLEARED, Outcome.UNCHECKED}


def test_the_units_of_every_kind_are_known() -> None:
    recipe = reader.read(MACHINES)
    units = {unit for placed in recipe.steps() for unit in placed.step.units()}
    assert units == {"Cel", "{rpm}", "g", "%"}
    assert all(known(unit) for unit in units)


@pytest.mark.parametrize(
    ("role", "code"), [("qa-reviewer", "decision.role"), ("nobody", "role.unknown")]
)
def test_a_decision_is_for_a_role_that_records_steps(role: str, code: str) -> None:
    text = MACHINES.decode().replace(
        "role: operator\n            critical", f"role: {role}\n            critical"
    )
    kept = compiler.compile_recipe(reader.read(MACHINES))
    found = set(compiler.compile_recipe(reader.read(text))) - set(kept)
    assert [(one.code, one.path) for one in found] == [(code, "seeding/seed/way/role")]
    assert [one.code for one in kept] == ["specification.empty"]  # warned of
