"""Alarms of units and rooms: justified limits, raised, acknowledged, cleared, kept, found."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils import translation

from accounts.exceptions import NotAllowed
from equipment.enums import AlarmState
from equipment.exceptions import ValueWithinLimits
from equipment.models import Alarm, AlarmSetting, Room, Unit
from equipment.services.alarms import set_alarm_setting
from mes.lib import clock
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from records.models import Entry
from records.presenters import sentence
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import DemoSite, a_command, open_demo_site, signed_in_client
from tests.builders.alarms import (
    SEEN,
    WHY,
    acknowledged,
    alarm_of,
    changed,
    cleared,
    raised,
    watch,
    watched,
)
from tests.builders.equipment import HOUR, engineer, hall, unit
from tests.equipment.test_guard import as_application
from tests.equipment.test_pages import queries, text
from tests.equipment.test_races import at_once

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("D11-8")]


@pytest.fixture
def site() -> DemoSite:
    return open_demo_site()


@pytest.fixture
def machine(site: DemoSite) -> UUID:
    return unit(site=site.id, place=hall(site=site.id).places[0])


def refusal(attempt: Callable[[], object]) -> tuple[str, str, bool]:
    """Return code and sentence of a refusal, and whether it names a way out."""
    with pytest.raises(Refusal) as refused:
        attempt()
    return refused.value.code, str(refused.value), bool(refused.value.way_out_text)


def said_of(site: DemoSite, stream: UUID, language: str = "en") -> list[str]:
    with reading(site=site.id), translation.override(language):
        rows = Entry.objects.filter(stream=stream, kind__startswith="alarm").order_by("seq")
        return [sentence(one.envelope) for one in rows]


# --- what is watched ---


def test_limits_are_justified_and_a_change_is_the_next_version(
    site: DemoSite, machine: UUID
) -> None:
    setting = watched(site.id, machine)
    changed(site.id, machine, setting, watch(high="8.5", critical=True))
    with reading(site=site.id):
        rows = AlarmSetting.objects.filter(setting=setting).order_by("setting_version")
        seen = [
            (row.setting_version, row.limits, row.critical, row.reason, row.superseded_at is None)
            for row in rows
        ]
    assert seen == [
        (1, "2 … 8\u00a0°C", False, "", False),
        (2, "2 … 8.5\u00a0°C", True, "Requalified.", True),
    ]
    assert said_of(site, machine) == [
        f"Alarm limits of Temperature set: 2 … 8\u00a0°C ({WHY})",
        f"Alarm limits of Temperature, version 2: 2 … 8.5\u00a0°C ({WHY}): Requalified.",
    ]
    assert said_of(site, machine, "de")[1] == (
        f"Alarmgrenzen für Temperature, Version 2: 2 … 8,5\u00a0°C ({WHY}): Requalified."
    )
    assert verify(everything=True).differences == []


def test_limits_that_are_none_or_have_no_why_are_refused(site: DemoSite, machine: UUID) -> None:
    setting = watched(site.id, machine)
    table = [
        (watch(low=None, high=None), "r", "alarm.limits_missing"),
        (watch(low="8", high="8"), "r", "alarm.limits_missing"),
        (watch(justification=" "), "r", "alarm.justification_missing"),
        (watch(), " ", "reason.missing"),
    ]
    for wanted, reason, code in table:
        with pytest.raises(Refusal) as refused:
            changed(site.id, machine, setting, wanted, reason)
        assert (refused.value.code, bool(refused.value.way_out_text)) == (code, True)
    assert len(said_of(site, machine)) == 1


def test_a_thing_is_watched_once_and_only_of_a_unit_or_room(site: DemoSite, machine: UUID) -> None:
    watched(site.id, machine)
    assert refusal(lambda: watched(site.id, machine))[0] == "alarm.already_watched"
    watched(site.id, machine, what="CO₂")
    with pytest.raises(NotFound):
        watched(site.id, hall(site=site.id, code="H3", name="Hall 3").places[0])


# --- an alarm ---


def test_a_value_within_its_limits_is_no_alarm(site: DemoSite, machine: UUID) -> None:
    setting = watched(site.id, machine)
    for value in ("2", "8", "5.25"):
        with pytest.raises(ValueWithinLimits) as refused:
            raised(site.id, machine, setting, value=value)
        said = f"{value}\u00a0°C lies within the limits (2 … 8\u00a0°C): that is no alarm."
        assert str(refused.value) == said
    raised(site.id, machine, setting, value="8.000001")


@pytest.mark.req("D11-12a")
def test_an_alarm_goes_either_way_to_its_end(site: DemoSite, machine: UUID) -> None:
    setting = watched(site.id, machine, critical=True)
    states = []
    for number, first in enumerate(("acknowledged", "cleared"), start=1):
        made = raised(site.id, machine, setting)
        row = alarm_of(site.id, made)
        assert (row.number, row.setting_version) == (f"PR-07-A{number}", 1)
        states.append(row.state)
        steps: dict[str, Callable[[UUID, UUID], None]] = {
            "acknowledged": acknowledged,
            "cleared": cleared,
        }
        steps.pop(first)(site.id, made)
        states.append(alarm_of(site.id, made).state)
        [rest] = steps.values()
        rest(site.id, made)
        states.append(alarm_of(site.id, made).state)
    assert states == [
        AlarmState.RAISED, AlarmState.ACKNOWLEDGED, AlarmState.OVER,
        AlarmState.RAISED, AlarmState.CLEARED, AlarmState.OVER,
    ]  # fmt: skip
    row = alarm_of(site.id, made)
    by = engineer(site.id)
    assert (row.acknowledged_by, row.cleared_by, row.comment) == (by.person, by.person, SEEN)
    assert said_of(site, machine)[2:4] == [
        f"Alarm PR-07-A1 acknowledged: {SEEN}", "Alarm PR-07-A1 cleared: 5\u00a0°C"
    ]  # fmt: skip
    assert verify(everything=True).differences == []


def test_each_refusal_names_a_way_out(site: DemoSite, machine: UUID) -> None:
    setting = watched(site.id, machine, critical=True)
    later = clock.now() + HOUR
    assert refusal(lambda: raised(site.id, machine, setting, began=later))[0] == "alarm.in_future"
    made = raised(site.id, machine, setting)
    before = [
        lambda: raised(site.id, machine, setting),
        lambda: acknowledged(site.id, made, comment="  "),
        lambda: cleared(site.id, made, value="8.01"),
    ]
    found = [refusal(attempt) for attempt in before]
    assert [(code, way_out) for code, _, way_out in found] == [
        ("alarm.stands", True), ("alarm.comment_missing", True),
        ("alarm.value_outside_limits", True),
    ]  # fmt: skip
    assert alarm_of(site.id, made).state == AlarmState.RAISED
    acknowledged(site.id, made)
    cleared(site.id, made, value="8")
    again = [lambda: acknowledged(site.id, made), lambda: cleared(site.id, made)]
    assert [refusal(attempt)[0] for attempt in again] == [
        "alarm.acknowledged_before", "alarm.cleared_before"
    ]  # fmt: skip
    assert alarm_of(site.id, made).comment == SEEN


def test_what_is_not_critical_is_acknowledged_without_a_comment(
    site: DemoSite, machine: UUID
) -> None:
    made = raised(site.id, machine, watched(site.id, machine))
    acknowledged(site.id, made, comment="")
    assert alarm_of(site.id, made).state == AlarmState.ACKNOWLEDGED


def test_an_alarm_keeps_its_limits_and_is_cleared_by_those_in_force(
    site: DemoSite, machine: UUID
) -> None:
    setting = watched(site.id, machine)
    made = raised(site.id, machine, setting, value="9.5")
    changed(site.id, machine, setting, watch(high="10"), "The limit was a typing error.")
    cleared(site.id, made, value="9.6")
    row = alarm_of(site.id, made)
    assert (row.limits, row.setting_version, row.cleared_version) == ("2 … 8\u00a0°C", 1, 2)
    assert refusal(lambda: raised(site.id, machine, setting, value="9.6"))[0] == (
        "alarm.value_within_limits"
    )


def test_of_two_who_raise_the_same_one_is_told(site: DemoSite, machine: UUID) -> None:
    setting, by = watched(site.id, machine), engineer(site.id)
    outcomes, _slowest = at_once([lambda: raised(site.id, machine, setting, by=by)] * 2)
    assert sorted(outcomes) == ["alarm.stands", "done"]


# --- the database ---

CHANGES = [
    "DELETE FROM equipment_alarm WHERE id = %(alarm)s",
    "UPDATE equipment_alarm SET value = 8.1 WHERE id = %(alarm)s",
    "UPDATE equipment_alarm SET critical = false WHERE id = %(alarm)s",
    "UPDATE equipment_alarm SET cleared_at = now(), cleared_by = id, cleared_value = 5"
    " WHERE id = %(alarm)s",
    "UPDATE equipment_alarm SET entry_seq = entry_seq + 1 WHERE id = %(alarm)s",
    "UPDATE equipment_alarmsetting SET high = 20 WHERE setting = %(setting)s",
    "DELETE FROM equipment_alarmsetting WHERE setting = %(setting)s",
    "TRUNCATE equipment_alarm",
]


def test_nobody_edits_an_alarm_or_its_limits(site: DemoSite, machine: UUID) -> None:
    setting = watched(site.id, machine, critical=True)
    made = raised(site.id, machine, setting)
    before = alarm_of(site.id, made)
    for statement in CHANGES:
        with pytest.raises(
            DatabaseError, match=r"never|fold of an entry only|permission denied|only grows"
        ):
            as_application(site.id, statement, {"alarm": made, "setting": setting})
    after = alarm_of(site.id, made)
    assert (after.value, after.critical, after.state) == (before.value, True, AlarmState.RAISED)


def a_row(**fields: Any) -> Alarm:
    now = clock.now()
    given = {
        "id": uuid7(), "stream": uuid7(), "entry_seq": 1, "number": "X-A1", "watched": "t",
        "resource_kind": "unit", "resource_label": "X", "setting": uuid7(), "setting_version": 1,
        "unit": "Cel", "low": 2, "high": 8, "critical": True, "value": 9, "began_at": now,
        "raised_at": now, "raised_by_name": "E",
    }  # fmt: skip
    return Alarm(**{**given, **fields})


BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("equipment_alarm_outside_limits", {"value": 8}),
    ("equipment_alarm_outside_limits", {"low": None, "high": None}),
    ("equipment_alarm_outside_limits", {"low": None, "value": 1}),
    ("equipment_alarm_began_before", {"began_at": 1}),
    ("equipment_alarm_critical_has_comment", {"acknowledged_at": 0, "acknowledged_by": 1}),
    ("equipment_alarm_acknowledged_at_by", {"acknowledged_at": 0, "comment": "x"}),
    ("equipment_alarm_acknowledged_at_by", {"comment": "x"}),
    ("equipment_alarm_cleared_at_by", {"cleared_at": 0, "cleared_by": 1}),
    ("equipment_alarm_cleared_within",
     {"cleared_at": 0, "cleared_by": 1, "cleared_value": 9, "cleared_high": 8}),
]  # fmt: skip


def a_field(name: str, value: Any) -> Any:
    """Return a field of the table: instants are hours from now, people somebody."""
    if name.endswith("_at"):
        return clock.now() + value * HOUR
    return uuid7() if name.endswith("_by") else value


def test_the_database_holds_what_an_alarm_is() -> None:
    checks = {one.name: one for one in Alarm._meta.constraints}
    for constraint, fields in BROKEN:
        made = {name: a_field(name, value) for name, value in fields.items()}
        checks[constraint].validate(Alarm, a_row())
        with pytest.raises(ValidationError, match=constraint):
            checks[constraint].validate(Alarm, a_row(**made))


# --- who may, and where ---


def test_who_may_set_limits_and_who_may_raise(site: DemoSite, machine: UUID) -> None:
    setting = watched(site.id, machine)
    with pytest.raises(NotAllowed):
        set_alarm_setting(
            command=a_command(site.actor("operator")), resource=machine, setting=setting,
            watch=replace(watch(), watched="Temperature"), reason="r",
        )  # fmt: skip
    for role in ("auditor", "planner", "qa-reviewer"):
        with pytest.raises(NotAllowed):
            raised(site.id, machine, setting, by=site.actor(role))
    made = raised(site.id, machine, setting, by=site.actor("operator"))
    for act in (acknowledged, cleared):
        with pytest.raises(NotAllowed):
            act(site.id, made, by=site.actor("auditor"))
    acknowledged(site.id, made, by=site.actor("shift-lead"))
    assert alarm_of(site.id, made).acknowledged_by_name == "Samir Haddad"


def test_another_sites_alarm_does_not_exist(site: DemoSite, machine: UUID) -> None:
    made = raised(site.id, machine, watched(site.id, machine))
    there = open_demo_site("MZ9")
    client = signed_in_client(there, "engineering")
    pages = [f"/equipment/alarms/{made}/", f"/equipment/alarms/of/{machine}/"]
    assert [client.get(page).status_code for page in pages] == [404, 404]
    assert "PR-07-A1" not in text(client.get("/equipment/alarms/"))
    with pytest.raises(NotFound):
        acknowledged(there.id, made, by=engineer(there.id))
    own = signed_in_client(site, "engineering")
    assert [own.get(page).status_code for page in pages] == [200, 200]
    assert "PR-07-A1" in text(own.get("/equipment/alarms/"))


# --- pages ---


def post(site: DemoSite, path: str, role: str = "engineering", **form: Any) -> Any:
    return signed_in_client(site, role).post(path, {"key": str(uuid7()), **form})


def test_all_of_it_is_done_on_the_pages(site: DemoSite, machine: UUID) -> None:
    of = f"/equipment/alarms/of/{machine}/"
    limits = {
        "watched": "Temperature", "unit": "Cel", "low": "2", "high": "8", "critical": "on",
        "justification": WHY,
    }  # fmt: skip
    assert post(site, f"{of}settings/", seq=1, **limits).status_code == 302
    with reading(site=site.id):
        [setting] = AlarmSetting.objects.values_list("setting", flat=True)
    stale = post(site, f"{of}settings/", seq=1, **limits, setting=setting, reason="r")
    none = post(site, f"{of}settings/", seq=2, **limits, setting=setting, reason="")
    assert (stale.status_code, none.status_code) == (409, 400)
    sent = {**limits, "high": "8.5"}
    assert (
        post(site, f"{of}settings/", seq=2, **sent, setting=setting, reason="r").status_code == 302
    )
    seen = {"setting": setting, "value": "8.2", "began": "2026-11-16T08:00"}
    answer = post(site, f"{of}raise/", "operator", **seen)
    assert (answer.status_code, "lies within the limits (2 … 8.5" in text(answer)) == (422, True)
    assert post(site, f"{of}raise/", "operator", **{**seen, "value": "9"}).status_code == 302
    with reading(site=site.id):
        [made] = Alarm.objects.values_list("id", flat=True)
    page = f"/equipment/alarms/{made}/"
    answer = post(site, f"{page}acknowledge/", "operator", comment="")
    assert (answer.status_code, "with a comment only" in text(answer)) == (422, True)
    assert post(site, f"{page}acknowledge/", "operator", comment=SEEN).status_code == 302
    assert post(site, f"{page}clear/", "operator", value="8.6").status_code == 422
    assert post(site, f"{page}clear/", "operator", value="5").status_code == 302
    shown = text(signed_in_client(site, "auditor").get(page))
    for said in ("2 … 8.5 °C version 2", SEEN, "Over", "16 Nov 2026, 08:00"):
        assert said in shown
    assert "Clear the alarm" not in shown


def test_an_open_alarm_is_seen_where_its_thing_is_and_nowhere_else(
    site: DemoSite, machine: UUID
) -> None:
    other = unit(site=site.id, code="INC-01")
    with reading(site=site.id):
        here = Unit.objects.select_related("place").get(id=machine).place
    assert here is not None
    made = raised(site.id, machine, watched(site.id, machine))
    client = signed_in_client(site, "planner")
    shown = {
        "/equipment/": True, "/equipment/live/": True, f"/equipment/units/{machine}/": True,
        f"/equipment/places/{here.id}/": True, f"/equipment/rooms/{here.room_id}/": True,
        "/board/": True, f"/equipment/units/{other}/": False,
    }  # fmt: skip
    note = 'class="note note-warning"'
    assert {page: note in client.get(page).content.decode() for page in shown} == shown
    acknowledged(site.id, made)
    assert note in client.get("/equipment/").content.decode()
    cleared(site.id, made)
    assert not any(note in client.get(page).content.decode() for page in shown)


def numbers(site: DemoSite, asked: str, client: Any) -> list[str]:
    page = client.get(f"/equipment/alarms/?{asked}")
    assert page.status_code == 200
    return sorted(set(re.findall(r"(?:PR-07|H2)-A\d", page.content.decode())))


def test_the_log_is_searched_by_period_thing_state_and_weight(
    site: DemoSite, machine: UUID, at_time: Callable[[Any], None]
) -> None:
    with reading(site=site.id):
        [room] = Room.objects.values_list("id", flat=True)
    client = signed_in_client(site, "auditor")
    now = clock.now()
    setting = watched(site.id, machine)
    pressure = watched(site.id, room, critical=True, what="Pressure")
    old = raised(site.id, machine, setting, began=now - timedelta(days=9))
    acknowledged(site.id, old)
    cleared(site.id, old)
    raised(site.id, machine, setting, began=now)
    acknowledged(site.id, raised(site.id, room, pressure, began=now))
    stranger = open_demo_site("MZ9")
    far = unit(site=stranger.id, code="PR-07")
    raised(stranger.id, far, watched(stranger.id, far), began=now - timedelta(days=9), value="1")
    everything = ["H2-A1", "PR-07-A1", "PR-07-A2"]
    days = [(now + timedelta(days=n)).date().isoformat() for n in (-5, 2)]
    found = {
        "": everything, "label=pr-07": ["PR-07-A1", "PR-07-A2"], "label=hall": ["H2-A1"],
        "critical=yes": ["H2-A1"], "critical=no": ["PR-07-A1", "PR-07-A2"],
        "state=open": ["H2-A1", "PR-07-A2"], "state=over": ["PR-07-A1"],
        "state=acknowledged": ["H2-A1"], "state=raised": ["PR-07-A2"], "state=cleared": [],
        f"until={days[0]}": ["PR-07-A1"], f"since={days[1]}": ["H2-A1", "PR-07-A2"],
        f"since={days[0]}&label=pr": ["PR-07-A1", "PR-07-A2"],
    }  # fmt: skip
    assert {asked: numbers(site, asked, client) for asked in found} == found
    assert client.get("/equipment/alarms/?since=soon").status_code == 400


def test_the_log_asks_as_often_for_many_as_for_one(site: DemoSite, machine: UUID) -> None:
    client = signed_in_client(site, "engineering")
    raised(site.id, machine, watched(site.id, machine))
    pages = ["/equipment/alarms/", "/equipment/", f"/equipment/alarms/of/{machine}/"]
    few = [queries(client, page) for page in pages]
    for number in range(4):
        raised(site.id, machine, watched(site.id, machine, what=f"Sensor {number}"))
    assert [queries(client, page) for page in pages] == few
