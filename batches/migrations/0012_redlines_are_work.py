from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION batches_worked_on(batch uuid, people uuid[]) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM batches_step WHERE stream = batch
           AND (performed_by = ANY(people) OR recorded_by = ANY(people)
                OR verified_by = ANY(people) OR corrected_by = ANY(people))
    ) OR EXISTS (
        SELECT FROM batches_operation WHERE stream = batch AND performer = ANY(people)
    ){more}
$$;
"""
# Who wrote the rest of a batch anew, or signed it for production, is no stranger to it.
REDLINES = """ OR EXISTS (
        SELECT FROM batches_redline WHERE stream = batch AND state = 'applied'
           AND (proposed_by = ANY(people) OR production_by = ANY(people))
    )"""


class Migration(migrations.Migration):
    """Four eyes in the schema: a redline is work on the batch as well."""

    dependencies = [("batches", "0011_paper_packs")]
    operations = [
        migrations.RunSQL(FUNCTION.format(more=REDLINES), FUNCTION.format(more="")),
    ]
