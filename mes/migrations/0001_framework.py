from django.conf import settings
from django.db import migrations

from records.guard import APPLICATION

GRANTS = f"""
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO {APPLICATION};
GRANT SELECT ON django_migrations, django_content_type, auth_permission TO {APPLICATION};
REVOKE INSERT, UPDATE ON django_migrations, django_content_type, auth_permission FROM {APPLICATION};
"""


class Migration(migrations.Migration):
    """What the application may do with the framework's own tables: sign in and out, and look.

    A session is no evidence: it is the one thing that the application deletes.
    """

    initial = True
    dependencies = [
        ("records", "0001_privileges"),
        ("sessions", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.RunSQL(GRANTS, migrations.RunSQL.noop)]
