"""What good hands enter at a step: the recipe's targets, with the scatter of real life."""

import hashlib
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from batches.interlocks.account import DONE
from batches.interlocks.identity import KINDS
from batches.models import Batch
from batches.selectors import facts_of
from equipment.models import Claim
from materials.models import Container
from materials.selectors import next_label, next_labels
from mes.lib import clock
from mes.lib.filetypes import type_of
from plant.crew import Crew
from plant.house import lot_of
from recipes.document import Placed
from recipes.enums import ContainerKind, FileKind, Pouring, ValueType
from recipes.judging import Facts
from recipes.parts import Band, Limits
from recipes.step import Measure
from records import files

# The smallest picture: one grey dot.
_DOT = (
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550"
    "000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)
SEEN = {
    FileKind.PHOTO: bytes.fromhex(_DOT),
    FileKind.PDF: b"%PDF-1.7\n%%EOF",
    FileKind.TEXT: b"time,value\n0,37.0\n",
}
# One value in so many lies between alert and action limit.
OUTSIDE_ONE_IN = 60


@dataclass(slots=True)
class Hands:
    """A person's hands at one step of one batch; ``luck`` is seeded."""

    crew: Crew
    batch: Batch
    placed: Placed
    luck: Random
    brought: list[bytes] = field(default_factory=list)

    def values(self) -> dict[str, str]:
        """Return what is entered, by the kind of step. Runs inside ``reading``."""
        step: Any = self.placed.step
        return dict(getattr(self, f"_{step.kind}")(step))

    def keep_files(self) -> None:
        """Keep what the values name, as the tablet does before the act. Not inside ``reading``."""
        for content in self.brought:
            found = type_of(content)
            files.put(content, media_type=found.media_type if found else "")

    def _bring(self, content: bytes) -> str:
        self.brought.append(content)
        return hashlib.sha256(content).hexdigest()

    @property
    def facts(self) -> Facts:
        """What is known of the batch now."""
        return facts_of(self.batch, self.placed, at=clock.now())

    def _confirm(self, step: Any) -> dict[str, str]:
        return dict.fromkeys(step.accepts(), "yes")

    def _clear(self, step: Any) -> dict[str, str]:
        return dict.fromkeys(step.accepts(), "yes")

    def _timer(self, step: Any) -> dict[str, str]:
        return {}

    _gate = _calculate = _timer

    def _decide(self, step: Any) -> dict[str, str]:
        return {**self._choose(step), "comment": "As foreseen."}

    def _run(self, step: Any) -> dict[str, str]:
        unit = self._equip(step)
        if step.does == "stop":
            log = {"log": self._bring(b"programme ended, no alarm\n")} if step.log else {}
            return {**unit, "ended": "completed", "alarms": "0", **log}
        values = {**unit, "programme": step.programme, "version": step.version}
        for one in step.parameters:
            middle = self._middle(one.limits)
            told = self.facts.evaluate(one.set) if one.set else middle or Decimal(1)
            values |= {} if one.set else {f"set-{one.key}": _text(told)}
            values[f"read-{one.key}"] = _text(told)
        return values

    def _connect(self, step: Any) -> dict[str, str]:
        welder = self._equip(step) if step.as_ else {}
        ends = {name: self._end(end) for name, end in step.ends}
        return {**welder, **ends, "result": "tight"}

    def _end(self, end: Any) -> str:
        if end.container is not None:
            return self._container(end.container).label
        if end.material is not None:
            return lot_of(self.crew, end.material)
        return self._unit(end.equipment)

    def _weigh(self, step: Any) -> dict[str, str]:
        container = {"container": self._container(step.what).label} if step.what else {}
        net = self._good(step, default=Decimal(10))
        tare = {"tare": _text(net / 10)} if step.tare else {}
        gross = net + net / 10 if step.tare else net
        return {**self._equip(step), **container, **tare, "gross": _text(gross)}

    def _reading(self, step: Any) -> dict[str, str]:
        return {**self._equip(step), "value": _text(self._good(step, target=step.target))}

    def _attach(self, step: Any) -> dict[str, str]:
        return {"file": self._bring(SEEN[step.files[0]])}

    def _choose(self, step: Any) -> dict[str, str]:
        return {"choice": next(one.key for one in step.options if not one.flag)}

    def _scan(self, step: Any) -> dict[str, str]:
        container = self._container(step.what)
        if step.identifiers == 1:
            return {"code1": container.label}
        return {"code1": f"={container.din}00", "code2": f"&/{self.batch.coi}"}

    def _container(self, asked: ContainerKind) -> Container:
        return self._containers(asked)[-1]

    def _containers(self, asked: ContainerKind) -> list[Container]:
        """The containers of a kind that are there, oldest first."""
        rows = Container.objects.of_patient(self.batch.coi).present().filter(kind=KINDS[asked])
        return list(rows.order_by("made_at", "label"))

    def _equip(self, step: Any) -> dict[str, str]:
        return {"unit": self._unit(step.as_)}

    def _unit(self, alias: str) -> str:
        held = Claim.objects.of(self.batch.id).live().for_stage(self.placed.stage.key)
        claim = held.filter(alias=alias).first()
        if claim is None:
            raise LookupError(f"{self.batch} has no {alias}")
        return claim.resource_label.split(",")[0]

    def _add(self, step: Any) -> dict[str, str]:
        asked = self.facts.evaluate(step.quantity) if step.quantity else Decimal(1)
        return {"lot": lot_of(self.crew, step.material), "quantity": _text(asked)}

    def _sample(self, step: Any) -> dict[str, str]:
        label = next_label(self.batch.coi, KINDS[ContainerKind.SAMPLE])
        source = {"source": self._container(step.from_).label} if step.from_ else {}
        return {**source, "volume": self._measure(step.volume, default="1"), "label": label}

    def _label(self, step: Any) -> dict[str, str]:
        copies = str(step.copies or 1)
        values = {"printed": copies, "applied": copies, "spoiled": "0"}
        if step.scan_back:
            values["scan"] = next_label(self.batch.coi, KINDS[step.makes])
        return values

    def _transfer(self, step: Any) -> dict[str, str]:
        volume = self._measure(step.volume, default="10")
        if step.pour == Pouring.DRAW:
            source, target = self._container(step.from_), self._container(step.to)
            return {"source": source.label, "target": target.label, "volume": volume}
        labels = next_labels(self.batch.coi, KINDS[step.to], len(step.made))
        made = dict(zip(step.made, labels, strict=True))
        if step.pour == Pouring.POOL:
            rows = self._containers(step.from_)[: len(step.sources)]
            there = {name: row.label for name, row in zip(step.sources, rows, strict=False)}
            whole = sum((row.volume or Decimal(0) for row in rows), Decimal(0))
            return {**there, **made, "volume": _text(whole) if whole else volume}
        source = self._container(step.from_)
        left = (source.volume or Decimal(0)) - Decimal(volume) * len(made)
        rest = {"rest": _text(max(left, Decimal(0)))} if step.weighs_rest else {}
        return {"source": source.label, **made, "volume": volume, **rest}

    def _account(self, step: Any) -> dict[str, str]:
        rows = [row for row in self._containers(step.what) if row.status not in DONE]
        codes = {name: row.label for name, row in zip(step.codes, rows, strict=False)}
        more = {"place": "Tank 2, rack 4", "comment": "Not needed any more."}
        return codes | {name: more[name] for name in step.accepts() if name in more}

    def _measure(self, measure: Measure, *, default: str) -> str:
        return _text(self._good(measure, default=Decimal(default)))

    def _enter(self, step: Any) -> dict[str, str]:
        if step.value == ValueType.DATE:
            return {"value": clock.now().date().isoformat()}
        if step.value == ValueType.TEXT:
            return {"value": "Rack 4, cassette 11"}
        number = self._number(step).scaleb(-step.exponent)
        places = 0 if step.value == ValueType.INTEGER else step.decimals
        if places is not None:
            number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        return {"value": _text(number)}

    def _number(self, step: Any) -> Decimal:
        if step.limits and step.limits.alert and self.luck.randrange(OUTSIDE_ONE_IN) == 0:
            outside = self._between_alert_and_action(step.limits)
            if outside is not None:
                return outside
        return self._good(step, target=step.target)

    def _between_alert_and_action(self, limits: Limits) -> Decimal | None:
        if not (limits.alert and limits.action and limits.alert.high and limits.action.high):
            return None
        bounds = limits.alert.high, limits.action.high
        return sum((self.facts.evaluate(one) for one in bounds), Decimal(0)) / 2

    def _good(
        self, asked: Any, *, target: Decimal | None = None, default: Decimal | None = None
    ) -> Decimal:
        return good_number(asked, self.facts, target=target, default=default)

    def _middle(self, limits: Limits | None) -> Decimal | None:
        return _middle(*_ends((limits.alert or limits.action) if limits else None, self.facts))


def good_number(
    asked: Any, facts: Facts, *, target: Decimal | None = None, default: Decimal | None = None
) -> Decimal:
    """Return a number in order: the target, else well within the limits, and always plausible."""
    limits: Limits | None = asked.limits
    band = (limits.alert or limits.action) if limits else None
    low, high = _ends(asked.plausible, facts)
    ways = (target, _middle(*_ends(band, facts)), default, _middle(low, high))
    found = next((one for one in ways if one is not None), Decimal(1))
    found = max(found, low if low is not None else found)
    return _kept(min(found, high if high is not None else found))


def _middle(low: Decimal | None, high: Decimal | None) -> Decimal | None:
    """Return the middle; of one bound, well on its good side."""
    if low is not None and high is not None:
        return (low + high) / 2
    if low is not None:
        return low + (abs(low) / 10 or 1)
    return None if high is None else high - (abs(high) / 10 or 1)


def _ends(band: Band | None, facts: Facts) -> tuple[Decimal | None, Decimal | None]:
    ends = (band.low, band.high) if band else (None, None)
    low, high = (None if one is None else facts.evaluate(one) for one in ends)
    return low, high


def _kept(number: Decimal) -> Decimal:
    """Return a number with as many decimals as people type: three digits of what is below one."""
    places = 2 if abs(number) >= 1 or not number else 2 - number.adjusted()
    return number.quantize(Decimal(1).scaleb(-min(places, 20)), ROUND_HALF_UP)


def _text(number: Decimal) -> str:
    return format(number.normalize(), "f")
