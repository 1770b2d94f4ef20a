"""Every address names a permission that exists, and opens only to who holds it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, path, reverse

from accounts.context import SECTIONS
from accounts.middleware import AccessMiddleware, attach
from accounts.permissions import DESCRIPTIONS, ROLES, Permission, permissions_of, role_for
from accounts.selectors import Access, access_of
from accounts.sessions import DEVICE_COOKIE, enrolment_token
from mes.lib.access import PUBLIC, SIGNED_IN, permission_of, requires
from mes.lib.ids import uuid7
from records.reading import reading
from tests.builders.accounts import (
    DemoSite,
    all_roles,
    client_on,
    open_demo_site,
    person,
    signed_in_client,
    tablet,
)

SHOWS_NOTHING = {
    # What anybody may open, each with its reason; a new one is a decision, not an accident.
    "health": "asked by the machine that watches",
    "set_language": "before sign-in, too",
    "accounts:sign_in": "the way in",
    "accounts:sign_out": "the way out",
    "accounts:own_password": "the way in with a secret that another has set",
    "accounts:own_pin": "the same on a tablet",
    "accounts:passkey_question": "a random question, before sign-in",
    "accounts:passkey_sign_in": "the way in",
    "accounts:single_sign_on": "the way to the provider",
    "accounts:single_sign_on_back": "the way in",
    "accounts:tablet_sign_in": "the way in",
    "accounts:unlock": "the way back in",
    "accounts:enrol": "opened by a signed, short-lived address",
}


def addresses(
    patterns: list[Any] | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            namespace = f"{entry.namespace}:" if entry.namespace else ""
            yield from addresses(entry.url_patterns, prefix + namespace)
        else:
            yield f"{prefix}{entry.name}", entry


ALL = dict(addresses())


@pytest.mark.req("P11-10d", "P11-10g")
@pytest.mark.scenario(44)
def test_every_address_names_a_permission() -> None:
    known = {*Permission, PUBLIC, SIGNED_IN}
    unnamed = [name for name, url in ALL.items() if permission_of(url.callback) not in known]
    assert unnamed == []


@pytest.mark.scenario(44)
def test_public_addresses_are_these() -> None:
    public = {name for name, url in ALL.items() if permission_of(url.callback) == PUBLIC}
    assert public == set(SHOWS_NOTHING)


def test_no_address_of_allauth_is_mounted() -> None:
    of_allauth = [
        name
        for name, url in ALL.items()
        if getattr(url.callback, "__module__", "").startswith("allauth")
    ]
    assert of_allauth == []
    for name in ("account_login", "account_signup", "account_email", "socialaccount_signup"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def access_at(site: DemoSite, who: UUID) -> Access:
    with reading(site=site.id, person=who):
        found = access_of(person=who, site=site.id, device=None, period=uuid7())
    assert found is not None
    return found


def answer_of(url: URLPattern, access: Access | None, method: str) -> int:
    """Return what the middleware says to a person at an address; 200 when the view would run."""
    request = RequestFactory().generic(method, "/")
    attach(request, access)
    refused = AccessMiddleware(lambda _: HttpResponse()).process_view(request, url.callback, (), {})
    return refused.status_code if refused else 200


@pytest.mark.req("P11-10g")
@pytest.mark.scenario(44)
@pytest.mark.parametrize("role", all_roles())
def test_address_opens_to_the_roles_that_hold_its_permission(committed_db: str, role: str) -> None:
    site = open_demo_site()
    access = access_at(site, person(role, site=site))
    holds = {PUBLIC, SIGNED_IN, *ROLES[role].permissions}
    opens = {
        name: 200 if permission_of(url.callback) in holds else 403 for name, url in ALL.items()
    }
    for method in ("GET", "POST"):
        assert {name: answer_of(url, access, method) for name, url in ALL.items()} == opens


@pytest.mark.req("P11-10d")
@pytest.mark.scenario(44)
def test_nobody_opens_only_what_is_public(committed_db: str) -> None:
    said = {name: answer_of(url, None, "GET") for name, url in ALL.items()}
    assert said == {name: 200 if name in SHOWS_NOTHING else 302 for name in ALL}


def test_what_a_role_may_not_is_said_in_words_and_on_a_tablet_by_a_tablets_page(
    committed_db: str,
) -> None:
    site = open_demo_site()
    said = str(DESCRIPTIONS[Permission.ACCOUNTS_MANAGE])
    for device, button in ((None, "To the first page"), (tablet(site), "data-primary")):
        client = signed_in_client(site, "operator", device=device)
        answer = client.get(reverse("accounts:devices"))
        page = answer.content.decode()
        assert (answer.status_code, said in page, "accounts.manage" in page, button in page) == (
            403, True, False, True
        )  # fmt: skip
        assert ('class="tablet' in page) == (device is not None)


def test_a_view_without_a_permission_is_closed(committed_db: str) -> None:
    site = open_demo_site()
    admin = access_at(site, person("admin", site=site))

    def forgotten(request: HttpRequest) -> HttpResponse:
        return HttpResponse("open")

    assert answer_of(path("x/", forgotten), admin, "GET") == 403
    assert answer_of(path("x/", requires("no.such")(forgotten)), admin, "GET") == 403


@pytest.mark.req("P11-10g")
def test_the_act_is_done_in_the_role_that_grants_it(committed_db: str) -> None:
    assert role_for("batches.verify", ["qa-reviewer", "shift-lead", "operator"]) == "operator"
    assert role_for("quality.review", ["operator", "qa-reviewer"]) == "qa-reviewer"
    assert role_for("quality.review", ["operator", "a-role-of-old"]) is None


def test_every_permission_is_described_and_granted() -> None:
    assert set(DESCRIPTIONS) == set(Permission)
    assert permissions_of(list(ROLES)) == set(Permission)


@pytest.mark.req("D11-11b")
def test_administrator_has_no_right_at_a_batch() -> None:
    assert {p.value for p in ROLES["admin"].permissions} == {
        "accounts.read", "accounts.manage", "accounts.roster", "records.operate",
        "records.watch", "documents.read", "documents.write",
    }  # fmt: skip


@pytest.mark.req("D11-11a")
def test_auditor_changes_nothing() -> None:
    assert {p.value.split(".")[1] for p in ROLES["auditor"].permissions} == {
        "read", "watch",
    }  # fmt: skip
    assert Permission.BATCHES_VERIFY not in ROLES["auditor"].permissions


def test_sections_are_those_of_the_navigation() -> None:
    from mes.ui.nav import SECTIONS as SHOWN

    assert list(SECTIONS) == [key for key, _ in SHOWN]


PAGES = ("people", "permissions", "devices")


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_people_in_few_queries(
    committed_db: str, page: str, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    site = open_demo_site()
    client = signed_in_client(site, "admin")
    counts = []
    for _ in range(2):
        with django_assert_max_num_queries(16) as counted:
            assert client.get(reverse(f"accounts:{page}")).status_code == 200
        counts.append(len(counted))
        for _ in range(5):
            person("operator", site=site)
        tablet(site, f"T-{len(counts)}")
    assert counts[0] == counts[1]


def test_person_page_joins_grants_and_disables(committed_db: str) -> None:
    site = open_demo_site()
    client = signed_in_client(site, "admin")
    joined = send(client, "/people/", printed_name="Jo Mover", username="jo", badge="B-1",
                  identity_check="passport, HR-7")  # fmt: skip
    page = joined.headers["Location"]
    for form in (
        {"action": "grant", "role": "operator", "paper": "form 9",
         "approver": str(site.person("qa-reviewer"))},
        {"action": "secret", "kind": "pin", "secret": "274951"},
    ):  # fmt: skip
        assert send(client, page, **form).status_code == 302
    weak = send(client, page, action="secret", kind="pin", secret="111111")
    assert (weak.status_code, "credential.weak" in weak.content.decode()) == (422, True)
    assert send(client, page, action="disable", reason="left").status_code == 302
    assert "Disabled" in client.get(page).content.decode()


@pytest.mark.req("P11-10g")
def test_every_permission_of_the_matrix_is_asked_for() -> None:
    """One that nothing asks for would promise a wall where there is none."""
    root, matrix = Path(settings.BASE_DIR), "accounts/permissions.py"
    files = [one for app in ("mes", *settings.APPS) for one in (root / app).rglob("*.py")]
    files = [one for one in files if one != root / matrix and "migrations" not in one.parts]
    code = "\n".join(one.read_text() for one in files)
    idle = [p for p in Permission if not re.search(rf'\.{p.name}\b|"{re.escape(p.value)}"', code)]
    assert idle == []


@pytest.mark.req("P11-100a")
def test_page_asks_whether_a_human_is_another_one_only_where_the_name_is_there(
    committed_db: str,
) -> None:
    site = open_demo_site()
    client = signed_in_client(site, "admin")
    form = {"printed_name": "Olga  petrov", "username": "olga", "badge": "B-1",
            "identity_check": "passport, HR-7"}  # fmt: skip
    assert "another_human" not in client.get("/people/").content.decode()
    site.person("operator")
    asked = send(client, "/people/", **form)
    assert (asked.status_code, "person.name_taken_by" in asked.content.decode()) == (409, True)
    assert 'name="another_human"' in asked.content.decode()
    empty = send(client, "/people/", **form, another_human="")
    assert (empty.status_code, 'name="another_human"' in empty.content.decode()) == (400, True)
    made = send(client, "/people/", **form, another_human="papers compared")
    assert made.status_code == 302
    trail = client.get(made.headers["Location"] + "trail/").content.decode()
    assert "not the human of the same name: papers compared" in trail


def send(client: Client, page: str, **form: str) -> HttpResponse:
    answer: Any = client.post(page, {"key": str(uuid7()), **form})
    return answer  # type: ignore[no-any-return]


def test_person_of_no_site_of_mine_is_a_404(committed_db: str) -> None:
    client = signed_in_client(open_demo_site(), "admin")
    assert client.get(reverse("accounts:person", kwargs={"person": uuid7()})).status_code == 404


def test_page_of_a_person_is_kept_by_no_browser(committed_db: str) -> None:
    client = signed_in_client(open_demo_site(), "auditor")
    assert client.get("/people/").headers["Cache-Control"] == "private, no-store"
    poll = client.get("/people/", headers={"HX-Request": "true"})
    assert poll.headers["Cache-Control"] == "private, no-cache"


def test_operation_of_the_api_reads_the_same_session(committed_db: str) -> None:
    client = signed_in_client(open_demo_site(), "auditor")
    assert client.get("/api/v1/schema/").status_code == 200


def test_first_page_is_where_the_work_begins(committed_db: str) -> None:
    site = open_demo_site()
    for role, page in (("admin", "/people/"), ("trainer", "/people/qualifications/")):
        assert signed_in_client(site, role).get("/").headers["Location"] == page


@pytest.mark.req("P11-10h")
def test_an_enrolment_makes_one_browser_a_tablet_and_no_second_one(committed_db: str) -> None:
    """Whoever copies the address of an enrolment would stand in the room by a proof of presence."""
    site = open_demo_site()
    token = enrolment_token(device=tablet(site), site=site.id)
    address = reverse("accounts:enrol", kwargs={"token": token})
    tap, tablet_itself, thief = {"key": str(uuid7())}, client_on(), client_on()
    said = [tablet_itself.post(address, tap).status_code for _ in range(2)]
    stolen = thief.post(address, {"key": str(uuid7())})
    assert (said, stolen.status_code, DEVICE_COOKIE in thief.cookies) == ([302, 302], 403, False)
    assert "device.enrolment_used" in stolen.content.decode()


def test_old_enrolment_makes_no_tablet(committed_db: str) -> None:
    client = client_on()
    assert client.get(reverse("accounts:enrol", kwargs={"token": "forged"})).status_code == 403
