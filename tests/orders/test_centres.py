"""Treatment centres: two people of one see the same orders, and never another centre's."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import Error, connection, connections, transaction
from django.test import Client

from accounts.centre_exceptions import CentreMissing, CentreOfOutside, CentreTaken
from accounts.centre_exceptions import SameCentre as SamePlace
from accounts.exceptions import NotAllowed, OwnAccess
from accounts.models import CentreMember, RoleAssignment, TreatmentCentre
from accounts.services.centres import set_centre
from accounts.services.people import revoke_role
from mes.lib import clock
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from orders import rules, selectors
from orders.entries import ORDER
from orders.exceptions import (
    CentreNeeded,
    CentreUnknown,
    IdentityNeeded,
    MarksUsedUp,
    SameCentre,
)
from orders.models import Order, Patient
from orders.services import (
    Identity,
    cancel_order,
    erase_identity,
    open_register,
    set_order_centre,
    show_identity,
)
from records import outbox
from records.act import New, act
from records.commands import Actor
from records.entries import decode
from records.exceptions import ReasonMissing, Stale
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import (
    DemoSite,
    a_command,
    actor_of,
    belongs,
    open_demo_site,
    person,
    signed_in_client,
)
from tests.builders.orders import Entered, announced, order, registered, wanted
from tests.support.scenes import scene
from tests.test_golden import plain_of

pytestmark = pytest.mark.usefixtures("committed_db")


@dataclass
class Two:
    """A site with two centres; two people of the first, one of the second, an order of each."""

    site: DemoSite
    north: UUID
    west: UUID
    ada: Actor
    bea: Actor
    cas: Actor
    of_north: Entered
    of_west: Entered


def asked(**more: Any) -> Any:
    return wanted(today=clock.now().date(), **more)


def outsider(site: DemoSite, centre: UUID | None) -> Actor:
    made = person("treatment-centre", site=site)
    if centre is not None:
        belongs(made, centre, site=site)
    return actor_of(made, "treatment-centre", site)


@pytest.fixture
def two() -> Two:
    return scene("two-centres", _two)


def _two() -> Two:
    site = open_demo_site()
    open_register(command=a_command(site.system), facility="A9999")
    north = registered(site.system)
    west = registered(site.system, "TC-12", "Wien West")
    ada, bea, cas = (outsider(site, centre) for centre in (north, north, west))
    of_north = order(ada, asked(centre="", identity=Identity(name="Nora North")))
    of_west = order(cas, asked(centre="", identity=Identity(name="Wilma West")))
    return Two(site, north, west, ada, bea, cas, of_north, of_west)


def listed(actor: Actor) -> set[UUID]:
    """Return the orders that the page lists for an actor."""
    with reading(site=actor.site, person=actor.person):
        theirs = rules.outside(actor)
        found = selectors.vein_to_vein(at=clock.now(), own=theirs.own if theirs else None)
        return {row.order.id for row in found.rows}


def patient_of(two: Two, made: Entered) -> UUID:
    with reading(site=two.site.id):
        return Order.objects.values_list("patient", flat=True).get(id=made.id)


@pytest.mark.req("P11-10d", "P11-10g")
def test_two_people_of_a_centre_see_the_same_orders_and_never_anothers(two: Two) -> None:
    assert listed(two.ada) == listed(two.bea) == {two.of_north.id}
    assert listed(two.cas) == {two.of_west.id}
    assert listed(two.site.actor("coordinator")) == {two.of_north.id, two.of_west.id}
    announced(two.bea, two.of_north, 1)  # a colleague's order is one's own
    with pytest.raises(NotFound):
        announced(two.bea, two.of_west, 2)
    patient = patient_of(two, two.of_north)
    shown = show_identity(command=a_command(two.bea), patient=patient, purpose="call")
    assert shown == {"name": "Nora North"}


@pytest.mark.req("P11-10d")
def test_the_pages_and_the_api_know_no_order_of_another_centre(two: Two) -> None:
    client = signed_in_client(two.site, "treatment-centre", centre=two.north)
    page = client.get("/orders/").content.decode()
    assert (two.of_north.coi in page, two.of_west.coi in page) == (True, False)
    said: dict[str, list[int]] = {made.number: [] for made in (two.of_north, two.of_west)}
    for made in (two.of_north, two.of_west):
        for path in ("", "announce/", "identity/"):
            said[made.number].append(client.get(f"/orders/{made.id}/{path}").status_code)
    assert said == {two.of_north.number: [200] * 3, two.of_west.number: [404] * 3}
    jumped = {
        text: client.get("/jump/", {"id": text}).status_code
        for made in (two.of_north, two.of_west)
        for text in (made.number, str(made.id), made.coi)
    }
    assert list(jumped.values()) == [302] * 3 + [404] * 3
    form = client.get("/orders/new/").content.decode()
    assert ("TC-07 Hamburg Nord" in form, "Wien West" in form) == (True, False)
    assert [entered(client, centre).status_code for centre in ("", "TC-07")] == [201, 201]
    another, never = (entered(client, centre) for centre in ("TC-12", "TC-99"))
    assert (another.status_code, another.json()["code"]) == (422, "order.centre_unknown")
    assert another.content.replace(b"TC-12", b"TC-99") == never.content


def entered(client: Client, centre: str) -> Any:
    day = clock.now().date().replace(year=clock.now().year + 1).isoformat()
    body = {
        "product": "CART19-PRODIGY", "inputs": {"patient_weight": "71.4"}, "collection_from": day,
        "collection_until": day, "infusion_from": day.replace("20", "21", 1),
        "infusion_until": day.replace("20", "21", 1),
    } | ({"centre": centre} if centre else {})  # fmt: skip
    return client.post(
        "/api/v1/orders/", body, content_type="application/json",
        headers={"Idempotency-Key": str(uuid7())},
    )  # fmt: skip


@pytest.mark.req("P11-10g")
def test_a_person_who_moves_sees_the_new_centre_at_the_next_request(two: Two) -> None:
    client = signed_in_client(two.site, "treatment-centre", centre=two.north)
    who = UUID(str(client.session["period"]["person"]))
    pages = [f"/orders/{made.id}/" for made in (two.of_north, two.of_west)]
    assert [client.get(page).status_code for page in pages] == [200, 404]
    belongs(who, two.west, site=two.site)
    assert [client.get(page).status_code for page in pages] == [404, 200]
    belongs(who, None, site=two.site)
    assert [client.get(page).status_code for page in pages] == [404, 404]


# The second wall


def visible(table: str, actor: Actor) -> int:
    """Count the rows that the database shows the application while this person asks."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('mes.site', %s, true), set_config('mes.person', %s, true)",
            [str(actor.site), str(actor.person or "")],
        )
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


TABLES = (
    "orders_order", "orders_collection", "orders_patient", "identity.patient_key",
    "identity.patient_identity",
)  # fmt: skip


@pytest.mark.req("P11-10d")
@pytest.mark.scenario(33)
def test_a_forgotten_filter_shows_no_row_of_another_centre(two: Two) -> None:
    announced(two.ada, two.of_north, 1)
    announced(two.cas, two.of_west, 2)
    nobody = outsider(two.site, None)
    seen = [
        [visible(table, actor) for table in TABLES]
        for actor in (two.bea, two.cas, nobody, two.site.actor("coordinator"), two.site.system)
    ]
    assert seen == [[1] * 5, [1] * 5, [0] * 5, [2] * 5, [2] * 5]


def test_the_database_lets_nobody_enter_an_order_for_another_centre(two: Two) -> None:
    """Whatever the code says: the row is refused."""
    said = decode("order.entered", 2, {**plain_of("order.entered", 2), "centre": str(two.west)})
    stream = uuid7()
    new = [New(ORDER, stream, two.site.id)]
    with pytest.raises(Error, match="row-level security"), act(a_command(two.ada), new=new) as a:
        a.append(stream, said)


def test_a_mark_is_given_once_also_beside_orders_that_one_does_not_see(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The only one that is left is seen as taken, and not found out by the constraint."""
    monkeypatch.setattr("orders.services.register._MARKS", ("circle-filled-ZZ",))
    order(two.ada, asked(centre=""))
    with pytest.raises(MarksUsedUp):
        order(two.cas, asked(centre=""))


def test_an_identity_stays_while_another_centre_needs_it(two: Two) -> None:
    patient = patient_of(two, two.of_north)
    with reading(site=two.site.id):
        pseudonym = Patient.objects.get(id=patient).pseudonym
    elsewhere = order(two.site.actor("coordinator"), asked(centre="TC-12", pseudonym=pseudonym))
    cancel_order(command=a_command(two.ada), order=two.of_north.id, reason="withdrawn")
    with pytest.raises(IdentityNeeded) as refused:
        erase_identity(command=a_command(two.ada), patient=patient, reason="asked for")
    assert elsewhere.number not in str(refused.value)


# Moved in the middle of an act


def test_who_is_moved_while_an_act_runs_leaves_no_half_of_it(two: Two) -> None:
    """Either the act was first, or the person is of the new centre: row and chain agree."""
    ready = Barrier(2, timeout=20)

    def cancel() -> str:
        ready.wait()
        try:
            cancel_order(command=a_command(two.ada), order=two.of_north.id, reason="withdrawn")
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    def move() -> str:
        ready.wait()
        belongs(UUID(str(two.ada.person)), two.west, site=two.site)
        connections.close_all()
        return "moved"

    with ThreadPoolExecutor(2) as threads:
        outcome = [future.result() for future in (threads.submit(cancel), threads.submit(move))]
    assert outcome in (["done", "moved"], ["not_found", "moved"])
    assert verify(everything=True).differences == []


def test_an_act_from_outside_holds_the_person_where_they_are(two: Two) -> None:
    assert rules.themselves(two.ada) == [two.ada.person]
    assert rules.themselves(two.site.actor("coordinator")) == []


# Registering, and who belongs where


@pytest.mark.parametrize(
    ("code", "name", "refusal"),
    [
        ("tc-07", "Another", CentreTaken), ("TC-08", "hamburg  nord", CentreTaken),
        (" ", "Name", CentreMissing), ("TC-09", "", CentreMissing),
    ],
)  # fmt: skip
def test_a_centre_is_registered_once(
    two: Two, code: str, name: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        registered(two.site.actor("admin"), code, name)
    with reading(site=two.site.id):
        assert [one.title for one in TreatmentCentre.objects.all()] == [
            "TC-07 Hamburg Nord", "TC-12 Wien West"
        ]  # fmt: skip


def test_two_administrators_at_once_register_one_centre(two: Two) -> None:
    both, admin = Barrier(2, timeout=20), two.site.actor("admin")

    def attempt(name: str) -> str:
        both.wait()
        try:
            registered(admin, "TC-40", name)
        except CentreTaken as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "made"

    with ThreadPoolExecutor(2) as threads:
        said = sorted(threads.map(attempt, ("One", "Two")))
    assert said == ["centre.taken", "made"]


def put(two: Two, by: Actor, who: UUID, centre: UUID | None, reason: str = "moved house") -> None:
    set_centre(command=a_command(by), person=who, centre=centre, reason=reason)


def test_who_may_say_to_which_centre_somebody_belongs(two: Two) -> None:
    admin, elsewhere = two.site.actor("admin"), open_demo_site("US2")
    abroad = registered(elsewhere.system, "TC-70", "Boston")
    bea, operator = UUID(str(two.bea.person)), two.site.person("operator")
    for refusal, by, who, centre, reason in (
        (NotAllowed, two.site.actor("coordinator"), bea, two.west, "x"),
        (OwnAccess, admin, admin.person, two.west, "x"),
        (CentreOfOutside, admin, operator, two.west, "x"),
        (SamePlace, admin, bea, two.north, "x"),
        (NotFound, admin, bea, abroad, "x"),
        (ReasonMissing, admin, bea, two.west, " "),
    ):
        with pytest.raises(refusal):
            put(two, by, UUID(str(who)), centre, reason)
    with reading(site=two.site.id):
        assert CentreMember.objects.get(person=bea).centre == two.north


def test_the_trail_tells_it_and_the_role_takes_the_centre_along(two: Two) -> None:
    bea = UUID(str(two.bea.person))
    put(two, two.site.actor("admin"), bea, two.west)
    client = signed_in_client(two.site, "admin")
    page = client.get(f"/people/{bea}/").content.decode()
    assert "TC-12 Wien West" in page
    with reading(site=two.site.id):
        held = RoleAssignment.objects.values_list("id", flat=True).get(person=bea)
    revoke_role(
        command=a_command(two.site.actor("admin")), assignment=held, person=bea, reason="left"
    )
    with reading(site=two.site.id):
        kinds = [row.kind for row in Entry.objects.filter(stream=bea).order_by("seq")][-2:]
        assert CentreMember.objects.get(person=bea).centre is None
    assert kinds == ["role.revoked", "person.centre_set"]
    trail = client.get(f"/people/{bea}/trail/").content.decode()
    assert "Belongs to treatment centre TC-12 Wien West; moved house" in trail
    assert "Belongs to no treatment centre any more; left" in trail


def test_the_page_of_centres_registers_one_and_shows_its_people(two: Two) -> None:
    client = signed_in_client(two.site, "admin")
    form = {"key": str(uuid7()), "code": "TC-20", "name": "Basel"}
    assert client.post("/people/centres/", form).status_code == 302
    assert client.post("/people/centres/", {**form, "key": str(uuid7())}).status_code == 409
    page = client.get("/people/centres/").content.decode()
    assert (str(two.ada.name) in page, "nobody belongs to it yet" in page) == (True, True)
    bea = str(two.bea.person)
    moved = {"key": str(uuid7()), "action": "centre", "centre": str(two.west), "reason": "moved"}
    assert client.post(f"/people/{bea}/", moved).status_code == 302
    assert listed(two.bea) == {two.of_west.id}


# Orders and people from before centres were registered


def old_order(site: DemoSite, by: Actor, text: str) -> UUID:
    """Return an order as it was entered while a centre was a text."""
    plain, stream = plain_of("order.entered", 1), uuid7()
    tail = str(stream)[-6:]
    said = {**plain, "number": f"O-{tail}", "coi": f"C{tail}", "mark": tail, "centre": text}
    with act(a_command(by), new=[New(ORDER, stream, site.id)]) as a:
        a.append(stream, decode("order.entered", 1, said))
    return stream


def test_who_has_no_centre_yet_sees_what_they_entered_and_enters_nothing() -> None:
    site = open_demo_site()
    open_register(command=a_command(site.system), facility="A9999")
    ada, bea = outsider(site, None), outsider(site, None)
    first, second = old_order(site, ada, "Hamburg Nord"), old_order(site, bea, "Hamburg Nord")
    assert (listed(ada), listed(bea)) == ({first}, {second})
    cancel_order(command=a_command(ada), order=first, reason="withdrawn")
    with pytest.raises(CentreNeeded):
        order(ada, asked(centre="Hamburg Nord"))
    client = signed_in_client(site, "treatment-centre")
    assert "It was not said yet to which treatment centre" in (
        client.get("/orders/new/").content.decode()
    )


@pytest.mark.req("P11-10g")
def test_a_registered_centre_gets_the_orders_that_name_it_and_no_others() -> None:
    site = open_demo_site()
    ada, bea = outsider(site, None), outsider(site, None)
    texts = ("TC-07 Hamburg Nord", "hamburg nord", "tc-07", "Hamburg", "TC-077", "Wien West")
    made = [old_order(site, ada, text) for text in texts]
    north = registered(site.system)
    outbox.drain()
    outbox.drain()
    belongs(UUID(str(bea.person)), north, site=site)
    assert listed(bea) == set(made[:3])
    assert listed(ada) == set(made[3:])
    assert verify(everything=True).differences == []


def test_a_coordinator_says_of_which_centre_an_order_is(two: Two) -> None:
    by = two.site.actor("coordinator")

    def give(actor: Actor, centre: str, reason: str = "wrong one chosen", seq: int = 1) -> None:
        set_order_centre(
            command=a_command(actor), order=two.of_north.id, centre=centre, reason=reason, seq=seq
        )

    for refusal, actor, centre, seq in (
        (NotAllowed, two.ada, "TC-12", 1), (CentreUnknown, by, "TC-99", 1),
        (SameCentre, by, "TC-07", 1), (Stale, by, "TC-12", 9),
    ):  # fmt: skip
        with pytest.raises(refusal):
            give(actor, centre, seq=seq)
    give(by, "TC-12")
    assert (listed(two.ada), listed(two.cas)) == (set(), {two.of_north.id, two.of_west.id})
    client = signed_in_client(two.site, "coordinator")
    page = f"/orders/{two.of_north.id}/"
    form = {"key": str(uuid7()), "centre": "TC-07", "centre_reason": "it was right", "seq": "2"}
    assert client.post(f"{page}centre/", {**form, "seq": "1"}).status_code == 409
    form["key"] = str(uuid7())
    assert client.post(f"{page}centre/", form).status_code == 302
    assert "Order of TC-07 Hamburg Nord: it was right" in client.get(page).content.decode()
