"""Long recipes of other shapes than that of the bench: each once took much longer than two seconds.

Pure: each gives the text of a recipe of about so many steps.
"""

from collections.abc import Callable, Iterable

HEAD = """recipe: LONG
title: {en: "Long"}
modality: autologous
"""
STAGE = """  - key: %(key)s
    title: {en: "Stage"}
    room: {class: grade-C}
    duration: {low: 1 h, expected: 2 h, high: 3000 h}
    staff: [{role: operator}]
    safe_state: {en: "Close the bag."}
%(more)s    operations:
"""
OPERATION = "      - {key: %s, title: {en: Work}, openness: closed, %ssteps: [%s]}\n"
STEP = "{key: %s, kind: %s, text: {en: Do.}%s}"
TAKES = ", takes: {low: 1 min, expected: 2 min, high: 3 min}"
LISTS = {
    "parameters": '{key: p%d, title: {en: P}, unit: mL, default: "2", low: "1", high: "3"}',
    "tests": '{key: t%d, title: {en: T}, unit: "%%", turn_round: 1 h}',
    "specification": '{key: i%d, title: {en: I}, test: t%d, limits: ["1", "3"]}',
}


def _recipe(stages: Iterable[str], lists: dict[str, int] | None = None) -> bytes:
    given = "".join(
        f"{name}:\n" + "".join(f"  - {_filled(LISTS[name], n)}\n" for n in range(count))
        for name, count in (lists or {}).items()
    )
    return f"{HEAD}{given}stages:\n{''.join(stages)}".encode()


def _filled(text: str, number: int) -> str:
    return text.replace("%%", "%").replace("%d", str(number))


def _stage(operations: Iterable[str], *, key: str = "work", more: str = "") -> str:
    return STAGE % {"key": key, "more": more} + "".join(operations)


def _steps(steps: Iterable[str], lists: dict[str, int] | None = None) -> bytes:
    inside = ",\n        ".join(steps)
    return _recipe([_stage([OPERATION % ("all", "", inside)])], lists)


def _operations(count: int, after: Callable[[int], str]) -> bytes:
    step = STEP % ("do", "confirm", "")
    return _recipe([_stage(OPERATION % (f"o{n}", after(n), step) for n in range(count))])


def limits(steps: int) -> bytes:
    """Each step has a limit of time since the first."""
    within = ", within: [{from: s0, max: 2000 h}]"
    return _steps(STEP % (f"s{n}", "confirm", TAKES + (within if n else "")) for n in range(steps))


def limits_not_kept(steps: int) -> bytes:
    """Each step has a limit of time since one far before, which is not kept."""
    within = ", within: [{from: s%d, max: 1 min}]"
    return _steps(
        STEP % (f"s{n}", "confirm", TAKES + (within % (n // 2) if n > 1 else ""))
        for n in range(steps)
    )


def free(steps: int) -> bytes:
    """No operation waits for any other."""
    return _operations(steps, lambda _n: "after: [], ")


def chain(steps: int) -> bytes:
    """Each operation names the one that it waits for."""
    return _operations(steps, lambda n: f"after: [o{n - 1}], " if n else "")


def layers(steps: int) -> bytes:
    """Thirty operations beside each other wait for all of the thirty before."""

    def after(number: int) -> str:
        first = (number // 30 - 1) * 30
        return f"after: [{', '.join(f'o{n}' for n in range(max(first, 0), first + 30))}], "

    return _operations(steps * 3 // 5, after)


def stages(steps: int) -> bytes:
    """Each stage has a limit of time since the one before, which it names."""
    operation = OPERATION % ("all", "", STEP % ("do", "confirm", ""))
    more = "    after: [g%d]\n    within: [{from: g%d.ended_at, max: 9 h}]\n"
    return _recipe(
        _stage([operation], key=f"g{n}", more=more % (n - 1, n - 1) if n else "")
        for n in range(steps * 2 // 5)
    )


def labels(steps: int) -> bytes:
    """Every container is labelled on a condition of its own, and then scanned."""
    count, what = ", when: first.count > %d", ", what: intermediate-container"
    number = ", value: decimal, unit: mL"
    makes = ", makes: intermediate-container"
    half = range((steps - 1) // 2)
    labelled = [STEP % (f"l{n}", "label", makes + count % n) for n in half]
    scanned = [STEP % (f"s{n}", "scan", what) for n in half]
    first = OPERATION % ("first", "", STEP % ("count", "enter", number))
    return _recipe(
        [_stage([first, OPERATION % ("all", "", ",\n        ".join(labelled + scanned))])]
    )


def results(steps: int) -> bytes:
    """A gate waits for the result of each sample, and a step is done on it."""
    count = steps // 3
    drawn = (
        STEP % (f"s{n}", "sample", f", tests: [t{n}], volume: {{unit: mL}}") for n in range(count)
    )
    waits = (STEP % (f"w{n}", "gate", f", waits_for: [t{n}]") for n in range(count))
    asks = (STEP % (f"x{n}", "confirm", f", when: results.t{n} > 2") for n in range(count))
    inside = (one for three in zip(drawn, waits, asks, strict=True) for one in three)
    return _steps(inside, {"tests": count, "specification": count})


def parameters(steps: int) -> bytes:
    """Each step has limits by a parameter of its own."""
    value = ', value: decimal, unit: mL, limits: {action: [parameters.p%d, "2 * parameters.p%d"]}'
    count = steps * 7 // 10
    return _steps(
        (STEP % (f"s{n}", "enter", value % (n, n)) for n in range(count)), {"parameters": count}
    )


SHAPES: tuple[Callable[[int], bytes], ...] = (
    limits, limits_not_kept, free, chain, layers, stages, labels, results, parameters,
)  # fmt: skip
