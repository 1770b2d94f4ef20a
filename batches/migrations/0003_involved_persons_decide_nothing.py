from django.db import migrations

# CheckConstraint sees one row only. The trigger fires when the review or the disposition is
# written, never when a step is: UPDATE OF names the columns.
FORWARD = """
CREATE FUNCTION batches_not_involved() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER batches_not_involved
    AFTER INSERT OR UPDATE OF reviewed_by, dispositioned_by ON batches_batch
    FOR EACH ROW WHEN (NEW.reviewed_by IS NOT NULL OR NEW.dispositioned_by IS NOT NULL)
    EXECUTE FUNCTION batches_not_involved();
ALTER TABLE batches_batch ENABLE ALWAYS TRIGGER batches_not_involved;
"""
BACK = """
DROP TRIGGER batches_not_involved ON batches_batch;
DROP FUNCTION batches_not_involved();
"""


class Migration(migrations.Migration):
    """Performer ≠ reviewer, by person, in the schema (21 CFR 211.192; draft Annex 11, 12.5)."""

    dependencies = [("batches", "0002_guards")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
