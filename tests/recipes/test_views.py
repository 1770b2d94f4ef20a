"""The recipe's pages: list, import, one version and its commands."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.access import access_of
from mes.lib.ids import uuid7
from recipes import selectors
from recipes.enums import VersionStatus
from recipes.models import RecipeVersion
from records.reading import reading
from tests.builders.accounts import PASSWORD, DemoSite, open_demo_site, signed_in_client
from tests.builders.recipes import (
    NO_PLANT,
    approve,
    approved,
    effective,
    imported,
    library_text,
    seq_of,
    submitted,
)

SIX = library_text("six-steps").decode()


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


def key() -> dict[str, str]:
    return {"key": str(uuid7())}


def page_of(version: UUID, act: str = "version") -> str:
    return reverse(f"recipes:{act}", args=[version])


def status_of(version: UUID, site: DemoSite) -> str:
    with reading(site=site.id):
        return selectors.version_of(version).status


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_an_empty_list_says_what_to_do(site: DemoSite) -> None:
    answer = signed_in_client(site, "process-owner").get(reverse("recipes:versions"))
    assert (answer.status_code, b"No recipe was imported at this site yet." in answer.content) == (
        200, True
    )  # fmt: skip


def test_the_list_needs_the_same_queries_for_one_row_and_for_many(site: DemoSite) -> None:
    client = signed_in_client(site, "process-owner")
    imported(site)
    one = queries(client, reverse("recipes:versions"))
    for minutes in range(41, 46):
        changed = SIX.replace("expected: 40 min", f"expected: {minutes} min")
        imported(site, changed.encode())
    assert (queries(client, reverse("recipes:versions")), one <= 25) == (one, True)


@pytest.mark.parametrize("make", [imported, submitted, approved, effective])
def test_a_version_has_its_page_in_every_status(
    site: DemoSite, make: Callable[[DemoSite], UUID]
) -> None:
    version = make(site)
    client = signed_in_client(site, "recipe-approver")
    answer = client.get(page_of(version))
    assert answer.status_code == 200
    assert "Enter the viable CD3+ cells seeded." in answer.content.decode()


def test_the_page_of_the_full_recipe_needs_few_queries(site: DemoSite) -> None:
    version = effective(site, library_text("cart19-prodigy"))
    client = signed_in_client(site, "recipe-approver")
    assert queries(client, page_of(version)) <= 25


def test_the_page_speaks_the_readers_language(site: DemoSite) -> None:
    version = imported(site)
    client = signed_in_client(site, "process-owner")
    client.post(reverse("set_language"), {"language": "de"})
    assert "Prodigy scannen." in client.get(page_of(version)).content.decode()


def test_a_pasted_text_becomes_a_draft(site: DemoSite) -> None:
    client = signed_in_client(site, "process-owner")
    pasted = {**key(), "text": SIX.replace("\n", "\r\n"), "act": "import"}
    answer = client.post(reverse("recipes:import"), pasted)
    with reading(site=site.id):
        version = RecipeVersion.objects.get()
        assert selectors.source_of(version) == SIX.encode()
    assert (answer.status_code, answer["Location"]) == (302, page_of(version.id))


def test_a_file_becomes_a_draft(site: DemoSite) -> None:
    client = signed_in_client(site, "process-owner")
    file = SimpleUploadedFile("recipe.yaml", SIX.encode(), "text/plain")
    answer = client.post(reverse("recipes:import"), {**key(), "file": file, "act": "import"})
    assert answer.status_code == 302


def test_what_is_only_checked_is_not_kept(site: DemoSite) -> None:
    client = signed_in_client(site, "process-owner")
    answer = client.post(reverse("recipes:import"), {**key(), "text": SIX, "act": "check"})
    with reading(site=site.id):
        assert (answer.status_code, RecipeVersion.objects.count()) == (200, 0)
    assert "no errors, 1 warning" in answer.content.decode()


def test_a_text_that_is_no_recipe_is_shown_again_with_its_lines(site: DemoSite) -> None:
    client = signed_in_client(site, "process-owner")
    text = SIX.replace("kind: equip", "kind: teleport")
    answer = client.post(reverse("recipes:import"), {**key(), "text": text, "act": "import"})
    said = answer.content.decode()
    assert answer.status_code == 422
    shown = (
        "There is no step kind teleport",
        "line 51",
        "kind: teleport</pre>",
        "recipe.not_readable",
    )
    assert [part for part in shown if part not in said] == []


def test_nothing_is_no_text(site: DemoSite) -> None:
    client = signed_in_client(site, "process-owner")
    answer = client.post(reverse("recipes:import"), {**key(), "text": " ", "act": "import"})
    assert (answer.status_code, "Choose a file or paste the text." in answer.content.decode()) == (
        400, True
    )  # fmt: skip


def test_the_text_is_given_back_as_it_was_imported(site: DemoSite) -> None:
    version = imported(site)
    answer = signed_in_client(site, "auditor").get(page_of(version, "source"))
    assert (answer.content.decode(), answer["Content-Type"], answer["Content-Disposition"]) == (
        SIX, "text/plain; charset=utf-8", 'attachment; filename="SIX-STEPS-v1.txt"'
    )  # fmt: skip


def test_the_way_from_draft_to_effective_through_the_pages(site: DemoSite) -> None:
    version = imported(site)
    writer, other = (signed_in_client(site, role) for role in ("process-owner", "recipe-approver"))
    answer = writer.post(page_of(version, "submit"), {**key(), "seq": "1"})
    assert (answer.status_code, status_of(version, site)) == (302, VersionStatus.IN_REVIEW)
    approve(version, site.actor("qa-reviewer"))
    signed = {**_signed(other, version), "seq": "3"}
    answer = other.post(page_of(version, "approve"), signed)
    assert (answer.status_code, status_of(version, site)) == (302, VersionStatus.APPROVED)
    answer = other.post(page_of(version, "make_effective"), {**key(), "seq": "4"})
    assert (answer.status_code, status_of(version, site)) == (302, VersionStatus.EFFECTIVE)


def _signed(client: Client, version: UUID) -> dict[str, str]:
    """What somebody sends who signs what the page shows, and says why."""
    shown = client.get(page_of(version)).context["shown"]
    proof = {"username": _username(client), "password": PASSWORD}
    return {**key(), **proof, "reason": NO_PLANT, "shown": shown}


def _username(client: Client) -> str:
    request = client.get(reverse("recipes:versions")).wsgi_request
    found = access_of(request)
    assert found is not None
    return found.person.username


@pytest.mark.parametrize(
    ("password", "seq", "code", "status"),
    [("wrong", "2", "credential.wrong", 403), (PASSWORD, "1", "stale", 409)],
)
def test_a_refused_signature_is_said_beside_its_form(
    site: DemoSite, password: str, seq: str, code: str, status: int
) -> None:
    version = submitted(site)
    client = signed_in_client(site, "recipe-approver")
    signed = {**key(), "seq": seq, "username": _username(client), "password": password}
    answer = client.post(page_of(version, "approve"), signed)
    assert (answer.status_code, f'data-refusal="{code}"' in answer.content.decode()) == (
        status, True
    )  # fmt: skip
    assert status_of(version, site) == VersionStatus.IN_REVIEW


def test_a_draft_with_errors_cannot_be_sent_to_review(site: DemoSite) -> None:
    version = imported(site, SIX.replace("expected: 40 min", "expected: 10 min").encode())
    client = signed_in_client(site, "process-owner")
    page = client.get(page_of(version)).content.decode()
    answer = client.post(page_of(version, "submit"), {**key(), "seq": "1"})
    assert ("Waits for 1 error" in page, "line 22" in page, answer.status_code) == (
        True, True, 422
    )  # fmt: skip


def test_who_has_approved_is_told_that_another_must(site: DemoSite) -> None:
    version = submitted(site)
    client = signed_in_client(site, "recipe-approver")
    signed = {**_signed(client, version), "seq": "2"}
    assert client.post(page_of(version, "approve"), signed).status_code == 302
    page = client.get(page_of(version)).content.decode()
    assert ("Another person must approve" in page, 'id="sign"' in page) == (True, False)


@pytest.mark.parametrize(("act", "role"), [("discard", "process-owner")])
def test_a_draft_is_withdrawn_with_a_reason(site: DemoSite, act: str, role: str) -> None:
    version = imported(site)
    client = signed_in_client(site, role)
    without = client.post(page_of(version, act), {**key(), "seq": "1", "reason": ""})
    given = client.post(page_of(version, act), {**key(), "seq": "1", "reason": "A try"})
    assert (without.status_code, given.status_code, status_of(version, site)) == (
        422, 302, VersionStatus.WITHDRAWN
    )  # fmt: skip


def test_an_unknown_version_and_another_sites_are_not_found(site: DemoSite) -> None:
    version = imported(site)
    other = signed_in_client(open_demo_site("XX9"), "process-owner")
    ours = signed_in_client(site, "process-owner")
    assert (other.get(page_of(version)).status_code, ours.get(page_of(uuid7())).status_code) == (
        404, 404
    )  # fmt: skip


def test_a_command_without_its_key_is_refused(site: DemoSite) -> None:
    version = imported(site)
    client = signed_in_client(site, "process-owner")
    answer = client.post(page_of(version, "submit"), {"seq": str(seq_of(version, site.id))})
    assert (answer.status_code, status_of(version, site)) == (400, VersionStatus.DRAFT)
