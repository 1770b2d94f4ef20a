"""Treatment centres are renamed, closed and opened again; a closed one takes nothing new."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect

from accounts.centre_exceptions import (
    CentreChanged,
    CentreHasOrders,
    CentreHasPeople,
    CentreIsClosed,
    CentreIsOpen,
    CentreMissing,
    CentreTaken,
    SameName,
)
from accounts.entries import PersonDisabled
from accounts.exceptions import NotAllowed
from accounts.models import CentreMember, TreatmentCentre
from accounts.services.centres import close_centre, rename_centre, reopen_centre
from accounts.services.people import disable_person, enable_person
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from orders.models import Order
from orders.services import cancel_order, set_order_centre
from records import outbox
from records.act import act
from records.entries import decode
from records.exceptions import ReasonMissing, Stale
from records.models import Entry, Message
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import (
    PASSWORD,
    a_command,
    belongs,
    open_demo_site,
    person,
    signed_in_client,
)
from tests.builders.orders import order, registered
from tests.orders.test_centres import Two, asked, listed, old_order, two
from tests.support.axe import grave_faults
from tests.test_golden import plain_of

pytestmark = pytest.mark.usefixtures("committed_db")
assert two  # a fixture


def renamed(two: Two, name: str, reason: str = "the hospital was renamed", **more: Any) -> None:
    by = more.pop("by", two.site.actor("admin"))
    centre = more.pop("centre", two.west)
    rename_centre(command=a_command(by), centre=centre, name=name, reason=reason, **more)


def closed(two: Two, reason: str = "its unit was given up", **more: Any) -> None:
    by, centre = more.pop("by", two.site.actor("admin")), more.pop("centre", two.west)
    close_centre(command=a_command(by), centre=centre, reason=reason, **more)


def reopened(two: Two, reason: str = "its unit works again", **more: Any) -> None:
    by, centre = more.pop("by", two.site.actor("admin")), more.pop("centre", two.west)
    reopen_centre(command=a_command(by), centre=centre, reason=reason, **more)


def emptied(two: Two) -> None:
    """Let West have no open order and nobody."""
    cancel_order(command=a_command(two.cas), order=two.of_west.id, reason="withdrawn")
    belongs(UUID(str(two.cas.person)), two.north, site=two.site)


def west(two: Two) -> TreatmentCentre:
    with reading(site=two.site.id):
        return TreatmentCentre.objects.get(id=two.west)


def kinds_of(two: Two) -> list[str]:
    with reading(site=two.site.id):
        return [one.kind for one in Entry.objects.filter(stream=two.west).order_by("seq")]


# Renaming


def test_a_renamed_centre_has_its_new_name_and_old_entries_the_old_one(two: Two) -> None:
    renamed(two, "Wien  Penzing")
    assert west(two).title == "TC-12 Wien Penzing"
    with reading(site=two.site.id):
        kept = Order.objects.get(id=two.of_west.id)
        entry = Entry.objects.get(stream=two.of_west.id, kind="order.entered")
    assert entry.envelope["payload"]["centre_name"] == kept.centre_name == "TC-12 Wien West"
    page = signed_in_client(two.site, "coordinator").get(f"/orders/{two.of_west.id}/")
    text = page.content.decode()
    assert ("TC-12 Wien Penzing" in text, "(then TC-12 Wien West)" in text) == (True, True)
    admin = signed_in_client(two.site, "admin")
    assert "Renamed from Wien West to Wien Penzing: the hospital was renamed" in (
        admin.get(f"/people/centres/{two.west}/").content.decode()
    )
    assert "TC-12 Wien Penzing" in admin.get(f"/people/{two.cas.person}/").content.decode()
    assert order(two.cas, asked(centre="wien penzing")).number  # the name as an API calls it
    assert verify(everything=True).differences == []


@pytest.mark.req("P11-10d", "P11-10g")
def test_who_may_rename_and_what_is_refused(two: Two) -> None:
    abroad = open_demo_site("US2").actor("admin")
    before = kinds_of(two)
    for refusal, name, reason, more in (
        (NotAllowed, "New", "x", {"by": two.site.actor("coordinator")}),
        (NotFound, "New", "x", {"by": abroad}),
        (ReasonMissing, "New", " ", {}),
        (CentreMissing, " ", "x", {}),
        (SameName, "Wien West", "x", {}),
        (CentreTaken, "hamburg  NORD", "x", {}),
        (Stale, "New", "x", {"seq": 9}),
    ):
        with pytest.raises(refusal):
            renamed(two, name, reason, **more)
    assert kinds_of(two) == before


# Closing


def test_a_centre_with_open_orders_or_people_is_not_closed_and_the_refusal_names_them(
    two: Two,
) -> None:
    with pytest.raises(CentreHasOrders) as orders:
        closed(two)
    said = f"TC-12 Wien West still has open orders: {two.of_west.number}. It was not closed."
    assert str(orders.value) == said
    cancel_order(command=a_command(two.cas), order=two.of_west.id, reason="withdrawn")
    with pytest.raises(CentreHasPeople) as people:
        closed(two)
    assert (two.cas.name in str(people.value), two.ada.name in str(people.value)) == (True, False)
    belongs(UUID(str(two.cas.person)), two.north, site=two.site)
    closed(two)
    assert west(two).closing_reason == "its unit was given up"


def test_a_disabled_account_keeps_no_centre_open_and_comes_back_without_one(two: Two) -> None:
    admin, cas = two.site.actor("admin"), UUID(str(two.cas.person))
    cancel_order(command=a_command(two.cas), order=two.of_west.id, reason="withdrawn")
    disable_person(command=a_command(admin), person=cas, reason="left")
    closed(two)
    page = signed_in_client(two.site, "admin").get(f"/people/centres/{two.west}/")
    assert page.context["people"] == []
    enable_person(
        command=a_command(admin), person=cas, reason="back", identity_check="passport, form 99"
    )
    with reading(site=two.site.id, person=cas):
        assert CentreMember.objects.get(person=cas).centre is None


@pytest.mark.req("P11-10d", "P11-10g")
def test_a_closed_centre_takes_nothing_new_and_stays_readable(two: Two) -> None:
    emptied(two)
    closed(two)
    coordinator = two.site.actor("coordinator")
    for refused in (
        lambda: order(coordinator, asked(centre="TC-12")),
        lambda: set_order_centre(
            command=a_command(coordinator), order=two.of_north.id, centre="TC-12", reason="wrong"
        ),
        lambda: belongs(UUID(str(two.ada.person)), two.west, site=two.site),
        lambda: renamed(two, "Other"),
        lambda: closed(two),
    ):
        with pytest.raises(CentreIsClosed) as refusal:
            refused()
        assert str(refusal.value).startswith("TC-12 Wien West is closed")
    client = signed_in_client(two.site, "coordinator")
    page = client.get(f"/orders/{two.of_west.id}/").content.decode()
    assert ("TC-12 Wien West" in page, "Order entered for TC-12 Wien West" in page) == (True, True)
    for path in ("/orders/new/", f"/orders/{two.of_north.id}/"):
        assert 'value="TC-12"' not in client.get(path).content.decode()
    admin = signed_in_client(two.site, "admin")
    page = admin.get("/people/centres/").content.decode()
    assert ("Wien West" in page, "its unit was given up" in page) == (True, True)
    assert str(two.west) not in admin.get(f"/people/{two.ada.person}/").content.decode()
    assert verify(everything=True).differences == []


def test_an_open_page_is_told_that_the_centre_was_closed_meanwhile(two: Two) -> None:
    emptied(two)
    client = signed_in_client(two.site, "coordinator")
    closed(two)
    form = {
        "key": str(uuid7()), "centre": "TC-12", "centre_reason": "it was theirs", "seq": "1",
    }  # fmt: skip
    answer = client.post(f"/orders/{two.of_north.id}/centre/", form)
    assert answer.status_code == 409
    [error] = answer.context["centre_form"].errors["centre"]
    assert "let an administrator open it again" in error


def test_a_centre_is_opened_again_with_a_reason_and_asks_for_what_names_it(two: Two) -> None:
    with pytest.raises(CentreIsOpen):
        reopened(two)
    outbox.drain()  # what was told when it was registered
    emptied(two)
    closed(two)
    of_old = old_order(two.site, two.site.actor("coordinator"), "Wien West")
    for refusal, more in (
        (ReasonMissing, {"reason": " "}), (NotAllowed, {"by": two.site.actor("coordinator")}),
        (NotFound, {"by": open_demo_site("US2").actor("admin")}), (Stale, {"seq": 1}),
    ):  # fmt: skip
        with pytest.raises(refusal):
            reopened(two, **more)
    reopened(two)
    assert kinds_of(two) == ["centre.registered", "centre.closed", "centre.reopened"]
    belongs(UUID(str(two.bea.person)), two.west, site=two.site)
    made = order(two.bea, asked(centre=""))
    for _ in range(2):
        outbox.drain()
    assert listed(two.bea) == {of_old, made.id}


def test_an_order_that_names_a_closed_centre_stays_as_it_was(two: Two) -> None:
    """The message of a registration comes late: a closed centre gets no order by it."""
    fresh = registered(two.site.actor("admin"), "TC-40", "Graz")
    of_old = old_order(two.site, two.site.actor("coordinator"), "Graz")
    closed(two, centre=fresh)
    for _ in range(2):
        outbox.drain()
    assert set(Message.objects.values_list("state", flat=True)) == {"done"}
    with reading(site=two.site.id):
        assert Order.objects.get(id=of_old).centre is None


# Where a rule forgot, or two were at it at once: the tables


def test_the_tables_refuse_what_a_closed_centre_does_not_take(two: Two) -> None:
    emptied(two)
    closed(two)
    bea, membership = UUID(str(two.bea.person)), uuid7()
    moved = {**plain_of("person.centre_set", 1), "centre": str(two.west)}
    with reading(site=two.site.id, person=bea):
        membership = CentreMember.objects.get(person=bea).id
    said = decode(
        "person.centre_set", 1,
        {**moved, "membership": str(membership), "site": str(two.site.id)},
    )  # fmt: skip
    with pytest.raises(CentreChanged), act(a_command(two.site.system), streams=[bea]) as a:
        a.append(bea, said)
    given = decode(
        "order.centre_set", 1, {**plain_of("order.centre_set", 1), "centre": str(two.west)}
    )
    of_north = two.of_north.id
    with pytest.raises(CentreChanged), act(a_command(two.site.system), streams=[of_north]) as a:
        a.append(of_north, given)


def test_the_tables_close_no_centre_that_has_something(two: Two) -> None:
    cas = UUID(str(two.cas.person))

    def close() -> None:
        with act(a_command(two.site.system), streams=[two.west]) as a:
            a.append(two.west, decode("centre.closed", 1, plain_of("centre.closed", 1)))

    with pytest.raises(CentreChanged):
        close()
    belongs(cas, two.north, site=two.site)
    with pytest.raises(CentreChanged):  # its order alone
        close()
    cancel_order(
        command=a_command(two.site.actor("coordinator")), order=two.of_west.id, reason="withdrawn"
    )
    belongs(cas, two.west, site=two.site)
    with pytest.raises(CentreChanged):  # its person alone
        close()
    with act(a_command(two.site.system), streams=[cas]) as a:
        a.append(cas, PersonDisabled(reason="left"))
    close()


def test_a_closed_centre_has_its_reason(two: Two, owner_connection: psycopg.Connection) -> None:
    owner_connection.execute("SET mes.rebuild = 'on'")
    with pytest.raises(psycopg.errors.CheckViolation, match="accounts_centre_closed_why"):
        owner_connection.execute(
            "UPDATE accounts_treatmentcentre SET closing_reason = 'why' WHERE id = %s", [two.west]
        )


def test_an_order_and_the_closing_at_the_same_moment_leave_no_half(two: Two) -> None:
    emptied(two)
    both = Barrier(2, timeout=20)
    coordinator, admin = two.site.actor("coordinator"), two.site.actor("admin")

    def at_once(run: Any) -> str:
        both.wait()
        try:
            run()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    acts = (
        lambda: order(coordinator, asked(centre="TC-12")), lambda: closed(two, by=admin),
    )  # fmt: skip
    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(at_once, acts))
    assert said in (["done", "centre.has_orders"], ["centre.closed", "done"])
    with reading(site=two.site.id):
        open_orders = Order.objects.live().filter(centre=two.west).count()
    assert (open_orders == 0) == (west(two).closed_at is not None)


# The pages


def test_the_page_of_a_centre_does_it_and_says_no_in_words(two: Two) -> None:
    client, page = signed_in_client(two.site, "admin"), f"/people/centres/{two.west}/"

    def post(action: str, **said: str) -> Any:
        return client.post(page, {"key": str(uuid7()), "action": action, "seq": "1", **said})

    answers = [
        post("rename", name="Wien Süd", reason=""), post("close", reason="given up"),
        post("explode"), post("rename", name="Wien Süd", reason="renamed", seq="x"),
        post("rename", name="Wien Süd", reason="renamed", seq="9"),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [400, 409, 404, 404, 409]
    assert two.of_west.number in answers[1].content.decode()
    assert post("rename", name="Wien Süd", reason="renamed").status_code == 302
    emptied(two)
    assert post("close", reason="given up", seq="2").status_code == 302
    assert "It takes no new order and no new person" in client.get(page).content.decode()
    assert post("reopen", reason="works again", seq="3").status_code == 302
    assert signed_in_client(two.site, "coordinator").get(page).status_code == 403
    assert signed_in_client(open_demo_site("US2"), "admin").get(page).status_code == 404


def looked_at(page: Page, name: str) -> None:
    folder = os.environ.get("MES_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"centres-{name}.png", full_page=True)
    assert grave_faults(page) == []


def test_an_administrator_closes_a_centre_and_the_coordinator_is_not_offered_it(
    two: Two, served: str, browser: Browser
) -> None:
    person("admin", site=two.site, username="adam", secrets=True)
    person("coordinator", site=two.site, username="clara", secrets=True)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    signed_in(page, served, "adam")
    page.goto(f"{served}/people/centres/")
    page.get_by_role("link", name="TC-12 Wien West").click()
    page.get_by_text("Close it…").click()
    page.get_by_label("Why it is closed").fill("Its unit was given up.")
    page.get_by_role("button", name="Close the centre").click()
    expect(page.get_by_role("alert").filter(has_text=two.of_west.number)).to_be_visible()
    looked_at(page, "refused")
    emptied(two)
    page.get_by_role("button", name="Close the centre").click()
    expect(page.get_by_text("Closed since")).to_be_visible()
    page.get_by_text("Open it again…").click()
    looked_at(page, "closed")
    clara = browser.new_page(viewport={"width": 1440, "height": 900})
    signed_in(clara, served, "clara")
    clara.goto(f"{served}/orders/{two.of_north.id}/")
    clara.get_by_text("Another treatment centre…").click()
    expect(clara.get_by_text("No other treatment centre is open.")).to_be_visible()
    expect(clara.locator("#set_centre")).to_have_count(0)
    reopen_centre(command=a_command(two.site.actor("admin")), centre=two.west, reason="works again")
    clara.goto(f"{served}/orders/{two.of_north.id}/")
    clara.get_by_text("Another treatment centre…").click()
    clara.get_by_label("Treatment centre", exact=True).select_option("TC-12")
    clara.locator("#set_centre_reason").fill("It was theirs.")
    closed(two)
    clara.get_by_role("button", name="Set the treatment centre").click()
    expect(clara.get_by_text("TC-12 Wien West is closed")).to_be_visible()
    looked_at(clara, "order-refused")


def signed_in(page: Page, served: str, username: str) -> None:
    page.goto(f"{served}/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
