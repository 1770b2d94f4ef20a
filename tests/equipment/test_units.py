"""Units: which may be used, and why not."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest

from equipment.enums import ResourceKind, UnitStatus
from equipment.exceptions import (
    CodeTaken,
    UnitNotClean,
    UnitOutOfCalibration,
    UnitOutOfService,
    WrongClass,
)
from equipment.models import EquipmentClass, Unit
from equipment.rules import check_unit_usable
from equipment.selectors import place_by_barcode, unit_by_barcode
from equipment.services import claims, units
from equipment.services.catalogue import add_class, retitle_class
from mes.lib.ids import uuid7
from mes.lib.refusals import Interlock, Refusal
from records.act import act
from records.reading import reading
from tests.builders.equipment import (
    HOUR,
    MONDAY,
    booking,
    claimed,
    command,
    engineer,
    hall,
    unit,
)

pytestmark = pytest.mark.usefixtures("committed_db")

AtTime = Callable[[datetime], None]


@pytest.fixture
def site() -> UUID:
    return uuid7()


def refusal_at(site: UUID, made: UUID, at: datetime, unit_class: str = "prodigy") -> Refusal | None:
    with reading(site=site):
        try:
            check_unit_usable(Unit.objects.get(id=made), at=at, unit_class=unit_class)
        except Refusal as refused:
            return refused
    return None


def test_unit_in_order_is_usable(site: UUID) -> None:
    assert refusal_at(site, unit(site=site), MONDAY) is None


def test_unit_of_another_class_is_refused(site: UUID) -> None:
    refused = refusal_at(site, unit(site=site), MONDAY, unit_class="crf")
    assert isinstance(refused, WrongClass)
    assert str(refused) == "PR-07 is a prodigy; this step asks for a crf."


def test_unit_out_of_service_is_refused_until_it_is_back(site: UUID) -> None:
    made = unit(site=site)
    by = engineer(site)
    units.set_unit_status(
        command=command(by), unit=made, status=UnitStatus.OUT_OF_SERVICE, reason="E-231"
    )
    refused = refusal_at(site, made, MONDAY)
    assert isinstance(refused, UnitOutOfService)
    assert (refused.interlock, refused.recorded) == (Interlock.CONDITIONAL, True)
    units.set_unit_status(
        command=command(by), unit=made, status=UnitStatus.AVAILABLE, reason="repaired"
    )
    assert refusal_at(site, made, MONDAY) is None


@pytest.mark.parametrize(("hours", "refused"), [(-1, True), (0, True), (1, False)])
def test_calibration_counts_until_its_instant(site: UUID, hours: int, refused: bool) -> None:
    made = unit(site=site, calibration_due=MONDAY + hours * HOUR)
    found = refusal_at(site, made, MONDAY)
    assert isinstance(found, UnitOutOfCalibration) == refused


def test_new_calibration_makes_the_unit_usable(site: UUID) -> None:
    made = unit(site=site, calibration_due=MONDAY)
    units.calibrate_unit(
        command=command(engineer(site)), unit=made, due=MONDAY + 99 * HOUR, certificate="C-77"
    )
    assert refusal_at(site, made, MONDAY) is None


def test_unit_left_dirty_is_refused_until_cleaned(site: UUID, at_time: AtTime) -> None:
    at_time(MONDAY)
    made = unit(site=site)
    held = claimed(site, booking(made, kind=ResourceKind.UNIT))
    with act(command(engineer(site)), streams=[made]) as a:
        claims.occupy(a, held)
        claims.release(a, held, cleaned=False)
    assert isinstance(refusal_at(site, made, MONDAY), UnitNotClean)
    units.clean_unit(command=command(engineer(site)), unit=made, procedure="SOP-12")
    assert refusal_at(site, made, MONDAY) is None


def test_barcode_finds_unit_and_place(site: UUID) -> None:
    there = hall(site=site)
    made = unit(site=site, place=there.places[0])
    with reading(site=site):
        found, place = unit_by_barcode("PR-07"), place_by_barcode("H2-P1")
        assert found is not None
        assert place is not None
        assert (found.id, found.place_id, place.id) == (made, there.places[0], there.places[0])
        assert unit_by_barcode("PR-08") is None


def test_barcode_is_given_once(site: UUID) -> None:
    unit(site=site)
    with pytest.raises(CodeTaken):
        unit(site=site)


def test_class_is_a_catalogue_row_with_history(site: UUID) -> None:
    by = engineer(site)
    made = add_class(command=command(by), code="prodigy", title="CliniMACS Prodigy", reason="new")
    row = UUID(str(made["id"]))
    retitle_class(command=command(by), row=row, title="CliniMACS Prodigy®", reason="spelling")
    with reading(site=site):
        titles = EquipmentClass.history.filter(id=row).values_list("title", flat=True)
        assert list(titles) == ["CliniMACS Prodigy®", "CliniMACS Prodigy"]
