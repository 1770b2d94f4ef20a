"""SQL that migrations install: guards on projections, append-only tables, walls by site.

Plain SQL and ENABLE ALWAYS: no session setting switches it off. The roles exist before the
first migration (see ``mes.lib.embedded`` and the compose file).
"""

from django.db.migrations import RunSQL

OWNER, APPLICATION, READER = "mes_owner", "mes_app", "mes_reader"

_SITE = "site IS NULL OR site = (SELECT nullif(current_setting('mes.site', true), '')::uuid)"


def guarded(table: str, *, visible: str | None = None) -> list[RunSQL]:
    """Return operations that guard a projection: written by folds only, seen by site.

    ``visible`` is a further SQL condition under which a row of another site is seen.
    """
    return [
        RunSQL(
            f"""
            CREATE TRIGGER mes_guard BEFORE INSERT OR UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION mes_guard();
            CREATE TRIGGER mes_no_truncate BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION mes_refuse();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER mes_guard;
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER mes_no_truncate;
            """,
            f"""
            DROP TRIGGER mes_guard ON {table};
            DROP TRIGGER mes_no_truncate ON {table};
            """,
        ),
        *by_site(table, visible=visible),
    ]


def by_site(table: str, *, visible: str | None = None) -> list[RunSQL]:
    """Return operations that let the application see and write rows of its site only."""
    condition = f"({_SITE}) OR ({visible})" if visible else _SITE
    return [
        RunSQL(
            f"""
            ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
            ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
            CREATE POLICY by_site ON {table} TO {APPLICATION}
                USING ({condition}) WITH CHECK ({condition});
            CREATE POLICY owner ON {table} TO {OWNER} USING (true) WITH CHECK (true);
            CREATE POLICY reader ON {table} FOR SELECT TO {READER} USING (true);
            """,
            f"""
            DROP POLICY by_site ON {table};
            DROP POLICY owner ON {table};
            DROP POLICY reader ON {table};
            ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
            ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
            """,
        )
    ]


def append_only(table: str) -> list[RunSQL]:
    """Return operations after which rows are added and never changed or removed."""
    return [
        RunSQL(
            f"""
            CREATE TRIGGER mes_append_only BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION mes_refuse();
            CREATE TRIGGER mes_no_truncate BEFORE TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION mes_refuse();
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER mes_append_only;
            ALTER TABLE {table} ENABLE ALWAYS TRIGGER mes_no_truncate;
            REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APPLICATION};
            """,
            f"""
            DROP TRIGGER mes_append_only ON {table};
            DROP TRIGGER mes_no_truncate ON {table};
            GRANT UPDATE ON {table} TO {APPLICATION};
            """,
        )
    ]


FUNCTIONS = """
CREATE FUNCTION mes_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: this table only grows', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- A projection row names the entry that changed it, and this transaction wrote that entry.
CREATE FUNCTION mes_guard() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF current_user = 'mes_owner' AND current_setting('mes.rebuild', true) = 'on' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a row of % is never deleted', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.stream <> OLD.stream OR NEW.entry_seq < OLD.entry_seq) THEN
        RAISE EXCEPTION 'a row of % keeps its stream and never goes back', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM public.records_entry
      WHERE stream = NEW.stream AND seq = NEW.entry_seq AND xid = pg_current_xact_id();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a row of % is written by the fold of an entry only', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

-- An entry extends its chain and moves the head; nobody else may.
CREATE FUNCTION mes_extend_chain() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.xid := pg_current_xact_id();
    UPDATE public.records_stream SET seq = seq + 1, hash = NEW.hash
     WHERE id = NEW.stream AND seq = NEW.seq - 1
       AND sha256('mes:entry:v1'::bytea || hash || NEW.body) = NEW.hash;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'entry %/% does not extend its chain', NEW.stream, NEW.seq
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION mes_new_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <> 0 OR NEW.hash <> decode(repeat('00', 32), 'hex') THEN
        RAISE EXCEPTION 'a stream starts empty' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
"""

DROP_FUNCTIONS = """
DROP FUNCTION mes_refuse, mes_guard, mes_extend_chain, mes_new_head;
"""

PRIVILEGES = f"""
GRANT USAGE ON SCHEMA public TO {APPLICATION}, {READER};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {APPLICATION}, {READER};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE ON TABLES TO {APPLICATION};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public
    GRANT USAGE ON SEQUENCES TO {APPLICATION};
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT SELECT ON TABLES TO {READER};
"""
