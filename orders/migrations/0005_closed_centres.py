from django.db import migrations

# A closed centre takes no order, and none is closed while an order of it runs.
FORWARD = """
CREATE TRIGGER accounts_centre_takes_nothing
    BEFORE INSERT OR UPDATE OF centre ON orders_order
    FOR EACH ROW WHEN (NEW.centre IS NOT NULL)
    EXECUTE FUNCTION accounts_centre_takes_nothing();
ALTER TABLE orders_order ENABLE ALWAYS TRIGGER accounts_centre_takes_nothing;

CREATE FUNCTION orders_centre_has_orders() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM public.orders_order
      WHERE centre = NEW.id AND state NOT IN ('closed', 'cancelled');
    IF FOUND THEN
        RAISE EXCEPTION 'orders of this treatment centre still run'
            USING ERRCODE = 'check_violation', TABLE = 'accounts_treatmentcentre',
                  CONSTRAINT = 'orders_centre_has_orders';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER orders_centre_has_orders
    AFTER UPDATE OF closed_at ON accounts_treatmentcentre
    FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL)
    EXECUTE FUNCTION orders_centre_has_orders();
ALTER TABLE accounts_treatmentcentre ENABLE ALWAYS TRIGGER orders_centre_has_orders;
"""
BACK = """
DROP TRIGGER orders_centre_has_orders ON accounts_treatmentcentre;
DROP FUNCTION orders_centre_has_orders();
DROP TRIGGER accounts_centre_takes_nothing ON orders_order;
"""


class Migration(migrations.Migration):
    """What a closed treatment centre does not take, where it is kept."""

    dependencies = [("orders", "0004_centres"), ("accounts", "0020_centres_close")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
