"""``rehearse``: what it prints, and how it ends. The full count is slow."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from plant import rehearsal
from plant.management.commands import rehearse
from plant.rehearsal import Summary

ASKED = {
    "patients", "released", "steps", "exceptions", "claims", "double_bookings", "entries",
    "verified", "seconds",
}  # fmt: skip


def rehearsed(*, patients: int, recipe: str, **more: Any) -> dict[str, Any]:
    """Run the command as from a shell; return its one object."""
    out = StringIO()
    call_command("rehearse", patients=patients, recipe=recipe, json=True, stdout=out, **more)
    return dict(json.loads(out.getvalue()))


def test_rehearsal_releases_everybody_says_so_in_one_object_and_leaves_nothing(
    committed_db: str,
) -> None:
    from django.db import connections

    before = databases()
    found = rehearsed(patients=2, recipe="SIX-STEPS")
    assert databases() == before
    assert connections["default"].settings_dict["NAME"] == committed_db
    assert ASKED - found.keys() == set()
    assert {name: found[name] for name in ("patients", "released", "steps")} == {
        "patients": 2, "released": 2, "steps": 12,
    }  # fmt: skip
    assert (found["claims"], found["double_bookings"]) == (4, 0)
    assert (found["verified"], found["differences"]) == (True, [])
    assert found["entries"] > 100
    assert found["seconds"] > 0


def databases() -> set[str]:
    """Return the databases of rehearsals that stand now."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'mes_throwaway%'")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize(
    "fault",
    [{"verified": False}, {"double_bookings": 1}, {"released": 1}],
    ids=["not verified", "booked twice", "not released"],
)
def test_rehearsal_that_is_not_good_ends_with_1(
    monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
) -> None:
    good = {"released": 2, "verified": True, **fault}
    summary = Summary(patients=2, recipe="SIX-STEPS", seed=1, **good)
    monkeypatch.setattr(rehearse.Command, "_run", lambda *_, **__: summary)
    with pytest.raises(SystemExit) as ended:
        rehearsed(patients=2, recipe="SIX-STEPS")
    assert ended.value.code == 1


@pytest.mark.parametrize("wrong", [{"recipe": "NO-SUCH"}, {"patients": 0}, {"patients": 1001}])
def test_rehearsal_refuses_what_it_cannot_run(wrong: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        rehearsed(**{"patients": 1, "recipe": "SIX-STEPS", **wrong})


@pytest.mark.slow
@pytest.mark.usefixtures("committed_db")
def test_twenty_patients_are_released_without_a_double_booking() -> None:
    found = rehearsed(patients=20, recipe="CART19-PRODIGY")
    assert (found["patients"], found["released"]) == (20, 20)
    assert (found["double_bookings"], found["verified"]) == (0, True)
    assert found["steps"] == 20 * 101
    assert rehearsal.DOUBLE_BOOKINGS
