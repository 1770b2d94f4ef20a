"""A corpus of broken recipes, one fault each, and what the compiler says of it and where."""

import time
from dataclasses import dataclass

import pytest

from recipes import compiler
from recipes.messages import Weight
from recipes.outline import CHECKS
from tests.recipes.texts import CART19, SIX, line_of, with_change


@dataclass(frozen=True, slots=True)
class Broken:
    """A change to a library recipe, the code that it must give, and where."""

    code: str
    path: str
    old: str
    new: str
    text: str = SIX
    severity: Weight = Weight.ERROR
    at: str | None = None


CORPUS = [
    Broken("key.twice", "seeding/seed/unit/key", "- key: seeded", "- key: unit"),
    Broken("key.twice", "seeding/seed/clear_before/key", "- key: identity", "- key: clear_before"),
    Broken(
        "key.alias_held", "feed/equipment/prodigy/as",
        "- {class: cell-counter, as: counter}\n    duration: {low: 45 min, expected: 90 min",
        "- {class: cell-counter, as: prodigy}\n    duration: {low: 45 min, expected: 90 min",
        CART19,
    ),
    Broken(
        "text.language_missing", "seeding/seed/unit/text",
        'text: {en: "Scan the Prodigy.", de: "Prodigy scannen."}', 'text: {en: "Scan it."}',
    ),
    Broken("text.no_language", "title", 'title: {en: "Six steps: seed one culture", '
           'de: "Sechs Schritte: eine Kultur ansetzen"}', "title: {}"),
    Broken("unit.unknown", "inputs/patient_weight/unit", "unit: kg", "unit: kilo"),
    Broken("unit.unknown", "seeding/seed/seeded/unit", 'unit: "{cells}"', "unit: cells"),
    Broken(
        "formula.unit", "harvest/harvest/car-t/formula",
        "formula: harvested * car_share / 100", "formula: harvested + car_share / 100", CART19,
    ),
    Broken(
        "formula.unit", "selection/seed/volume/formula",
        "formula: parameters.seed_cells / enrich.count", "formula: enrich.count", CART19,
    ),
    Broken(
        "parameter.no_time", "transduction/transduce/thaw-to-add/max",
        "max: parameters.thaw_to_add", "max: parameters.moi", CART19,
    ),
    Broken(
        "limits.inverted", "seeding/seed/seeded/plausible",
        'plausible: ["1e6", "1e10"]', 'plausible: ["1e12", "1e10"]',
    ),
    Broken(
        "limits.alert_outside_action", "seeding/seed/seeded/limits/alert",
        'alert: ["0.9e8", "1.1e8"]', 'alert: ["0.7e8", "1.1e8"]',
    ),
    Broken(
        "limits.target_outside", "seeding/seed/seeded/target",
        'target: "1.00e8"', 'target: "1.15e8"',
    ),
    Broken(
        "limits.never_reached", "seeding/seed/seeded/plausible",
        'plausible: ["1e6", "1e10"]', 'plausible: ["0.85e8", "1e10"]',
    ),
    Broken("input.inverted", "inputs/patient_weight/low", 'low: "6"', 'low: "300"'),
    Broken(
        "parameter.default_outside", "parameters/moi/default",
        'unit: "{TU}/{cells}", default: "5"', 'unit: "{TU}/{cells}", default: "4"', CART19,
    ),
    Broken("duration.order", "seeding/duration", "expected: 40 min", "expected: 10 min"),
    Broken("duration.order", "seeding/duration", "low: 20 min", "low: 0 min"),
    Broken("lag.order", "wash/lag", "lag: {min: 40 h, max: 56 h}   # day 3 (m)",
           "lag: {min: 60 h, max: 56 h}", CART19),
    Broken("timer.order", "selection/enrich/programme/min", "min: 2 h ", "min: 7 h ", CART19),
    Broken(
        "critical.no_limits", "seeding/seed/seeded/critical",
        '            limits: {alert: ["0.9e8", "1.1e8"], action: ["0.8e8", "1.2e8"]}\n', "",
    ),
    Broken(
        "critical.no_limits", "receipt/accept/bag/critical",
        '- {key: damaged, flag: true, chance: "0.01", text', "- {key: damaged, text", CART19,
    ),
    Broken(
        "verify.proves_nothing", "seeding/seed/identity/verify",
        'identifiers: "2"', 'identifiers: "2"\n            verify: true',
        severity=Weight.WARNING,
    ),
    Broken("reference.material", "seeding/seed/medium/material", "            material: TEXMACS",
           "            material: TEXMACK"),
    Broken("reference.equipment", "seeding/seed/unit/as",
           "            as: prodigy", "            as: counter"),
    Broken("reference.test", "feed/control/sample/tests", "tests: [ipc-car, ipc-viability, ",
           "tests: [ipc-car, ipc-vitality, ", CART19),
    Broken("reference.step", "freeze/freeze/run/from", "from: start", "from: begin", CART19),
    Broken("reference.step", "freeze/freeze/run/from", "from: start", "from: end-temperature",
           CART19),
    Broken("formula.name", "harvest/harvest/fold/formula",
           "formula: harvested / selection.seed.seeded",
           "formula: harvested / selection.seed.sown", CART19),
    Broken("formula.name", "harvest/harvest/fold/formula",
           "formula: harvested / selection.seed.seeded", "formula: harvested / car_share",
           CART19),
    Broken("formula.name", "harvest/harvest/fold/formula",
           "formula: harvested / selection.seed.seeded", "formula: harvested / start", CART19),
    Broken("formula.name", "transduction/thaw/vector-volume/formula",
           "formula: parameters.moi * ", "formula: parameters.mio * ", CART19),
    Broken("formula.name", "harvest/harvest/fold/formula",
           "formula: harvested / selection.seed.seeded", "formula: harvested / results.dose",
           CART19),
    Broken("reference.within", "receipt/within/1/from", "      - {from: collection.ended_at, "
           "max: parameters.hold_fresh}   # <= 48 h fresh (m)",
           "      - {from: collection.began_at, max: parameters.hold_fresh}", CART19),
    Broken("reference.contingency", "selection/load/contingencies/1",
           'title: {en: "Load the set", de: "Set einlegen"}\n        openness: closed\n'
           "        contingencies: [set-exchange]",
           'title: {en: "Load the set", de: "Set einlegen"}\n        openness: closed\n'
           "        contingencies: [exchange-set]", CART19),
    Broken("hold.unknown", "selection/room/hold_until",
           "room: {class: grade-C, hold_until: harvest}",
           "room: {class: grade-C, hold_until: reaping}", CART19),
    Broken("hold.unknown", "selection/equipment/prodigy/hold_until",
           "as: prodigy, hold_until: harvest}", "as: prodigy, hold_until: receipt}", CART19),
    Broken("room.missing", "seeding/room", "    room: {class: grade-C}\n", ""),
    Broken("equipment.not_in_bill", "seeding/equipment/prodigy/class",
           "- {class: prodigy, as: prodigy}", "- {class: counter, as: prodigy}"),
    Broken("equipment.never_scanned", "storage/equipment/store/as",
           "            kind: equip\n            as: store",
           "            kind: confirm", CART19),
    Broken("clearance.before", "seeding/seed/clear-before", "when: before", "when: after"),
    Broken("clearance.after", "seeding/seed/clear-after", "when: after", "when: before"),
    Broken("staff.none", "seeding/staff",
           "    staff:\n      - {role: operator, count: 2, qualification: PRODIGY-TCT}\n", "",
           severity=Weight.WARNING),
    Broken("gate.no_sample", "harvest/decide/results/waits_for",
           "waits_for: [ipc-car, ", "waits_for: [sterility, ", CART19),
    Broken("contingency.unused", "contingencies/spare/key", "  - key: re-weld\n",
           "  - key: spare\n", CART19),
    Broken("specification.no_test", "specification/endotoxin/test",
           "test: endotoxin, below", "test: pyrogens, below", CART19),
    Broken("specification.no_criterion", "specification/endotoxin",
           'test: endotoxin, below: "5", ', "test: endotoxin, ", CART19),
    Broken("specification.no_criterion", "specification/sterility/accepts",
           "test: sterility, accepts: [negative]", "test: sterility, accepts: [sterile]", CART19),
    Broken("specification.name", "specification/dose/limits",
           '"1.2 * parameters.dose_level * inputs.patient_weight"]',
           '"1.2 * parameters.dose_level * inputs.height"]', CART19),
    Broken("test.no_sample", "tests/vcn/key", "endotoxin, vcn]", "endotoxin]", CART19),
    Broken("test.twice_sampled", "fill/fill/micro-sample/tests",
           "tests: [sterility, mycoplasma]", "tests: [sterility, mycoplasma, vcn]", CART19),
    Broken("sample.no_test", "fill/fill/appearance/tests", "            tests: [appearance]   "
           "# (S2)\n", "", CART19),
    Broken("specification.empty", "specification", "modality: autologous",
           "modality: autologous  # as it is", severity=Weight.WARNING, at="recipe: SIX-STEPS"),
    Broken("label.not_scanned_back", "fill/prepare/bag-label/scan_back",
           "makes: product-container", "makes: sample-container\n            scan_back: false",
           CART19),
    Broken("product.no_container", "stages", "makes: product-container",
           "makes: sample-container", CART19),
    Broken("identity.never_scanned", "stages", 'identifiers: "2"', 'identifiers: "1"'),
    Broken("material.never_added", "bill_of_materials/TEXMACS/material",
           "            kind: add\n            material: TEXMACS\n            quantity: \"70\"\n"
           "            unit: mL\n            tolerance: \"5\"\n",
           "            kind: confirm\n", severity=Weight.WARNING),
    Broken("timer.first", "seeding/seed/clear-before",
           "            kind: clear\n            when: before\n",
           "            kind: timer\n            min: 1 h\n"),
]  # fmt: skip


@pytest.mark.req("S88-2", "F211-186")
@pytest.mark.parametrize("broken", CORPUS, ids=[f"{b.code}-{b.path}" for b in CORPUS])
def test_a_fault_is_found_at_its_place(broken: Broken) -> None:
    text = with_change(broken.text, broken.old, broken.new)
    if broken.code == "timer.first":
        text = _without_checks(text)
    _recipe, messages = compiler.check_text(text)
    found = [(m.path, m.severity, bool(m.sentence)) for m in messages if m.code == broken.code]
    assert (broken.path, broken.severity, True) in found, messages


def _without_checks(text: str) -> str:
    begin = text.index("            checks:")
    return text[:begin] + text[text.index("          - key: identity") :]


def test_every_check_has_a_broken_recipe() -> None:
    assert sorted({broken.code for broken in CORPUS}) == sorted(CHECKS)


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
    begun = time.monotonic()
    recipe, messages = compiler.check_text(with_change(SIX, last, steps + last))
    assert (recipe is not None, compiler.errors(messages)) == (True, ())
    assert time.monotonic() - begun < 2
