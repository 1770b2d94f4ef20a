"""Documents of the system: versions with author, date, predecessor and another's approval."""

import fnmatch
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings as project
from django.db import IntegrityError, connections
from django.test import Client, RequestFactory
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings

from accounts import documents, origin
from accounts.document_exceptions import (
    AlreadyPutForward,
    AuthorMayNotApprove,
    ChangesMissing,
    DocumentChanged,
    NothingChanged,
    TextLost,
    TextReplaced,
    VersionDecided,
)
from accounts.documents import shipped
from accounts.enums import SecondPerson
from accounts.exceptions import NotAllowed
from accounts.models import DocumentVersion
from accounts.review_exceptions import ReviewerIsAnother
from accounts.services.ceremony import Proof, prove_by_password
from accounts.services.documents import APPROVED, approve_version, put_forward, return_version
from accounts.services.second_persons import set_second_person
from accounts.signing_exceptions import NotOnSite, ShownHasChanged
from accounts.views.owed import owed_rows
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from records import files, self_check
from records.act import act
from records.commands import Actor
from records.entries import decode
from records.exceptions import ReasonMissing
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import (
    PASSWORD,
    DemoSite,
    a_command,
    actor_of,
    client_on,
    open_demo_site,
    person,
    signed_in_client,
)
from tests.support.axe import grave_faults
from tests.test_golden import plain_of

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("P11-10k")]
AWAY = "198.51.100.7"
PATH = "docs/deploy.md"
FIRST = "# Running it\n\nBack up every night.\n\nAsk <b>whom</b>?\n"


@pytest.fixture
def ships(tmp_path: Path, settings: Settings) -> Callable[..., None]:
    """Give a function that lets another text ship, as another release does."""
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text("No heading here.\n")
    (tmp_path / "requirements.txt").write_text("canary==1.0\n")

    def ship(text: str, path: str = PATH) -> None:
        (tmp_path / path).write_text(text)

    # The kept files are those of all tests: of each test another text.
    ship(f"{FIRST}\n{uuid7()}\n")
    return ship


@pytest.fixture
def site(ships: Callable[..., None]) -> DemoSite:
    return open_demo_site()


@pytest.fixture
def quinn(site: DemoSite) -> Actor:
    made = person("qa-reviewer", site=site, name="Quinn Adler", username="quinn", secrets=True)
    return actor_of(made, "qa-reviewer", site)


def text() -> str:
    return shipped()[PATH].text


def forward(by: Actor, changes: str = "first version", path: str = PATH, **more: Any) -> UUID:
    ships = shipped().get(path)
    shown = more.pop("shown", ships.sha256 if ships else "")
    command = a_command(by)
    reply = put_forward(command=command, path=path, changes=changes, shown=shown)
    return UUID(str(reply["revision"]))


def proof_of(by: Actor, username: str = "quinn") -> Proof:
    return prove_by_password(username=username, password=PASSWORD, actor=by)


def approved(by: Actor, revision: UUID, **more: Any) -> None:
    approve_version(command=a_command(by), revision=revision, proof=proof_of(by), **more)


def sent_back(by: Actor, revision: UUID, reason: str = "a chapter is missing") -> None:
    return_version(command=a_command(by), revision=revision, reason=reason)


def version(site: DemoSite, revision: UUID) -> DocumentVersion:
    with reading(site=site.id):
        return documents.version(revision)


def kinds(site: DemoSite) -> list[str]:
    with reading(site=site.id):
        rows = Entry.objects.filter(kind__startswith="system_document").order_by("at", "seq")
        return [row.kind.removeprefix("system_document.") for row in rows]


# What ships


def test_the_documents_that_ship_are_read_where_the_software_lies() -> None:
    """And the image has them: nothing leaves them out."""
    there = shipped()
    for path in ("README.md", "CHANGELOG.md", PATH, "docs/personas/admin.md", "docs/adr/README.md"):
        assert (there[path].title != path, len(there[path].text) > 100) == (True, True)
    left_out = (Path(project.BASE_DIR) / ".dockerignore").read_text().split()
    assert [path for path in there for one in left_out if fnmatch.fnmatch(path, one)] == []


def test_the_page_lists_what_ships_with_its_hash_and_says_calmly_what_is_not_approved(
    site: DemoSite,
) -> None:
    client = signed_in_client(site, "operator")
    page = client.get("/documents/").content.decode()
    assert shipped()[PATH].sha256[:12] in page
    assert ("Running it" in page, "not approved yet" in page) == (True, True)
    assert "0 of 2 documents ship as approved." in page
    one = client.get(f"/documents/of/{PATH}").content.decode()
    for path in ("requirements.txt", "docs/../README.md", "docs/nothing.md"):
        assert client.get(f"/documents/of/{path}").status_code == 404
    assert ("Ask &lt;b&gt;whom&lt;/b&gt;?" in one, "Put it forward" in one) == (True, False)


# Put forward and approved


def test_each_version_has_author_date_predecessor_and_approval(
    site: DemoSite, quinn: Actor, ships: Callable[..., None]
) -> None:
    adam = site.actor("admin")
    first = forward(adam)
    approved(quinn, first)
    ships(text().replace("night", "hour"))
    second = forward(adam, "back up every hour")
    approved(quinn, second)
    one, two = version(site, first), version(site, second)
    assert [(row.number, row.author_name, row.approver_name) for row in (one, two)] == [
        (1, "Adam Dietz", "Quinn Adler"), (2, "Adam Dietz", "Quinn Adler")
    ]  # fmt: skip
    assert (one.predecessor_id, two.predecessor_id) == (None, first)
    times = [one.put_forward_at, one.approved_at, two.put_forward_at, two.approved_at]
    assert times == sorted(times, key=str)
    assert kinds(site) == ["put_forward", "approved"] * 2
    page = signed_in_client(site, "auditor").get(f"/documents/of/{PATH}").content.decode()
    for said in ("back up every hour", "first version", "Adam Dietz", "Quinn Adler",
                 "the approved version"):  # fmt: skip
        assert said in page
    assert verify(everything=True).differences == []


def test_an_old_version_is_read_and_downloaded_when_it_ships_no_more(
    site: DemoSite, quinn: Actor, ships: Callable[..., None]
) -> None:
    first = forward(site.actor("admin"))
    approved(quinn, first)
    written = text()
    ships("# Another book\n")
    client = signed_in_client(site, "auditor")
    page = client.get(f"/documents/versions/{first}/").content.decode()
    assert ("Back up every night." in page, "<b>whom" in page) == (True, False)
    answer = client.get(f"/documents/versions/{first}/text/")
    assert (answer.content.decode(), answer["Content-Type"], answer["Content-Disposition"]) == (
        written, "text/markdown; charset=utf-8", 'attachment; filename="deploy-v1.md"'
    )  # fmt: skip
    (Path(project.BASE_DIR) / PATH).unlink()
    assert "ships no longer" in client.get("/documents/").content.decode()
    assert client.get(f"/documents/of/{PATH}").status_code == 200


def test_what_ships_is_compared_with_the_version_in_force(
    site: DemoSite, quinn: Actor, ships: Callable[..., None]
) -> None:
    approved(quinn, forward(site.actor("admin")))
    client = signed_in_client(site, "admin")
    assert "1 of 2 documents ship as approved." in client.get("/documents/").content.decode()
    ships(text().replace("night", "hour"))
    page = client.get(f"/documents/of/{PATH}").content.decode()
    assert ("not approved yet" in page, "Back up every hour.</ins>" in page) == (True, True)
    assert "Back up every night.</del>" in page
    second = forward(site.actor("admin"), "every hour")
    page = signed_in_client(site, "qa-reviewer").get("/documents/").content.decode()
    assert ("waits for approval" in page, str(second) in page) == (True, True)


# Refusals


@pytest.mark.parametrize(
    ("role", "path", "changes", "refusal"),
    [
        ("operator", PATH, "x", NotAllowed), ("process-owner", PATH, "x", NotAllowed),
        ("admin", "requirements.txt", "x", NotFound), ("admin", "docs/../README.md", "x", NotFound),
        ("admin", "../README.md", "x", NotFound), ("admin", PATH, " ", ChangesMissing),
    ],
)  # fmt: skip
def test_who_puts_forward_what(
    site: DemoSite, role: str, path: str, changes: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        forward(site.actor(role), changes, path)
    assert kinds(site) == []
    assert not files.path_of(shipped()[PATH].sha256).exists()


def test_nothing_is_put_forward_twice_or_without_a_change(
    site: DemoSite, quinn: Actor, ships: Callable[..., None]
) -> None:
    adam = site.actor("admin")
    with pytest.raises(TextReplaced):
        forward(adam, shown="0" * 64)
    made = forward(adam)
    with pytest.raises(AlreadyPutForward) as waits:
        forward(quinn)
    assert str(waits.value) == "Version 1 was put forward already, by Adam Dietz."
    approved(quinn, made)
    with pytest.raises(NothingChanged) as same:
        forward(adam, "again")
    assert str(same.value) == "Nothing has changed since version 1, which is approved."
    assert kinds(site) == ["put_forward", "approved"]


def test_two_at_once_put_one_version_forward(site: DemoSite) -> None:
    both, adam = Barrier(2, timeout=20), site.actor("admin")

    def attempt(changes: str) -> str:
        both.wait()
        try:
            forward(adam, changes)
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as threads:
        said = set(threads.map(attempt, ("one", "two")))
    assert said in ({"done", "document.changed"}, {"done", "document.put_forward_already"})
    assert kinds(site) == ["put_forward"]


@pytest.mark.req("P11-10g")
def test_the_author_does_not_approve_whatever_role_they_hold(site: DemoSite, quinn: Actor) -> None:
    own = forward(quinn)
    with pytest.raises(AuthorMayNotApprove):
        approved(quinn, own)
    with reading(site=site.id):
        kept = Entry.objects.filter(kind="attempt.refused").latest("at").envelope["payload"]
    assert kept["code"] == "document.author_approves"
    page = client_of("quinn").get(f"/documents/versions/{own}/approve/").content.decode()
    assert ("another person approves it" in page, 'type="password"' in page) == (True, False)
    plain = plain_of("system_document.approved", 1)
    plain |= {
        "revision": str(own),
        "signature": {**plain["signature"], "person": str(quinn.person)},
    }
    stream = version(site, own).stream
    four_eyes = pytest.raises(IntegrityError, match="accounts_documentversion_four_eyes")
    with four_eyes, act(a_command(site.system), streams=[stream]) as a:
        a.append(stream, decode("system_document.approved", 1, plain))


@pytest.mark.req("P11-10k", "P11-200a")
@pytest.mark.parametrize("end", ["approved", "sent back", "taken back"])
def test_who_may_approve_owes_it_until_it_is_decided(
    site: DemoSite, quinn: Actor, end: str
) -> None:
    other = site.actor("qa-reviewer")
    revision = forward(quinn)
    page = reverse("accounts:revision", args=[revision])
    assert (owed_by(quinn, site), owed_by(other, site)) == ([], [page])
    reviewer = person("qa-reviewer", site=site, username="rita", secrets=True)
    rita = actor_of(reviewer, "qa-reviewer", site)
    if end == "approved":
        approve_version(command=a_command(rita), revision=revision, proof=proof_of(rita, "rita"))
    else:
        sent_back(rita if end == "sent back" else quinn, revision)
    assert owed_by(other, site) == []
    assert verify(everything=True).clean


def owed_by(who: Actor, site: DemoSite) -> list[str]:
    assert who.person is not None
    with reading(site=site.id, person=who.person):
        return [row["url"] for row in owed_rows(who.person)]


@pytest.mark.req("P11-10k")
def test_site_says_whether_who_approves_has_to_be_on_site(
    site: DemoSite, quinn: Actor, settings: Settings
) -> None:
    settings.MES_INSIDE = ["192.0.2.0/24"]
    revision = forward(site.actor("admin"))
    set_second_person(
        command=a_command(site.actor("admin")), second=SecondPerson.DOCUMENT, on_site=True,
        reason="SOP-12",
    )  # fmt: skip
    with pytest.raises(NotOnSite), origin.coming_from(RequestFactory().post("/", REMOTE_ADDR=AWAY)):
        approved(quinn, revision)
    with origin.coming_from(RequestFactory().post("/", REMOTE_ADDR="192.0.2.7")):
        approved(quinn, revision)
    assert version(site, revision).approver == quinn.person


def test_who_approves_and_what_they_saw(site: DemoSite, quinn: Actor) -> None:
    made = forward(site.actor("admin"))
    rosa = site.actor("releasing-person")
    with pytest.raises(NotAllowed):
        approve_version(command=a_command(rosa), revision=made, proof=proof_of(quinn))
    with pytest.raises(ReviewerIsAnother):
        approve_version(
            command=a_command(site.actor("qa-reviewer")), revision=made, proof=proof_of(quinn)
        )
    with pytest.raises(ShownHasChanged):
        approved(quinn, made, shown="0" * 64)
    files.path_of(version(site, made).file).unlink()
    with pytest.raises(TextLost):
        approved(quinn, made)
    assert version(site, made).waits


def test_a_version_is_sent_back_or_taken_back_and_stays_in_the_history(
    site: DemoSite, quinn: Actor, ships: Callable[..., None]
) -> None:
    adam, other = site.actor("admin"), actor_of(person("admin", site=site), "admin", site)
    first = forward(adam)
    for by, reason, refusal in (
        (other, "mine too", NotAllowed), (site.actor("operator"), "no", NotAllowed),
        (quinn, " ", ReasonMissing),
    ):  # fmt: skip
        with pytest.raises(refusal):
            sent_back(by, first, reason)
    sent_back(quinn, first)
    for late in (approved, sent_back):
        with pytest.raises(VersionDecided):
            late(quinn, first)
    second = forward(adam, "with the chapter")
    sent_back(adam, second, "a word was wrong")
    third = forward(adam, "with the word")
    approved(quinn, third)
    assert [(version(site, one).number, version(site, one).predecessor_id)
            for one in (first, second, third)] == [(1, None), (2, None), (3, None)]  # fmt: skip
    page = signed_in_client(site, "auditor").get(f"/documents/of/{PATH}").content.decode()
    assert ("a chapter is missing" in page, "a word was wrong" in page) == (True, True)


# Never changed, never gone, told once more


def test_a_decided_version_never_changes(
    site: DemoSite, quinn: Actor, owner_connection: psycopg.Connection
) -> None:
    first = forward(site.actor("admin"))
    approved(quinn, first)
    stream = version(site, first).stream
    for kind in ("system_document.returned", "system_document.approved"):
        said = decode(kind, 1, {**plain_of(kind, 1), "revision": str(first)})
        with pytest.raises(DocumentChanged), act(a_command(site.system), streams=[stream]) as a:
            a.append(stream, said)
    owner_connection.execute("SET mes.rebuild = 'on'")
    with pytest.raises(psycopg.errors.CheckViolation, match="stays as it is"):
        owner_connection.execute("UPDATE accounts_documentversion SET changes = 'other'")
    owner_connection.execute("SET mes.rebuild = 'off'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner_connection.execute("DELETE FROM accounts_documentversion")


def lacks(site: DemoSite, stream: UUID) -> list[str]:
    with reading(site=site.id):
        lacking = self_check.of_thing(stream).lacking
        return [lack.why for one in lacking for lack in one.lacks]


def test_the_self_check_tells_the_approval_once_more(
    site: DemoSite, quinn: Actor, owner_connection: psycopg.Connection
) -> None:
    first = forward(site.actor("admin"))
    approved(quinn, first)
    row = version(site, first)
    assert lacks(site, row.stream) == []
    path = files.path_of(row.file)
    path.chmod(0o600)
    path.write_bytes(b"# Another text\n")
    assert lacks(site, row.stream) == ["signature.other_content"]
    client = signed_in_client(site, "auditor")
    page, file = (client.get(f"/documents/versions/{first}/{part}") for part in ("", "text/"))
    assert (page.status_code, file.status_code) == (200, 410)
    assert "missing or was altered" in page.content.decode()
    assert b"Another text" not in page.content + file.content
    path.write_text(text())
    assert lacks(site, row.stream) == []
    owner_connection.execute("SET mes.rebuild = 'on'")
    owner_connection.execute(
        "ALTER TABLE accounts_documentversion DISABLE TRIGGER accounts_documentversion_stays"
    )
    owner_connection.execute("UPDATE accounts_documentversion SET author_name = 'Somebody'")
    assert lacks(site, row.stream) == ["signature.other_content"]


# Pages


def client_of(username: str) -> Client:
    client = client_on()
    form = {"key": str(uuid7()), "username": username, "password": PASSWORD}
    assert client.post("/sign-in/", form).status_code == 302
    return client


def test_the_pages_put_forward_and_approve(site: DemoSite, quinn: Actor) -> None:
    admin, qa = signed_in_client(site, "admin"), client_of("quinn")
    page = f"/documents/of/{PATH}"
    shown = shipped()[PATH].sha256

    def post(client: Client, address: str, **form: str) -> Any:
        return client.post(address, {"key": str(uuid7()), **form})

    said = [
        post(admin, page, shown=shown, changes="").status_code,
        post(admin, page, shown="x", changes="first").status_code,
        post(admin, "/documents/of/requirements.txt", shown=shown, changes="x").status_code,
        post(signed_in_client(site, "operator"), page, shown=shown, changes="x").status_code,
        post(admin, page, shown=shown, changes="first").status_code,
        post(admin, page, shown=shown, changes="first").status_code,
    ]
    assert said == [400, 409, 404, 403, 302, 409]
    with reading(site=site.id):
        made = DocumentVersion.objects.get().id
    sheet = f"/documents/versions/{made}/approve/"
    shows = qa.get(sheet)
    assert (APPROVED in shows.content.decode(), "Back up every" in shows.content.decode()) == (
        True, True
    )  # fmt: skip
    content = shows.context["content"]
    wrong = post(qa, sheet, content_hash=content, username="quinn", password="wrong")
    stale = post(qa, sheet, content_hash="0" * 64, username="quinn", password=PASSWORD)
    assert [one.status_code for one in (wrong, stale, admin.get(sheet))] == [403, 409, 403]
    done = post(qa, sheet, content_hash=content, username="quinn", password=PASSWORD)
    assert done.status_code == 302
    assert post(qa, f"/documents/versions/{made}/", reason="late").status_code == 409
    assert post(qa, f"/documents/versions/{made}/", reason="").status_code == 400
    assert version(site, made).approver_name == "Quinn Adler"


@pytest.mark.req("P11-10d", "P11-10g")
@pytest.mark.scenario(33, 44)
def test_another_sites_versions_and_somebody_from_outside_see_nothing(
    site: DemoSite, quinn: Actor
) -> None:
    made = forward(site.actor("admin"), "the canary of this site")
    elsewhere = open_demo_site("US2")
    qa = signed_in_client(elsewhere, "qa-reviewer")
    for path in ("", "text/", "approve/"):
        assert qa.get(f"/documents/versions/{made}/{path}").status_code == 404
    for page in ("/documents/", f"/documents/of/{PATH}"):
        answer = qa.get(page)
        assert (answer.status_code, b"canary" in answer.content) == (200, False)
    forward(elsewhere.actor("admin"), "its own first version")
    with reading(site=elsewhere.id):
        assert [one.changes for one in DocumentVersion.objects.all()] == ["its own first version"]
    outside = signed_in_client(site, "treatment-centre")
    for page in ("/documents/", f"/documents/of/{PATH}", f"/documents/versions/{made}/"):
        assert outside.get(page).status_code == 403


def looked_at(page: Page, name: str) -> None:
    folder = os.environ.get("MES_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"documents-{name}.png", full_page=True)
    assert grave_faults(page) == []


def test_an_author_puts_forward_and_qa_approves(
    site: DemoSite, quinn: Actor, served: str, browser: Browser, ships: Callable[..., None]
) -> None:
    person("admin", site=site, name="Adam Diaz", username="adam", secrets=True)
    for name in ("deploy", "architecture", "glossary"):
        ours = Path(__file__).parents[2] / "docs" / f"{name}.md"
        ships(ours.read_text(), f"docs/{name}.md")
    approved(quinn, forward(site.actor("admin"), "How it is set up and kept running."))
    deploy = shipped()[PATH].text
    ships(deploy.replace("\n## ", "\n\nA sentence that is new.\n\n## ", 2))
    author = browser.new_page(viewport={"width": 1440, "height": 900})
    signed_in(author, served, "adam")
    author.locator(".who summary").click()
    author.get_by_role("link", name="Documents of the system").first.click()
    expect(author.get_by_text("0 of 4 documents ship as approved.")).to_be_visible()
    author.get_by_role("link", name=shipped()[PATH].title).click()
    author.get_by_label("What changed").fill("Two sentences more.")
    author.get_by_role("button", name="Put it forward").click()
    expect(author.locator(".state")).to_have_text("put forward, waits for approval")
    qa = browser.new_page(viewport={"width": 1440, "height": 900})
    signed_in(qa, served, "quinn")
    qa.goto(f"{served}/documents/")
    looked_at(qa, "waiting")
    qa.get_by_role("link", name="version 2").click()
    expect(qa.get_by_role("link", name="Approve…")).to_be_visible()
    looked_at(qa, "version")
    qa.get_by_role("link", name="Approve…").click()
    expect(qa.get_by_label("Password")).to_be_visible()
    looked_at(qa, "approve")
    qa.get_by_label("Password").fill(PASSWORD)
    qa.get_by_role("button", name="Approve", exact=True).click()
    expect(qa.get_by_role("link", name="Download")).to_be_visible()
    qa.goto(f"{served}/documents/of/{PATH}")
    expect(qa.locator(".state")).to_have_text("the approved version")


def signed_in(page: Page, served: str, username: str) -> None:
    page.goto(f"{served}/sign-in/")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
