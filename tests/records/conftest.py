"""Fixtures of the ledger's tests."""

from pathlib import Path

import psycopg
import pytest
from pytest_django import Settings

from records.checkpoints import Folder
from tests.records.ledger_owner import Owner


@pytest.fixture
def outside(tmp_path: Path, settings: Settings) -> Folder:
    """Give an empty folder of checkpoints, with a key made on first use."""
    settings.MES_DATA = tmp_path / "data"
    settings.MES_CHECKPOINTS = tmp_path / "data" / "checkpoints"
    settings.MES_CHECKPOINT_KEY = tmp_path / "data" / "keys" / "checkpoint.pem"
    return Folder()


@pytest.fixture
def owner(owner_connection: psycopg.Connection) -> Owner:
    """Give the database's owner, whom no trigger stops."""
    return Owner(owner_connection)
