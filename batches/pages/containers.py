"""What steps with containers and their labels show; see ``batches.pages.bodies``."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from batches.interlocks.identity import KINDS
from batches.pages.limits import scale_of
from batches.pages.seen import Seen, language
from batches.pages.showing import Showing, decimal_sign, entry, row
from materials.selectors import next_labels
from recipes.enums import ContainerKind, Fate, Pouring
from recipes.kinds import transfer
from recipes.step import Measure


def _measure(show: Showing, measure: Measure, title: str) -> dict[str, Any]:
    scale = scale_of(measure.limits, show.seen.facts)
    volume = entry(show, "volume", title, scale, unit=measure.unit)
    return {"entry": volume, "sign": decimal_sign()}


def _sample(show: Showing) -> dict[str, Any]:
    step = show.step
    tests = [show.seen.recipe.test_by_key[key].title.say(language()) for key in step.tests]
    source = (
        [row(show, 1, "source", str(step.from_.label), hint=_("from here"))] if step.from_ else []
    )
    title = _("The label, on the sample")
    back = row(show, len(source) + 1, "label", title, "scan", "container")
    return {
        "tests": tests,
        "rows": [*source, back],
        "label": label_due(show.seen, ContainerKind.SAMPLE),
        **_measure(show, step.volume, _("Volume drawn")),
    }


def label_due(seen: Seen, kind: ContainerKind, count: int = 1) -> dict[str, Any]:
    """Return the labels that are printed for this patient's next containers of a kind."""
    codes = next_labels(seen.batch.coi, KINDS[kind], count)
    shown = codes[0] if count == 1 else _("%(first)s to %(last)s") % {
        "first": codes[0], "last": codes[-1].rpartition("-")[2]}  # fmt: skip
    return {"code": shown, "codes": codes, "kind": str(kind.label)}


def _label(show: Showing) -> dict[str, Any]:
    step = show.step
    titles = {"printed": _("Printed"), "applied": _("Applied"), "spoiled": _("Spoiled")}
    counts = [entry(show, name, title, decimals=0, unit="") for name, title in titles.items()]
    back = row(show, 1, "scan", _("The label, on the container"), "container")
    return {
        "counts": counts,
        "copies": step.copies,
        "rows": [back] if step.scan_back else [],
        "label": label_due(show.seen, ContainerKind(step.makes)),
    }


def _transfer(show: Showing) -> dict[str, Any]:
    step = show.step
    made = str(step.to.label)
    rows = _sources(show, step)
    if step.pour == Pouring.DRAW:
        rows.append(row(show, 2, "target", made, hint=_("into this")))
    before = len(rows)
    rows += [
        row(show, before + n, name, made, "scan", hint=_("its new label"))
        for n, name in enumerate(step.made, 1)
    ]
    due = label_due(show.seen, step.to, len(step.made)) if step.made else None
    rest = entry(show, "rest", _("Left in the source"), unit=step.volume.unit)
    return {
        "rows": rows, "many": len(rows) > 2, "label": due, "least": step.least or step.count,
        "rest": rest if step.weighs_rest else None,
        **_measure(show, step.volume, VOLUMES[step.pour]()),
    }  # fmt: skip


VOLUMES: Mapping[Pouring, Callable[[], str]] = {
    Pouring.DRAW: lambda: _("Volume transferred"),
    Pouring.SPLIT: lambda: _("Volume in each"),
    Pouring.POOL: lambda: _("Volume of the pool"),
}


def _sources(show: Showing, step: transfer.Step) -> list[Any]:
    title = str(step.from_.label)
    return [
        row(show, n, name, title, "container", hint=_("from here"))
        for n, name in enumerate(step.sources, 1)
    ]


def _account(show: Showing) -> dict[str, Any]:
    step = show.step
    title = str(step.what.label)
    rows = [row(show, n, name, title, "container") for n, name in enumerate(step.codes, 1)]
    return {
        "rows": rows, "many": len(rows) > 2, "fate": str(step.fate.label), "every": step.every,
        "place": _place(show) if step.fate == Fate.STORED else None,
        "why": step.fate == Fate.DISCARDED,
    }  # fmt: skip


def _place(show: Showing) -> dict[str, str]:
    return {"value": show.value("place"), "error": show.error("place", "location")}


BODIES: Mapping[str, Callable[[Showing], dict[str, Any]]] = {
    "account": _account,
    "label": _label,
    "sample": _sample,
    "transfer": _transfer,
}
