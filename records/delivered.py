"""Messages of the outbox compared with the acts that asked for them and did them (``verify``).

Their state changes by itself, so no checkpoint has it. But nothing asks for work except an act,
and nothing is done, or set aside, without one.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from records import beside
from records.beside import Flaw
from records.canary import CANARY

_ACT = "EXISTS (SELECT FROM records_commandrecord c WHERE c.key = r.{})"
# A lease lasts two minutes.
PROBLEMS: Final[Mapping[str, str]] = {
    "no act asked for it": f"NOT {_ACT.format('cause')}",
    "it is said to be done, and no act did it": f"r.state = 'done' AND NOT {_ACT.format('id')}",
    "it is set aside, and nobody said why": """r.state = 'aside' AND NOT EXISTS (
        SELECT FROM records_entry e WHERE e.kind = 'message.set_aside'
           AND convert_from(e.body, 'UTF8')::jsonb -> 'payload' ->> 'message' = r.id::text)""",
    "it is leased for longer than a lease lasts": """r.state = 'leased'
        AND r.leased_until > clock_timestamp() + interval '15 minutes'""",
}
FOUND: Final = (
    "SELECT r.id FROM records_message r WHERE {written} AND r.topic <> %s AND {problem} ORDER BY 1"
)


@beside.compares
def messages(written: str) -> Iterable[Flaw]:
    """Name messages that no act asked for, did or set aside. The canary is of no act."""
    for problem, condition in PROBLEMS.items():
        sql = FOUND.format(written=written, problem=condition)
        found = [row[0] for row in beside.rows(sql, [CANARY])]
        yield from beside.told("records_message", found, problem)
