"""What the application may do in the database: nothing but its work."""

import pytest
from django.db import connection

from mes.lib.embedded import APP

MAY_NOT = ("rolsuper", "rolcreatedb", "rolcreaterole", "rolbypassrls", "rolreplication")


@pytest.mark.django_db
def test_application_role_has_no_power_beyond_its_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rolname, {', '.join(MAY_NOT)} FROM pg_roles WHERE rolname = current_user"
        )
        assert cursor.fetchone() == (APP, *[False] * len(MAY_NOT))


@pytest.mark.django_db
def test_application_role_is_member_of_no_other() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'MEMBER')"
            " AND rolname <> current_user"
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_application_role_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT deptype, classid::regclass::text, objid FROM pg_shdepend
             WHERE refobjid = (SELECT oid FROM pg_roles WHERE rolname = current_user)
               AND deptype = 'o'
            UNION ALL
            SELECT 'd', 'pg_database', oid FROM pg_database
             WHERE pg_has_role(current_user, datdba, 'MEMBER')
            """
        )
        assert cursor.fetchall() == []


def test_application_role_may_not_make_a_schema_or_table(committed_db: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_database_privilege(current_database(), 'CREATE'),"
            " has_schema_privilege('public', 'CREATE')"
        )
        assert cursor.fetchone() == (False, False)
