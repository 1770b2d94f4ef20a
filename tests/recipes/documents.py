"""Random documents of recipes that the compiler accepts: for whoever must cope with any of them.

``documents`` are of one operation with values of every sort; ``flows`` have branches, loops,
parallel work and a contingency, and conditions on values that are always there.
"""

import json
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from recipes import compiler
from recipes.document import Recipe

BOUND = st.decimals(min_value=-1000, max_value=1000, places=2).map(str)
LABEL = {"en": "Do it.", "de": "Tun."}
ABOVE = st.integers(0, 9)
CHOICES = [{"key": "good", "text": LABEL}, {"key": "bad", "text": LABEL}]
UNREACHABLE = "step.unreachable"
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
def _third(draw: Any, known: str) -> dict[str, Any]:
    """Return the last step of an operation: of any kind that its two numbers are enough for."""
    step: dict[str, Any] = {"key": "c", "text": LABEL}
    late = {"from": "a", "min": "5 min", "warn": "20 min", "max": "30 min"}
    calculated = {"formula": f"a + 2 * {known}", "unit": "mL", "decimals": "0"}
    kinds: list[dict[str, Any]] = [
        {"kind": "confirm"},
        {"kind": "confirm", "within": [late]},
        {"kind": "choose", "options": CHOICES},
        {"kind": "decide", "role": "operator", "options": CHOICES},
        {"kind": "timer", "min": "1 min", "max": "30 min"},
        {"kind": "timer", "min": "1 min", "from": "a"},
        {"kind": "calculate", **calculated},
    ]
    more: dict[str, Any] = draw(st.sampled_from(kinds))
    return step | more


@st.composite
def _work(
    draw: Any, key: str, *, known: str, before: list[str], pours: bool = False
) -> dict[str, Any]:
    """Return an operation: perhaps a branch, a loop, beside others."""
    steps = [number_step("a"), number_step("b"), draw(_third(known))]
    if pours and draw(st.booleans()):
        steps[2] = {"key": "c", "kind": "sample", "volume": {"unit": "mL"},
                    "tests": [f"of-{key}"], "from": "intermediate-container",
                    "text": LABEL}  # fmt: skip
    if draw(st.booleans()):
        steps[2]["when"] = _asked(draw, draw(st.sampled_from(["a", known])))
    operation = _operation(key, steps[: draw(st.integers(2, 3))])
    loop = draw(st.sampled_from(["no", "no", "all", "group"]))
    if loop == "all":
        operation["repeat"] = _repeat(draw, "a")
    if loop == "group":
        operation["repeat"] = _repeat(draw, "b", first="a", last="b")
    if draw(st.booleans()):
        operation["when"] = _asked(draw, known)
    if before and draw(st.booleans()):
        # What a condition reads is there: the first operation of the first stage comes before.
        first = [name for name in before if name == "do"]
        rest = draw(st.lists(st.sampled_from(before), unique=True))
        operation["after"] = list(dict.fromkeys([*first, *rest]))
    if draw(st.booleans()):
        operation["contingencies"] = ["leak"]
    return operation


def _asked(draw: Any, name: str) -> str:
    """Return a condition on a number, or on the answer that the first operation was given."""
    word = name.replace(".s0", ".way")
    if word == name or draw(st.booleans()):
        return _condition(draw, name)
    return f'{word} {draw(st.sampled_from(["==", "!="]))} "good"'


def _filled() -> list[dict[str, Any]]:
    """Return the steps that make an intermediate container and fill it from the patient's."""
    kind, text = "intermediate-container", LABEL
    return [
        {"key": "label", "kind": "label", "makes": kind, "copies": "1", "text": text},
        {"key": "over", "kind": "transfer", "from": "patient-container", "to": kind,
         "volume": {"unit": "mL", "limits": {"action": ["40", "60"]}}, "starts": "poured",
         "text": text},
    ]  # fmt: skip


@st.composite
def _emptied(draw: Any) -> list[dict[str, Any]]:
    """Return how the product is made of it: drawn, split, or split and pooled again."""
    inner, product = {"from": "intermediate-container"}, {"to": "product-container"}
    steps: list[dict[str, Any]]
    few: dict[str, Any] = {"volume": {"unit": "mL", "limits": {"action": ["1", "9"]}}}
    pour: dict[str, Any] = {"kind": "transfer", "text": LABEL, "volume": {"unit": "mL"}}
    many = str(draw(st.integers(2, 3)))
    split = {**pour, **inner, **few, "pour": "split", "count": many}
    how = draw(st.sampled_from(["draw", "split", "pool"]))
    limit = {"within": [{"from": "clock.poured", "max": "3 h"}]} if draw(st.booleans()) else {}
    if how == "draw":
        label = {"key": "made", "kind": "label", "makes": "product-container", "text": LABEL}
        steps = [label, {"key": "fill", **pour, **inner, **product, **few}]
    elif how == "split":
        steps = [{"key": "fill", **split, **product, "least": "1", "empties": "true"}]
    else:
        parts = {"key": "part", **split, "to": "intermediate-container", "balance": "100"}
        steps = [parts, {"key": "fill", **pour, **inner, **product, "pour": "pool",
                         "count": many, "least": "2"}]  # fmt: skip
    ends = [
        {"key": "seen", "kind": "scan", "what": "product-container", "text": LABEL},
        {"key": "kept", "kind": "account", "what": "product-container", "fate": "stored",
         "count": "5", "text": LABEL},
        {"key": "left", "kind": "account", "what": "intermediate-container", "fate": "consumed",
         "count": "20", "text": LABEL},
    ]  # fmt: skip
    steps[-1] |= limit
    shown = ends[: draw(st.integers(1, 3))]
    # What is drawn or split leaves something in its source: it is accounted for, or emptied.
    rest = [] if how == "split" or ends[-1] in shown else ends[-1:]
    bags = {"key": "bags", "kind": "account", "what": "patient-container", "fate": "discarded",
            "count": "5", "text": LABEL}  # fmt: skip
    return [*steps, *shown, *rest, bags]


@st.composite
def _stages(draw: Any, *, pours: bool, gated: bool) -> list[dict[str, Any]]:
    way = {"key": "way", "kind": "choose", "options": CHOICES, "text": LABEL}
    first = [*_before(), number_step("s0"), way, *(_filled() if pours else [])]
    if gated:
        first.append({"key": "sample", "kind": "sample", "tests": ["via"],
                      "volume": {"unit": "mL"}, "text": LABEL})  # fmt: skip
    one = [_operation("do", first, contingencies=["leak"])]
    for number in range(1, draw(st.integers(1, 4))):
        keys = [operation["key"] for operation in one]
        parallel = _work(f"o{number}", known="one.do.s0", before=keys, pours=pours)
        one.append(draw(parallel))
    stages = [_stage("one", one, room={"class": "grade-C", "hold_until": "last"})]
    for number in range(draw(st.integers(0, 2))):
        more: dict[str, Any] = {}
        if draw(st.booleans()):
            more["when"] = _asked(draw, "one.do.s0")
        if draw(st.booleans()):
            more["after"] = ["one"]
        if draw(st.booleans()):
            more["within"] = [{"from": draw(st.sampled_from(["one.do.s0", "one.started_at"])),
                               "max": "2 h"}]  # fmt: skip
        work = [draw(_work("x", known="one.do.s0", before=[]))]
        if draw(st.booleans()):
            work.append(draw(_work("y", known="one.do.s0", before=["x"])))
        stages.append(_stage(f"m{number}", work, **more))
    gate = {"key": "gate", "kind": "gate", "waits_for": ["via"], "text": LABEL}
    last = [number_step("z"), *([gate] if gated else []), *(draw(_emptied()) if pours else [])]
    return [*stages, _stage("last", [_operation("end", [*last, _after()])])]


@st.composite
def flows(draw: Any) -> str:
    """Return a document with branches, loops, parallel operations and stages, limits of time,
    containers that are split and pooled, samples and a gate, as JSON.

    A few of them ask for what contradicts itself: ``accepted`` leaves those out.
    """
    leak = _operation("leak", [number_step("l"), {"key": "m", "kind": "confirm", "text": LABEL,
                                                  "when": f"l > {draw(ABOVE)}"}],
                      chance="0.3", takes=DURATION)  # fmt: skip
    pours, gated = draw(st.booleans()), draw(st.booleans())
    stages: list[dict[str, Any]] = draw(_stages(pours=pours, gated=gated))
    tests = [
        {"key": key, "title": LABEL, "unit": "%", "turn_round": "10 min"}
        for stage in stages for one in stage["operations"] for step in one["steps"]
        for key in step.get("tests", ())
    ]  # fmt: skip
    return _document(contingencies=[leak], stages=stages, **({"tests": tests} if tests else {}))


def accepted(text: str) -> Recipe:
    """Return what ``flows`` drew. What contradicts itself is not asked for, and nothing else."""
    recipe, messages = compiler.check_text(text)
    found = {one.code for one in compiler.errors(messages)}
    assert found <= {UNREACHABLE}
    assume(recipe is not None and not found)
    assert recipe is not None
    return recipe
