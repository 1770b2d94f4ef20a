"""The solver: earliest, segregated, clean, calibrated, within its lags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.exceptions import Impossible, NoPlaceOfClass, NothingFree, NoUnitOfClass, TooLate
from planning.problem import Floor, FloorPlace, FloorUnit, Hours, Link, PlanningJob, Schedule
from planning.solver import solve
from tests.planning.checker import faults
from tests.planning.problems import (
    HOUR,
    MONDAY,
    floor,
    hours,
    job,
    nights,
    place_need,
    places,
    stage,
    unit,
    unit_need,
)


def solved(asked: PlanningJob, there: Floor) -> Schedule:
    answer = solve(asked, there)
    assert faults(asked, there, answer) == []
    return answer


def starts(answer: Schedule) -> list[float]:
    return [(span.start - MONDAY) / HOUR for span in answer.stages]


def labels(answer: Schedule) -> list[tuple[str, str]]:
    return [(booked.purpose, booked.label) for booked in answer.bookings]


def test_empty_floor_gives_the_first_hour() -> None:
    asked = job(stage("culture"), needs=[place_need("culture"), unit_need("culture")])
    answer = solved(asked, floor(*places("H2", 2), unit("PR-07", at="H2 P2")))
    assert starts(answer) == [0]
    assert labels(answer) == [("culture", "H2, P2"), ("culture", "PR-07")]


def test_taken_place_is_waited_for_only_where_no_other_is_free() -> None:
    asked = job(stage("culture"), needs=[place_need("culture")])
    taken = {"H2 P1": [hours(0, 20)], "H2 P2": [hours(4, 9)]}
    assert starts(solved(asked, floor(*places("H2", 2), taken=taken))) == [9]
    assert starts(solved(asked, floor(*places("H2", 3), taken=taken))) == [0]


def test_gap_that_is_too_short_for_work_and_cleaning_is_passed_over() -> None:
    asked = job(stage("culture", cleaning=HOUR), needs=[place_need("culture")])
    taken = {"H2 P1": [hours(8.5, 10)]}
    assert starts(solved(asked, floor(*places("H2", 1), taken=taken))) == [10]


def test_unit_held_across_stages_keeps_its_place() -> None:
    asked = job(
        stage("selection"),
        stage("culture", 200),
        stage("harvest", 4, cleaning=HOUR),
        needs=[
            place_need("selection", last="harvest"),
            unit_need("selection", last="harvest"),
        ],
    )
    there = floor(
        *places("H2", 2), unit("PR-07", at="H2 P1"), unit("PR-08", at="H2 P2"),
        taken={"PR-07": [hours(100, 110)]},
    )  # fmt: skip
    answer = solved(asked, there)
    assert labels(answer) == [("selection", "H2, P2"), ("selection", "PR-08")]
    assert answer.bookings[1].end == MONDAY + 213 * HOUR


def test_later_stages_stay_where_the_unit_is_held() -> None:
    asked = job(
        stage("selection", cleaning=HOUR),
        stage("culture", 100, cleaning=HOUR, lag=2 * HOUR),
        needs=[
            place_need("selection"),
            unit_need("selection", last="culture"),
            place_need("culture"),
        ],
    )
    there = floor(
        *places("H2", 2), unit("PR-07", at="H2 P1"), unit("PR-08", at="H2 P2"),
        taken={"H2 P1": [hours(50, 60)]},
    )  # fmt: skip
    answer = solved(asked, there)
    assert labels(answer) == [
        ("selection", "H2, P2"),
        ("culture", "H2, P2"),
        ("selection", "PR-08"),
    ]
    # Between two stages of one patient the place is neither free nor cleaned.
    assert answer.bookings[0].end == answer.bookings[1].start == MONDAY + 10 * HOUR


def test_longest_lag_delays_the_stage_before() -> None:
    asked = job(
        stage("fill", 2),
        stage("freeze", 2, lag=HOUR, most_lag=2 * HOUR),
        needs=[place_need("fill"), place_need("freeze", room_class="cryo")],
    )
    taken = {"CR P1": [hours(0, 30)]}
    there = floor(*places("H2", 1), *places("CR", 1, room_class="cryo"), taken=taken)
    assert starts(solved(asked, there)) == [26, 30]


def test_link_to_the_start_of_an_earlier_stage_is_kept() -> None:
    far = Link(stage="thaw", moment="started_at", most=5 * HOUR)
    asked = job(
        stage("thaw", 1), stage("mix", 1), stage("fill", 1, links=(far,)),
        needs=[place_need("fill", room_class="grade-B")],
    )  # fmt: skip
    taken = {"S4 P1": [hours(0, 48)]}
    there = floor(*places("S4", 1, room_class="grade-B"), taken=taken)
    assert starts(solved(asked, there)) == [43, 44, 48]


def test_open_work_takes_all_places_of_a_room_for_it() -> None:
    asked = job(stage("fill", 2), needs=[place_need("fill", open_=True)])
    there = floor(
        *places("H2", 2),
        *places("S4", 2, open_work=True, closed_work=False),
        taken={"S4 P2": [hours(0, 3)]},
    )
    answer = solved(asked, there)
    assert starts(answer) == [3]
    assert labels(answer) == [("fill", "S4, P1"), ("fill", "S4, P2")]


def test_closed_work_leaves_rooms_for_open_work_alone_if_it_can() -> None:
    asked = job(stage("fill", 2), needs=[place_need("fill")])
    there = floor(
        *places("A open", 1, open_work=True, closed_work=False),
        *places("B both", 2, open_work=True),
        *places("C closed", 1),
    )
    assert labels(solved(asked, there)) == [("fill", "C closed, P1")]


def test_closed_work_in_a_room_for_open_work_has_it_alone() -> None:
    asked = job(stage("fill", 2), needs=[place_need("fill")])
    there = floor(*places("S4", 2, open_work=True, closed_work=False))
    assert [booked.exclusive for booked in solved(asked, there).bookings] == [True, True]


def test_calibration_due_ends_what_a_unit_is_booked_for() -> None:
    asked = job(stage("culture", 20), needs=[unit_need("culture")])
    soon = MONDAY + 19 * HOUR
    there = floor(unit("PR-07", until=soon), unit("PR-08", until=soon + 2 * HOUR))
    assert labels(solved(asked, there)) == [("culture", "PR-08")]
    with pytest.raises(NothingFree):
        solve(asked, floor(unit("PR-07", until=soon)))


def test_movable_unit_is_taken_before_one_that_stands_elsewhere() -> None:
    asked = job(stage("feed", 1), needs=[unit_need("feed", unit_class="counter")])
    there = floor(
        *places("R1", 1), unit("CC-01", at="R1 P1", unit_class="counter"),
        unit("CM-01", unit_class="counter"),
    )  # fmt: skip
    assert labels(solved(asked, there)) == [("feed", "CM-01")]


def test_two_units_of_a_class_are_two_units() -> None:
    needs = [unit_need("mix"), unit_need("mix", alias="second")]
    answer = solved(job(stage("mix"), needs=needs), floor(unit("PR-07"), unit("PR-08")))
    assert labels(answer) == [("mix", "PR-07"), ("mix", "PR-08")]


def test_job_does_not_stand_in_its_own_way() -> None:
    needs = [unit_need("a", last="b"), unit_need("b", alias="second")]
    answer = solved(job(stage("a"), stage("b"), needs=needs), floor(unit("PR-07"), unit("PR-08")))
    assert labels(answer) == [("a", "PR-07"), ("b", "PR-08")]


def test_stage_that_runs_is_fixed_and_the_rest_follows() -> None:
    asked = job(
        stage("selection", 8, started=MONDAY - 3 * HOUR),
        stage("culture", 10),
        needs=[unit_need("selection", last="culture"), place_need("culture")],
    )
    answer = solved(asked, floor(*places("H2", 1), unit("PR-07")))
    assert starts(answer) == [-3, 5]
    assert labels(answer) == [("culture", "H2, P1")]


def test_missing_room_unit_hours_and_time_are_named() -> None:
    place, machine = place_need("fill"), unit_need("fill")
    with pytest.raises(NoPlaceOfClass) as no_place:
        solve(job(stage("fill"), needs=[place]), floor(*places("H2", 1, room_class="grade-D")))
    with pytest.raises(NoUnitOfClass) as no_unit:
        solve(job(stage("fill"), needs=[place, machine]), floor(*places("H2", 1)))
    with pytest.raises(TooLate) as too_late:
        solve(
            job(stage("fill", latest=MONDAY + HOUR), needs=[place]),
            floor(*places("H2", 1), taken={"H2 P1": [hours(0, 2)]}),
        )
    always = {"H2 P1": [hours(0, 9999)]}
    with pytest.raises(NothingFree) as nothing_free:
        solve(job(stage("fill"), needs=[place]), floor(*places("H2", 1), taken=always))
    assert [str(caught.value) for caught in (no_place, no_unit, too_late, nothing_free)] == [
        "Stage fill asks for a room of class grade-C; there is none for its work.",
        "Stage fill asks for a prodigy; none is in service where it can be used.",
        "Stage fill must begin by 16 Nov 2026, 07:00 UTC; the earliest possible is "
        "16 Nov 2026, 08:00 UTC.",
        "Stage fill finds no free grade-C until 16 Mar 2027.",
    ]


def test_open_work_finds_no_room_that_is_for_closed_work_only() -> None:
    with pytest.raises(NoPlaceOfClass):
        solve(job(stage("fill"), needs=[place_need("fill", open_=True)]), floor(*places("H2", 3)))


# Any floor, any bookings, any job


@st.composite
def floors(draw: st.DrawFn) -> Floor:
    things: list[FloorPlace | FloorUnit] = []
    for room in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from([(True, False), (False, True), (True, True)]))
        name = f"R{room}"
        made = places(
            name, draw(st.integers(1, 3)), open_work=kind[0], closed_work=kind[1],
            room_class=draw(st.sampled_from(["grade-C", "grade-B"])),
        )  # fmt: skip
        things += made
        for place in made:
            due = draw(st.none() | st.integers(20, 400))
            until = MONDAY + due * HOUR if due else None
            if draw(st.booleans()):
                things.append(unit(f"U {place.label}", at=f"{name} P{place.number}", until=until))
    things += [unit(f"M{n}", unit_class="mover") for n in range(draw(st.integers(0, 2)))]
    names = [f"R{r} P{n}" for r in range(3) for n in range(1, 4)] + ["M0", "M1"]
    taken = draw(st.dictionaries(st.sampled_from(names), _hours(), max_size=6))
    return floor(*things, taken=taken)


def _hours() -> st.SearchStrategy[list[Hours]]:
    pair = st.tuples(st.integers(-5, 120), st.integers(1, 40))
    return st.lists(pair.map(lambda p: hours(p[0], p[0] + p[1])), max_size=3)


@st.composite
def jobs(draw: st.DrawFn) -> PlanningJob:
    keys = [f"s{n}" for n in range(draw(st.integers(1, 4)))]
    stages, needs = [], []
    for n, key in enumerate(keys):
        lag = draw(st.integers(0, 6))
        most = draw(st.none() | st.integers(lag, lag + 10))
        stages.append(
            stage(
                key, draw(st.integers(1, 12)), cleaning=draw(st.integers(0, 3)) * HOUR,
                lag=lag * HOUR, most_lag=None if most is None else most * HOUR,
            )
        )  # fmt: skip
        last = keys[draw(st.integers(n, len(keys) - 1))]
        if draw(st.booleans()):
            room_class = draw(st.sampled_from(["grade-C", "grade-B"]))
            held = draw(st.sampled_from([key, last]))
            needs.append(
                place_need(key, last=held, room_class=room_class, open_=draw(st.booleans()))
            )
        if draw(st.booleans()):
            kind = draw(st.sampled_from(["prodigy", "mover"]))
            needs.append(unit_need(key, last=last, unit_class=kind, alias=f"{kind}-{key}"))
    return job(*stages, needs=needs)


@given(asked=jobs(), there=floors())
def test_every_answer_keeps_every_rule(asked: PlanningJob, there: Floor) -> None:
    try:
        answer = solve(asked, there)
    except Impossible:
        return
    assert faults(asked, there, answer) == []


@given(asked=jobs(), there=floors())
def test_without_others_nobody_waits_longer(asked: PlanningJob, there: Floor) -> None:
    try:
        answer = solve(asked, there)
    except Impossible:
        return
    free = solve(asked, Floor(places=there.places, units=there.units))
    ends = [(span.end, other.end) for span, other in zip(free.stages, answer.stages, strict=True)]
    assert all(mine <= other for mine, other in ends)


# --- rooms that are not worked in at all hours ---


def test_a_stage_waits_until_its_room_opens_for_as_long_as_it_takes() -> None:
    asked = job(stage("fill", 6, cleaning=HOUR), needs=[place_need("fill")])
    there = places("S4", 1)
    assert starts(solved(asked, floor(*there, shut={"S4": nights(2, 16)}))) == [2]
    late = job(
        stage("fill", 6, cleaning=HOUR), needs=[place_need("fill")], earliest=MONDAY + 10 * HOUR
    )
    assert starts(solved(late, floor(*there, shut={"S4": nights(2, 16)}))) == [26]
    assert starts(solved(late, floor(*there))) == [10]


def test_another_room_that_is_open_is_taken_at_once() -> None:
    asked = job(stage("fill", 6), needs=[place_need("fill")])
    there = floor(*places("S4", 1), *places("S5", 1), shut={"S4": nights(2, 16)})
    answer = solved(asked, there)
    assert (starts(answer), labels(answer)) == ([0], [("fill", "S5, P1")])


@pytest.mark.parametrize("unit_is_held", [False, True])
def test_what_waits_between_two_stages_stays_while_the_room_is_shut(unit_is_held: bool) -> None:
    """The place is held by the recipe, or because a unit with the cells stands on it."""
    needs = [place_need("culture", last="culture" if unit_is_held else "harvest")]
    if unit_is_held:
        needs += [unit_need("culture", last="harvest"), place_need("harvest")]
    asked = job(stage("culture", 12), stage("harvest", 6), needs=needs)
    there = floor(*places("H2", 1), unit("PR-07", at="H2 P1"), shut={"H2": nights(2, 16)})
    assert starts(solved(asked, there)) == [2, 26]


def test_a_stage_that_is_longer_than_its_room_is_open_finds_nothing() -> None:
    there = floor(*places("S4", 1), shut={"S4": nights(2, 16)})
    with pytest.raises(NothingFree) as first:
        solve(job(stage("fill", 15), needs=[place_need("fill")]), there)
    held = job(stage("seed", 2), stage("fill", 15), needs=[place_need("seed", last="fill")])
    with pytest.raises(NothingFree) as later:
        solve(held, there)
    assert [one.value.params["stage"] for one in (first, later)] == ["fill", "fill"]


@given(
    opens=st.integers(0, 10), length=st.integers(8, 13), taken=st.lists(st.integers(0, 60)),
    before=st.integers(1, 8), after=st.integers(1, 8),
)  # fmt: skip
def test_any_plan_keeps_to_the_hours(
    opens: int, length: int, taken: list[int], before: int, after: int
) -> None:
    asked = job(
        stage("culture", before), stage("harvest", after),
        needs=[place_need("culture", last="harvest")],
    )  # fmt: skip
    there = floor(
        *places("H2", 2), taken={"H2 P1": sorted(hours(at, at + 3) for at in taken)},
        shut={"H2": nights(opens, opens + length)},
    )  # fmt: skip
    solved(asked, there)
