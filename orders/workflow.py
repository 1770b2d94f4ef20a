"""Which state of an order follows which: a pure table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from orders.enums import OrderState as S

# In manufacture twice: a remake is a new batch of the same order.
ORDER: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        S.ENTERED: frozenset({S.COLLECTED, S.CANCELLED}),
        S.COLLECTED: frozenset({S.COLLECTED, S.IN_MANUFACTURE, S.CANCELLED}),
        S.IN_MANUFACTURE: frozenset({S.IN_MANUFACTURE, S.RELEASED, S.CANCELLED}),
        S.RELEASED: frozenset({S.CLOSED, S.IN_MANUFACTURE}),
        S.CLOSED: frozenset(),
        S.CANCELLED: frozenset(),
    }
)
