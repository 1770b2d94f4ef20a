"""Pages of materials: what they show, who may do what, and how much they ask."""

import os
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser, Page

from materials.models import Container, LabelPrint, Lot, Material
from materials.services import consume_lot
from mes.lib.ids import uuid7
from records.act import act
from records.commands import Actor
from records.reading import reading
from tests.builders.accounts import PASSWORD, DemoSite, open_demo_site, person, signed_in_client
from tests.builders.materials import command, container, lot, material
from tests.support.axe import grave_faults

pytestmark = pytest.mark.usefixtures("committed_db")


@pytest.fixture
def site() -> DemoSite:
    return open_demo_site()


@pytest.fixture
def keeper(site: DemoSite) -> Actor:
    return site.actor("materials")


def post(client: Client, path: str, **form: object) -> Any:
    return client.post(path, {"key": str(uuid7()), **form})


def used(actor: Actor, made: UUID) -> None:
    with act(command(actor), streams=[made]) as a:
        consume_lot(a, made, Decimal("12.5"), uuid7(), "selection/beads[1]")


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_lists_ask_as_often_for_one_row_as_for_fifty(site: DemoSite, keeper: Actor) -> None:
    client = signed_in_client(site, "materials")
    material(keeper)
    first = lot(keeper, "L-0")
    container(keeper, "C-0")
    used(keeper, first)
    pages = ["/materials/", "/materials/containers/", "/materials/catalogue/",
             f"/materials/lots/{first}/"]  # fmt: skip
    before = [queries(client, page) for page in pages]
    for n in range(1, 50):
        lot(keeper, f"L-{n}")
        container(keeper, f"C-{n}")
        used(keeper, first)
    assert [queries(client, page) for page in pages] == before
    assert max(before) <= 25


def test_a_delivery_is_received_and_the_quality_unit_releases_it(
    site: DemoSite, keeper: Actor
) -> None:
    material(keeper)
    store, quality = signed_in_client(site, "materials"), signed_in_client(site, "qa-reviewer")
    form = {
        "material": "TEXMACS", "code": "L-77", "supplier": "Miltenyi", "supplier_lot": "5220",
        "expires_on": "2027-03-31", "quantity": "1000", "location": "Shelf B",
    }  # fmt: skip
    answer = post(store, "/materials/lots/new/", **form)
    assert answer.status_code == 302
    page = answer.headers["Location"]
    decide = {"text": "CoA 5220", "seq": "1", "action": "release"}
    assert post(store, f"{page}decide/", **decide).status_code == 403
    assert post(quality, f"{page}decide/", **decide).status_code == 302
    with reading(site=site.id):
        made = Lot.objects.get()
    assert (made.status, made.quantity_left, made.expires_at.isoformat()) == (
        "released", Decimal(1000), "2027-03-31T21:59:59+00:00",
    )  # fmt: skip
    stale = post(quality, f"{page}decide/", text="late result", seq="1", action="reject")
    assert (stale.status_code, "stale" in stale.content.decode()) == (409, True)


def test_a_wrong_delivery_is_answered_beside_its_field(site: DemoSite, keeper: Actor) -> None:
    material(keeper)
    lot(keeper, "L-77")
    client = signed_in_client(site, "materials")
    form = {
        "material": "TEXMACS", "code": "L-77", "supplier": "Miltenyi", "supplier_lot": "5220",
        "expires_on": "2027-03-31", "quantity": "1000", "location": "Shelf B",
    }  # fmt: skip
    again = post(client, "/materials/lots/new/", **form)
    assert (again.status_code, "in use at this site" in again.content.decode()) == (409, True)
    wrong = post(client, "/materials/lots/new/", **{**form, "quantity": "a lot"})
    assert (wrong.status_code, "Enter a number." in wrong.content.decode()) == (400, True)


def test_a_material_is_added_once(site: DemoSite) -> None:
    client = signed_in_client(site, "materials")
    form = {"code": "IL7", "title": "Interleukin 7", "unit": "ug", "reason": "recipe"}
    assert post(client, "/materials/catalogue/new/", **form).status_code == 302
    assert post(client, "/materials/catalogue/new/", **form).status_code == 409
    with reading(site=site.id):
        assert [m.code for m in Material.objects.all()] == ["IL7"]


def test_a_container_is_found_moved_stored_and_labelled(site: DemoSite, keeper: Actor) -> None:
    made = container(keeper, "26-000001-C01")
    client = signed_in_client(site, "materials")
    found = client.get("/materials/containers/", {"id": "26-000001-C01"})
    assert found.headers["Location"] == f"/materials/containers/{made}/"
    page = found.headers["Location"]
    assert post(client, f"{page}move/", location="Hall 2", action="move").status_code == 302
    assert post(client, f"{page}move/", location="LN2 4/7", action="store").status_code == 302
    printed = post(client, f"{page}label/")
    assert printed.headers["Location"] == f"{page}label/26-000001-C01.1/"
    html = client.get(printed.headers["Location"]).content.decode()
    assert "For autologous use only" in html
    assert re.search(r'<span class="coi-check">\*</span>', html)
    assert html.count('class="symbol"') == 2
    assert post(client, f"{page}label/").status_code == 422
    assert post(client, f"{page}label/", reason="smeared").status_code == 302
    with reading(site=site.id):
        seen = Container.objects.get()
        assert LabelPrint.objects.count() == 2
    assert (seen.status, seen.location) == ("stored", "LN2 4/7")


def test_an_unknown_scan_is_answered_in_place(site: DemoSite, keeper: Actor) -> None:
    client = signed_in_client(site, "materials")
    answer = client.get("/materials/containers/", {"id": "NO-SUCH"})
    assert (answer.status_code, "is no container of this site" in answer.content.decode()) == (
        422, True,
    )  # fmt: skip


def test_another_sites_rows_are_not_there(site: DemoSite, keeper: Actor) -> None:
    material(keeper)
    made, bag = lot(keeper), container(keeper)
    client = signed_in_client(open_demo_site("MZ2"), "materials", "qa-reviewer")
    for page in (f"/materials/lots/{made}/", f"/materials/containers/{bag}/"):
        assert client.get(page).status_code == 404
    decide = f"/materials/lots/{made}/decide/"
    answer = post(client, decide, text="no", seq="1", action="reject")
    assert answer.status_code == 404


def looked_at(page: Page, name: str) -> None:
    """Keep a picture where one was asked for, and fail for grave findings of axe."""
    folder = os.environ.get("MES_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"materials-{name}.png", full_page=True)
    assert grave_faults(page) == []


def test_pages_in_a_browser(served: str, browser: Browser) -> None:
    site = open_demo_site()
    keeper = site.actor("materials")
    for code, title in (("TEXMACS", "Culture medium"), ("TRANSACT", "CD3/CD28 activator")):
        material(keeper, code, title=title)
    made = lot(keeper, "L-1001")
    lot(keeper, "L-1002", of="TRANSACT", released=False)
    used(keeper, made)
    bag = container(keeper, "26-000001-C01")
    container(keeper, "BAG-9", coi="", doubt="identity not proven")
    person("materials", "qa-reviewer", site=site, name="Mira V", username="mira", secrets=True)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{served}/materials/")
    page.get_by_label("User name").fill("mira")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    looked_at(page, "lots")
    for name, path in (
        ("lot", f"lots/{made}/"),
        ("receive", "lots/new/"),
        ("catalogue", "catalogue/"),
        ("containers", "containers/"),
        ("container", f"containers/{bag}/"),
    ):
        page.goto(f"{served}/materials/{path}")
        looked_at(page, name)
    page.get_by_role("button", name="Print a label").click()
    looked_at(page, "label")
