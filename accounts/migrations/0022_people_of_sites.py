from django.db import migrations

from records.guard import APPLICATION

HERE = "(SELECT nullif(current_setting('mes.site', true), '')::uuid)"
SELF = "(SELECT nullif(current_setting('mes.person', true), '')::uuid)"
# A person has one stream for all sites, with no site. Their entries are seen where they hold or
# held a role, where they joined, by themselves, and by who is at no site (a worker, somebody who
# signs in). The subquery is asked once, and only when a row without a site comes up; what the
# running transaction wrote is seen by the guards of rows.
SEEN = f"""
site IS NOT NULL
OR {HERE} IS NULL
OR xid = pg_current_xact_id_if_assigned()
OR stream NOT IN (
    SELECT p.id FROM accounts_person p
     WHERE p.home IS DISTINCT FROM {HERE} AND p.id IS DISTINCT FROM {SELF}
       AND NOT EXISTS (SELECT FROM accounts_roleassignment r
                        WHERE r.person_id = p.id AND r.site = {HERE}))
"""
WALL = f"""
CREATE POLICY of_people ON records_entry AS RESTRICTIVE FOR SELECT TO {APPLICATION}
    USING ({SEEN});
"""


class Migration(migrations.Migration):
    """Another site's person is behind the wall, too: what happened to them is not read here."""

    dependencies = [("accounts", "0021_documents"), ("records", "0011_findings")]
    operations = [migrations.RunSQL(WALL, "DROP POLICY of_people ON records_entry;")]
