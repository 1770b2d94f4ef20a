"""Formulas and durations by chance, in every place of a recipe that takes one."""

from collections.abc import Callable
from pathlib import Path
from random import Random

FOLDER = Path(__file__).parent
TEXTS = {
    name: (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    for name in ("corpus/branches", "containers", "machines")
}
NAMES = {
    "corpus/branches": (
        "inputs.weight", "parameters.cells", "parameters.hold", "rest", "count.seeded",
        "culture.count.seeded", "culture.watch.temperature", "results.viability", "count.seeded[1]",
        "count.seeded[2]", "count.seeded[-1]",
        "culture.feed.medium", "harvest.collect.harvested", "nothing",
    ),
    "containers": ("inputs.patient_weight", "net", "half", "nothing"),
    "machines": ("inputs.patient_weight", "pressure", "speed", "nothing"),
}  # fmt: skip
NUMBERS = ("0", "1", "2", "-1", "0.5", "64", "80", "100", "1e8", "1e-12", "1e60", "99")
ANSWERS = ('prepare.bag == "damaged"', 'results.sterility != "negative"', 'rest == "x"')
BINARY = ("+", "-", "*", "/", "/", "**", "**")
COMPARED = ("<", "<=", ">", ">=", "==", "!=")
FUNCTIONS = ("min", "max", "abs", "round", "ceil", "floor")
TIMES = ("d", "h", "min", "s")
Made = Callable[["Chance"], str]


class Chance:
    """What is made by chance for one recipe; ``luck`` decides."""

    def __init__(self, luck: Random, base: str) -> None:
        self.luck, self.names = luck, NAMES[base]

    def number(self, deep: int = 0) -> str:
        """Return a formula that is meant to give a number, and does not always."""
        luck, kind = self.luck, self.luck.random()
        if deep > 2 or kind < 0.3:
            return luck.choice((*self.names[:3], *self.names, *NUMBERS))
        if kind < 0.7:
            return f"({self.number(deep + 1)} {luck.choice(BINARY)} {self.number(deep + 1)})"
        if kind < 0.78:
            return f"-{self.number(deep + 1)}"
        if kind < 0.84:
            asked = self.condition(deep + 1)
            return f"({self.number(deep + 1)} if {asked} else {self.number(deep + 1)})"
        if kind < 0.86:
            return self.condition(deep + 1)
        count = luck.choices((0, 1, 2, 3), (1, 6, 6, 2))[0]
        several = ", ".join(self.number(deep + 1) for _one in range(count))
        return f"{luck.choice(FUNCTIONS)}({several})"

    def condition(self, deep: int = 0) -> str:
        """Return a condition, most often."""
        luck, kind = self.luck, self.luck.random()
        if deep > 2 or kind < 0.6:
            return f"({self.number(deep + 1)} {luck.choice(COMPARED)} {self.number(deep + 1)})"
        if kind < 0.7:
            return luck.choice(ANSWERS)
        if kind < 0.75:
            return f"(not {self.condition(deep + 1)})"
        joined = luck.choice(("and", "or"))
        return f"({self.condition(deep + 1)} {joined} {self.condition(deep + 1)})"

    def written(self) -> str:
        """Return a formula as a scalar of YAML."""
        return f"'{self.number()}'"

    def asked(self) -> str:
        """Return a condition as a scalar of YAML."""
        return f"'{self.condition()}'"

    def pair(self) -> str:
        """Return two bounds, one of which may be open."""
        return f"[{self.written()}, {self.luck.choice(('null', self.written()))}]"

    def likely(self) -> str:
        """Return a distribution."""
        if self.luck.random() < 0.5:
            shape = self.luck.choice(("normal", "lognormal"))
            return f"{{shape: {shape}, mean: {self.written()}, sd: {self.written()}}}"
        return f"{{shape: uniform, low: {self.written()}, high: {self.written()}}}"

    def time(self) -> str:
        """Return a duration: an everyday one, or one beyond all calendars."""
        luck = self.luck
        if luck.random() < 0.1:
            return luck.choice(("parameters.hold", "parameters.cells", "parameters.none"))
        most = luck.choice((1, 1, 1, 2, 900))
        number = luck.choice(("0", "1", "12", "3650", "999999", "0.001"))
        return f"{number} {luck.choice(TIMES)} " * most


# Base, what stands there, and what is put there.
SPOTS: tuple[tuple[str, str, Made], ...] = (
    ("corpus/branches", "formula: 500 - rest,", lambda c: f"formula: {c.written()},"),
    ("corpus/branches", 'formula: "100 * count.seeded / parameters.cells", unit: "1"',
     lambda c: f'formula: {c.written()}, unit: "1", limits: {{action: {c.pair()}}}'),
    ("corpus/branches", "when: rest < 400", lambda c: f"when: {c.asked()}"),
    ("corpus/branches", 'when: prepare.bag == "damaged"', lambda c: f"when: {c.asked()}"),
    ("corpus/branches", "when: results.viability < 95", lambda c: f"when: {c.asked()}"),
    ("corpus/branches", "until: seeded >= 0.9e8", lambda c: f"until: {c.asked()}"),
    ("corpus/branches", "action: [parameters.cells, null]", lambda c: f"action: {c.pair()}"),
    ("corpus/branches", 'plausible: ["0", "500"]',
     lambda c: f"plausible: {c.pair()}, likely: {c.likely()}"),
    ("corpus/branches", 'limits: ["80", null], title', lambda c: f"limits: {c.pair()}, title"),
    ("corpus/branches", 'limits: ["80", null], title',
     lambda c: f"above: {c.written()}, below: {c.written()}, title"),
    ("corpus/branches", 'unit: "%", turn_round: 2 h',
     lambda c: f'unit: "%", limits: {{alert: {c.pair()}}}, turn_round: 2 h'),
    ("corpus/branches", 'unit: "%", turn_round: 2 h',
     lambda c: f'unit: "%", likely: {c.likely()}, turn_round: {c.time()}'),
    ("corpus/branches", 'low: "6", high: "250"',
     lambda c: f'low: "6", high: "250", likely: {c.likely()}'),
    ("corpus/branches", 'quantity: "100", unit: mL, tol',
     lambda c: f"quantity: {c.written()}, unit: mL, tol"),
    ("corpus/branches", 'quantity: "100", unit: mL, title',
     lambda c: f"quantity: {c.written()}, unit: mL, title"),
    ("corpus/branches", "volume: {unit: mL}, text: {en: \"Draw",
     lambda c: f"volume: {{unit: mL, limits: {{action: {c.pair()}}}}}, text: {{en: \"Draw"),
    ("corpus/branches", "volume: {unit: mL}, text: {en: \"Fill",
     lambda c: f"volume: {{unit: mL, likely: {c.likely()}}}, text: {{en: \"Fill"),
    ("corpus/branches", "min: 10 min, max: 2 h", lambda c: f"min: {c.time()}, max: {c.time()}"),
    ("corpus/branches", "min: 6 h, max: 40 h", lambda c: f"min: {c.time()}, max: {c.time()}"),
    ("corpus/branches", "max: parameters.hold", lambda c: f"max: {c.time()}"),
    ("corpus/branches", "low: 3 h, expected: 4 h, high: 6 h",
     lambda c: f"low: {c.time()}, expected: {c.time()}, high: {c.time()}"),
    ("corpus/branches", "low: 2 h, expected: 3 h, high: 5 h",
     lambda c: "low: {0}, expected: {0}, high: {0}".format(c.time())),
    ("corpus/branches", "low: 5 min, expected: 10 min, high: 20 min",
     lambda c: "low: {0}, expected: {0}, high: {0}".format(c.time())),
    ("corpus/branches", "lag: {min: 12 h, max: 24 h}",
     lambda c: f"lag: {{min: {c.time()}, max: {c.time()}}}"),
    ("corpus/branches", 'default: "30", low: "24", high: "48"',
     lambda c: f'default: "{c.luck.choice(NUMBERS)}"'),
    ("containers", 'limits: {action: ["50", "120"]}',
     lambda c: f"limits: {{action: {c.pair()}}}, plausible: {{low: {c.written()}}}"),
    ("machines", 'limits: {action: ["100", "300"]}', lambda c: f"limits: {{action: {c.pair()}}}"),
    ("machines", 'limits: {action: ["100", "300"]}', lambda c: f"set: {c.written()}"),
    ("machines", 'plausible: ["0", "20"]', lambda c: f"plausible: {c.pair()}"),
    ("machines", 'action: ["80", "120"]', lambda c: f"action: {c.pair()}"),
)  # fmt: skip


def made(number: int) -> str:
    """Return a recipe with one to three places filled by chance, always the same."""
    luck = Random(f"formulas:{number}")
    base = luck.choices(tuple(TEXTS), (6, 1, 1))[0]
    text, chance = TEXTS[base], Chance(luck, base)
    spots = [spot for spot in SPOTS if spot[0] == base]
    for _base, old, put in luck.sample(spots, min(len(spots), luck.choice((1, 1, 1, 2, 3)))):
        text = text.replace(old, put(chance), 1)
    return text
