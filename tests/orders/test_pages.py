"""Pages and API of orders: the list, one order, entering, receiving, identity."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser, Page, expect

from accounts.models import TreatmentCentre
from materials.models import Container
from mes.lib import clock, isbt128
from mes.lib.ids import uuid7
from orders.models import Order, Patient
from orders.services import (
    Identity,
    cancel_order,
    open_register,
    receive_collection,
    start_manufacture,
)
from records.act import act
from records.commands import Actor
from records.reading import reading
from tests.builders.accounts import (
    PASSWORD,
    ZONE,
    DemoSite,
    open_demo_site,
    person,
    signed_in_client,
)
from tests.builders.materials import command
from tests.builders.orders import (
    Entered,
    announced,
    din,
    din_scanned,
    order,
    receipt,
    received,
    registered,
    wanted,
)
from tests.support.axe import grave_faults

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def site() -> DemoSite:
    return site_with_register()


def site_with_register(code: str = "MZ1", facility: str = "A9999") -> DemoSite:
    made = open_demo_site(code)
    open_register(command=command(made.actor("admin")), facility=facility)
    registered(made.actor("admin"))
    return made


@pytest.fixture
def actor(site: DemoSite) -> Actor:
    return site.actor("coordinator")


def today() -> Any:
    """The site's day: in Berlin it begins an hour or two before that of UTC."""
    return clock.now().astimezone(ZoneInfo(ZONE)).date()


def form_of(**more: str) -> dict[str, str]:
    days = {
        name: (today() + timedelta(days=n)).isoformat()
        for name, n in (("collection_from", 1), ("collection_until", 2),
                        ("infusion_from", 22), ("infusion_until", 25))
    }  # fmt: skip
    return {
        "product": "CART19-PRODIGY", "urgency": "routine", "centre": "TC-07",
        "patient_weight": "71.4", **days, **more,
    }  # fmt: skip


def post(client: Client, path: str, **form: object) -> Any:
    return client.post(path, {"key": str(uuid7()), **form})


def now_order(actor: Actor) -> Entered:
    return order(actor, wanted(today=today()))


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_the_list_asks_as_often_for_one_order_as_for_fifty(site: DemoSite, actor: Actor) -> None:
    client = signed_in_client(site, "coordinator")
    first = now_order(actor)
    pages = ["/orders/", "/orders/?show=centre", f"/orders/{first.id}/"]
    before = [queries(client, page) for page in pages]
    for _ in range(49):
        now_order(actor)
    assert [queries(client, page) for page in pages] == before
    assert max(before) <= 25


@pytest.mark.req("P11-10c")
def test_entries_whose_text_holds_the_name_are_listed_before_an_erasure(site: DemoSite) -> None:
    """The ledger forgets nothing; a person decides. Nobody from outside sees who wrote what."""
    client = signed_in_client(site, "coordinator")
    form = form_of(name="Ada Canary", hospital_number="H-4711")
    panel = f"{post(client, '/orders/new/', **form).headers['Location']}identity/"
    post(client, f"{panel}show/", purpose="ADA CANARY asked me to")
    post(client, f"{panel}show/", purpose="for number h-4711")
    post(client, f"{panel}show/", purpose="A. Canary; 100% sure")
    told = post(client, f"{panel}show/", purpose="before the erasure").context["told_in"]
    said = [(line.kind, line.sentence) for line in told]
    assert said == [
        ("identity.shown", "Identity looked at: for number h-4711"),
        ("identity.shown", "Identity looked at: ADA CANARY asked me to"),
    ]
    with reading(site=site.id):
        [centre] = TreatmentCentre.objects.values_list("id", flat=True)
    outside = signed_in_client(site, "treatment-centre", centre=centre)
    shown = post(outside, f"{panel}show/", purpose="call")
    assert (shown.status_code, "told_in" in shown.context) == (200, False)


def test_an_order_is_entered_and_its_identity_is_sealed(site: DemoSite) -> None:
    client = signed_in_client(site, "coordinator")
    form = form_of(name="Ada Canary", birth_date="1971-03-04", hospital_number="H-1")
    answer = post(client, "/orders/new/", **form)
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Ada Canary" not in page
    with reading(site=site.id):
        made, patient = Order.objects.get(), Patient.objects.get()
    assert (made.number, patient.identity_fields) == (
        f"O-{today():%y}-0001", ["birth_date", "hospital_number", "name"],
    )  # fmt: skip
    panel = f"/orders/{made.id}/identity/"
    assert "Ada Canary" not in client.get(panel).content.decode()
    assert post(client, f"{panel}show/", purpose="").status_code == 400
    shown = post(client, f"{panel}show/", purpose="call the centre").content.decode()
    assert shown.count("Ada Canary") == 1
    assert "Identity looked at: call the centre" in client.get(panel).content.decode()
    assert post(client, f"{panel}erase/", text="request", seq="0").status_code == 400
    early = post(client, f"{panel}erase/", text="request", seq="0", sure="yes")
    assert (early.status_code, f"Order {made.number} of" in early.content.decode()) == (409, True)
    cancel_order(command=command(site.actor("coordinator")), order=made.id, reason="withdrawn")
    assert post(client, f"{panel}erase/", text="request", seq="0", sure="yes").status_code == 302
    assert "Nobody can read it any more" in client.get(panel).content.decode()
    assert post(client, f"{panel}show/", purpose="call").status_code == 409


def test_a_double_tap_enters_one_order(site: DemoSite) -> None:
    client = signed_in_client(site, "coordinator")
    form = {"key": str(uuid7()), **form_of()}
    first, second = (client.post("/orders/new/", form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    with reading(site=site.id):
        assert Order.objects.count() == 1


def test_a_wrong_window_is_answered_beside_its_field(site: DemoSite) -> None:
    client = signed_in_client(site, "coordinator")
    answer = post(client, "/orders/new/", **form_of(infusion_from=today().isoformat()))
    page = answer.content.decode()
    assert (answer.status_code, 'id="id_infusion_from_error"' in page) == (422, True)
    assert 'value="71.4"' in page


def test_who_may_do_what(site: DemoSite, actor: Actor) -> None:
    made = now_order(actor)
    auditor, store = signed_in_client(site, "auditor"), signed_in_client(site, "materials")
    assert auditor.get(f"/orders/{made.id}/").status_code == 200
    assert auditor.get("/orders/new/").status_code == 403
    assert store.get(f"/orders/{made.id}/identity/").status_code == 403
    assert store.get(f"/orders/{made.id}/receive/").status_code == 200
    assert store.get("/orders/register/").status_code == 403


def test_an_administrator_opens_the_register_once() -> None:
    site = open_demo_site()
    client = signed_in_client(site, "admin")
    assert post(client, "/orders/register/", facility="A99", unwanted="").status_code == 422
    form = {"facility": "a9998", "unwanted": "kk HH"}
    assert post(client, "/orders/register/", **form).status_code == 302
    page = client.get("/orders/register/").content.decode()
    assert ("A9998" in page, "HH KK" in page) == (True, True)
    assert post(client, "/orders/register/", **form).status_code == 409


def test_another_sites_order_is_not_there(site: DemoSite, actor: Actor) -> None:
    made = now_order(actor)
    other = signed_in_client(site_with_register("MZ2", "A9998"), "coordinator", "materials")
    for page in ("", "receive/", "announce/", "identity/"):
        assert other.get(f"/orders/{made.id}/{page}").status_code == 404
    answer = post(other, f"/orders/{made.id}/decide/", text="no", seq="1", action="cancel")
    assert answer.status_code == 404


def test_a_bag_is_announced_and_received_by_typing(site: DemoSite, actor: Actor) -> None:
    made = now_order(actor)
    office, store = signed_in_client(site, "coordinator"), signed_in_client(site, "materials")
    number = din(7)
    announced_as = {"din": number + isbt128.check_character(number), "bags": "1",
                    "low": "2", "high": "8"}  # fmt: skip
    assert post(office, f"/orders/{made.id}/announce/", **announced_as).status_code == 302
    bag = {
        "first": made.coi_typed.text, "first_how": "typed", "second": f"={number}00",
        "second_how": "scanned", "volume": "180", "low": "3", "high": "6", "location": "Bench 1",
        "action": "receive",
    }  # fmt: skip
    answer = post(store, f"/orders/{made.id}/receive/", **bag)
    assert answer.status_code == 302
    with reading(site=site.id):
        seen = Container.objects.get()
    assert (seen.coi, seen.din, seen.status) == (made.coi, number, "received")


def test_an_identifier_that_cannot_be_read_is_said_beside_it(site: DemoSite, actor: Actor) -> None:
    made = now_order(actor)
    bag = {
        "first": made.coi, "first_how": "typed", "second": made.pseudonym, "second_how": "typed",
        "volume": "180", "location": "Bench 1", "action": "receive",
    }  # fmt: skip
    store = signed_in_client(site, "materials")
    answer = post(store, f"/orders/{made.id}/receive/", **bag)
    assert answer.status_code == 422
    assert "typed without the boxed check character" in answer.content.decode()


def test_a_wrong_bag_is_refused_and_may_be_set_apart(site: DemoSite, actor: Actor) -> None:
    made, other = now_order(actor), now_order(actor)
    store = signed_in_client(site, "materials")
    bag = {
        "first": other.coi_typed.text, "first_how": "typed", "second": made.pseudonym,
        "second_how": "typed", "volume": "180", "location": "Bench 1", "action": "receive",
    }  # fmt: skip
    page = f"/orders/{made.id}/receive/"
    refused = post(store, page, **bag)
    assert (refused.status_code, "receipt.mismatch" in refused.content.decode()) == (409, True)
    assert "Receive into quarantine" in refused.content.decode()
    assert "Receive into quarantine" not in store.get(page).content.decode()
    assert post(store, page, **{**bag, "action": "apart"}).status_code == 422
    apart = post(store, page, **{**bag, "action": "apart", "reason": "another patient's label"})
    assert apart.status_code == 302
    with reading(site=site.id):
        seen = Container.objects.get()
    assert (seen.coi, seen.status) == ("", "quarantine")


def test_cells_are_announced_while_they_are_expected_and_for_a_remake_afterwards(
    site: DemoSite, actor: Actor
) -> None:
    made = now_order(actor)
    client = signed_in_client(site, "coordinator")
    announce = f"/orders/{made.id}/announce/"

    def offers() -> list[bool]:
        page = client.get(f"/orders/{made.id}/").content.decode()
        words = ("Announce a collection…", "A further collection", "with manufacture and QA")
        return [announce in page, *(text in page for text in words)]

    assert offers() == [True, True, False, False]
    announced(actor, made, 1)
    received(actor, made, 1)
    with act(command(actor), streams=[made.id]) as a:
        start_manufacture(a, made.id, batch=uuid7(), batch_number="B-26-0001")
    assert offers() == [True, False, True, True]


def test_an_order_is_cancelled_from_the_page_that_was_seen(site: DemoSite, actor: Actor) -> None:
    made = now_order(actor)
    client = signed_in_client(site, "coordinator")
    page = f"/orders/{made.id}/decide/"
    assert post(client, page, text="x", seq="9", action="cancel").status_code == 409
    assert post(client, page, text="withdrawn", seq="1", action="cancel").status_code == 302
    assert post(client, page, text="withdrawn", seq="2", action="close").status_code == 409


# The API


def api(client: Client, body: dict[str, object], key: str = "") -> Any:
    return client.post(
        "/api/v1/orders/", body, content_type="application/json",
        headers={"Idempotency-Key": key or str(uuid7())},
    )  # fmt: skip


def body_of(**more: object) -> dict[str, object]:
    form: dict[str, object] = dict(form_of())
    form["inputs"] = {"patient_weight": form.pop("patient_weight")}
    return {**form, **more}


def test_api_enters_an_order_once(site: DemoSite) -> None:
    client, key = signed_in_client(site, "coordinator"), str(uuid7())
    first, second = (api(client, body_of(), key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    year = f"{today():%y}"
    assert first.json()["coi"] == f"CHA9999{year}000001"
    assert first.json()["check"] == isbt128.check_character(first.json()["coi"])


@pytest.mark.parametrize(
    ("role", "more", "key", "status", "code"),
    [
        ("coordinator", {"infusion_until": "2020-01-01"}, "", 422, "order.window_reversed"),
        ("coordinator", {"pseudonym": "PT-00-0000"}, "", 422, "patient.unknown"),
        ("coordinator", {"centre": ""}, "", 400, "invalid"),
        ("coordinator", {"inputs": {"patient_weight": "heavy"}}, "", 422, "order.input_invalid"),
        ("coordinator", {}, "not-a-key", 400, "command.key_missing"),
    ],
)
def test_api_refuses_with_status_and_code(
    site: DemoSite, role: str, more: dict[str, object], key: str, status: int, code: str
) -> None:
    answer = api(signed_in_client(site, role), body_of(**more), key)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_api_is_closed_to_other_roles_and_to_strangers(site: DemoSite) -> None:
    assert api(signed_in_client(site, "auditor"), body_of()).status_code == 403
    assert api(Client(), body_of()).status_code in {401, 403}


def test_api_refuses_another_order_under_the_same_key(site: DemoSite) -> None:
    client, key = signed_in_client(site, "coordinator"), str(uuid7())
    assert api(client, body_of(), key).status_code == 201
    answer = api(client, body_of(centre="Another"), key)
    assert (answer.status_code, answer.json()["code"]) == (422, "command.key_reused")


# In a browser


def looked_at(page: Page, name: str) -> None:
    """Keep a picture where one was asked for, and fail for grave findings of axe."""
    folder = os.environ.get("MES_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"orders-{name}.png", full_page=True)
    assert grave_faults(page) == []


def test_orders_in_a_browser(served: str, browser: Browser) -> None:
    site = site_with_register()
    actor = site.actor("coordinator")
    made = [
        order(actor, wanted(today=today() - timedelta(days=back), infusion=(22, 25)))
        for back in (0, 1, 2, 0)
    ]
    announced(actor, made[1], 1)
    received(actor, made[1], 1)
    announced(actor, made[2], 2)
    bag = receipt(made[2].coi_scanned, din_scanned(2), low=None)
    bench = site.actor("materials")
    receive_collection(command=command(bench), order=made[2].id, receipt=bag)
    announced(actor, made[3], 3)
    person("coordinator", "materials", site=site, username="clara", secrets=True)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{served}/orders/")
    page.get_by_label("User name").fill("clara")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    looked_at(page, "list")
    for name, path in (
        ("one", f"{made[1].id}/"),
        ("new", "new/"),
        ("announce", f"{made[0].id}/announce/"),
        ("identity", f"{made[0].id}/identity/"),
        ("receive", f"{made[3].id}/receive/"),
    ):
        page.goto(f"{served}/orders/{path}")
        looked_at(page, name)
    page.get_by_label("Volume").fill("180")
    page.get_by_label("Where it stands now").fill("Bench 1")
    page.get_by_label("Chain of identity").fill(made[0].coi_typed.text)
    page.get_by_label("Donation number, or the patient's pseudonym").fill(made[3].pseudonym)
    page.get_by_role("button", name="Receive the bag").click()
    expect(page.get_by_role("button", name="Receive into quarantine")).to_be_visible()
    looked_at(page, "receive-refused")
    page.set_viewport_size({"width": 1180, "height": 820})
    page.get_by_label("Chain of identity").fill(made[3].coi_typed.text)
    page.get_by_label("Logger, lowest").fill("3")
    page.get_by_label("Logger, highest").fill("6")
    page.get_by_role("button", name="Receive the bag").click()
    expect(page.get_by_text("is received.")).to_be_visible()
    looked_at(page, "received")


def test_somebody_from_outside_sees_the_orders_of_their_centre_only(
    site: DemoSite, actor: Actor
) -> None:
    other = order(actor, wanted(today=today(), identity=Identity(name="Ada Canary")))
    theirs = registered(site.system, "TC-12", "Wien West")
    client = signed_in_client(site, "treatment-centre", centre=theirs)
    answer = post(client, "/orders/new/", **form_of(name="Own Patient", centre=""))
    own = answer.headers["Location"]
    assert client.get(own).status_code == 200
    page = client.get("/orders/").content.decode()
    assert (other.coi in page, page.count('class="pane-row"')) == (False, 1)
    for path in ("", "announce/", "identity/"):
        assert client.get(f"/orders/{other.id}/{path}").status_code == 404
    for path, form in (
        ("decide/", {"text": "no", "seq": "1", "action": "cancel"}),
        ("announce/", {"din": f"={din(5)}00", "bags": "1"}),
        ("identity/show/", {"purpose": "curious"}),
        ("identity/record/", {"name": "Somebody else"}),
        ("identity/erase/", {"text": "no", "seq": "0", "sure": "yes"}),
    ):
        assert post(client, f"/orders/{other.id}/{path}", **form).status_code == 404
    # Another centre's patient is as unknown as one who never was.
    known, never = (
        post(client, "/orders/new/", **form_of(pseudonym=name))
        for name in (other.pseudonym, "PT-26-9999")
    )
    assert known.status_code == never.status_code
    assert _said(known, other.pseudonym) == _said(never, "PT-26-9999")
    assert post(client, f"{own}identity/show/", purpose="call").status_code == 200


def _said(answer: Any, pseudonym: str) -> list[str]:
    errors = answer.context["form"].errors["pseudonym"]
    return [str(error).replace(pseudonym, "–") for error in errors]


def test_a_scan_finds_the_order(site: DemoSite, actor: Actor) -> None:
    made = now_order(actor)
    client = signed_in_client(site, "materials")
    for text in (f"]d1&/{made.coi}", made.coi_typed.text, made.number.lower(), made.pseudonym):
        answer = client.get("/orders/find/", {"id": text})
        assert answer.headers["Location"] == f"/orders/{made.id}/"
    assert client.get("/orders/find/", {"id": "O-26-9999"}).status_code == 404
