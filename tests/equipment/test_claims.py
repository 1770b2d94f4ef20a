"""Claims: one holder at a time, from clearance to clearance."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest

from equipment.entries import ClaimOccupied
from equipment.enums import ClaimState, OpennessPolicy
from equipment.exceptions import (
    AlreadyOccupied,
    ClaimEnded,
    ClaimInConflict,
    EmptyHours,
    NotClaimed,
    NotCleared,
    OccupiedByAnother,
    PlaceTaken,
    RoomInOpenUse,
    RoomInUse,
    RoomNotExclusive,
    RoomNotForOpenWork,
    TakenBy,
)
from equipment.models import Claim
from equipment.rules import check_claimed
from equipment.selectors import Window, claims_of, free_windows
from equipment.services import bookings, claims, rooms
from equipment.services.bookings import Move
from mes.lib import clock
from mes.lib.ids import uuid7
from records.act import Act, act
from records.outbox import drain
from records.reading import reading
from records.verification import verify
from tests.builders.equipment import (
    HOUR,
    MONDAY,
    Hall,
    booking,
    claimed,
    command,
    engineer,
    hall,
    holder,
    planner,
)

pytestmark = pytest.mark.usefixtures("committed_db")

AtTime = Callable[[datetime], None]


@pytest.fixture
def site() -> UUID:
    return uuid7()


@pytest.fixture
def hall2(site: UUID, at_time: AtTime) -> Hall:
    at_time(MONDAY)
    return hall(site=site)


def inside(there: Hall, body: Callable[[Act], object]) -> None:
    """Run ``body`` in an act over all places of a hall."""
    with act(command(planner(there.site)), streams=list(there.places)) as a:
        body(a)


def states(there: Hall) -> list[str]:
    with reading(site=there.site):
        return [c.state for c in Claim.objects.on(there.places).order_by("during", "id")]


def hours(there: Hall, claim: UUID) -> tuple[datetime, datetime]:
    with reading(site=there.site):
        found = Claim.objects.get(id=claim)
    return found.start, found.end


def test_claim_holds_its_hours_until_free_again(hall2: Hall) -> None:
    claimed(hall2.site, booking(hall2.places[0]))
    with reading(site=hall2.site):
        free = free_windows(hall2.places[0], start=MONDAY - HOUR, end=MONDAY + 10 * HOUR)
    assert free == [
        Window(MONDAY - HOUR, MONDAY),
        Window(MONDAY + 8 * HOUR, MONDAY + 10 * HOUR),
    ]


def test_second_claim_on_same_hours_is_refused_with_the_holder(hall2: Hall) -> None:
    claimed(hall2.site, booking(hall2.places[0], by=holder("MZ1-26-0001")))
    with pytest.raises(TakenBy) as refused:
        claimed(hall2.site, booking(hall2.places[0], start=MONDAY + 7 * HOUR))
    assert str(refused.value) == (
        "Hall 2, P1 is taken by batch MZ1-26-0001 in these hours. Nothing was booked."
    )
    assert states(hall2) == ["planned"]


def test_claims_may_touch(hall2: Hall) -> None:
    claimed(hall2.site, booking(hall2.places[0]))
    claimed(hall2.site, booking(hall2.places[0], start=MONDAY + 8 * HOUR))
    assert states(hall2) == ["planned", "planned"]


def test_constraint_refuses_what_a_service_forgot_to_check(hall2: Hall) -> None:
    claimed(hall2.site, booking(hall2.places[0]))

    def book_unchecked(a: Act) -> None:
        claims._plan_one(a, booking(hall2.places[0]), label="Hall 2, P1")

    with pytest.raises(PlaceTaken) as refused:
        inside(hall2, book_unchecked)
    assert refused.value.code == "claim.taken"
    assert states(hall2) == ["planned"]


def test_two_occupied_claims_on_one_place_are_refused_by_the_index(hall2: Hall) -> None:
    one = claimed(hall2.site, booking(hall2.places[0]))
    other = claimed(hall2.site, booking(hall2.places[0], start=MONDAY + 9 * HOUR))
    inside(hall2, lambda a: claims.occupy(a, one))
    with reading(site=hall2.site):
        [second] = Claim.objects.filter(id__in=other)
    said = ClaimOccupied(claim=second.id, start=second.start, work_end=second.end, end=second.end)
    with pytest.raises(AlreadyOccupied):
        inside(hall2, lambda a: a.append(second.stream, said))


def test_booking_that_ends_before_it_begins_is_refused(hall2: Hall) -> None:
    with pytest.raises(EmptyHours):
        claimed(hall2.site, booking(hall2.places[0], hours=0))


def test_replayed_key_gives_the_first_reply(hall2: Hall) -> None:
    once = command(planner(hall2.site))
    booked = booking(hall2.places[0])
    first = bookings.claim_resource(command=once, booking=booked)
    assert bookings.claim_resource(command=once, booking=booked) == first
    assert states(hall2) == ["planned"]


# Open work


@pytest.mark.req("E4-9a")
def test_open_claim_takes_every_place_of_its_room(site: UUID, at_time: AtTime) -> None:
    suite = hall(site=site, policy=OpennessPolicy.OPEN, code="S4", name="Suite 4")
    claimed(site, booking(suite.places[1]))
    assert states(suite) == ["planned", "planned", "planned"]


def test_open_claim_on_one_place_only_is_refused(site: UUID) -> None:
    suite = hall(site=site, policy=OpennessPolicy.OPEN, code="S4", name="Suite 4")
    with pytest.raises(RoomNotExclusive) as refused:
        inside(suite, lambda a: claims.plan(a, [booking(suite.places[0], exclusive=True)]))
    assert (
        str(refused.value) == "Open work takes all of room Suite 4; place Suite 4, P2 is missing."
    )
    assert states(suite) == []


@pytest.mark.req("E4-9a")
def test_open_work_in_closed_room_is_refused(hall2: Hall) -> None:
    with pytest.raises(RoomNotForOpenWork):
        claimed(hall2.site, booking(hall2.places[0], exclusive=True))


@pytest.mark.req("E4-9a")
def test_closed_claim_beside_anothers_open_one_is_refused(site: UUID) -> None:
    both = hall(site=site, policy=OpennessPolicy.BOTH)
    mine = claimed(site, booking(both.places[0], exclusive=True, by=holder("MZ1-26-0001")))
    with reading(site=site):
        [first] = Claim.objects.filter(id__in=mine, stream=both.places[1])
    bookings.withdraw_claims(command=command(planner(site)), claims_=[first.id], reason="test")
    with pytest.raises(RoomInOpenUse):
        claimed(site, booking(both.places[1]))


def test_place_is_not_added_to_a_room_with_open_work(site: UUID) -> None:
    both = hall(site=site, policy=OpennessPolicy.BOTH)
    claimed(site, booking(both.places[0], exclusive=True))
    with pytest.raises(RoomInUse):
        rooms.make_place(
            command=command(engineer(site)), room=both.room, number=4, label="P4", barcode="P4"
        )


# Occupied, extended, released


def test_early_start_is_allowed_where_nobody_is(hall2: Hall, at_time: AtTime) -> None:
    [claim] = claimed(hall2.site, booking(hall2.places[0], start=MONDAY + 2 * HOUR))
    inside(hall2, lambda a: claims.occupy(a, [claim]))
    assert hours(hall2, claim) == (MONDAY, MONDAY + 10 * HOUR)


def test_early_start_into_anothers_hours_is_refused(hall2: Hall) -> None:
    claimed(hall2.site, booking(hall2.places[0], hours=4, by=holder("MZ1-26-0001")))
    [claim] = claimed(hall2.site, booking(hall2.places[0], start=MONDAY + 4 * HOUR))
    with pytest.raises(TakenBy):
        inside(hall2, lambda a: claims.occupy(a, [claim]))


@pytest.mark.req("E4-9a")
def test_occupied_place_refuses_the_next_batch_absolutely(hall2: Hall, at_time: AtTime) -> None:
    [first] = claimed(hall2.site, booking(hall2.places[0], hours=4))
    [second] = claimed(hall2.site, booking(hall2.places[0], start=MONDAY + 4 * HOUR))
    inside(hall2, lambda a: claims.occupy(a, [first]))
    at_time(MONDAY + 5 * HOUR)
    with pytest.raises(OccupiedByAnother) as refused:
        inside(hall2, lambda a: claims.occupy(a, [second]))
    assert refused.value.interlock == "absolute"


def test_own_earlier_stage_must_be_cleared_first(hall2: Hall, at_time: AtTime) -> None:
    me = holder()
    [first] = claimed(hall2.site, booking(hall2.places[0], hours=4, by=me))
    later = booking(hall2.places[0], start=MONDAY + 4 * HOUR, by=me, purpose="culture")
    [second] = claimed(hall2.site, later)
    inside(hall2, lambda a: claims.occupy(a, [first]))
    at_time(MONDAY + 4 * HOUR)
    with pytest.raises(NotCleared):
        inside(hall2, lambda a: claims.occupy(a, [second]))


def test_release_gives_the_rest_of_the_hours_back(hall2: Hall, at_time: AtTime) -> None:
    [claim] = claimed(hall2.site, booking(hall2.places[0]))
    inside(hall2, lambda a: claims.occupy(a, [claim]))
    at_time(MONDAY + 3 * HOUR)
    inside(hall2, lambda a: claims.release(a, [claim]))
    inside(hall2, lambda a: claims.release(a, [claim]))
    assert hours(hall2, claim) == (MONDAY, MONDAY + 3 * HOUR)
    claimed(hall2.site, booking(hall2.places[0], start=MONDAY + 3 * HOUR))


def test_release_in_the_instant_of_the_start_is_kept(hall2: Hall) -> None:
    [claim] = claimed(hall2.site, booking(hall2.places[0]))
    inside(hall2, lambda a: claims.occupy(a, [claim]))
    inside(hall2, lambda a: claims.release(a, [claim]))
    assert states(hall2) == ["released"]


def test_late_release_puts_the_claim_behind_in_conflict(hall2: Hall, at_time: AtTime) -> None:
    [first] = claimed(hall2.site, booking(hall2.places[0]))
    [behind] = claimed(hall2.site, booking(hall2.places[0], start=MONDAY + 8 * HOUR))
    claimed(hall2.site, booking(hall2.places[0], start=MONDAY + 20 * HOUR))
    inside(hall2, lambda a: claims.occupy(a, [first]))
    at_time(MONDAY + 9 * HOUR)
    inside(hall2, lambda a: claims.release(a, [first]))
    assert states(hall2) == ["released", "in_conflict", "planned"]
    # Free again: the one in conflict may begin now.
    inside(hall2, lambda a: claims.occupy(a, [behind]))
    assert states(hall2) == ["released", "occupied", "planned"]


def test_overrun_is_held_on_by_the_hour_and_alarms(hall2: Hall, at_time: AtTime) -> None:
    [first] = claimed(hall2.site, booking(hall2.places[0]))
    [behind] = claimed(hall2.site, booking(hall2.places[0], start=MONDAY + 8 * HOUR))
    inside(hall2, lambda a: claims.occupy(a, [first]))
    at_time(MONDAY + 8 * HOUR)
    drain()
    assert states(hall2) == ["occupied", "in_conflict"]
    assert hours(hall2, first) == (MONDAY, MONDAY + 9 * HOUR)
    at_time(MONDAY + 8.5 * HOUR)
    with pytest.raises(OccupiedByAnother):
        inside(hall2, lambda a: claims.occupy(a, [behind]))


def test_late_release_only_delays_the_next_stage_of_the_same_batch(
    hall2: Hall, at_time: AtTime
) -> None:
    me = holder()
    [first] = claimed(hall2.site, booking(hall2.places[0], by=me))
    later = booking(hall2.places[0], start=MONDAY + 8 * HOUR, by=me, purpose="culture")
    [second] = claimed(hall2.site, later)
    inside(hall2, lambda a: claims.occupy(a, [first]))
    at_time(MONDAY + 9 * HOUR)
    inside(hall2, lambda a: claims.release(a, [first]))
    assert hours(hall2, second) == (MONDAY + 9 * HOUR, MONDAY + 16 * HOUR)
    inside(hall2, lambda a: claims.occupy(a, [second]))
    assert states(hall2) == ["released", "occupied"]


def test_claim_in_conflict_waits_for_free_hours(hall2: Hall, at_time: AtTime) -> None:
    [first] = claimed(hall2.site, booking(hall2.places[0]))
    [behind] = claimed(hall2.site, booking(hall2.places[0], start=MONDAY + 8 * HOUR))
    inside(hall2, lambda a: claims.occupy(a, [first]))
    inside(hall2, lambda a: claims.extend(a, [first], until=MONDAY + 9 * HOUR))
    inside(hall2, lambda a: claims.release(a, [first]))
    claimed(hall2.site, booking(hall2.places[0], start=MONDAY + 10 * HOUR))
    at_time(MONDAY + 9 * HOUR)
    with pytest.raises(ClaimInConflict):
        inside(hall2, lambda a: claims.occupy(a, [behind]))


def test_take_moves_planned_claims_out_of_the_way_but_never_occupied_ones(hall2: Hall) -> None:
    claimed(hall2.site, booking(hall2.places[0]))
    inside(hall2, lambda a: claims.take(a, [booking(hall2.places[0])]))
    assert sorted(states(hall2)) == ["in_conflict", "occupied"]
    with pytest.raises(OccupiedByAnother):
        inside(hall2, lambda a: claims.take(a, [booking(hall2.places[0])]))


@pytest.mark.parametrize(
    ("state", "occupy", "release", "withdraw"),
    [
        (ClaimState.PLANNED, True, False, True),
        (ClaimState.OCCUPIED, True, True, False),
        (ClaimState.RELEASED, False, True, False),
        (ClaimState.IN_CONFLICT, True, False, True),
        (ClaimState.WITHDRAWN, False, False, False),
    ],
)
def test_what_each_state_allows(
    hall2: Hall, at_time: AtTime, state: ClaimState, occupy: bool, release: bool, withdraw: bool
) -> None:
    for do, allowed in ((claims.occupy, occupy), (claims.release, release), (give_back, withdraw)):
        at_time(MONDAY)
        claim = claim_in(hall2, state)
        if allowed:
            with_claim(hall2, do, claim)
        else:
            with pytest.raises(ClaimEnded):
                with_claim(hall2, do, claim)
        clear(hall2)


def with_claim(there: Hall, do: Callable[[Act, list[UUID]], None], claim: UUID) -> None:
    inside(there, lambda a: do(a, [claim]))


def give_back(a: Act, ids: list[UUID]) -> None:
    claims.withdraw(a, ids, reason="test")


def claim_in(there: Hall, state: ClaimState) -> UUID:
    """A claim brought into ``state`` by the real services."""
    if state == ClaimState.IN_CONFLICT:
        [claim] = claimed(there.site, booking(there.places[0], start=clock.now() + HOUR))
        taken = booking(there.places[0], start=clock.now() + HOUR, hours=1)
        inside(there, lambda a: claims.take(a, [taken]))
        clear(there)
        return claim
    [claim] = claimed(there.site, booking(there.places[0], start=clock.now()))
    if state in (ClaimState.OCCUPIED, ClaimState.RELEASED):
        inside(there, lambda a: claims.occupy(a, [claim]))
    if state == ClaimState.RELEASED:
        inside(there, lambda a: claims.release(a, [claim]))
    if state == ClaimState.WITHDRAWN:
        inside(there, lambda a: claims.withdraw(a, [claim], reason="test"))
    return claim


def clear(there: Hall) -> None:
    """Release what is occupied and give back what is planned."""
    with reading(site=there.site):
        here = list(Claim.objects.on(there.places).exclusive_hours())
    for claim in here:
        do = claims.release if claim.state == ClaimState.OCCUPIED else give_back
        with_claim(there, do, claim.id)


# Moves


def test_swap_exchanges_places(hall2: Hall) -> None:
    first, other = holder("MZ1-26-0001"), holder("MZ1-26-0002")
    [one] = claimed(hall2.site, booking(hall2.places[0], by=first))
    [two] = claimed(hall2.site, booking(hall2.places[1], by=other))
    bookings.swap_claims(command=command(planner(hall2.site)), one=one, other=two)
    with reading(site=hall2.site):
        assert claims_of(first.id).get().stream == hall2.places[1]
        assert claims_of(other.id).get().stream == hall2.places[0]


def test_chain_moves_all_or_none(hall2: Hall) -> None:
    [one] = claimed(hall2.site, booking(hall2.places[0]))
    [two] = claimed(hall2.site, booking(hall2.places[1]))
    claimed(hall2.site, booking(hall2.places[2]))
    chain = [
        Move(claim=one, to=hall2.places[1], start=MONDAY),
        Move(claim=two, to=hall2.places[2], start=MONDAY),
    ]
    with pytest.raises(TakenBy):
        bookings.move_claims(command=command(planner(hall2.site)), moves=chain)
    assert hours(hall2, one) == (MONDAY, MONDAY + 8 * HOUR)
    assert states(hall2) == ["planned", "planned", "planned"]


def test_occupied_claim_is_not_moved(hall2: Hall) -> None:
    [one] = claimed(hall2.site, booking(hall2.places[0]))
    inside(hall2, lambda a: claims.occupy(a, [one]))
    move = Move(claim=one, to=hall2.places[1], start=MONDAY)
    with pytest.raises(ClaimEnded) as refused:
        bookings.move_claims(command=command(planner(hall2.site)), moves=[move])
    assert str(refused.value) == (
        "The booking of Hall 2, P1 is occupied by now. Nothing was changed."
    )


def test_shift_keeps_place_and_length(hall2: Hall) -> None:
    [one] = claimed(hall2.site, booking(hall2.places[0]))
    inside(hall2, lambda a: claims.shift(a, [one], by=2 * HOUR))
    assert hours(hall2, one) == (MONDAY + 2 * HOUR, MONDAY + 10 * HOUR)


def test_rows_are_what_the_entries_say(hall2: Hall, at_time: AtTime) -> None:
    """Everything that can happen to a claim, then the projections rebuilt and compared."""
    [first] = claimed(hall2.site, booking(hall2.places[0]))
    claimed(hall2.site, booking(hall2.places[0], start=MONDAY + 8 * HOUR))
    [moved] = claimed(hall2.site, booking(hall2.places[1]))
    inside(hall2, lambda a: claims.shift(a, [moved], by=HOUR))
    inside(hall2, lambda a: claims.occupy(a, [first]))
    inside(hall2, lambda a: claims.extend(a, [first], until=MONDAY + 9 * HOUR))
    at_time(MONDAY + 10 * HOUR)
    inside(hall2, lambda a: claims.release(a, [first]))
    inside(hall2, lambda a: claims.withdraw(a, [moved], reason="test"))
    clock.simulate(None)
    report = verify(everything=True)
    assert [str(difference) for difference in report.differences] == []


# The interlock at the step


def test_interlock_knows_mine_nobodys_and_anothers(hall2: Hall) -> None:
    me, other = holder(), holder("MZ1-26-0001")
    [mine] = claimed(hall2.site, booking(hall2.places[0], by=me))
    with reading(site=hall2.site):
        found = check_claimed(hall2.places[0], holder=me.id, at=MONDAY + HOUR)
        assert found.id == mine
        # Early, while nobody else has the hours.
        assert check_claimed(hall2.places[0], holder=me.id, at=MONDAY - HOUR).id == mine
        with pytest.raises(NotClaimed) as refused:
            check_claimed(hall2.places[0], holder=other.id, at=MONDAY + HOUR)
    assert (refused.value.interlock, refused.value.streams) == (
        "conditional",
        (hall2.places[0], other.id),
    )
    inside(hall2, lambda a: claims.occupy(a, [mine]))
    with reading(site=hall2.site), pytest.raises(OccupiedByAnother):
        check_claimed(hall2.places[0], holder=other.id, at=MONDAY + HOUR)
    with reading(site=hall2.site):  # whatever the planned end: only clearance ends it
        assert check_claimed(hall2.places[0], holder=me.id, at=MONDAY + 99 * HOUR).id == mine
