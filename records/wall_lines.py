"""SQL that lists the walls of a database: a line for each thing in its catalogue that protects the
records. ``records.walls`` compares the lines with those that the migrations make."""

from typing import Final

from records.guard import APPLICATION, OWNER
from records.guard import READER as READING

# Below are the server's own objects, made in the first transactions of the cluster: some 750.
FIRST_OF_OURS: Final = 16_384
FIRST_LATER: Final = 1_000

# What is granted to others than the owner; without a list of its own a thing has that of its kind.
_GRANTS = """coalesce((SELECT ' grants ' || string_agg(one, '; ' ORDER BY one COLLATE "C") FROM (
    SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END || ': '
           || string_agg(privilege_type || CASE WHEN is_grantable THEN '*' ELSE '' END, ','
                         ORDER BY privilege_type COLLATE "C") AS one
      FROM aclexplode(coalesce({acl}, acldefault('{kind}', {owner}))) WHERE grantee <> {owner}
     GROUP BY grantee) granted), '')"""


def _grants(acl: str, kind: str, owner: str) -> str:
    return _GRANTS.format(acl=acl, kind=kind, owner=owner)


# What an extension brought is listed with it; a thing of ours that is said to be one's is missed.
_OURS = """NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '{catalogue}'::regclass
    AND d.objid = {oid} AND d.deptype = 'e')"""


def _ours(catalogue: str, oid: str) -> str:
    return _OURS.format(catalogue=catalogue, oid=oid)


def _made(oid: str) -> str:
    """Return the condition that a thing was made behind the server's own, in whatever schema."""
    return f"""(n.nspname !~ '^pg_(temp|toast)' AND {oid} >= {FIRST_OF_OURS})"""


def _made_or_altered(row: str) -> str:
    """Return the condition that a thing is none of the server's own, or was altered since."""
    return (
        f"({_made(f'{row}.oid')} OR {row}.xmin::text::bigint >= {FIRST_LATER}"
        f" AND {row}.oid < {FIRST_OF_OURS})"
    )


_ROLES = f"'{OWNER}', '{APPLICATION}', '{READING}'"
# Settings that a role, a database or the server may be given, and that would lead past the walls.
_SETTINGS = (
    "^(search_path|session_replication_role|row_security|role|[a-z]+_preload_libraries"
    "|allow_system_table_mods|mes[.])"
)
# Whoever is of these writes past all grants, or runs what he likes beside the server.
_MIGHTY = (
    "'pg_write_all_data', 'pg_read_all_data', 'pg_write_server_files', 'pg_execute_server_program'"
)
# What is granted of the server's own tables to others than their owner, beside what came with it.
_ACLS_NOW = f"""
SELECT c.oid, c.relname, a.grantee, a.privilege_type
  FROM pg_class c, LATERAL aclexplode(relacl) a
 WHERE c.oid < {FIRST_OF_OURS} AND a.grantee <> relowner
"""
_ACLS_FIRST = """
SELECT c.oid, c.relname, a.grantee, a.privilege_type
  FROM pg_init_privs i JOIN pg_class c ON c.oid = i.objoid, LATERAL aclexplode(i.initprivs) a
 WHERE i.classoid = 'pg_class'::regclass AND i.objsubid = 0
UNION ALL
SELECT oid, relname, 0, 'SELECT' FROM pg_class
 WHERE relnamespace = 'information_schema'::regnamespace
"""
_OF_SERVER = f"""
SELECT 'setting of the server: ' || name || '=' || setting FROM pg_settings
 WHERE name ~ '{_SETTINGS}' AND source IN ('configuration file', 'command line', 'global',
                                           'environment variable') AND setting <> boot_val
"""

LINES = f"""
WITH t AS MATERIALIZED (
    SELECT c.oid, c.relname, c.relkind, c.relowner, c.relacl, c.relrowsecurity, c.relpersistence,
           c.relhastriggers, c.relforcerowsecurity, n.nspname || '.' || c.relname AS name
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE {_made("c.oid")} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
       AND {_ours("pg_class", "c.oid")}
)
SELECT 'schema ' || nspname || ': owner ' || pg_get_userbyid(nspowner)
       || {_grants("nspacl", "n", "nspowner")} AS line FROM pg_namespace n
 WHERE {_made("n.oid")} OR nspname = 'public'
UNION ALL
SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
            WHEN 'm' THEN 'stored view' WHEN 'S' THEN 'sequence' ELSE 'foreign table' END
       || ' ' || name || ': owner ' || pg_get_userbyid(relowner)
       || CASE WHEN relrowsecurity THEN ', row-level security' ELSE '' END
       || CASE WHEN relforcerowsecurity THEN ' forced' ELSE '' END
       || CASE relpersistence WHEN 'u' THEN ', lost when the server ends' ELSE '' END
       || CASE WHEN NOT relhastriggers AND EXISTS (SELECT FROM pg_trigger WHERE tgrelid = t.oid)
               THEN ', fires none of its triggers' ELSE '' END
       || CASE relkind WHEN 'S' THEN {_grants("relacl", "s", "relowner")}
                       ELSE {_grants("relacl", "r", "relowner")} END FROM t
UNION ALL
SELECT 'column ' || name || '.' || attname || ': ' || format_type(atttypid, atttypmod)
       || CASE WHEN attcollation = typcollation THEN ''
               ELSE ' collate ' || attcollation::regcollation::text END
       || CASE WHEN attnotnull THEN ' not null' ELSE '' END
       || CASE attidentity WHEN '' THEN '' ELSE ' identity ' || attidentity::text END
       || coalesce(CASE attgenerated WHEN '' THEN ' default ' ELSE ' generated ' END
                   || pg_get_expr(adbin, adrelid), '')
       || CASE WHEN attacl IS NULL THEN '' ELSE {_grants("attacl", "c", "relowner")} END
  FROM pg_attribute a JOIN t ON t.oid = attrelid JOIN pg_type y ON y.oid = atttypid
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
 WHERE attnum > 0 AND NOT attisdropped AND relkind <> 'S'
UNION ALL
SELECT 'constraint ' || name || '.' || conname || ': ' || pg_get_constraintdef(c.oid)
       || CASE WHEN contype IN ('p', 'u', 'x') AND NOT EXISTS (
                    SELECT FROM pg_index i WHERE i.indexrelid = conindid AND indisvalid
                       AND indisready AND indislive AND indisunique = (contype <> 'x'))
               THEN ' (its index keeps nothing)' ELSE '' END
       || CASE WHEN contype = 'f' AND 4 <> (SELECT count(*) FROM pg_trigger g
                                             WHERE g.tgconstraint = c.oid)
               THEN ' (lacks its triggers)' ELSE '' END
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
  FROM pg_trigger g JOIN t ON t.oid = tgrelid
 WHERE NOT tgisinternal OR tgenabled <> 'O' OR tgfoid >= {FIRST_OF_OURS}
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
       || CASE prokind WHEN 'a' THEN ' aggregate' ELSE ' text '
          || encode(sha256(convert_to(pg_get_functiondef(p.oid), 'UTF8')), 'hex') END
  FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
 WHERE {_made_or_altered("p")} AND {_ours("pg_proc", "p.oid")}
UNION ALL
SELECT 'operator ' || n.nspname || '.' || oprname || ': ' || oprcode::text
  FROM pg_operator o JOIN pg_namespace n ON n.oid = oprnamespace
 WHERE {_made_or_altered("o")} AND {_ours("pg_operator", "o.oid")}
UNION ALL
SELECT 'cast ' || format_type(castsource, -1) || ' to ' || format_type(casttarget, -1) || ': '
       || CASE castfunc WHEN 0 THEN castmethod::text ELSE castfunc::regprocedure::text END
       || ' ' || castcontext::text
  FROM pg_cast c JOIN pg_namespace n ON n.nspname = 'pg_catalog'
 WHERE {_made_or_altered("c")} AND {_ours("pg_cast", "c.oid")}
UNION ALL
SELECT 'language ' || lanname || ': ' || lanplcallfoid::regproc::text FROM pg_language
 WHERE oid >= {FIRST_OF_OURS}
UNION ALL
SELECT 'extension ' || extname || ': ' || extversion || ', brings ' || (
           SELECT encode(sha256(convert_to(string_agg(one, chr(10) ORDER BY one COLLATE "C"),
                                           'UTF8')), 'hex')
             FROM (SELECT i.type || ' ' || i.identity || coalesce(' '
                          || CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, '')
                     FROM pg_depend d
                     JOIN LATERAL pg_identify_object(d.classid, d.objid, 0) i ON true
                     LEFT JOIN pg_proc p
                       ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
                    WHERE refclassid = 'pg_extension'::regclass AND refobjid = x.oid
                      AND deptype = 'e') brought (one))
  FROM pg_extension x
UNION ALL
SELECT 'publication ' || pubname || ': owner ' || pg_get_userbyid(pubowner) FROM pg_publication
UNION ALL
SELECT 'subscription ' || subname || ': owner ' || pg_get_userbyid(subowner) FROM pg_subscription
 WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
UNION ALL
SELECT 'database: owner ' || pg_get_userbyid(datdba) || coalesce((
           SELECT ' grants CREATE to ' || string_agg(CASE grantee WHEN 0 THEN 'PUBLIC'
                      ELSE pg_get_userbyid(grantee) END, ',')
             FROM aclexplode(datacl) WHERE privilege_type = 'CREATE' AND grantee <> datdba), '')
  FROM pg_database WHERE datname = current_database()
UNION ALL
SELECT 'table of the server ' || relname || ': grants '
       || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END || ': '
       || string_agg(privilege_type, ',' ORDER BY privilege_type COLLATE "C")
  FROM (({_ACLS_NOW}) EXCEPT ({_ACLS_FIRST})) granted GROUP BY relname, grantee
UNION ALL
SELECT 'right to set ' || parname || ':' || {_grants("paracl", "p", "10")} FROM pg_parameter_acl
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
       || CASE WHEN rolcreatedb AND rolname <> '{OWNER}' THEN ' makes databases' ELSE '' END
       || CASE WHEN rolreplication THEN ' replicates' ELSE '' END
       || CASE WHEN rolname <> '{OWNER}' AND has_database_privilege(r.oid, current_database(),
                                                                    'CREATE')
               THEN ' makes schemas' ELSE '' END
       || coalesce((SELECT ' is of ' || string_agg(role, ',' ORDER BY role COLLATE "C")
                      FROM pg_auth_members, LATERAL (SELECT pg_get_userbyid(roleid)) o (role)
                     WHERE member = r.oid), '')
  FROM pg_roles r WHERE rolname IN ({_ROLES})
UNION ALL
-- Others who may what these may, or more. The first superuser is the cluster's own.
SELECT 'role ' || rolname || ':' || CASE WHEN rolsuper THEN ' superuser' ELSE '' END
       || CASE WHEN rolbypassrls THEN ' passes by row-level security' ELSE '' END
       || coalesce(' is of ' || mighty, '')
  FROM pg_roles r, LATERAL (
           SELECT string_agg(g.rolname, ',' ORDER BY g.rolname COLLATE "C")
             FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
            WHERE m.member = r.oid AND g.rolname IN ({_ROLES}, {_MIGHTY})) o (mighty)
 WHERE rolname NOT IN ({_ROLES}) AND r.oid <> 10 AND (rolsuper OR rolbypassrls OR mighty > '')
UNION ALL
SELECT 'setting of ' || CASE setrole WHEN 0 THEN 'everybody' ELSE pg_get_userbyid(setrole) END
       || ': ' || one
  FROM pg_db_role_setting, unnest(setconfig) one
 WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
   AND (setrole = 0 OR pg_get_userbyid(setrole) IN ({_ROLES})) AND one ~ '{_SETTINGS}'
UNION ALL
{_OF_SERVER}
"""
_SPELLED = "regexp_replace(line, '\\s+', ' ', 'g')"
ALL = f'SELECT {_SPELLED} FROM ({LINES}) lines ORDER BY {_SPELLED} COLLATE "C"'
# What a change of the catalogue changes: each version of a row has the transaction that wrote it.
_KEYS = {
    "class": "oid", "attrdef": "oid", "index": "indexrelid", "constraint": "oid", "trigger": "oid",
    "policy": "oid", "rewrite": "oid", "proc": "oid", "operator": "oid", "inherits": "inhrelid",
    "namespace": "oid", "default_acl": "oid", "event_trigger": "oid", "attribute": "attrelid",
    "cast": "oid", "language": "oid", "publication": "oid",
}  # fmt: skip
_VERSIONS = " UNION ALL ".join(
    f"SELECT concat('{what}', {key}, ' ', ctid, ' ', xmin) AS said FROM pg_{what}"
    f" WHERE {key} >= {FIRST_OF_OURS} OR xmin::text::bigint >= {FIRST_LATER}"
    for what, key in _KEYS.items()
)
# Of what all databases share, and of what is told otherwise than by the row's own version.
_WHOLE = {
    "pg_roles": "r::text", "pg_auth_members": "r::text", "pg_db_role_setting": "r::text",
    "pg_extension": "r::text", "pg_parameter_acl": "r::text",
    "pg_depend": "CASE deptype WHEN 'e' THEN r::text END",
    "pg_class": f"CASE WHEN oid < {FIRST_OF_OURS} THEN concat(oid, relacl) END",
    "pg_subscription": "concat(subdbid, subname, subowner)",
    "pg_database": "CASE datname WHEN current_database() THEN concat(datdba, datacl) END",
}  # fmt: skip
_OTHERS = " UNION ALL ".join(f"SELECT {said} FROM {table} r" for table, said in _WHOLE.items())
VERSION = f"""
SELECT (SELECT oid FROM pg_database WHERE datname = current_database()), count(*),
       sum(hashtextextended(said, 0))::text
  FROM ({_VERSIONS} UNION ALL {_OTHERS} UNION ALL {_OF_SERVER}) said (said)
"""
