from django.db import migrations

# Who entered a result of a batch, even one that was corrected since, neither reviews its record nor
# decides about it. The column with the person who decides is the trigger's argument.
FUNCTION = """
CREATE FUNCTION quality_analyst_not_involved() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM quality_result
         WHERE batch = NEW.batch AND entered_by = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid
    ) THEN
        RAISE EXCEPTION 'who entered a result of a batch does not decide about the batch'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,
                  CONSTRAINT = 'quality_result_analyst_is_not_reviewer';
    END IF;
    RETURN NEW;
END $$;
"""
DECIDES = (
    ("quality_review", "by"),
    ("quality_disposition", "by"),
    ("quality_disposition", "final_by"),
    ("quality_deviation", "closed_by"),
)
TRIGGER = """
CREATE TRIGGER {name} AFTER INSERT OR UPDATE OF {column} ON {table}
    FOR EACH ROW WHEN (NEW.{column} IS NOT NULL)
    EXECUTE FUNCTION quality_analyst_not_involved('{column}');
ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};
"""
GUARDS = [(f"quality_analyst_not_{column}", table, column) for table, column in DECIDES]
FORWARD = FUNCTION + "".join(
    TRIGGER.format(name=name, table=table, column=column) for name, table, column in GUARDS
)
BACK = (
    "".join(f"DROP TRIGGER {name} ON {table};" for name, table, _ in GUARDS)
    + "DROP FUNCTION quality_analyst_not_involved();"
)


class Migration(migrations.Migration):
    """Four eyes in the schema: the laboratory's work is work on the batch as well."""

    dependencies = [("quality", "0003_product_expiry")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
