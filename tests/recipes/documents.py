"""Random documents of recipes that the compiler accepts: for whoever must cope with any of them.

``documents`` are of one operation with values of every sort; ``flows`` have branches, loops,
parallel work and a contingency, and conditions on values that are always there.
"""

import json
from typing import Any

from hypothesis import strategies as st

BOUND = st.decimals(min_value=-1000, max_value=1000, places=2).map(str)
LABEL = {"en": "Do it.", "de": "Tun."}
ABOVE = st.integers(0, 9)
DURATION = {"low": "10 min", "expected": "1 h", "high": "2 h"}


def _band(draw: Any) -> list[str | None]:
    low, high = sorted((draw(BOUND), draw(BOUND)), key=float)
    return [draw(st.sampled_from([low, None])), high]


@st.composite
def steps(draw: Any, number: int) -> dict[str, Any]:
    """Return one step of any kind that needs nothing beside itself and the steps before it."""
    kind = draw(st.sampled_from(["enter", "choose", "calculate", "confirm", "timer", "enter-like"]))
    step: dict[str, Any] = {"key": f"s{number}", "kind": kind, "text": LABEL}
    if kind == "confirm":
        return step
    if kind == "timer":
        return {**step, "min": draw(st.sampled_from(["1 min", "2 h"])), "max": "5 h"}
    if kind == "choose":
        chance = draw(st.sampled_from(["0", "0.2", "1"]))
        bad = {"key": "bad", "text": LABEL, "flag": "true", "chance": chance}
        return {**step, "options": [{"key": "good", "text": LABEL}, bad]}
    value = {"unit": "mL", "decimals": draw(st.sampled_from(["0", "2"]))}
    if kind == "calculate":
        factor = draw(BOUND)
        return {**step, **value, "formula": f"s0 * {factor} + s0 / 3".replace("* -", "* 0 -")}
    step |= {"kind": "enter", "value": "decimal", **value, "limits": {"action": _band(draw)}}
    if kind == "enter-like":
        step["likely"] = {"shape": "normal", "mean": draw(BOUND), "sd": draw(BOUND)}
    return step


def number_step(key: str) -> dict[str, Any]:
    """Return a step that takes a number of mL between 0 and 9."""
    return {
        "key": key, "kind": "enter", "value": "decimal", "unit": "mL", "text": LABEL,
        "likely": {"shape": "uniform", "low": "0", "high": "9"},
    }  # fmt: skip


def _before() -> list[dict[str, Any]]:
    check = [{"key": "clear", "text": LABEL}]
    return [
        {"key": "before", "kind": "clear", "when": "before", "text": LABEL, "checks": check},
        {"key": "bag", "kind": "scan", "what": "patient-container", "identifiers": "2",
         "text": LABEL},
    ]  # fmt: skip


def _after() -> dict[str, Any]:
    check = [{"key": "clear", "text": LABEL}]
    return {"key": "after", "kind": "clear", "when": "after", "text": LABEL, "checks": check}


def _document(**more: Any) -> str:
    return json.dumps({"recipe": "ANY", "title": LABEL, "modality": "autologous", **more})


def _operation(key: str, steps: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return {"key": key, "title": LABEL, "openness": "closed", **more, "steps": steps}


def _stage(key: str, operations: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    own = {"key": key, "title": LABEL, "duration": DURATION, "staff": [{"role": "operator"}]}
    return {**own, **more, "operations": operations}


@st.composite
def documents(draw: Any) -> str:
    """Return a document of one stage with one operation in sequence, as JSON."""
    first = {"key": "s0", "kind": "enter", "value": "decimal", "unit": "mL", "text": LABEL}
    rest = [draw(steps(number)) for number in range(1, draw(st.integers(2, 8)))]
    do = _operation("do", [*_before(), first, *rest, _after()])
    return _document(stages=[_stage("one", [do], room={"class": "grade-C"})])


def _condition(draw: Any, name: str) -> str:
    sign = draw(st.sampled_from([">=", "<", "==", "!="]))
    said = f"{name} {sign} {draw(ABOVE)}"
    found: str = draw(st.sampled_from([said, f"not ({said})", f"{said} or {name} > 8"]))
    return found


def _repeat(draw: Any, key: str, **more: str) -> dict[str, Any]:
    until = f"{key} {draw(st.sampled_from(['>=', '<']))} {draw(ABOVE)}"
    return {"until": until, "max": str(draw(st.integers(1, 3))), **more}


@st.composite
def _work(draw: Any, key: str, *, known: str, before: list[str]) -> dict[str, Any]:
    """Return an operation: perhaps a branch, a loop, beside others."""
    steps = [number_step("a"), number_step("b"), {"key": "c", "kind": "confirm", "text": LABEL}]
    if draw(st.booleans()):
        steps[2]["when"] = _condition(draw, draw(st.sampled_from(["a", known])))
    operation = _operation(key, steps[: draw(st.integers(2, 3))])
    loop = draw(st.sampled_from(["no", "no", "all", "group"]))
    if loop == "all":
        operation["repeat"] = _repeat(draw, "a")
    if loop == "group":
        operation["repeat"] = _repeat(draw, "b", first="a", last="b")
    if draw(st.booleans()):
        operation["when"] = _condition(draw, known)
    if before and draw(st.booleans()):
        # What a condition reads is there: the first operation of the first stage comes before.
        first = [name for name in before if name == "do"]
        rest = draw(st.lists(st.sampled_from(before), unique=True))
        operation["after"] = list(dict.fromkeys([*first, *rest]))
    if draw(st.booleans()):
        operation["contingencies"] = ["leak"]
    return operation


@st.composite
def _stages(draw: Any) -> list[dict[str, Any]]:
    one = [_operation("do", [*_before(), number_step("s0")], contingencies=["leak"])]
    for number in range(1, draw(st.integers(1, 4))):
        keys = [operation["key"] for operation in one]
        one.append(draw(_work(f"o{number}", known="one.do.s0", before=keys)))
    stages = [_stage("one", one, room={"class": "grade-C", "hold_until": "last"})]
    for number in range(draw(st.integers(0, 2))):
        more: dict[str, Any] = {}
        if draw(st.booleans()):
            more["when"] = _condition(draw, "one.do.s0")
        if draw(st.booleans()):
            more["after"] = ["one"]
        work = [draw(_work("x", known="one.do.s0", before=[]))]
        if draw(st.booleans()):
            work.append(draw(_work("y", known="one.do.s0", before=["x"])))
        stages.append(_stage(f"m{number}", work, **more))
    return [*stages, _stage("last", [_operation("end", [number_step("z"), _after()])])]


@st.composite
def flows(draw: Any) -> str:
    """Return a document with branches, loops, parallel operations and stages, as JSON."""
    leak = _operation("leak", [number_step("l"), {"key": "m", "kind": "confirm", "text": LABEL,
                                                  "when": f"l > {draw(ABOVE)}"}],
                      chance="0.3", takes=DURATION)  # fmt: skip
    stages: list[dict[str, Any]] = draw(_stages())
    return _document(contingencies=[leak], stages=stages)
