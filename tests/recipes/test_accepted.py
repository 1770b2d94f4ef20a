"""Whatever the compiler accepts comes to its end: recipes changed by chance, then rehearsed.

The changes are those that people make in the editor, on real recipes; what the compiler refuses is
not rehearsed, and a good share is accepted.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from recipes import compiler, nodes
from recipes.drafting.changes import Overtaken, Twice, apply_all
from recipes.drafting.plain import normal, yaml_of
from recipes.rehearsal import rehearse
from tests.recipes.test_drafting import an_edit
from tests.recipes.texts import CART19, SIX

BRANCHES = (Path(__file__).parent / "corpus" / "branches.yaml").read_text(encoding="utf-8")
BASES = (BRANCHES, SIX, BRANCHES, CART19)
PATIENTS = 2


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
