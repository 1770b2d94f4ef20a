from django.db import migrations

# Pairs of persons that stand on several rows, which no CheckConstraint sees. Each trigger fires
# when the second person is written, never when a step is: UPDATE OF names the columns. Names are
# looked up in ``public`` first, so that no temporary table stands in for the real one.
FORWARD = """
CREATE FUNCTION batches_worked_on(batch uuid, people uuid[]) RETURNS boolean LANGUAGE sql STABLE
    SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM batches_step WHERE stream = batch
           AND (performed_by = ANY(people) OR recorded_by = ANY(people)
                OR verified_by = ANY(people) OR corrected_by = ANY(people))
    ) OR EXISTS (
        SELECT FROM batches_operation WHERE stream = batch AND performer = ANY(people)
    )
$$;
CREATE OR REPLACE FUNCTION batches_not_involved() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF batches_worked_on(NEW.stream,
                         array_remove(ARRAY[NEW.reviewed_by, NEW.dispositioned_by], NULL)) THEN
        RAISE EXCEPTION 'who worked on a batch neither reviews nor releases it'
            USING ERRCODE = 'check_violation', TABLE = 'batches_batch',
                  CONSTRAINT = 'batches_batch_performer_is_not_reviewer';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION batches_judge_not_involved() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM batches_step WHERE stream = NEW.stream AND path = NEW.step
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
CREATE TRIGGER batches_judge_not_involved
    AFTER INSERT OR UPDATE OF judged_by ON batches_batchexception
    FOR EACH ROW WHEN (NEW.judged_by IS NOT NULL)
    EXECUTE FUNCTION batches_judge_not_involved();
ALTER TABLE batches_batchexception ENABLE ALWAYS TRIGGER batches_judge_not_involved;
"""
BACK = """
DROP TRIGGER batches_judge_not_involved ON batches_batchexception;
DROP FUNCTION batches_judge_not_involved();
CREATE OR REPLACE FUNCTION batches_not_involved() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE deciding uuid[] := array_remove(ARRAY[NEW.reviewed_by, NEW.dispositioned_by], NULL);
BEGIN
    IF EXISTS (
        SELECT FROM batches_step WHERE stream = NEW.stream
           AND (performed_by = ANY(deciding) OR recorded_by = ANY(deciding)
                OR verified_by = ANY(deciding))
    ) OR EXISTS (
        SELECT FROM batches_operation WHERE stream = NEW.stream AND performer = ANY(deciding)
    ) THEN
        RAISE EXCEPTION 'who worked on a batch neither reviews nor releases it'
            USING ERRCODE = 'check_violation', TABLE = 'batches_batch',
                  CONSTRAINT = 'batches_batch_performer_is_not_reviewer';
    END IF;
    RETURN NEW;
END $$;
DROP FUNCTION batches_worked_on(uuid, uuid[]);
"""


class Migration(migrations.Migration):
    """Four eyes in the schema, by person: also for judges, and for who corrected a value."""

    dependencies = [("batches", "0005_flow")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
