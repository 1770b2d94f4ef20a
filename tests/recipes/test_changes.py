"""The page that says what differs between two versions."""

from uuid import UUID

import pytest
from django.urls import reverse

from recipes.drafting.changes import Put
from recipes.services import drafts
from tests.builders.accounts import DemoSite, a_command, open_demo_site, signed_in_client
from tests.builders.recipes import effective, imported, library_text

SIX = library_text("six-steps")
SECOND = SIX.replace(b'alert: ["0.9e8"', b'alert: ["0.95e8"').replace(
    b"Add the medium to the culture chamber.", b"Add the warm medium to the chamber."
)


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


def page_of(version: UUID, site: DemoSite, query: str = "") -> tuple[int, str]:
    address = reverse("recipes:changes", args=[version]) + query
    answer = signed_in_client(site, "recipe-approver").get(address)
    return answer.status_code, " ".join(answer.content.decode().split())


def test_a_version_is_compared_with_the_one_in_use(site: DemoSite) -> None:
    first = effective(site)
    imported(site, SIX.replace(b"expected: 40 min", b"expected: 41 min"))
    version = imported(site, SECOND)
    status, page = page_of(version, site)
    assert (status, "SIX-STEPS v3 against v1" in page) == (200, True)
    assert "Alert limit narrowed from 0.9e8 – 1.1e8 to 0.95e8 – 1.1e8" in page
    assert "Add the <ins>warm</ins> medium to the <del>culture</del> chamber." not in page
    assert "<ins>warm</ins>" in page
    assert "<del>culture</del>" in page
    assert f"?from={first}" not in page
    status, page = page_of(version, site, f"?from={version}")
    assert status == 404


def test_the_first_version_has_nothing_beside_it(site: DemoSite) -> None:
    assert "no other version" in page_of(imported(site), site)[1]


def test_a_version_of_another_site_is_not_compared(site: DemoSite) -> None:
    other = open_demo_site("XX9")
    assert page_of(imported(site), other)[0] == 404
    theirs = imported(other)
    assert page_of(imported(site, SECOND), site, f"?from={theirs}")[0] == 404


def test_a_draft_is_compared_before_anybody_reviews_it(site: DemoSite) -> None:
    effective(site)
    later = imported(site, SECOND)
    client, command = signed_in_client(site, "process-owner"), site.actor("process-owner")
    opened = drafts.open_draft(command=a_command(command), version=later)
    draft = UUID(str(opened["draft"]))
    address = reverse("recipes:draft_changes", args=[draft])
    page = " ".join(client.get(address).content.decode().split())
    assert "The draft against v1" in page
    assert "Alert limit narrowed from 0.9e8 – 1.1e8 to 0.95e8 – 1.1e8" in page
    place = "stages/seeding/operations/seed/steps/seeded"
    assert f'href="/recipes/drafts/{draft}/?at={place}"' in page
    same = client.get(f"{address}?from={later}").content.decode()
    assert ("mean the same" in same, "narrowed" in same) == (True, False)
    assert client.get(f"{address}?from={draft}").status_code == 404
    broken = Put(at=("modality",), was="autologous", value="neither")
    drafts.edit_draft(command=a_command(command), draft=draft, changes=[broken])
    again = client.get(address).content.decode()
    assert ("no recipe yet" in again, "narrowed" in again) == (True, False)
    assert signed_in_client(site, "recipe-approver").get(address).status_code == 403
