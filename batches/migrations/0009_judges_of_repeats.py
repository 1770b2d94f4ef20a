from django.db import migrations

# An exception names its step by a ref, which from the second time on ends with ``#n``: who took
# part in any time of the step does not judge it.
FUNCTION = """
CREATE OR REPLACE FUNCTION batches_judge_not_involved() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM batches_step WHERE stream = NEW.stream AND path = {path}
           AND NEW.judged_by IN (performed_by, recorded_by, verified_by)
    ) THEN
        RAISE EXCEPTION 'who took part in a step does not judge what was not right with it'
            USING ERRCODE = 'check_violation', TABLE = 'batches_batchexception',
                  CONSTRAINT = 'batches_exception_performer_is_not_judge';
    END IF;
    IF NEW.step <> '' AND EXISTS (
        SELECT FROM batches_concession WHERE stream = NEW.stream AND step = NEW.step
           AND answered_by = NEW.judged_by
    ) THEN
        RAISE EXCEPTION 'who answered a concession does not judge its exception'
            USING ERRCODE = 'check_violation', TABLE = 'batches_batchexception',
                  CONSTRAINT = 'batches_exception_grantor_is_not_judge';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    """Four eyes in the schema, for the steps of a loop as well."""

    dependencies = [("batches", "0008_comments")]
    operations = [
        migrations.RunSQL(
            FUNCTION.format(path="split_part(NEW.step, '#', 1)"),
            FUNCTION.format(path="NEW.step"),
        )
    ]
