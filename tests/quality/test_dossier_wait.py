"""A document that no worker wrote can be asked for again."""

from datetime import UTC, datetime, timedelta

import pytest

from mes.lib import clock
from quality.enums import DossierState
from quality.models import Dossier
from quality.models.dossier import PATIENCE


@pytest.mark.parametrize(
    ("state", "after", "awaited"),
    [
        (DossierState.REQUESTED, timedelta(seconds=1), True),
        (DossierState.REQUESTED, PATIENCE, False),
        (DossierState.RENDERED, timedelta(seconds=1), False),
    ],
)
def test_a_copy_is_awaited_for_a_while(
    state: DossierState, after: timedelta, *, awaited: bool
) -> None:
    asked = datetime(2026, 11, 16, 8, tzinfo=UTC)
    with clock.simulating(asked + after):
        assert Dossier(state=state, requested_at=asked).is_awaited == awaited
