from django.db import migrations

# Who closes a deviation and who certifies the later results did not work on the batch.
FORWARD = """
CREATE FUNCTION quality_closer_not_involved() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF batches_worked_on(NEW.batch, ARRAY[NEW.closed_by]) THEN
        RAISE EXCEPTION 'who worked on a batch does not close its deviation'
            USING ERRCODE = 'check_violation', TABLE = 'quality_deviation',
                  CONSTRAINT = 'quality_deviation_performer_is_not_closer';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER quality_closer_not_involved
    AFTER INSERT OR UPDATE OF closed_by ON quality_deviation
    FOR EACH ROW WHEN (NEW.closed_by IS NOT NULL)
    EXECUTE FUNCTION quality_closer_not_involved();
ALTER TABLE quality_deviation ENABLE ALWAYS TRIGGER quality_closer_not_involved;

CREATE FUNCTION quality_certifier_not_involved() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF batches_worked_on(NEW.batch, ARRAY[NEW.final_by]) THEN
        RAISE EXCEPTION 'who worked on a batch does not certify its later results'
            USING ERRCODE = 'check_violation', TABLE = 'quality_disposition',
                  CONSTRAINT = 'quality_disposition_performer_is_not_certifier';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER quality_certifier_not_involved
    AFTER INSERT OR UPDATE OF final_by ON quality_disposition
    FOR EACH ROW WHEN (NEW.final_by IS NOT NULL)
    EXECUTE FUNCTION quality_certifier_not_involved();
ALTER TABLE quality_disposition ENABLE ALWAYS TRIGGER quality_certifier_not_involved;
"""
BACK = """
DROP TRIGGER quality_certifier_not_involved ON quality_disposition;
DROP FUNCTION quality_certifier_not_involved();
DROP TRIGGER quality_closer_not_involved ON quality_deviation;
DROP FUNCTION quality_closer_not_involved();
"""


class Migration(migrations.Migration):
    """Four eyes in the schema, by person, where quality decides."""

    dependencies = [("quality", "0001_quality"), ("batches", "0006_four_eyes")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
