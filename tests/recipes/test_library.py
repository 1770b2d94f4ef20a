"""The library: an operation of an approved version is taken by others, and stays as it is."""

import html
import re
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from recipes import compiler, selectors
from recipes.drafting.changes import at
from recipes.drafting.plain import yaml_of
from recipes.entries import RecipeSubmitted
from recipes.enums import UseKind
from recipes.exceptions import NotCompiled, NotYetApproved, OperationGone, OperationKnown
from recipes.models import LibraryOperation, RecipeUse
from recipes.services import drafts, library, versions
from records.act import act
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import DemoSite, a_command, open_demo_site, signed_in_client
from tests.builders.recipes import (
    approve,
    effective,
    imported,
    library_text,
    seq_of,
    submitted,
)
from tests.recipes.texts import with_change

pytestmark = pytest.mark.usefixtures("committed_db")
PATH = "seeding/seed"
# What can be pressed: a button that waits for errors is disabled.
SEND = re.compile(r'<button[^>]*type="submit"[^>]*>Send to review')
SIX = library_text("six-steps").decode()
OTHER = SIX.replace("recipe: SIX-STEPS", "recipe: OTHER").encode()


def publish(site: DemoSite, version: UUID, *, code: str = "SEED") -> UUID:
    reply = library.publish_operation(
        command=a_command(site.actor("process-owner")), version=version, path=PATH, code=code
    )
    return UUID(str(reply["operation"]))


def row(site: DemoSite, operation: UUID) -> LibraryOperation:
    with reading(site=site.id):
        return selectors.library_operation(operation)


def draft_without_the_operation(site: DemoSite) -> UUID:
    """Open a draft of another recipe whose stage has one blank operation."""
    writer = site.actor("process-owner")
    reply = drafts.open_draft(command=a_command(writer), code="OTHER", title="Another")
    return UUID(str(reply["draft"]))


def taken(site: DemoSite, operation: UUID) -> tuple[UUID, Any]:
    """Take the operation into a draft; return the draft and the operation's data in it."""
    draft = draft_without_the_operation(site)
    library.take_operation(
        command=a_command(site.actor("process-owner")), draft=draft, stage="stage",
        operation=operation,
    )  # fmt: skip
    with reading(site=site.id):
        content = selectors.draft_of(draft).content
    return draft, at(content, ("stages", "stage", "operations", "seed"))


def test_an_approved_operation_is_published_numbered_and_pinned_by_who_takes_it() -> None:
    site = open_demo_site()
    version = effective(site)
    operation = publish(site, version)
    assert (row(site, operation).code, row(site, operation).number) == ("SEED", 1)
    with pytest.raises(OperationKnown):
        publish(site, version)
    _, data = taken(site, operation)
    pin = {"operation": "SEED", "version": "1", "hash": row(site, operation).content_hash}
    with reading(site=site.id):
        original = selectors.document(selectors.version_of(version).content_hash).operation(PATH)
    assert original is not None
    assert (data["pinned"], len(data["steps"])) == (pin, len(original.steps))
    assert verify(everything=True).clean


@pytest.mark.req("A11-10")
def test_only_an_approved_version_gives_operations_to_others() -> None:
    site = open_demo_site()
    for version in (imported(site), submitted(site, OTHER)):
        with pytest.raises(NotYetApproved):
            publish(site, version)
    with reading(site=site.id):
        assert selectors.library() == []


def test_a_pinned_operation_that_was_changed_does_not_compile() -> None:
    site = open_demo_site()
    operation = publish(site, effective(site))
    pinned = library.pinned_item(row_in(site, operation))
    text = yaml_of(with_pin(pinned))
    assert codes(text) == set()
    changed = with_change(text, "openness: closed", "openness: functionally_closed")
    assert codes(changed) == {"operation.differs"}


def forged(site: DemoSite, **pin: str) -> bytes:
    """Return the six steps with their operation pinned as somebody may write it by hand."""
    item = library.pinned_item(row_in(site, publish(site, effective(site))))
    own: Any = item["pinned"]
    return yaml_of(with_pin({**item, "pinned": {**own, **pin}})).encode()


@pytest.mark.parametrize(
    ("pin", "problem"),
    [
        ({"operation": "NOPE"}, "The library has no operation NOPE:"),
        ({"version": "99"}, "The library has no version 99 of SEED; it has 1."),
        ({"hash": "0" * 64}, "This is no longer SEED v1 of the library:"),
        ({}, ""),
    ],
)
def test_a_pin_that_somebody_wrote_by_hand_goes_to_no_review(
    pin: dict[str, str], problem: str
) -> None:
    site = open_demo_site()
    text = forged(site, **pin)
    version = imported(site, with_change(text.decode(), "SIX-STEPS", "OTHER").encode())
    client = signed_in_client(site, "process-owner")
    page = client.get(reverse("recipes:version", kwargs={"version": version})).text
    checked = client.post(
        reverse("recipes:import"), {"text": text.decode(), "act": "check", "key": str(uuid7())}
    ).text
    reply = drafts.open_draft(command=a_command(site.actor("process-owner")), version=version)
    draft = client.get(reverse("recipes:draft", kwargs={"draft": reply["draft"]})).text
    said = [problem in html.unescape(text) for text in (page, checked, draft)]
    assert said == [True, True, True]
    assert [bool(SEND.search(text)) for text in (page, draft)] == [not problem, not problem]
    writer = site.actor("process-owner")
    seq = seq_of(version, site.id)
    if problem:
        with pytest.raises(NotCompiled, match=problem.split(":", maxsplit=1)[0]):
            versions.submit_for_review(command=a_command(writer), version=version, seq=seq)
    else:
        versions.submit_for_review(command=a_command(writer), version=version, seq=seq)


def test_a_forged_pin_that_came_into_a_review_before_is_not_approved() -> None:
    site = open_demo_site()
    text = forged(site, operation="NOPE").decode()
    version = imported(site, with_change(text, "SIX-STEPS", "OTHER").encode())
    with act(a_command(site.actor("process-owner")), streams=[version]) as a:
        a.append(version, RecipeSubmitted(compiler="1", warnings=0))
    with pytest.raises(NotCompiled, match="has no operation NOPE"):
        approve(version, site.actor("recipe-approver"))


def row_in(site: DemoSite, operation: UUID) -> LibraryOperation:
    return row(site, operation)


def with_pin(item: dict[str, Any]) -> Any:
    """Return the six steps' data with its operation taken out of the library."""
    data: Any = yaml_data(SIX)
    [stage] = [one for one in data["stages"] if one["key"] == "seeding"]
    [old] = [one for one in stage["operations"] if one["key"] == "seed"]
    item = {**item, **{name: old[name] for name in ("when", "contingencies") if name in old}}
    stage["operations"] = [item if one["key"] == "seed" else one for one in stage["operations"]]
    return data


def yaml_data(text: str) -> Any:
    from recipes import nodes

    return nodes.read(text).data


def codes(text: str) -> set[str]:
    recipe, messages = compiler.check_text(text.encode())
    assert recipe is not None, messages
    return {message.code for message in compiler.errors(messages)}


def test_who_uses_an_operation_is_known_once_the_recipe_is_approved() -> None:
    site = open_demo_site()
    with reading(site=site.id):
        assert selectors.users_of_operations() == {}
    operation = publish(site, effective(site))
    data = with_pin(library.pinned_item(row(site, operation)))
    data["recipe"] = "OTHER"
    version = submitted(site, yaml_of(data).encode())
    for role in ("recipe-approver", "qa-reviewer"):
        approve(version, site.actor(role))
    with reading(site=site.id):
        [use] = RecipeUse.objects.filter(kind=UseKind.OPERATION)
        users = selectors.users_of_operations()
    assert (use.version, use.path, use.code) == (version, PATH, "SEED")
    assert {code: [one.id for one in rows] for code, rows in users.items()} == {"SEED": [version]}


def test_a_withdrawn_version_is_taken_by_nobody_and_the_next_one_gets_its_own_number() -> None:
    site = open_demo_site()
    version = effective(site)
    operation = publish(site, version)
    writer = site.actor("process-owner")
    library.withdraw_operation(
        command=a_command(writer), operation=operation, reason="The seeding bag is gone."
    )
    with pytest.raises(OperationGone):
        taken(site, operation)
    assert row(site, publish(site, version)).number == 2


def test_another_site_sees_nothing_of_the_library() -> None:
    site, other = open_demo_site(), open_demo_site("OTHER")
    operation = publish(site, effective(site))
    with reading(site=other.id), pytest.raises(NotFound):
        selectors.library_operation(operation)
    client = signed_in_client(other, "process-owner")
    url = reverse("recipes:library_operation", kwargs={"operation": operation})
    assert client.get(url).status_code == 404
    draft = draft_without_the_operation(site)
    url = reverse("recipes:take_operation", kwargs={"operation": operation})
    answer = client.post(url, {"place": f"{draft}:stage", "key": str(uuid7())})
    assert answer.status_code == 404


def test_on_the_pages_an_operation_goes_from_a_version_through_the_library_into_a_draft() -> None:
    site = open_demo_site()
    version = effective(site)
    client = signed_in_client(site, "process-owner")
    page = client.get(reverse("recipes:version", kwargs={"version": version})).text
    assert "Put into the library" in page
    url = reverse("recipes:publish_operation", kwargs={"version": version})
    refused = client.post(url, {"path": PATH, "code": "no capitals", "key": str(uuid7())})
    assert refused.status_code == 400
    answer = client.post(url, {"path": PATH, "code": "SEED", "key": str(uuid7())})
    with reading(site=site.id):
        [operation] = selectors.library()
    own = reverse("recipes:library_operation", kwargs={"operation": operation.id})
    assert (answer.status_code, answer["Location"]) == (302, own)
    draft = draft_without_the_operation(site)
    assert f"{draft}:stage" in client.get(own).text
    take = reverse("recipes:take_operation", kwargs={"operation": operation.id})
    answer = client.post(take, {"place": f"{draft}:stage", "key": str(uuid7())})
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200
    assert "SEED" in client.get(reverse("recipes:library")).text
    reads = signed_in_client(site, "recipe-approver")
    assert reads.post(take, {"place": f"{draft}:stage", "key": str(uuid7())}).status_code == 403
