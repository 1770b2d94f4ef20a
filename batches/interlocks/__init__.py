"""Interlocks: what the world outside the record says to a step, asked under its lock.

One module for each kind of step that touches containers, lots, units or claims, with

``find(batch, placed, values)``  what the codes mean, before the locks (streams to lock)
``check(work)``                  refusals of identity, material, equipment, under the lock
``effect(work)``                 what the step does to those things, in the same act
"""

from typing import Protocol

from batches.interlocks import (
    account,
    add,
    attach,
    clear,
    connect,
    decide,
    equip,
    label,
    reading,
    run,
    sample,
    scan,
    transfer,
    weigh,
)
from batches.models import Batch
from batches.work import Found, Work
from recipes.document import Placed


class Interlocks(Protocol):
    """The three functions of such a module."""

    def find(self, batch: Batch, placed: Placed, values: dict[str, str]) -> Found: ...

    def check(self, work: Work) -> None: ...

    def effect(self, work: Work) -> None: ...


BY_KIND: dict[str, Interlocks] = {
    "account": account,
    "add": add,
    "attach": attach,
    "clear": clear,
    "connect": connect,
    "decide": decide,
    "equip": equip,
    "label": label,
    "reading": reading,
    "run": run,
    "sample": sample,
    "scan": scan,
    "transfer": transfer,
    "weigh": weigh,
}
