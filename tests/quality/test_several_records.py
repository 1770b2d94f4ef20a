"""One ceremony over several batch records: opened, unchanged, every exception judged, not own."""

import threading
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from batches.entries import ExceptionRaised, Said
from mes.lib.embedded.process import wait_until
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from quality import services
from quality.exceptions import (
    NothingChosen,
    NotOpened,
    OpenedHasChanged,
    OwnAmongThem,
    PointsOpen,
    SignedMeanwhile,
    SignerIsAnother,
    TooMany,
)
from records.act import act
from records.models import Entry
from records.reading import reading
from tests.boundaries import every_boundary
from tests.builders import quality as build
from tests.builders.accounts import (
    PASSWORD,
    PIN,
    a_command,
    client_on,
    open_demo_site,
    person,
    signed_in_client,
)
from tests.builders.quality import Bench, proof_of
from tests.support.scenes import scene

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.req("P11-70", "P11-50", "P11-200a", "F211-192", "D11-12e"),
]

REVIEWED = "batch.reviewed"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"


def some_benches(count: int = 3) -> list[Bench]:
    """Return complete records of one site; the second had an exception, which is judged."""
    return scene(("quality, complete records", count), lambda: _some_benches(count))


def _some_benches(count: int) -> list[Bench]:
    first = build.performed(build.issued())
    more = [
        build.performed(
            build.issued(first.site, number=f"B-26-000{n}"),
            **({"volume": "85", "comment": "Read twice."} if n == 2 else {}),
        )
        for n in range(2, count + 1)
    ]
    for bench in more[:1]:
        [raised] = bench.exceptions()
        build.judged(bench, raised)
    return [first, *more]


def shown_of(*benches: Bench) -> dict[UUID, str]:
    return {bench.batch: bench.record().content_hash for bench in benches}


def sign(bench: Bench, shown: dict[UUID, str], opened: dict[UUID, str] | None = None) -> None:
    services.review_records(
        command=bench.command("qa-reviewer"), proof=proof_of(bench.actor("qa-reviewer")),
        shown=shown, opened=shown if opened is None else opened,
    )  # fmt: skip


def signatures(bench: Bench) -> dict[UUID, list[tuple[str, str, str]]]:
    """Return batch → content hash, person and command of each signature under its review."""
    with reading(site=bench.site.id):
        rows = list(Entry.objects.filter(kind=REVIEWED).order_by("stream", "seq"))
    found: dict[UUID, list[tuple[str, str, str]]] = {}
    for row in rows:
        signed = row.envelope["payload"]["signature"]
        said = (signed["content_hash"], signed["person"], row.envelope["command"])
        found.setdefault(row.stream, []).append(said)
    return found


def test_each_record_has_its_own_signature_from_one_act_over_its_own_content() -> None:
    benches = some_benches()
    shown = shown_of(*benches)
    assert len(set(shown.values())) == 3
    command, who = benches[0].command("qa-reviewer"), benches[0].actor("qa-reviewer")
    reply = services.review_records(command=command, shown=shown, opened=shown, proof=proof_of(who))
    assert reply == {"signed": [str(one.batch) for one in benches]}
    said = {one: [(content, str(who.person), str(command.key))] for one, content in shown.items()}
    assert signatures(benches[0]) == said
    reviews = [bench.record().review for bench in benches]
    assert [one and one.content_hash for one in reviews] == list(shown.values())


@pytest.mark.slow
def test_all_or_none_at_every_boundary() -> None:
    benches = some_benches(2)
    shown, command = shown_of(*benches), benches[0].command("qa-reviewer")
    proof = proof_of(benches[0].actor("qa-reviewer"))
    every_boundary(
        lambda: services.review_records(command=command, shown=shown, opened=shown, proof=proof)
    )
    assert {one: len(found) for one, found in signatures(benches[0]).items()} == dict.fromkeys(
        shown, 1
    )


def test_one_that_does_not_fit_refuses_the_whole_and_is_named() -> None:
    one, two, three = some_benches()
    shown = shown_of(one, two, three)
    with pytest.raises(NotOpened, match="opened B-26-0002, B-26-0003 since"):
        sign(one, shown, opened={one.batch: shown[one.batch]})
    with pytest.raises(NotOpened, match="opened B-26-0003 since"):
        sign(one, shown, opened={**shown, three.batch: "0" * 64})
    with pytest.raises(OpenedHasChanged, match="opened it: B-26-0002\\."):
        sign(one, {**shown, two.batch: "0" * 64})
    with pytest.raises(NothingChosen):
        sign(one, {})
    with pytest.raises(TooMany):
        sign(one, {uuid7(): "" for _ in range(51)})
    with pytest.raises(NotFound):
        sign(one, {**shown, uuid7(): "0" * 64})
    with pytest.raises(SignerIsAnother):
        services.review_records(
            command=one.command("qa-reviewer"), shown=shown, opened=shown,
            proof=proof_of(one.another("qa-reviewer")),
        )  # fmt: skip
    assert signatures(one) == {}
    build.sign_review(two)
    with pytest.raises(SignedMeanwhile, match="more: B-26-0002\\."):
        sign(one, shown)
    assert set(signatures(one)) == {two.batch}


def test_an_exception_that_nobody_answered_keeps_its_record_out_and_is_kept() -> None:
    one, two = some_benches(2)
    running = build.issued(one.site, number="B-26-0003")
    build.reported(running)
    build.performed(running)
    with pytest.raises(PointsOpen, match="open in B-26-0003\\."):
        sign(one, shown_of(one, two, running))
    assert signatures(one) == {}
    with reading(site=one.site.id):
        kept = Entry.objects.filter(kind="attempt.refused").values_list("stream", flat=True)
        assert list(kept) == [running.batch]


def test_who_worked_on_one_of_them_signs_none_of_them() -> None:
    one, two = some_benches(2)
    own = build.issued(one.site, number="B-26-0003")
    worker = person("operator", "qa-reviewer", site=one.site, name="Both Roles")
    before = dict(one.site.people)
    one.site.people |= {"operator": worker, "qa-reviewer": worker}
    build.performed(own)
    shown = shown_of(one, two, own)
    with pytest.raises(OwnAmongThem, match="part in B-26-0003\\."):
        sign(one, shown)
    assert signatures(one) == {}
    one.site.people |= before  # another reviewer may
    sign(one, shown)
    assert set(signatures(one)) == set(shown)


def test_another_sites_record_is_not_there() -> None:
    one, two = some_benches(2)
    stranger = open_demo_site("MZ9").actor("qa-reviewer")
    shown = shown_of(one, two)
    with pytest.raises(NotFound):
        services.review_records(
            command=a_command(stranger), shown=shown, opened=shown, proof=proof_of(stranger)
        )
    assert signatures(one) == {}


def test_one_that_changes_between_look_and_lock_leaves_all_unsigned(committed_db: str) -> None:
    one, two = some_benches(2)
    shown, refused = shown_of(one, two), list[Refusal]()

    def signs() -> None:
        try:
            sign(one, shown)
        except Refusal as refusal:
            refused.append(refusal)
        finally:
            connections.close_all()

    waiting = threading.Thread(target=signs)
    said = Said(code="reported", severity="minor", params={"text": "A drop on the bag."})
    with act(two.command("operator"), streams=[two.batch]) as a:
        waiting.start()
        assert wait_until(lambda: _waits(committed_db), seconds=5)
        a.append(two.batch, ExceptionRaised(step="work/fill/ready", said=said, comment=""))
    waiting.join()
    assert [(type(one), one.params["records"]) for one in refused] == [
        (OpenedHasChanged, "B-26-0002")
    ]
    assert signatures(one) == {}


def _waits(database: str) -> bool:
    """Say whether a session of this database waits for a lock (asked in this one, anew)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING, [database])
        return bool(cursor.fetchone() != (0,))


# --- through the page -----------------------------------------------------------------------------

ADDRESS = "/quality/batches/review/"


def a_reviewer(bench: Bench, username: str = "carla", *roles: str) -> Client:
    person("qa-reviewer", *roles, site=bench.site, username=username, badge=f"B-{username}",
           secrets=True)  # fmt: skip
    return signed_in(client_on(), username)


def signed_in(client: Client, username: str = "carla") -> Client:
    form = {"key": str(uuid7()), "username": username, "password": PASSWORD}
    assert client.post(reverse("accounts:sign_in"), form).status_code == 302
    return client


def ticked(*benches: Bench) -> dict[str, object]:
    values = [f"{one}:{content}" for one, content in shown_of(*benches).items()]
    return {"key": str(uuid7()), "batch": values, "password": PASSWORD}


def opens(client: Client, *benches: Bench) -> None:
    for one in benches:
        assert client.get(f"/quality/batches/{one.batch}/").status_code == 200


def posted(client: Client, form: dict[str, object]) -> tuple[int, str]:
    answer = client.post(ADDRESS, form)
    refused = answer.context["refused"] if answer.context else None
    return answer.status_code, refused.code if refused else ""


def test_the_server_knows_what_this_person_opened_whatever_the_form_says() -> None:
    one, two = some_benches(2)
    client, other = a_reviewer(one), a_reviewer(one, "doris")
    opens(client, one)
    opens(other, one, two)  # another person's reading is not one's own
    assert client.head(f"/quality/batches/{two.batch}/").status_code == 200
    assert client.get(f"/quality/batches/{two.batch}/review/").status_code == 200
    assert posted(client, ticked(one, two)) == (403, "several.not_opened")
    opens(client, two)
    signed_in(client, "doris")  # change of person in the same browser: nothing is handed on
    assert posted(client, ticked(one, two)) == (403, "several.not_opened")
    assert signatures(one) == {}
    signed_in(client)
    opens(client, one, two)
    assert posted(client, ticked(one, two)) == (302, "")
    assert {batch: len(found) for batch, found in signatures(one).items()} == {
        one.batch: 1, two.batch: 1,
    }  # fmt: skip


def test_what_was_read_before_its_exception_was_judged_is_read_again() -> None:
    one = build.performed(build.issued(), volume="85", comment="Read twice.")
    client = a_reviewer(one)
    opens(client, one)
    [raised] = one.exceptions()
    build.judged(one, raised)
    assert posted(client, ticked(one)) == (403, "several.not_opened")
    opens(client, one)
    # At a desk a badge signs nothing, and none is asked for.
    assert 'name="badge"' not in client.get(f"{ADDRESS}?by=badge").content.decode()
    by_badge = {**ticked(one), "badge": "B-carla", "pin": PIN}
    del by_badge["password"]
    assert posted(client, by_badge) == (403, "credential.wrong")
    assert posted(client, {**ticked(one), "key": str(uuid7())}) == (302, "")


def test_a_record_that_changed_after_it_was_opened_is_not_signed() -> None:
    one, two = some_benches(2)
    client = a_reviewer(one)
    opens(client, one, two)
    form = ticked(one, two)
    build.received(two)
    build.reviewed(two, build.entered(two, "viability", "92.5"))
    assert posted(client, form) == (409, "several.changed")
    page = client.get(ADDRESS).context
    assert [line["name"] for line in page["ready"]] == ["B-26-0001"]
    assert [(line["name"], line["why"]) for line in page["others"]] == [
        ("B-26-0002", "changed since you opened it")
    ]
    assert posted(client, ticked(one, two)) == (403, "several.not_opened")
    assert signatures(one) == {}
    opens(client, two)
    assert posted(client, ticked(one, two)) == (302, "")
    nonsense = {**form, "batch": ["everything"], "key": str(uuid7())}
    assert client.post(ADDRESS, nonsense).status_code == 404


def queries(client: Client, *benches: Bench) -> int:
    opens(client, *benches)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(ADDRESS).status_code == 200
    return len(seen)


def test_the_page_says_of_each_record_what_it_holds_or_lacks_at_the_cost_of_one() -> None:
    [one] = some_benches(1)
    client = a_reviewer(one, "carla", "operator")
    cost = queries(client, one)
    site, operator = one.site, one.site.people["operator"]
    site.people["operator"] = UUID(client.session["period"]["person"])
    own = build.performed(build.issued(site, number="B-26-0002"))
    site.people["operator"] = operator
    unread = build.performed(build.issued(site, number="B-26-0003"))
    flagged = build.issued(site, number="B-26-0004")
    build.performed(flagged, volume="85", comment="Read twice.")
    assert (queries(client, one, own, flagged), cost <= 25) == (cost, True)
    build.sign_review(build.performed(build.issued(site, number="B-26-0005")))
    page = client.get(ADDRESS).context
    assert [(line["name"], line["text"], line["ticked"]) for line in page["ready"]] == [
        ("B-26-0001", "QUALITY-TEST v1 · 4 steps, nothing was out of order", True)
    ]
    assert [(line["name"], line["why"], line["theirs"]) for line in page["others"]] == [
        ("B-26-0002", "you worked on this batch: another person reviews it", True),
        ("B-26-0003", "to be opened", False),
        ("B-26-0004", "Exceptions: 1 to judge", False),
    ]
    assert page["others"][1]["url"] == f"/quality/batches/{unread.batch}/"


def test_the_page_is_for_who_signs_reviews() -> None:
    bench = build.issued()
    for role in ("auditor", "qc-analyst", "releasing-person"):
        assert signed_in_client(bench.site, role).get(ADDRESS).status_code == 403
