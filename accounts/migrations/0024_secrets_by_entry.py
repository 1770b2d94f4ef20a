from django.db import migrations

from records.guard import APPLICATION

FUNCTIONS = """
-- Secrets are no evidence and no projection, but each is set by an act that says so: this
-- transaction wrote an entry of one of these kinds on the stream of whose secret it is.
CREATE FUNCTION mes_by_entry() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before jsonb := CASE TG_OP WHEN 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    after jsonb := CASE TG_OP WHEN 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
BEGIN
    IF before ->> TG_ARGV[0] <> after ->> TG_ARGV[0] THEN
        RAISE EXCEPTION 'a row of % stays its person''s', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM public.records_entry
      WHERE stream = (coalesce(after, before) ->> TG_ARGV[0])::uuid
        AND kind = ANY (TG_ARGV[1:]) AND xid = pg_current_xact_id();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a row of % is written by an act that appends its entry only', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
"""

GUARDS = f"""
CREATE TRIGGER mes_by_entry BEFORE INSERT OR UPDATE OR DELETE ON accounts_credential
    FOR EACH ROW EXECUTE FUNCTION mes_by_entry('person_id', 'credential.changed');
-- That a factor was used is no act: its counter, its crossed-out codes and the time.
CREATE TRIGGER mes_by_entry BEFORE INSERT OR DELETE ON mfa_authenticator
    FOR EACH ROW EXECUTE FUNCTION mes_by_entry('user_id', 'factor.added', 'factor.removed');
CREATE TRIGGER mes_by_entry_changed BEFORE UPDATE ON mfa_authenticator
    FOR EACH ROW WHEN (NEW.user_id <> OLD.user_id OR NEW.type <> OLD.type
        OR NEW.data - 'counter' - 'used_mask' <> OLD.data - 'counter' - 'used_mask')
    EXECUTE FUNCTION mes_by_entry('user_id', 'factor.added');
-- Counts rise and fall with every try; a block, and what its person was not asked yet, do not.
CREATE TRIGGER mes_by_entry BEFORE UPDATE ON accounts_attempt
    FOR EACH ROW WHEN (NEW.unanswered < OLD.unanswered
        OR (OLD.blocked_at IS NOT NULL AND NEW.blocked_at IS DISTINCT FROM OLD.blocked_at))
    EXECUTE FUNCTION mes_by_entry('person_id', 'credential.changed', 'credential.unblocked',
        'sign_in.tries_answered');
ALTER TABLE accounts_credential ENABLE ALWAYS TRIGGER mes_by_entry;
ALTER TABLE mfa_authenticator ENABLE ALWAYS TRIGGER mes_by_entry;
ALTER TABLE mfa_authenticator ENABLE ALWAYS TRIGGER mes_by_entry_changed;
ALTER TABLE accounts_attempt ENABLE ALWAYS TRIGGER mes_by_entry;

REVOKE UPDATE ON accounts_credential, accounts_attempt, accounts_source, accounts_tried
    FROM {APPLICATION};
GRANT UPDATE (hash, changed_at, temporary) ON accounts_credential TO {APPLICATION};
GRANT UPDATE (tries, first_at, last_at, refused, refused_since, blocked_at, unanswered,
    unanswered_since) ON accounts_attempt TO {APPLICATION};
GRANT UPDATE (last_at, slow_until) ON accounts_source TO {APPLICATION};
GRANT UPDATE (wrong_at, right_at) ON accounts_tried TO {APPLICATION};
"""

UNDO = f"""
DROP TRIGGER mes_by_entry ON accounts_credential;
DROP TRIGGER mes_by_entry ON mfa_authenticator;
DROP TRIGGER mes_by_entry_changed ON mfa_authenticator;
DROP TRIGGER mes_by_entry ON accounts_attempt;
GRANT UPDATE ON accounts_credential, accounts_attempt, accounts_source, accounts_tried
    TO {APPLICATION};
DROP FUNCTION mes_by_entry;
"""


class Migration(migrations.Migration):
    """No secret is set, no factor made and no block lifted by a row without its entry."""

    dependencies = [("accounts", "0023_answered_tries"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [migrations.RunSQL(FUNCTIONS, ""), migrations.RunSQL(GUARDS, UNDO)]
