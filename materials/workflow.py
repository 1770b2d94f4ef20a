"""Which change of status follows which: pure tables."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from materials.enums import ContainerStatus as C
from materials.enums import LabelState as P
from materials.enums import LotStatus as L

# A rejected lot goes back to quarantine only, so that nobody releases it in one step.
LOT: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        L.QUARANTINE: frozenset({L.RELEASED, L.REJECTED}),
        L.RELEASED: frozenset({L.QUARANTINE, L.REJECTED}),
        L.REJECTED: frozenset({L.QUARANTINE}),
    }
)

_ALIVE: Final = frozenset({C.QUARANTINE, C.CONSUMED, C.VOID})
CONTAINER: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        C.RECEIVED: _ALIVE | {C.STORED, C.RELEASED},
        C.QUARANTINE: frozenset({C.RELEASED, C.CONSUMED, C.VOID}),
        C.IN_USE: _ALIVE | {C.STORED, C.RELEASED},
        C.STORED: _ALIVE | {C.RELEASED},
        C.RELEASED: frozenset({C.QUARANTINE, C.CONSUMED}),
        C.CONSUMED: frozenset(),
        C.VOID: frozenset(),
    }
)

LABEL: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        P.ISSUED: frozenset({P.APPLIED, P.SPECIMEN, P.SPOILED, P.DESTROYED, P.RETURNED}),
        P.APPLIED: frozenset({P.REPLACED}),
        P.REPLACED: frozenset(),
        P.SPECIMEN: frozenset(),
        P.SPOILED: frozenset(),
        P.DESTROYED: frozenset(),
        P.RETURNED: frozenset(),
    }
)
