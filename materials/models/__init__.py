from materials.models.container import (
    Container,
    ContainerClock,
    ContainerSet,
    ContainerSource,
    LabelPrint,
)
from materials.models.lot import Lot, LotSet, LotUse
from materials.models.material import Material

__all__ = [
    "Container",
    "ContainerClock",
    "ContainerSet",
    "ContainerSource",
    "LabelPrint",
    "Lot",
    "LotSet",
    "LotUse",
    "Material",
]
