"""Whatever the compiler accepts comes to its end: recipes changed by chance, then rehearsed.

The changes are those that people make in the editor, on real recipes; what the compiler refuses is
not rehearsed, and a good share is accepted.
"""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from recipes import compiler, nodes
from recipes.drafting import asked
from recipes.drafting.changes import Overtaken, Twice, apply_all, at, name_of, putting
from recipes.drafting.plain import normal, yaml_of
from recipes.rehearsal import rehearse
from tests.recipes.test_drafting import walk
from tests.recipes.texts import CART19, SIX

BRANCHES = (Path(__file__).parent / "corpus" / "branches.yaml").read_text(encoding="utf-8")
BASES = (BRANCHES, SIX, BRANCHES, CART19)
PATIENTS = 2
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e\d+)?")
TIME = re.compile(r"\d+ (?:min|h|d)")


def kind_at(data: Any, address: tuple[str, ...]) -> str:
    step: Any = at(data, address)
    return str(step["kind"])


def an_edit(data: Any, luck: Random) -> tuple[Any, ...]:
    """Return one change that may well leave a recipe sound."""
    places = walk(data)
    leaves = [(a, v) for a, v in places if isinstance(v, str) and a]
    numbers = [a for a, v in leaves if NUMBER.fullmatch(v)]
    times = [a for a, v in leaves if TIME.fullmatch(v)]
    steps = [(*a, str(name_of(s))) for a, v in places if a[-1:] == ("steps",) for s in v]
    works = [(*a, str(name_of(o))) for a, v in places if a[-1:] == ("operations",) for o in v]
    named = [s for s in steps if s[0] == "stages" and kind_at(data, s) == "enter"]
    if not named:
        return asked.remove(data, luck.choice(steps))
    known = luck.choice(named)
    own = luck.choice([step for step in steps if kind_at(data, step) != "clear"])
    asks = [f"inputs.{data['inputs'][0]['name']} > 60", f"{known[1]}.{known[3]}.{known[5]} > 1"]
    condition = luck.choice(asks).replace("-", "_")
    since = f"{known[1]}.{known[3]}.{known[5]}"
    limit: Any = [{"from": since, "max": luck.choice(["1 min", "5 h", "3 d"])}]
    offered: Any = [one["key"] for one in data.get("contingencies", ())][:1] or None
    again: Any = {"until": f"{known[5]} > 1".replace("-", "_"), "max": "3"}
    edits: list[Callable[[], tuple[Any, ...]]] = [
        lambda: putting(data, luck.choice(numbers), luck.choice(["0", "0.5", "3", "40", "2e9"])),
        lambda: putting(data, luck.choice(times), luck.choice(["1 min", "30 min", "5 h", "3 d"])),
        lambda: asked.remove(data, luck.choice(steps)),
        lambda: asked.shift(data, luck.choice(steps), up=luck.random() < 0.5),
        lambda: putting(data, (*own, "when"), condition),
        lambda: putting(data, (*luck.choice(works), "when"), condition),
        lambda: putting(data, (*known[:4], "repeat"), again),
        lambda: putting(data, (*luck.choice(works), "after"), []),
        lambda: putting(data, (*own, "within"), limit),
        lambda: putting(data, (*luck.choice(works), "contingencies"), offered),
    ]
    return luck.choice(edits)()


def changed(text: str, luck: Random) -> str:
    data = normal(nodes.read(text).data)
    for _edit in range(luck.randrange(1, 4)):
        try:
            data = apply_all(data, an_edit(data, luck))
        except (Overtaken, Twice):
            continue
    return yaml_of(data)


def play(rounds: int) -> Counter[str]:
    """Change, compile, and rehearse what is accepted; return how many were what."""
    found: Counter[str] = Counter()
    for number in range(rounds):
        luck = Random(f"accepted:{number}")
        recipe, messages = compiler.check_text(changed(BASES[number % len(BASES)], luck))
        if recipe is None or compiler.errors(messages):
            found["refused"] += 1
            continue
        lived = rehearse(recipe, patients=PATIENTS, seed=number)
        found["accepted"] += 1
        missing = [one for one in lived.exceptions if one[1] == "formula.value_missing"]
        assert (lived.patients, missing) == (PATIENTS, []), number
    return found


@pytest.mark.req("S88-2")
def test_what_the_compiler_accepts_is_rehearsed_to_its_end() -> None:
    found = play(48)
    assert min(found["accepted"], found["refused"]) >= 6


@pytest.mark.slow
@pytest.mark.req("S88-2")
def test_much_that_the_compiler_accepts_is_rehearsed_to_its_end(
    record_property: Callable[[str, object], None],
) -> None:
    found = play(3_000)
    record_property("accepted", found["accepted"])
    record_property("refused", found["refused"])
    assert found["accepted"] >= 600
