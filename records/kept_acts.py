"""Acts as the checkpoints have them: the command with its reply, and the messages of the outbox.

Neither is folded from entries. So a checkpoint's file also has a line for each act whose entries it
holds: key of the command, hash of its row, hash of its messages as they were written (their state
goes on changing), signed apart. An altered reply, which a repeated command would be given, and a
message that was deleted or altered are then found and named.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from records import beside

DOMAIN: Final = b"mes:acts:v1"
# The lines of the acts of several files, counted from 1 by the numbers at which these begin.
ACTS = """
WITH acts AS MATERIALIZED (
    SELECT DISTINCT width_bucket(l.number, %(firsts)s::bigint[]) AS file, e.command
      FROM records_leaf l JOIN records_entry e ON e.stream = l.stream AND e.seq = l.seq
     WHERE l.number >= %(start)s AND l.number < %(end)s
), sent AS MATERIALIZED (
    SELECT cause, string_agg(jsonb_build_array(id, topic, consumer, site, zone, payload)::text,
                             chr(10) ORDER BY id) AS messages
      FROM records_message WHERE cause IN (SELECT command FROM acts) GROUP BY cause
), lines AS (
    SELECT file, command, command || ' ' || coalesce(encode(sha256(convert_to(jsonb_build_array(
               key, name, site, actor, fingerprint,
               to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), outcome
           )::text, 'UTF8')), 'hex'), '-')
           || ' ' || coalesce(encode(sha256(convert_to(messages, 'UTF8')), 'hex'), '-') AS line
      FROM acts LEFT JOIN records_commandrecord ON key = command
      LEFT JOIN sent ON cause = command
)
"""
LINES = f"{ACTS} SELECT line FROM lines ORDER BY file, command"
SPELLED = f"""{ACTS}
SELECT sha256(convert_to(string_agg(line, chr(10) ORDER BY file, command), 'UTF8')) FROM lines
"""


def lines(start: int, end: int) -> list[str]:
    """Return the line of each act of the entries from a number to before another."""
    params = {"firsts": [start], "start": start, "end": end}
    return [str(row[0]) for row in beside.rows(LINES, params)]


def content(root: bytes, acts: Sequence[str]) -> bytes:
    """Return what the signature over the acts of a checkpoint covers."""
    return DOMAIN + root + hashlib.sha256("\n".join(acts).encode()).digest()
