"""SET recipes: a recipe of 5,000 steps is compiled, and its editor shows its first screen.

All have an absolute limit, scaled by the calibration. The baselines are what no compiler could
leave out: reading the text into plain data; and compiling what the editor shows. Of the recipes of
other shapes the slowest is judged.
"""

from collections.abc import Iterator
from functools import partial
from uuid import UUID

from accounts.services.credentials import set_credential
from bench import shapes
from bench.measure import Figure, median_ms, p95, scaled, side_by_side
from bench.web import PASSWORD, Browser, serving
from plant.plant import open_plant
from recipes import compiler, nodes
from recipes.services import drafts
from recipes.services.versions import import_recipe

STEPS = 5_000
LIMIT_SECONDS = 2.0
AUTHOR = "ferrari"
HEAD = """recipe: LONG
title: {en: "Long"}
modality: autologous
stages:
"""
STAGE = """  - key: stage-%(n)d
    title: {en: "Stage"}
    room: {class: grade-C}
    duration: {low: 1 h, expected: 2 h, high: 3 h}
    staff: [{role: operator}]
    safe_state: {en: "Close the bag."}
    operations:
      - key: work
        title: {en: "Work"}
        openness: closed
        steps:
          - key: before
            kind: clear
            when: before
            text: {en: "Look."}
            checks: [{key: a, text: {en: "Clear."}}]
          - {key: bag, kind: scan, what: patient-container, identifiers: "2", text: {en: "Scan."}}
"""
ENTER = """          - key: v%(n)d
            kind: enter
            value: decimal
            unit: mL
            limits: {alert: ["1", "9"], action: ["0", "10"]}
            plausible: ["-1", "90"]
            text: {en: "Enter volume %(n)d."}
          - {key: w%(n)d, kind: calculate, formula: v%(n)d * 2 + 1, unit: mL, text: {en: "Twice."}}
"""
AFTER = """          - key: after
            kind: clear
            when: after
            text: {en: "Look."}
            checks: [{key: a, text: {en: "Clear."}}]
"""


def text_of(steps: int) -> bytes:
    """Return a recipe of so many steps in stages of a hundred, without a fault."""
    stages = (
        STAGE % {"n": n} + "".join(ENTER % {"n": v} for v in range(48)) + AFTER
        for n in range(steps // 99)
    )
    return (HEAD + "".join(stages)).encode()


def figures(*, rounds: int = 8) -> Iterator[Figure]:
    """Measure; yields the lines of the table. Needs an empty throw-away database."""
    text = text_of(STEPS)
    recipe, messages = compiler.check_text(text)
    assert recipe is not None
    assert not compiler.errors(messages)
    taken = side_by_side(
        {"compile": lambda: compiler.check_text(text), "read": lambda: nodes.read(text)},
        rounds=rounds, warm=1,
    )  # fmt: skip
    yield _figure(f"compile {recipe.length} steps / read their text", taken, "compile", "read")
    yield _slowest(rounds=rounds)
    yield from _editor(text, rounds=rounds)


def _slowest(*, rounds: int) -> Figure:
    """Compile long recipes of every other shape; the one that took longest is the figure.

    It is looked for in two rounds, and then measured as often as the others: of fewer rounds the
    slowest in twenty would be made up.
    """
    texts = {shape.__name__: shape(STEPS) for shape in shapes.SHAPES}
    assert all(compiler.check_text(text)[0] is not None for text in texts.values())
    subjects = {name: partial(compiler.check_text, text) for name, text in texts.items()}
    tried = side_by_side(subjects, rounds=2, warm=0)
    name = max(tried, key=lambda one: min(tried[one]))
    taken = side_by_side(
        {"compile": subjects[name], "read": partial(nodes.read, texts[name])},
        rounds=rounds, warm=1,
    )  # fmt: skip
    title = f"compile the slowest of {len(texts)} other shapes ({name}) / read its text"
    return _figure(title, taken, "compile", "read")


def _figure(name: str, taken: dict[str, list[float]], subject: str, baseline: str) -> Figure:
    late, allowed = p95(taken[subject]), scaled(LIMIT_SECONDS)
    ours, theirs = median_ms(taken[subject]), median_ms(taken[baseline])
    size = f"{len(taken[subject])} times; p95 {late:.2f} s, allowed {allowed:.2f} s"
    return Figure(
        name, size, f"{ours:.0f} ms", f"{theirs:.0f} ms", ours / theirs, kept=late <= allowed
    )


def _editor(text: bytes, *, rounds: int) -> Iterator[Figure]:
    """Show the first screen of drafts that no process has seen, through a real web process."""
    plant = open_plant(recipes=("SIX-STEPS",))
    crew = plant.crew
    set_credential(
        command=crew.setup("secret"), person=crew.people[AUTHOR][0], kind="password",
        secret=PASSWORD,
    )  # fmt: skip
    imported = import_recipe(command=crew.command(AUTHOR, "recipe.import"), source=text)
    version = UUID(str(imported["version"]))
    opened = (
        drafts.open_draft(command=crew.command(AUTHOR, "recipe-draft.open"), version=version)
        for _round in range(rounds + 1)
    )
    addresses = iter([f"/recipes/drafts/{one['draft']}/" for one in opened])
    with serving(plant) as port:
        browser = Browser(port)
        browser.sign_in(AUTHOR)
        taken = side_by_side(
            {
                "editor": lambda: browser.get(next(addresses)),
                "compile": lambda: compiler.check_text(text),
            },
            rounds=rounds,
            warm=1,
        )
    yield _figure("the first screen of their editor / compile them", taken, "editor", "compile")
