from django.db import migrations, models

# A closed centre takes no person, and is not closed while people who are active belong to it. The
# row is held meanwhile, so that of two at the same moment one waits and finds the other's. Other
# tables that name a centre use the first function too.
FORWARD = """
CREATE FUNCTION accounts_centre_takes_nothing() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    closed timestamptz;
BEGIN
    IF current_user = 'mes_owner' AND current_setting('mes.rebuild', true) = 'on' THEN
        RETURN NEW;
    END IF;
    SELECT closed_at INTO closed FROM public.accounts_treatmentcentre
     WHERE id = NEW.centre FOR SHARE;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'a closed treatment centre takes nothing new'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME,
                  CONSTRAINT = 'accounts_centre_takes_nothing';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_centre_takes_nothing
    BEFORE INSERT OR UPDATE OF centre ON accounts_centremember
    FOR EACH ROW WHEN (NEW.centre IS NOT NULL)
    EXECUTE FUNCTION accounts_centre_takes_nothing();
ALTER TABLE accounts_centremember ENABLE ALWAYS TRIGGER accounts_centre_takes_nothing;

CREATE FUNCTION accounts_centre_has_people() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM public.accounts_centremember m JOIN public.accounts_person p ON p.id = m.person_id
      WHERE m.centre = NEW.id AND p.active;
    IF FOUND THEN
        RAISE EXCEPTION 'people still belong to this treatment centre'
            USING ERRCODE = 'check_violation', TABLE = 'accounts_treatmentcentre',
                  CONSTRAINT = 'accounts_centre_has_people';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_centre_has_people
    AFTER UPDATE OF closed_at ON accounts_treatmentcentre
    FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL)
    EXECUTE FUNCTION accounts_centre_has_people();
ALTER TABLE accounts_treatmentcentre ENABLE ALWAYS TRIGGER accounts_centre_has_people;
"""
BACK = """
DROP TRIGGER accounts_centre_has_people ON accounts_treatmentcentre;
DROP FUNCTION accounts_centre_has_people();
DROP TRIGGER accounts_centre_takes_nothing ON accounts_centremember;
DROP FUNCTION accounts_centre_takes_nothing();
"""


class Migration(migrations.Migration):
    """Treatment centres are closed and opened again; a closed one takes nothing new."""

    dependencies = [("accounts", "0019_refused_tries")]

    operations = [
        migrations.AddField(
            model_name="treatmentcentre",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="treatmentcentre",
            name="closing_reason",
            field=models.CharField(default="", max_length=200),
        ),
        migrations.AddConstraint(
            model_name="treatmentcentre",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closing_reason", "")),
                    models.Q(
                        ("closed_at__isnull", False),
                        models.Q(("closing_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="accounts_centre_closed_why",
            ),
        ),
        migrations.RunSQL(FORWARD, BACK),
    ]
