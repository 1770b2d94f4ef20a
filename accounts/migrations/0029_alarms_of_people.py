from django.db import migrations

from records.guard import APPLICATION

HERE = "(SELECT nullif(current_setting('mes.site', true), '')::uuid)"
# As the entries of people (0027): seen where the person holds or held a role, where they joined,
# and by who is at no site. An alarm about nobody (a spray at a desk) concerns all sites.
SEEN = f"""
site IS NOT NULL
OR person IS NULL
OR {HERE} IS NULL
OR person NOT IN (
    SELECT p.id FROM accounts_person p
     WHERE p.home IS DISTINCT FROM {HERE}
       AND p.id NOT IN (SELECT r.person_id FROM accounts_roleassignment r WHERE r.site = {HERE}))
"""
WALL = f"""
CREATE POLICY of_people ON accounts_alarm AS RESTRICTIVE FOR SELECT TO {APPLICATION}
    USING ({SEEN});
"""


class Migration(migrations.Migration):
    """No other site reads of whom somebody guesses the secret, nor answers the alarm."""

    dependencies = [("accounts", "0028_names_of_nobody")]
    operations = [migrations.RunSQL(WALL, "DROP POLICY of_people ON accounts_alarm;")]
