"""An alarm of what a batch held blocks its release until it is over and QA has judged it there."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from batches.enums import ExceptionState
from batches.findings import sentence
from batches.models import BatchException
from equipment.enums import ResourceKind
from equipment.services import claims
from mes.lib import clock
from quality.enums import Judgement
from quality.exceptions import AlarmNotOver, GatesOpen, OwnException
from quality.rules import check_gates, gates_of
from quality.services import judge_exception
from records import outbox
from records.act import act
from records.enums import MessageState
from records.models import Message
from records.reading import reading
from records.verification import verify
from tests.builders import quality as build
from tests.builders.accounts import a_command, actor_of, person, signed_in_client
from tests.builders.alarms import acknowledged, cleared, raised, watched
from tests.builders.equipment import (
    HOUR,
    MONDAY,
    booking,
    claimed,
    engineer,
    hall,
    holder,
    planner,
    unit,
)
from tests.builders.quality import Bench
from tests.equipment.test_pages import text
from tests.quality.test_touched import owed

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("D11-8")]
PLACE, UNIT = ResourceKind.PLACE, ResourceKind.UNIT


@pytest.fixture
def bench(at_time: Callable[[datetime], None]) -> Bench:
    """Give a batch with every gate passed but the release itself."""
    at_time(MONDAY)
    return build.ready_for_release()


def occupied(
    bench: Bench, resource: UUID, kind: ResourceKind = UNIT, *, other: bool = False
) -> UUID:
    """Let the batch, or another one, hold a place or unit from now on."""
    who = holder("B-26-0777") if other else holder(build.NUMBER, batch=bench.batch)
    held = booking(resource, by=who, start=clock.now(), kind=kind)
    [claim] = claimed(bench.site.id, held)
    with act(a_command(planner(bench.site.id)), streams=[resource]) as a:
        claims.occupy(a, [claim])
    return claim


def freed(bench: Bench, claim: UUID, resource: UUID) -> None:
    with act(a_command(planner(bench.site.id)), streams=[resource]) as a:
        claims.release(a, [claim])


def an_alarm(bench: Bench, resource: UUID, *, critical: bool = False, **more: Any) -> UUID:
    """Raise an alarm and let the workers tell it on."""
    setting = watched(bench.site.id, resource, critical=critical)
    made = raised(bench.site.id, resource, setting, **more)
    outbox.drain()
    return made


def over(bench: Bench, alarm: UUID) -> None:
    acknowledged(bench.site.id, alarm)
    cleared(bench.site.id, alarm)
    outbox.drain()


def told(bench: Bench) -> list[BatchException]:
    return [row for row in bench.exceptions() if row.code == "equipment.alarm"]


def gate(bench: Bench) -> tuple[str, str]:
    with reading(site=bench.site.id):
        [found] = [one for one in gates_of(bench.row()) if one.key == "exceptions"]
    return found.state, found.detail


def test_an_alarm_blocks_release_until_it_is_over_and_judged(bench: Bench) -> None:
    machine = unit(site=bench.site.id, code="INC-03")
    occupied(bench, machine)
    clock.advance(HOUR)
    alarm = an_alarm(bench, machine, critical=True)
    [row] = told(bench)
    assert owed(bench) == [
        "Sign again in B-26-0001: I reviewed this batch record; every exception is judged."
        " (an exception came)"
    ]
    assert (row.severity, sentence(row.code, row.params)) == (
        "critical",
        "Alarm INC-03-A1: Temperature of INC-03 was 9.5 °C, limits 2 to 8, since "
        "16 Nov 2026, 07:00 UTC.",
    )
    assert gate(bench) == (
        "open", "1 to judge, alarm not over: INC-03-A1 (to acknowledge, to clear)"
    )  # fmt: skip
    with pytest.raises(GatesOpen) as refused:
        build.release(bench)
    assert "Exceptions: 1 to judge, alarm not over: INC-03-A1" in str(refused.value)
    for step in (acknowledged, cleared):
        with pytest.raises(AlarmNotOver):
            build.judged(bench, row)
        step(bench.site.id, alarm)
    outbox.drain()
    assert gate(bench) == ("open", "1 to judge")
    # Over, and nobody has looked at it for this batch: still not released.
    with pytest.raises(GatesOpen, match="Exceptions: 1 to judge;"):
        build.release(bench)
    build.judged(bench, row)
    # The review that was signed before did not know of it.
    with pytest.raises(GatesOpen, match="Open: Review: void"):
        build.release(bench)
    build.sign_review(bench)
    assert build.release(bench)["disposition"] == "released"
    assert verify(everything=True).differences == []


def test_an_alarm_that_does_not_touch_the_batch_blocks_nothing(bench: Bench) -> None:
    """Every one of them stands open, and touches another batch or none."""
    site = bench.site.id
    before, after, others, planned = (
        unit(site=site, code=code) for code in ("INC-01", "INC-02", "INC-04", "INC-05")
    )
    other_room = hall(site=site, code="H9", name="Hall 9")
    settings = {one: watched(site, one) for one in (before, after, others, planned)}
    early = raised(site, before, settings[before])
    over(bench, early)
    clock.advance(HOUR)
    held = {one: occupied(bench, one) for one in (before, after)}
    occupied(bench, others, other=True)
    mine = booking(
        planned, by=holder(build.NUMBER, batch=bench.batch), start=clock.now(), kind=UNIT
    )
    claimed(site, mine)
    clock.advance(HOUR)
    for one, claim in held.items():
        freed(bench, claim, one)
    clock.advance(HOUR)
    for one in (after, others, planned):
        raised(site, one, settings[one])
    an_alarm(bench, other_room.room)
    assert (told(bench), gate(bench)) == ([], ("passed", "all judged"))
    assert build.release(bench)["disposition"] == "released"


def test_a_room_is_of_every_batch_in_it(bench: Bench) -> None:
    site = bench.site.id
    there = hall(site=site)
    machine = unit(site=site, place=there.places[1])
    occupied(bench, there.places[0], PLACE)
    alarm = an_alarm(bench, there.room)
    assert [row.params["resource"] for row in told(bench)] == ["Hall 2"]
    assert gate(bench)[1] == "1 to judge, alarm not over: H2-A1 (to acknowledge, to clear)"
    over(bench, alarm)
    assert len(told(bench)) == 1
    # A unit that stands in the room is in the room, though no place of it is claimed.
    second = build.issued(bench.site, number="B-26-0002")
    occupied(second, machine)
    clock.advance(HOUR)
    setting = watched(site, there.room, what="Pressure")
    raised(site, there.room, setting)
    outbox.drain()
    assert [row.params["watched"] for row in told(second)] == ["Pressure"]
    assert gate(second)[1] == "1 to judge, alarm not over: H2-A2 (to acknowledge, to clear)"


def test_a_batch_that_comes_while_it_stands_is_touched_at_once(bench: Bench) -> None:
    """The gate asks the alarms themselves; the exception comes with the end of the alarm."""
    machine = unit(site=bench.site.id)
    alarm = an_alarm(bench, machine)
    clock.advance(HOUR)
    occupied(bench, machine)
    said = "alarm not over: PR-07-A1 (to acknowledge, to clear)"
    assert (gate(bench), told(bench)) == (("open", said), [])
    with reading(site=bench.site.id), pytest.raises(GatesOpen):
        check_gates(bench.record(), for_review=True)
    clock.advance(HOUR)
    acknowledged(bench.site.id, alarm)
    cleared(bench.site.id, alarm)
    # Over, and the worker has not told it yet: nothing slips through meanwhile.
    assert gate(bench)[1] == "alarm not over: PR-07-A1 (comes to the exceptions in a moment)"
    outbox.drain()
    assert (gate(bench)[1], len(told(bench))) == ("1 to judge", 1)


def test_told_twice_it_is_said_once_and_no_message_is_lost(bench: Bench) -> None:
    machine = unit(site=bench.site.id)
    occupied(bench, machine)
    alarm = an_alarm(bench, machine)
    clock.advance(HOUR)
    over(bench, alarm)
    assert len(told(bench)) == 1
    with reading(site=bench.site.id):
        rows = Message.objects.filter(topic__in=["alarm.changed", "batch.alarmed"])
        assert {row.state for row in rows} == {MessageState.DONE}
        assert rows.count() == 4


def test_recorded_after_the_release_it_holds_what_has_not_left(bench: Bench) -> None:
    machine = unit(site=bench.site.id)
    claim = occupied(bench, machine)
    clock.advance(HOUR)
    freed(bench, claim, machine)
    build.release(bench)
    clock.advance(HOUR)
    an_alarm(bench, machine, began=MONDAY)
    assert ([row.state for row in told(bench)], bench.row().quality_hold) == (
        [ExceptionState.OPEN], True
    )  # fmt: skip
    assert verify(everything=True).differences == []


def test_who_answered_an_alarm_does_not_judge_it(bench: Bench) -> None:
    site = bench.site
    machine = unit(site=site.id)
    occupied(bench, machine)
    both = person("shift-lead", "qa-reviewer", site=site)
    alarm = an_alarm(bench, machine, by=engineer(site.id))
    acknowledged(site.id, alarm, by=actor_of(both, "shift-lead", site))
    cleared(site.id, alarm)
    [row] = told(bench)
    reviewer = actor_of(both, "qa-reviewer", site)
    with pytest.raises(OwnException):
        judge_exception(
            command=a_command(reviewer), batch=bench.batch, exception=row.id,
            judgement=Judgement.ACCEPTED, comment="Fine.",
        )  # fmt: skip
    build.judged(bench, row)
    assert [one.state for one in told(bench)] == [ExceptionState.JUDGED]


def test_the_reviewer_reads_the_alarm_beside_its_exception(bench: Bench) -> None:
    machine = unit(site=bench.site.id)
    occupied(bench, machine)
    alarm = an_alarm(bench, machine, critical=True)
    acknowledged(bench.site.id, alarm)
    client = signed_in_client(bench.site, "qa-reviewer")
    page = f"/quality/batches/{bench.batch}/"
    shown = client.get(page)
    assert f'href="/equipment/alarms/{alarm}/"' in shown.content.decode()
    assert "The door stood ajar; closed." in text(shown)
    of = client.get(f"/equipment/alarms/{alarm}/").content.decode()
    assert f'<a href="/batches/{bench.batch}/">{build.NUMBER}</a>' in of
