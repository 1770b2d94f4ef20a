"""Rebuild: rows of projections that are not what the entries say are written anew from them.

The owner's, after somebody altered a row or a migration changed a projection. Evidence is never
touched: where the ledger itself does not hold nothing is rebuilt from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from records import anew, routing
from records.anew import Tables, listed
from records.chains import Part
from records.verification import Difference, verify

OWNER: Final = "owner"
# A row that stands for nothing goes; what is missing or differs comes from the folded one.
REMOVE: Final = """
DELETE FROM {live} l WHERE NOT EXISTS (SELECT FROM {folded} f WHERE {same})
"""
PUT: Final = """
INSERT INTO {live} ({columns})
SELECT {columns} FROM (SELECT {columns} FROM {folded} EXCEPT SELECT {columns} FROM {live}) d
ON CONFLICT ({key}) DO UPDATE SET {values}
"""


class NotRebuilt(Exception):
    """The ledger does not hold, or an entry cannot be folded: ``differences`` name what."""

    def __init__(self, differences: Sequence[Difference]) -> None:
        self.differences = differences
        super().__init__("The ledger itself does not hold: nothing is rebuilt from it.")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many rows of a table were put as the entries have them, and how many removed."""

    put: int
    removed: int


def rebuild() -> Mapping[str, Rebuilt]:
    """Write the rows that differ anew, in one transaction; return what changed, by table.

    Verifies everything first. Acts on these tables wait meanwhile. Raises NotRebuilt.
    """
    tables = anew.projections()
    names = {model._meta.db_table for model in tables}
    found = verify(everything=True).differences
    ledgers = [one for one in found if one.where.partition(" ")[0] not in names]
    if ledgers:
        raise NotRebuilt(ledgers)
    with routing.on(OWNER), transaction.atomic(using=OWNER, durable=True):
        # Whoever wrote a row has committed; whoever will, waits: the entries are those of the rows.
        anew.run(f"LOCK TABLE {', '.join(sorted(names))} IN SHARE ROW EXCLUSIVE MODE")
        anew.make_places(anew.folded_tables(), indexed=True)
        flaws = [Difference(*one) for one in anew.fold_entries(Part(), set(), careful=True)]
        if flaws:
            raise NotRebuilt(flaws)
        anew.run("SET LOCAL mes.rebuild = 'on'")
        return _put_right(tables)


def _put_right(tables: Tables) -> Mapping[str, Rebuilt]:
    changed = {}
    for model in tables:
        table, columns, key = model._meta.db_table, anew.columns_of(model), anew.key_of(model)
        live, folded = f"{anew.SCHEMA}.{table}", f"pg_temp.{table}"
        same = " AND ".join(f"f.{listed([one])} = l.{listed([one])}" for one in key)
        removed = anew.run(REMOVE.format(live=live, folded=folded, same=same))
        values = ", ".join(f"{listed([one])} = EXCLUDED.{listed([one])}" for one in columns)
        put = anew.run(
            PUT.format(live=live, folded=folded, columns=listed(columns), key=listed(key),
                       values=values)
        )  # fmt: skip
        if put or removed:
            changed[table] = Rebuilt(put, removed)
    return changed
