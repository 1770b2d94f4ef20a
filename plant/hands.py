"""What good hands enter at a step: the recipe's targets, with the scatter of real life."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from batches.interlocks.identity import KINDS
from batches.models import Batch
from batches.selectors import facts_of
from equipment.models import Claim
from materials.models import Container
from materials.selectors import next_label
from mes.lib import clock
from plant.crew import Crew
from plant.house import lot_of
from recipes.document import Placed
from recipes.enums import ContainerKind, ValueType
from recipes.judging import Facts
from recipes.parts import Limits
from recipes.step import Measure

# One value in so many lies between alert and action limit.
OUTSIDE_ONE_IN = 60


@dataclass(slots=True)
class Hands:
    """A person's hands at one step of one batch; ``luck`` is seeded."""

    crew: Crew
    batch: Batch
    placed: Placed
    luck: Random

    def values(self) -> dict[str, str]:
        """Return what is entered, by the kind of step. Runs inside ``reading``."""
        step: Any = self.placed.step
        return dict(getattr(self, f"_{step.kind}")(step))

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

    def _choose(self, step: Any) -> dict[str, str]:
        return {"choice": next(one.key for one in step.options if not one.flag)}

    def _scan(self, step: Any) -> dict[str, str]:
        container = self._container(step.what)
        if step.identifiers == 1:
            return {"code1": container.label}
        return {"code1": f"={container.din}00", "code2": f"&/{self.batch.coi}"}

    def _container(self, asked: ContainerKind) -> Container:
        rows = Container.objects.of_patient(self.batch.coi).present().filter(kind=KINDS[asked])
        return rows.order_by("-made_at")[0]

    def _equip(self, step: Any) -> dict[str, str]:
        held = Claim.objects.of(self.batch.id).live().for_stage(self.placed.stage.key)
        claim = held.filter(alias=step.as_).first()
        if claim is None:
            raise LookupError(f"{self.batch} has no {step.as_}")
        return {"unit": claim.resource_label.split(",")[0]}

    def _add(self, step: Any) -> dict[str, str]:
        asked = self.facts.evaluate(step.quantity) if step.quantity else Decimal(1)
        return {"lot": lot_of(self.crew, step.material), "quantity": _text(asked)}

    def _sample(self, step: Any) -> dict[str, str]:
        label = next_label(self.batch.coi, KINDS[ContainerKind.SAMPLE])
        return {"volume": self._measure(step.volume, default="1"), "label": label}

    def _label(self, step: Any) -> dict[str, str]:
        copies = str(step.copies or 1)
        values = {"printed": copies, "applied": copies, "spoiled": "0"}
        if step.scan_back:
            values["scan"] = next_label(self.batch.coi, KINDS[step.makes])
        return values

    def _transfer(self, step: Any) -> dict[str, str]:
        return {
            "source": self._container(step.from_).label,
            "target": self._container(step.to).label,
            "volume": self._measure(step.volume, default="10"),
        }

    def _measure(self, measure: Measure, *, default: str) -> str:
        middle = self._middle(measure.limits)
        return _text(middle if middle is not None else Decimal(default))

    def _enter(self, step: Any) -> dict[str, str]:
        if step.value == ValueType.DATE:
            return {"value": clock.now().date().isoformat()}
        if step.value == ValueType.TEXT:
            return {"value": "Rack 4, cassette 11"}
        number = self._number(step).scaleb(-step.exponent)
        places = step.decimals if step.decimals is not None else 2
        if step.value == ValueType.INTEGER:
            places = 0
        return {"value": _text(number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))}

    def _number(self, step: Any) -> Decimal:
        if step.limits and step.limits.alert and self.luck.randrange(OUTSIDE_ONE_IN) == 0:
            outside = self._between_alert_and_action(step.limits)
            if outside is not None:
                return outside
        if step.target is not None:
            return Decimal(step.target)
        middle = self._middle(step.limits)
        return middle if middle is not None else Decimal(1)

    def _between_alert_and_action(self, limits: Limits) -> Decimal | None:
        if not (limits.alert and limits.action and limits.alert.high and limits.action.high):
            return None
        bounds = limits.alert.high, limits.action.high
        return sum((self.facts.evaluate(one) for one in bounds), Decimal(0)) / 2

    def _middle(self, limits: Limits | None) -> Decimal | None:
        band = (limits.alert or limits.action) if limits else None
        if band is None:
            return None
        ends = [self.facts.evaluate(one) for one in (band.low, band.high) if one is not None]
        if len(ends) == 2:
            return sum(ends, Decimal(0)) / 2
        # Only one bound: well on its good side.
        return ends[0] * (Decimal("1.1") if band.low is not None else Decimal("0.9"))


def _text(number: Decimal) -> str:
    return format(number.normalize(), "f")
