"""The walls themselves: what in the database's catalogue protects the records, as a list.

Who owns the database can drop a policy, disable a guard or widen a grant, and no row shows it. So
``walls.txt`` beside this file names each table, column, constraint, trigger, policy, function,
grant and role as the migrations make them (``make walls``; a test compares), and ``verify``
compares the live catalogue with it. The list comes with the software: no owner of a database can
alter it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction

from records.guard import APPLICATION, OWNER
from records.guard import READER as READING
from records.log import READER

# Below are the server's own objects.
FIRST_OF_OURS = 16_384

# What is granted to others than the owner; without a list of its own a thing has that of its kind.
_GRANTS = """coalesce((SELECT ' grants ' || string_agg(one, '; ' ORDER BY one COLLATE "C") FROM (
    SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END || ': '
           || string_agg(privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ','
                         ORDER BY privilege_type COLLATE "C") AS one
      FROM aclexplode(coalesce({acl}, acldefault('{kind}', {owner}))) WHERE grantee <> {owner}
     GROUP BY grantee) granted), '')"""


def _grants(acl: str, kind: str, owner: str) -> str:
    return _GRANTS.format(acl=acl, kind=kind, owner=owner)


# What an extension brought is its own; a thing of ours that is said to be one's is missed.
_OURS = """NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '{catalogue}'::regclass
    AND d.objid = {oid} AND d.deptype = 'e')"""


def _ours(catalogue: str, oid: str) -> str:
    return _OURS.format(catalogue=catalogue, oid=oid)


_SCHEMAS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
_MEANT = f"'{APPLICATION}', '{READING}'"
# Settings that a role or a database may be given, and that would lead past the walls.
_SETTINGS = (
    "^(search_path|session_replication_role|row_security|role|[a-z]+_preload_libraries|mes[.])"
)

LINES = f"""
WITH t AS MATERIALIZED (
    SELECT c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity,
           c.relforcerowsecurity, n.nspname || '.' || c.relname AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE {_SCHEMAS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
       AND {_ours("pg_class", "c.oid")}
)
SELECT 'schema ' || nspname || ': owner ' || pg_get_userbyid(nspowner)
       || {_grants("nspacl", "n", "nspowner")} AS line FROM pg_namespace n WHERE {_SCHEMAS}
UNION ALL
SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
            WHEN 'm' THEN 'stored view' WHEN 'S' THEN 'sequence' ELSE 'foreign table' END
       || ' ' || name || ': owner ' || pg_get_userbyid(relowner)
       || CASE WHEN relrowsecurity THEN ', row-level security' ELSE '' END
       || CASE WHEN relforcerowsecurity THEN ' forced' ELSE '' END
       || CASE relkind WHEN 'S' THEN {_grants("relacl", "s", "relowner")}
                       ELSE {_grants("relacl", "r", "relowner")} END FROM t
UNION ALL
SELECT 'column ' || name || '.' || attname || ': ' || format_type(atttypid, atttypmod)
       || CASE WHEN attnotnull THEN ' not null' ELSE '' END
       || CASE attidentity WHEN '' THEN '' ELSE ' identity ' || attidentity::text END
       || coalesce(CASE attgenerated WHEN '' THEN ' default ' ELSE ' generated ' END
                   || pg_get_expr(adbin, adrelid), '')
       || CASE WHEN attacl IS NULL THEN '' ELSE {_grants("attacl", "c", "relowner")} END
  FROM pg_attribute a JOIN t ON t.oid = attrelid
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
 WHERE attnum > 0 AND NOT attisdropped AND relkind <> 'S'
UNION ALL
SELECT 'constraint ' || name || '.' || conname || ': ' || pg_get_constraintdef(c.oid)
  FROM pg_constraint c JOIN t ON t.oid = conrelid WHERE contype <> 'n'
UNION ALL
SELECT 'index ' || indexrelid::regclass::text || ': ' || pg_get_indexdef(indexrelid)
       || CASE WHEN indisvalid THEN '' ELSE ' (not valid)' END
  FROM pg_index JOIN t ON t.oid = indrelid
 WHERE indisunique AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
UNION ALL
SELECT 'trigger ' || name || '.' || tgname || ': ' || CASE tgenabled WHEN 'A' THEN 'always'
       WHEN 'O' THEN 'on' WHEN 'R' THEN 'replica only' ELSE 'off' END || ', '
       || pg_get_triggerdef(g.oid)
  FROM pg_trigger g JOIN t ON t.oid = tgrelid WHERE NOT tgisinternal OR tgenabled <> 'O'
UNION ALL
SELECT 'policy ' || name || '.' || polname
       || CASE WHEN polpermissive THEN ': permissive' ELSE ': restrictive' END
       || CASE polcmd WHEN '*' THEN '' ELSE ' ' || polcmd::text END || ' to '
       || (SELECT string_agg(role, ',' ORDER BY role COLLATE "C")
             FROM unnest(polroles) r,
                  LATERAL (SELECT CASE r WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(r) END) o (role))
       || coalesce(' using ' || pg_get_expr(polqual, polrelid), '')
       || coalesce(' check ' || pg_get_expr(polwithcheck, polrelid), '')
  FROM pg_policy JOIN t ON t.oid = polrelid
UNION ALL
SELECT 'rule ' || name || '.' || rulename || ': ' || pg_get_ruledef(r.oid)
  FROM pg_rewrite r JOIN t ON t.oid = ev_class
UNION ALL
SELECT 'child ' || inhrelid::regclass::text || ': of ' || inhparent::regclass::text
  FROM pg_inherits JOIN t ON t.oid = inhparent
UNION ALL
SELECT 'function ' || n.nspname || '.' || proname || '(' || pg_get_function_arguments(p.oid)
       || '): owner ' || pg_get_userbyid(proowner) || {_grants("proacl", "f", "proowner")}
       || ' text ' || encode(sha256(convert_to(pg_get_functiondef(p.oid), 'UTF8')), 'hex')
  FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
 WHERE {_SCHEMAS} AND prokind <> 'a' AND {_ours("pg_proc", "p.oid")}
UNION ALL
SELECT 'operator ' || n.nspname || '.' || oprname || ': ' || oprcode::text
  FROM pg_operator o JOIN pg_namespace n ON n.oid = oprnamespace
 WHERE {_SCHEMAS} AND {_ours("pg_operator", "o.oid")}
UNION ALL
SELECT 'event trigger ' || evtname || ': ' || evtevent || ' ' || evtfoid::regproc::text
  FROM pg_event_trigger
UNION ALL
SELECT 'default grants of ' || pg_get_userbyid(defaclrole) || ' on ' || defaclobjtype::text || ':'
       || {_grants("defaclacl", "r", "defaclrole")}
  FROM pg_default_acl
UNION ALL
SELECT 'role ' || rolname || CASE WHEN rolcanlogin THEN ': signs in' ELSE ': none' END
       || CASE WHEN rolsuper THEN ' superuser' ELSE '' END
       || CASE WHEN rolbypassrls THEN ' passes by row-level security' ELSE '' END
       || CASE WHEN rolcreaterole THEN ' makes roles' ELSE '' END
       || CASE WHEN rolcreatedb THEN ' makes databases' ELSE '' END
       || CASE WHEN rolreplication THEN ' replicates' ELSE '' END
       || CASE WHEN has_database_privilege(r.oid, current_database(), 'CREATE')
               THEN ' makes schemas' ELSE '' END
       || coalesce((SELECT ' is of ' || string_agg(role, ',' ORDER BY role COLLATE "C")
                      FROM pg_auth_members, LATERAL (SELECT pg_get_userbyid(roleid)) o (role)
                     WHERE member = r.oid), '')
  FROM pg_roles r WHERE rolname IN ({_MEANT})
UNION ALL
SELECT 'setting of ' || CASE setrole WHEN 0 THEN 'everybody' ELSE pg_get_userbyid(setrole) END
       || ': ' || one
  FROM pg_db_role_setting, unnest(setconfig) one
 WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
   AND (setrole = 0 OR pg_get_userbyid(setrole) IN ({_MEANT}, '{OWNER}')) AND one ~ '{_SETTINGS}'
"""
_SPELLED = "regexp_replace(line, '\\s+', ' ', 'g')"
ALL = f'SELECT {_SPELLED} FROM ({LINES}) lines ORDER BY {_SPELLED} COLLATE "C"'
# A list of texts in a condition is cast as a whole when a migration made it, and one by one after
# a dump and a restore: both are spelled like the latter.
_CAST_WHOLE = re.compile(r"\(ARRAY\[((?:'[^']*'::character varying(?:, )?)+)\]\)::text\[\]")
_CAST = re.compile(r"('[^']*'::character varying)")
# All names in full, and none that an owner put before those of the server.
ALONE = "SET LOCAL search_path = pg_catalog, pg_temp"
AGAIN = "SET LOCAL search_path = public"
# What a change of the catalogue changes: each version of a row has the transaction that wrote it.
_KEYS = {
    "class": "oid", "attrdef": "oid", "index": "indexrelid", "constraint": "oid", "trigger": "oid",
    "policy": "oid", "rewrite": "oid", "proc": "oid", "operator": "oid", "inherits": "inhrelid",
    "namespace": "oid", "default_acl": "oid", "event_trigger": "oid", "attribute": "attrelid",
}  # fmt: skip
_VERSIONS = " UNION ALL ".join(
    f"SELECT concat('{what}', {key}, ' ', ctid, ' ', xmin) AS said FROM pg_{what}"
    f" WHERE {key} >= {FIRST_OF_OURS} OR '{what}' = 'namespace'"
    for what, key in _KEYS.items()
)
VERSION = f"""
SELECT (SELECT oid FROM pg_database WHERE datname = current_database()), count(*),
       sum(hashtextextended(said, 0))::text
  FROM ({_VERSIONS} UNION ALL SELECT r::text FROM pg_roles r UNION ALL SELECT m::text
        FROM pg_auth_members m UNION ALL SELECT s::text FROM pg_db_role_setting s) said
"""
_CAST = re.compile(r"\(('(?:[^']|'')*'::character varying)\)::text")
_CAST_OF_ALL = re.compile(r"\((ARRAY\[[^][]*\])\)::text\[\]")
# Versions of catalogues that this process found to be as they are meant.
_whole: set[tuple[Any, ...]] = set()


def standing(alias: str = READER) -> list[str]:
    """Return the walls of a database as they stand, a line for each, inside its transaction."""
    with connections[alias].cursor() as cursor:
        cursor.execute(ALONE)
        cursor.execute(ALL)
        lines = sorted(_as_restored(str(row[0])) for row in cursor.fetchall())
        cursor.execute(AGAIN)
    return lines


def _as_restored(line: str) -> str:
    return _CAST_WHOLE.sub(lambda found: "ARRAY[" + _CAST.sub(r"(\1)::text", found[1]) + "]", line)


def text(alias: str = READER) -> str:
    """Return the list of a database's walls, as the file has it."""
    with transaction.atomic(using=alias):
        return "".join(f"{line}\n" for line in standing(alias))


@cache
def meant(path: Path) -> tuple[str, ...]:
    """Return the walls as the software's migrations make them."""
    return tuple(path.read_text("utf-8").splitlines())


def check() -> list[tuple[str, str]]:
    """Return each wall that is not as it was built, and how, inside the reader's transaction.

    A catalogue of which no row was written since this process found it whole is not read again.
    """
    lines = meant(Path(settings.MES_WALLS))
    with connections[READER].cursor() as cursor:
        cursor.execute(ALONE)
        cursor.execute(VERSION)
        version = (lines, *cursor.fetchone())
        cursor.execute(AGAIN)
    if version in _whole:
        return []
    found = differences(lines, standing())
    if not found:
        _whole.add(version)
    return found


def differences(lines: Sequence[str], found: Sequence[str]) -> list[tuple[str, str]]:
    """Name what differs between two lists: each thing once, with what is there and is meant."""
    meant, there = set(map(_alike, lines)), set(map(_alike, found))
    ours, theirs = _named(meant - there), _named(there - meant)
    return [
        (name, _told(ours.get(name), theirs.get(name))) for name in sorted(ours.keys() | theirs)
    ]


def _alike(line: str) -> str:
    """Return a line without the casts that a server moves when a restored dump is read again."""
    if "ARRAY[" not in line:
        return line
    plain = _CAST.sub(r"\1", line)
    return _CAST_OF_ALL.sub(r"\1", plain)


def _named(lines: Iterable[str]) -> Mapping[str, str]:
    named: dict[str, Any] = {}
    for line in sorted(lines):
        name, _, what = line.partition(": ")
        named[name] = f"{named[name]}; {what}" if name in named else what
    return named


def _told(meant: str | None, found: str | None) -> str:
    if found is None:
        return f"this wall is gone; the migrations make it: {meant}"
    if meant is None:
        return f"no migration makes this: {found}"
    return f"this wall was changed: it is {found}; the migrations make it {meant}"
