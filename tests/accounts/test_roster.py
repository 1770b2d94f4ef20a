"""Shifts, duties, absences: who is called now, who cannot be put on, what was is not forgotten."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import rosters
from accounts.enums import DutyKind
from accounts.exceptions import NotAllowed
from accounts.models import Duty
from accounts.roster_exceptions import (
    DaysReversed,
    DutyTaken,
    DutyTwice,
    NumberMissing,
    NumberNotReadable,
    PastNeedsReason,
    PersonAway,
    RoleMissing,
    ShiftCodeTaken,
    ShiftEmpty,
)
from accounts.selectors import assignments_of
from accounts.services.people import disable_person, revoke_role
from accounts.services.roster import cancel_duty, end_absence, note_absence, roster
from accounts.services.shifts import end_shift, set_phone, set_shift
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import (
    DemoSite,
    a_command,
    open_demo_site,
    person,
    signed_in_client,
)

# A Monday; the clocks of the site change on Sunday night.
START = datetime(2027, 3, 22, 8, 0, tzinfo=UTC)
MONDAY = date(2027, 3, 22)
SATURDAY = date(2027, 3, 27)
WORKS, LEAD, CALL = DutyKind.WORKS, DutyKind.LEAD, DutyKind.QA_ON_CALL
ADDRESS = "/people/roster/"
AtTime = Callable[[datetime], None]


@pytest.fixture
def site(committed_db: str, at_time: AtTime) -> DemoSite:
    at_time(START)
    return open_demo_site()


def keeper(site: DemoSite) -> Any:
    return a_command(site.actor("shift-lead"))


def a_shift(site: DemoSite, code: str = "N", start: int = 22, end: int = 6) -> UUID:
    made = set_shift(
        command=keeper(site), code=code, name="Shift", start=time(start), end=time(end),
        reason="as agreed",
    )  # fmt: skip
    return UUID(str(made["id"]))


def called(site: DemoSite, role: str = "qa-on-call", phone: str = "+49 6131 5550") -> UUID:
    """Return a holder of a role who can be called."""
    who = site.person(role)
    set_phone(command=keeper(site), person=who, phone=phone)
    return who


def put(site: DemoSite, who: UUID, what: DutyKind, shift: UUID, first: date = MONDAY,
        last: date | None = None, reason: str = "") -> Any:  # fmt: skip
    return roster(
        command=keeper(site), person=who, what=what, shift=shift, first=first, last=last,
        reason=reason,
    )  # fmt: skip


def duties(site: DemoSite, who: UUID) -> list[tuple[str, date]]:
    with reading(site=site.id):
        rows = Duty.objects.filter(person=who, cancelled_at__isnull=True).order_by("during")
        return [(row.what, row.day) for row in rows]


def now_called(site: DemoSite, what: DutyKind, at: datetime) -> str:
    with reading(site=site.id):
        found = rosters.on_duty(what, site=site.id, at=at)
    return f"{found.name} {found.phone}" if found else ""


def test_a_duty_has_the_hours_of_the_wall_also_when_the_clocks_change(site: DemoSite) -> None:
    night, early = a_shift(site), a_shift(site, "E", 6, 14)
    who, lead = called(site), called(site, "shift-lead", "112")
    put(site, who, CALL, night, SATURDAY)
    put(site, lead, LEAD, early, SATURDAY + timedelta(days=1))
    with reading(site=site.id):
        row = Duty.objects.get(person=who)
    # 22:00 in winter to 06:00 in summer: seven hours.
    assert (row.starts_at, row.ends_at) == (
        datetime(2027, 3, 27, 21, tzinfo=UTC), datetime(2027, 3, 28, 4, tzinfo=UTC),
    )  # fmt: skip
    second = timedelta(seconds=1)
    assert [now_called(site, CALL, at) for at in (
        row.starts_at - second, row.starts_at, row.ends_at - second, row.ends_at
    )] == ["", "Ines Vogt +49 6131 5550", "Ines Vogt +49 6131 5550", ""]  # fmt: skip
    assert now_called(site, LEAD, row.ends_at) == "Samir Haddad 112"
    # A later change of the shift moves no duty; what was said stays so.
    set_shift(
        command=keeper(site), shift=night, code="N", name="Night", start=time(21), end=time(5),
        reason="from April",
    )  # fmt: skip
    assert now_called(site, CALL, row.starts_at - second) == ""
    assert verify(everything=True).differences == []


def test_nobody_is_called_who_has_left_or_lost_the_role(site: DemoSite) -> None:
    shift, who, lead = a_shift(site, "D", 6, 18), called(site), called(site, "shift-lead")
    put(site, who, CALL, shift, reason="late")
    put(site, lead, LEAD, shift, reason="late")
    assert (bool(now_called(site, CALL, START)), bool(now_called(site, LEAD, START))) == (
        True, True,
    )  # fmt: skip
    with reading(site=site.id):
        [held] = assignments_of(who, site.id)
    admin = a_command(site.actor("admin"))
    revoke_role(command=admin, assignment=held.id, person=who, reason="moved")
    disable_person(command=a_command(site.actor("admin")), person=lead, reason="left")
    assert (now_called(site, CALL, START), now_called(site, LEAD, START)) == ("", "")


def test_who_is_away_or_without_role_or_number_is_not_put_on(site: DemoSite) -> None:
    shift, who = a_shift(site), called(site)
    with pytest.raises(RoleMissing) as refused:
        put(site, site.person("operator"), CALL, shift)
    assert str(refused.value).endswith("no role at this site that allows it: QA on call.")
    with pytest.raises(RoleMissing):
        put(site, person("operator", site=open_demo_site("MZ2")), WORKS, shift)
    with pytest.raises(NumberMissing):
        put(site, site.person("shift-lead"), LEAD, shift)
    tuesday = MONDAY + timedelta(days=1)
    note_absence(command=keeper(site), person=who, first=tuesday, last=tuesday)
    # The night before reaches into the day away; all days of the range or none.
    for first in (MONDAY, tuesday, MONDAY - timedelta(days=3)):
        with pytest.raises(PersonAway):
            put(site, who, CALL, shift, first, tuesday, reason="late")
    assert duties(site, who) == []
    put(site, who, CALL, shift, tuesday + timedelta(days=1))


def test_an_absence_takes_off_what_has_not_begun_and_its_end_gives_nothing_back(
    site: DemoSite, at_time: AtTime
) -> None:
    night, who = a_shift(site), called(site)
    put(site, who, CALL, night, MONDAY, MONDAY + timedelta(days=4))
    at_time(START + timedelta(days=1, hours=15))  # Tuesday's night has begun
    first = MONDAY + timedelta(days=1)
    noted = note_absence(
        command=keeper(site), person=who, first=first, last=MONDAY + timedelta(days=3)
    )
    assert noted["open"] == 2
    assert duties(site, who) == [
        ("qa-on-call", MONDAY), ("qa-on-call", first), ("qa-on-call", MONDAY + timedelta(days=4)),
    ]  # fmt: skip
    absence = UUID(str(noted["id"]))
    other = site.person("operator")
    with pytest.raises(NotFound):
        end_absence(command=keeper(site), person=other, absence=absence, reason="x")
    end_absence(command=keeper(site), person=who, absence=absence, reason="back")
    with pytest.raises(NotFound):
        end_absence(command=keeper(site), person=who, absence=absence, reason="back")
    assert len(duties(site, who)) == 3
    put(site, who, CALL, night, MONDAY + timedelta(days=2))


def test_one_is_on_call_and_a_person_works_one_shift_at_a_time(site: DemoSite) -> None:
    night, long = a_shift(site), a_shift(site, "X", 18, 23)
    who, other = called(site), person("qa-on-call", site=site, name="Jon Maier")
    set_phone(command=keeper(site), person=other, phone="112")
    put(site, who, CALL, night)
    put(site, who, WORKS, night)
    with pytest.raises(DutyTaken) as refused:
        put(site, other, CALL, long)
    assert refused.value.params["person"] == "Ines Vogt"
    with pytest.raises(DutyTwice):
        put(site, who, WORKS, long)
    # Many may work one shift; another site's call is its own.
    put(site, other, WORKS, night)
    second = open_demo_site("MZ2")
    put(second, called(second), CALL, a_shift(second))


def test_two_who_put_two_people_on_call_at_once_get_one_answer(site: DemoSite) -> None:
    night = a_shift(site)
    people = [called(site), person("qa-on-call", site=site)]
    set_phone(command=keeper(site), person=people[1], phone="112")
    command = {who: keeper(site) for who in people}
    said: list[str] = []
    ready = Barrier(2)

    def run(who: UUID) -> None:
        ready.wait()
        try:
            roster(command=command[who], person=who, what=CALL, shift=night, first=MONDAY)
            said.append("put on")
        except DutyTaken:
            said.append("taken")
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["put on", "taken"]


def test_the_table_itself_refuses_two_on_call(
    site: DemoSite, owner_connection: psycopg.Connection
) -> None:
    night, who = a_shift(site), called(site)
    put(site, who, CALL, night)
    other = person("qa-on-call", site=site)
    owner_connection.execute("ALTER TABLE accounts_duty DISABLE TRIGGER mes_guard")
    copy = """INSERT INTO accounts_duty
        SELECT stream, entry_seq, site, %s, what, day, shift, shift_code, during, cancelled_at, %s
          FROM accounts_duty"""
    columns = "stream, entry_seq, site, id, what, day, shift, shift_code, during, cancelled_at"
    copy = copy.replace("accounts_duty\n", f"accounts_duty ({columns}, person_id)\n", 1)
    with pytest.raises(psycopg.errors.ExclusionViolation, match="accounts_duty_one_on_call"):
        owner_connection.execute(copy, (uuid7(), other))
    works = copy.replace("%s, what,", "%s, 'works',")
    owner_connection.execute(works, (uuid7(), who))
    with pytest.raises(psycopg.errors.ExclusionViolation, match="accounts_duty_one_at_a_time"):
        owner_connection.execute(works, (uuid7(), who))


@pytest.mark.req("A11-9")
def test_what_has_begun_is_changed_with_a_reason_only_and_stays_readable(
    site: DemoSite, at_time: AtTime
) -> None:
    early, who = a_shift(site, "E", 6, 14), site.person("operator")
    sunday = MONDAY - timedelta(days=1)
    for first in (sunday, MONDAY):
        with pytest.raises(PastNeedsReason):
            put(site, who, WORKS, early, first)
        put(site, who, WORKS, early, first, reason="as worked")
    tuesday = MONDAY + timedelta(days=1)
    put(site, who, WORKS, early, tuesday)
    with reading(site=site.id):
        past, _, ahead = Duty.objects.filter(person=who).order_by("day")
    with pytest.raises(PastNeedsReason):
        cancel_duty(command=keeper(site), person=who, duty=past.id)
    cancel_duty(command=keeper(site), person=who, duty=past.id, reason="was ill")
    cancel_duty(command=keeper(site), person=who, duty=ahead.id)
    with pytest.raises(NotFound):
        cancel_duty(command=keeper(site), person=who, duty=ahead.id)
    assert duties(site, who) == [("works", MONDAY)]
    with reading(site=site.id):
        kept = Entry.objects.filter(stream=who, kind__startswith="duty").order_by("seq")
        reasons = [row.envelope["payload"]["reason"] for row in kept]
    assert reasons == ["as worked", "as worked", "", "was ill", ""]


@pytest.mark.req("P11-10g")
@pytest.mark.parametrize("role", ["operator", "qa-on-call", "trainer", "auditor", "planner"])
def test_only_who_keeps_the_roster_changes_it(site: DemoSite, role: str) -> None:
    shift, who = a_shift(site), called(site)
    put(site, who, CALL, shift)
    duty = _only_duty(site)
    by = a_command(site.actor(role)).actor
    acts: list[Callable[[], Any]] = [
        lambda: roster(command=a_command(by), person=who, what=WORKS, shift=shift, first=MONDAY),
        lambda: cancel_duty(command=a_command(by), person=who, duty=duty),
        lambda: note_absence(command=a_command(by), person=who, first=MONDAY, last=MONDAY),
        lambda: end_absence(command=a_command(by), person=who, absence=uuid7(), reason="x"),
        lambda: end_shift(command=a_command(by), shift=shift, reason="x"),
        lambda: (
            set_phone(command=a_command(by), person=site.person("operator"), phone="112")
            if role != "operator"
            else set_phone(command=a_command(by), person=who, phone="112")
        ),
    ]
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    if role != "operator":
        set_phone(command=a_command(by), person=site.person(role), phone="113")
    assert duties(site, who) == [("qa-on-call", MONDAY)]


def _only_duty(site: DemoSite) -> UUID:
    with reading(site=site.id):
        return Duty.objects.get().id


def test_shifts_have_one_code_two_times_and_an_end(site: DemoSite) -> None:
    night = a_shift(site)
    with pytest.raises(ShiftCodeTaken):
        a_shift(site)
    with pytest.raises(ShiftEmpty):
        a_shift(site, "Z", 6, 6)
    end_shift(command=keeper(site), shift=night, reason="not worked any more")
    with pytest.raises(NotFound):
        put(site, site.person("operator"), WORKS, night)
    a_shift(site)
    other = open_demo_site("MZ2")
    with pytest.raises(NotFound):
        put(other, other.person("operator"), WORKS, a_shift(site, "E", 6, 14))
    with pytest.raises(DaysReversed):
        put(site, site.person("operator"), WORKS, night, MONDAY, MONDAY - timedelta(days=1))
    for phone in ("call me", "1", "+", "0" * 31):
        with pytest.raises(NumberNotReadable):
            set_phone(command=keeper(site), person=site.person("operator"), phone=phone)


def test_planning_asks_who_works_and_hears_of_nobody_who_left(site: DemoSite) -> None:
    early = a_shift(site, "E", 6, 14)
    stays, leaves = (person("operator", site=site) for _ in range(2))
    for who in (stays, leaves):
        put(site, who, WORKS, early, SATURDAY)
    put(site, called(site), CALL, early, SATURDAY)
    disable_person(command=a_command(site.actor("admin")), person=leaves, reason="left")
    ten = datetime(2027, 3, 27, 9, tzinfo=UTC)
    with reading(site=site.id):
        assert [row.person_id for row in rosters.working(ten, ten + timedelta(hours=1))] == [stays]
        assert rosters.working(ten + timedelta(hours=5), ten + timedelta(hours=6)) == []


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("spans", "left"),
    [
        ([], [(0, 10)]),
        ([(0, 10)], []),
        ([(-5, 20)], []),
        ([(2, 4)], [(0, 2), (4, 10)]),
        ([(6, 8), (2, 4), (3, 5)], [(0, 2), (5, 6), (8, 10)]),
        ([(2, 9), (3, 4)], [(0, 2), (9, 10)]),
        ([(12, 14)], [(0, 10)]),
    ],
)
def test_gaps_are_what_no_span_covers(
    spans: list[tuple[int, int]], left: list[tuple[int, int]]
) -> None:
    at = [(START + a * HOUR, START + b * HOUR) for a, b in spans]
    wanted = [(START + a * HOUR, START + b * HOUR) for a, b in left]
    assert list(rosters.gaps(at, START, START + 10 * HOUR)) == wanted


# --- the pages ---


def send(client: Client, act: str, **form: object) -> int:
    said = {"key": str(uuid7()), "act": act, **{name: str(v) for name, v in form.items()}}
    return client.post(ADDRESS, said).status_code


def test_the_week_is_kept_through_the_page(site: DemoSite) -> None:
    night, who = a_shift(site), site.person("qa-on-call")
    client = signed_in_client(site, "admin")
    form = {"person": who, "what": "qa-on-call", "shift": night, "first": "2027-03-22"}
    assert send(client, "roster", **form) == 409  # without a number
    assert send(client, "phone", person=who, phone="+49 6131 5550") == 302
    assert send(client, "roster", **form, last="2027-03-24") == 302
    assert send(client, "roster", **form | {"first": "2027-03-40"}) == 400
    for far in ("0001-01-01", "9999-12-31"):
        assert send(client, "roster", **form | {"first": far}) == 400
        assert send(client, "away", person=who, first=far, last=far) == 400
    assert send(client, "burn", **form) == 404
    page = client.get(ADDRESS, {"week": "2027-W12"})
    [cells] = [row["cells"] for row in page.context["rows"] if row["person"].id == who]
    assert [[duty["code"] for duty in cell["duties"]] for cell in cells] == [["N"]] * 3 + [[]] * 4
    gaps = [gap for gap in page.context["gaps"] if gap["what"] == "QA on call"]
    assert (gaps[0]["start"], gaps[0]["end"]) == (
        START, datetime(2027, 3, 22, 21, tzinfo=UTC),
    )  # fmt: skip
    duty = cells[0]["duties"][0]["id"]
    assert "Take off" in client.get(ADDRESS, {"duty": str(duty)}).content.decode()
    assert send(client, "off", person=who, duty=duty) == 302
    assert send(client, "away", person=who, first="2027-03-23", last="2027-03-30") == 302
    page = client.get(ADDRESS)
    [absence] = page.context["absences"]
    assert send(client, "back", person=who, absence=absence.id, reason="back") == 302
    assert duties(site, who) == []
    # Who is outside of the plant is not among those who work there.
    outside = person("treatment-centre", site=site)
    assert str(outside) not in client.get(ADDRESS).content.decode()


def test_readers_see_the_week_and_no_form(site: DemoSite) -> None:
    night, who = a_shift(site), called(site)
    put(site, who, CALL, night)
    client = signed_in_client(site, "auditor")
    for week in ("not a week", "0001-W01", "9999-W52"):
        page = client.get(ADDRESS, {"week": week})
        assert (page.status_code, page.context["week"], "roster_form" in page.context) == (
            200, "2027-W12", False,
        )  # fmt: skip
    assert 'name="act"' not in page.content.decode()
    assert send(client, "off", person=who, duty=_only_duty(site)) == 403
    assert client.get("/people/shifts/").status_code == 403


def test_shifts_are_set_and_ended_through_the_page(site: DemoSite) -> None:
    client, address = signed_in_client(site, "shift-lead"), "/people/shifts/"
    form = {"code": "E", "name": "Early", "start": "06:00", "end": "14:00", "reason": "agreed"}

    def post(**said: str) -> int:
        return client.post(address, {"key": str(uuid7()), **said}).status_code

    assert [post(**form, set="1"), post(**form, set="1")] == [302, 409]
    assert post(**form | {"start": "6 o'clock"}, set="1") == 400
    [shift] = client.get(address).context["shifts"]
    assert post(shift=str(shift.id), reason="winter") == 302
    assert client.get(address).context["shifts"] == []


def test_the_week_in_as_many_queries_for_many_as_for_one(site: DemoSite) -> None:
    night, client, counts = a_shift(site), signed_in_client(site, "shift-lead"), []
    put(site, called(site), CALL, night)
    for _ in range(2):
        for _ in range(3):
            put(site, person("operator", site=site), WORKS, night)
        with CaptureQueriesContext(connection) as counted:
            client.get(ADDRESS)
        counts.append(len(counted))
    assert (counts[0] == counts[1], counts[0] <= 25) == (True, True)
