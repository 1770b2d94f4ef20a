"""Fixtures of the ledger's tests."""

import psycopg
import pytest

from tests.records.ledger_owner import Owner


@pytest.fixture
def owner(owner_connection: psycopg.Connection) -> Owner:
    """Give the database's owner, whom no trigger stops."""
    return Owner(owner_connection)
