"""By which components one signs, where one has to be, and what one acknowledged before."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import Settings

from accounts import policy, sessions
from accounts.enums import SecondPerson
from accounts.exceptions import NotAllowed, ReasonMissing, SamePerson
from accounts.models import Person
from accounts.services.policy import acknowledge_policy
from accounts.services.second_persons import set_second_person
from accounts.sign_in_exceptions import NotYourAccount
from accounts.signing_exceptions import NotOnSite
from mes.lib.ids import uuid7
from quality import services
from quality.enums import Judgement
from records.models import Entry
from records.reading import reading
from tests.batches.test_screens import on_tablet, page_of, payloads, perform
from tests.builders import quality as build
from tests.builders.accounts import (
    PASSWORD,
    PIN,
    DemoSite,
    a_command,
    client_on,
    open_demo_site,
    person,
    signed_in_client,
    tablet,
)
from tests.builders.batches import STEPS
from tests.builders.floor import at_tablet, hidden, send, tablet_at
from tests.builders.quality import Bench, proof_of

pytestmark = pytest.mark.usefixtures("committed_db")
AtTime = Callable[[datetime], None]
START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


def with_deviations(count: int) -> Bench:
    bench = build.issued()
    for _ in range(count):
        build.judged(bench, build.reported(bench), Judgement.DEVIATION)
    return bench


def quinn(site: DemoSite, **more: Any) -> UUID:
    return person("qa-reviewer", site=site, name="Quinn Abel", username="quinn", badge="B-7",
                  secrets=True, **more)  # fmt: skip


def signs(client: Client, bench: Bench, number: int, **given: str) -> Any:
    """Close a deviation of the batch through its page, as it is shown now."""
    row = bench.record().deviations[number]
    address = reverse("quality:deviation", kwargs={"batch": bench.batch, "deviation": row.id})
    sheet = client.get(address)
    content = hidden(sheet, "content_hash") if sheet.status_code == 200 else ""
    form = {"key": str(uuid7()), "content_hash": content, "conclusion": "No effect.", **given}
    return client.post(address, form)


def closed(bench: Bench) -> list[list[str]]:
    """Return the factors of the signatures under conclusions."""
    with reading(site=bench.site.id):
        rows = Entry.objects.filter(stream=bench.batch, kind="deviation.closed").order_by("seq")
        return [row.envelope["payload"]["signature"]["factors"] for row in rows]


def sign_in(client: Client, **given: str) -> None:
    name = "accounts:tablet_sign_in" if "badge" in given else "accounts:sign_in"
    answer = client.post(reverse(name), {"key": str(uuid7()), **given})
    assert answer.status_code == 302, answer.content


# --- the three cases of 11.200(a)(1) -------------------------------------------------------------


@pytest.mark.req("P11-200a", "D11-13")
def test_one_component_signs_at_a_desk_only_in_an_unbroken_period(at_time: AtTime) -> None:
    bench, client = with_deviations(3), client_on()
    quinn(bench.site)
    at_time(START)
    sign_in(client, username="quinn", password=PASSWORD)
    assert signs(client, bench, 0, password="another calm night").status_code == 403
    assert signs(client, bench, 0, password=PASSWORD).status_code == 302
    at_time(START + sessions.DESK_IDLE - timedelta(seconds=1))
    assert signs(client, bench, 1, password=PASSWORD).status_code == 302
    at_time(START + 2 * sessions.DESK_IDLE)
    left = signs(client, bench, 2, password=PASSWORD)
    assert (left.status_code, "sign-in" in left.headers["Location"]) == (302, True)
    assert closed(bench) == [["signed-in period", "password"]] * 2
    sign_in(client, username="quinn", password=PASSWORD)
    assert signs(client, bench, 2, password=PASSWORD).status_code == 302


@pytest.mark.req("P11-200a")
def test_both_components_are_asked_where_something_else_opened_the_period() -> None:
    bench, client = with_deviations(1), client_on()
    quinn(bench.site)
    sign_in(client, username="quinn", password=PASSWORD)
    session = client.session
    session["period"] = {**session["period"], "factors": ["single sign-on"]}
    session.save()
    alone = signs(client, bench, 0, password=PASSWORD)
    assert (alone.status_code, "signature.both_needed" in alone.content.decode()) == (403, True)
    badge_only = signs(client, bench, 0, badge="B-7", pin="")
    assert (badge_only.status_code, closed(bench)) == (403, [])
    assert signs(client, bench, 0, username="quinn", password=PASSWORD).status_code == 302
    assert closed(bench) == [["username", "password"]]


@pytest.mark.req("P11-200a")
def test_on_a_tablet_idle_lock_and_change_of_person_ask_for_both_again(at_time: AtTime) -> None:
    """The performer signs by PIN alone in their own unbroken period, and in no other."""
    trial, recorder = on_tablet(STEPS[5])
    device = tablet_at(trial, "T-15")
    performer = at_tablet(trial, "adeyemi", device)
    perform(trial, recorder, STEPS[5], v_materials="yes", v_wiped="yes")
    address = page_of(trial, "attest", number=1)
    form = {"content_hash": hidden(performer.get(address), "content_hash"), "pin": PIN}
    performer.post(reverse("accounts:lock"), {"key": str(uuid7())})
    assert send(performer, address, **form).status_code == 403
    sign_in(performer, badge="BADGE-BRANDT", pin=PIN)  # another person takes the tablet over
    assert send(performer, address, **form).status_code == 403
    assert payloads(trial, "operation.attested") == []
    sign_in(performer, badge="BADGE-ADEYEMI", pin=PIN)
    assert send(performer, address, **form).status_code == 302
    [signed] = payloads(trial, "operation.attested")
    signature: Any = signed["signature"]
    assert signature["factors"] == ["signed-in period", "pin"]


# --- the policy ----------------------------------------------------------------------------------


@pytest.mark.req("P11-10j")
def test_nobody_signs_before_the_policy_is_acknowledged() -> None:
    bench, client = with_deviations(1), client_on()
    who = quinn(bench.site, acknowledged=False)
    sign_in(client, username="quinn", password=PASSWORD)
    first = signs(client, bench, 0, password=PASSWORD)
    assert "signature.policy_not_acknowledged" in first.content.decode()
    assert str(policy.SENTENCES[0]) in first.content.decode()
    assert (first.status_code, closed(bench)) == (403, [])
    wrong = signs(client, bench, 0, password="another calm night", policy=policy.VERSION)
    assert (wrong.status_code, acknowledged(who)) == (403, "")
    assert signs(client, bench, 0, password=PASSWORD, policy="0").status_code == 403
    assert signs(client, bench, 0, password=PASSWORD, policy=policy.VERSION).status_code == 302
    assert acknowledged(who) == policy.VERSION
    with reading(site=bench.site.id, person=who):
        [kept] = Entry.objects.filter(stream=who, kind="policy.acknowledged")
    assert kept.envelope["payload"]["factors"] == ["signed-in period", "password"]
    assert kept.envelope["actor"]["id"] == str(who)


def acknowledged(who: UUID) -> str:
    with reading(site=None, person=who):
        return Person.objects.get(id=who).policy


@pytest.mark.req("P11-10j")
def test_a_new_version_of_the_policy_is_acknowledged_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    bench, client = with_deviations(1), client_on()
    quinn(bench.site)
    sign_in(client, username="quinn", password=PASSWORD)
    monkeypatch.setattr(policy, "VERSION", "2")
    assert signs(client, bench, 0, password=PASSWORD, policy="1").status_code == 403
    assert signs(client, bench, 0, password=PASSWORD, policy="2").status_code == 302


def test_nobody_acknowledges_for_another() -> None:
    site = open_demo_site()
    who = quinn(site, acknowledged=False)
    with pytest.raises(NotYourAccount):
        acknowledge_policy(command=a_command(site.actor("admin")), person=who)
    assert acknowledged(who) == ""


# --- on site -------------------------------------------------------------------------------------

INSIDE, OUTSIDE = "10.4.0.7", "203.0.113.9"


def on_site(site: DemoSite, second: SecondPerson, *, wanted: bool = True) -> None:
    set_second_person(command=a_command(site.actor("admin")), second=second, on_site=wanted,
                      reason="As the quality manual says.")  # fmt: skip


@pytest.mark.req("D11-11c")
def test_a_second_person_who_has_to_be_on_site_signs_there_only(settings: Settings) -> None:
    bench = with_deviations(3)
    on_site(bench.site, SecondPerson.CLOSER)
    quinn(bench.site)
    desk = client_on()
    sign_in(desk, username="quinn", password=PASSWORD)
    unproved = signs(desk, bench, 0, password=PASSWORD)
    assert (unproved.status_code, "signature.not_on_site" in unproved.content.decode()) == (
        403, True,
    )  # fmt: skip
    settings.MES_INSIDE = ["10.4.0.0/16"]
    inside = Client(REMOTE_ADDR=INSIDE)
    sign_in(inside, username="quinn", password=PASSWORD)
    assert signs(inside, bench, 0, password=PASSWORD).status_code == 302
    at = client_on(tablet(bench.site), bench.site)
    sign_in(at, badge="B-7", pin=PIN)
    assert signs(at, bench, 1, badge="B-7", pin=PIN).status_code == 302
    on_site(bench.site, SecondPerson.CLOSER, wanted=False)
    outside = carried_out(inside)
    weak = signs(outside, bench, 2, password=PASSWORD)
    assert (weak.status_code, "second_factor_needed" in weak.content.decode()) == (403, True)
    with_factor(outside)
    assert signs(outside, bench, 2, password=PASSWORD).status_code == 302
    on_site(bench.site, SecondPerson.CLOSER)
    assert signs(with_factor(outside), bench, 2, password=PASSWORD).status_code != 302


def carried_out(client: Client) -> Client:
    """Return the same browser, somewhere else."""
    moved = Client(REMOTE_ADDR=OUTSIDE)
    moved.cookies = client.cookies
    return moved


def with_factor(client: Client) -> Client:
    """Let the period have been opened with a one-time code as well."""
    session = client.session
    factors = ["username", "password", "code"]
    session["period"] = {**session["period"], "factors": factors}
    session.save()
    return client


@pytest.mark.req("D11-11c")
def test_the_setting_of_one_second_person_and_site_is_no_other_ones() -> None:
    bench, elsewhere = with_deviations(1), open_demo_site("MZ9")
    for second in SecondPerson:
        on_site(elsewhere, second)
        if second is not SecondPerson.CLOSER:
            on_site(bench.site, second)
    quinn(bench.site)
    desk = client_on()
    sign_in(desk, username="quinn", password=PASSWORD)
    assert signs(desk, bench, 0, password=PASSWORD).status_code == 302


@pytest.mark.req("D11-11c", "A11-6")
def test_no_setting_relaxes_four_eyes() -> None:
    bench = build.at_qc()
    result = build.entered(bench, "viability", "92.5")
    for second in SecondPerson:
        on_site(bench.site, second, wanted=False)
    analyst = bench.actor("qc-analyst")
    with pytest.raises(SamePerson):
        services.review_result(command=a_command(analyst), result=result, proof=proof_of(analyst))


def test_who_sets_it_is_an_administrator_with_a_reason() -> None:
    site = open_demo_site()
    with pytest.raises(NotAllowed):
        set_second_person(command=a_command(site.actor("qa-reviewer")), reason="r",
                          second=SecondPerson.VERIFIER, on_site=False)  # fmt: skip
    with pytest.raises(ReasonMissing):
        set_second_person(command=a_command(site.actor("admin")), reason=" ",
                          second=SecondPerson.VERIFIER, on_site=True)  # fmt: skip
    client = signed_in_client(site, "admin")
    address = reverse("accounts:second_persons")
    form = {"second": "verifier", "where": "on-site", "reason": "SOP-12"}
    assert client.post(address, {"key": str(uuid7()), **form}).status_code == 302
    page = client.get(address).content.decode()
    assert (page.count("has to be on site</span>"), "SOP-12" in page) == (1, True)
    bad = client.post(address, {"key": str(uuid7()), **form, "second": "everybody"})
    assert bad.status_code == 404


def test_refusal_of_the_place_names_second_person_and_way_out() -> None:
    refusal = NotOnSite(person="Quinn Abel", second=SecondPerson.CLOSER.value)
    assert "Who closes a deviation has to be on site" in str(refusal)
    with override("de"):  # kept as a code, said in the reader's language
        assert f"{SecondPerson.CLOSER.label} " in str(refusal)
    assert refusal.interlock == "absolute"
