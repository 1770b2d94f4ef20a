"""Reading: one snapshot for a page, behind the walls by site."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

OPEN = """
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT set_config('mes.site', %s, true), set_config('mes.person', %s, true)
"""


@contextmanager
def reading(*, site: UUID | None, person: UUID | None = None) -> Iterator[None]:
    """Run the body in one read-only transaction that sees this site's rows only.

    Inside a test's own transaction the isolation stays as it is (PostgreSQL cannot change it
    after the first statement); the walls by site are set all the same.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        statement = OPEN.split(";", 1)[1] if nested else OPEN
        with connection.cursor() as cursor:
            cursor.execute(statement, [str(site or ""), str(person or "")])
        yield
