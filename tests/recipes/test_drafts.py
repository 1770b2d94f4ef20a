"""Drafts through the real services: written by several, taken back by each, sent to review."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils.translation import override

from accounts.exceptions import NotAllowed
from materials.services import add_material
from mes.lib import clock
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from recipes import selectors
from recipes.drafting.changes import Change, at, putting
from recipes.drafting.plain import yaml_of
from recipes.entries import RecipeApproved
from recipes.enums import DraftState
from recipes.exceptions import (
    ChangedMeanwhile,
    DraftClosed,
    DraftTooLarge,
    NameTwice,
    NotCompiled,
    NothingToUndo,
    OwnRecipe,
)
from recipes.faults import CHECKS, Fault
from recipes.messages import RecipeNotReadable
from recipes.models import RecipeDraft
from recipes.outline import Outline
from recipes.services import drafts
from records.act import act
from records.commands import Actor
from records.exceptions import Stale
from records.reading import reading
from records.signatures import Signature
from tests.builders.accounts import (
    DemoSite,
    a_command,
    actor_of,
    open_demo_site,
    person,
    signed_in_client,
)
from tests.builders.recipes import approve, imported, library_text

SIX = library_text("six-steps")
SEED = ("stages", "seeding", "operations", "seed", "steps")


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


@pytest.fixture
def owner(site: DemoSite) -> Actor:
    return site.actor("process-owner")


@pytest.fixture
def other(site: DemoSite) -> Actor:
    """Another process owner."""
    return another(site, "process-owner")


def another(site: DemoSite, *roles: str) -> Actor:
    """Return one more person, acting in the first of their roles."""
    return actor_of(person(*roles, site=site, name="Nora Quist"), roles[0], site)


def opened(site: DemoSite, owner: Actor) -> UUID:
    version = imported(site, SIX)
    return UUID(str(drafts.open_draft(command=a_command(owner), version=version)["draft"]))


def row_of(draft: UUID, site: DemoSite) -> RecipeDraft:
    with reading(site=site.id):
        return selectors.draft_of(draft)


def edit(draft: UUID, by: Actor, *changes: Change) -> None:
    drafts.edit_draft(command=a_command(by), draft=draft, changes=changes)


def put(draft: UUID, site: DemoSite, by: Actor, *place: str, value: str) -> None:
    edit(draft, by, *putting(row_of(draft, site).content, place, value))


def value(draft: UUID, site: DemoSite, *place: str) -> Any:
    return at(row_of(draft, site).content, place)


def test_a_draft_begins_with_the_text_of_its_version(site: DemoSite, owner: Actor) -> None:
    row = row_of(opened(site, owner), site)
    with reading(site=site.id):
        recipe = selectors.recipe_of_draft(row)
        version = selectors.version_of(UUID(str(row.source_version)))
    assert recipe is not None
    assert (row.code, row.state, recipe.content_hash) == (
        "SIX-STEPS", DraftState.OPEN, version.content_hash,
    )  # fmt: skip
    # As it was written: the digits stay, where the document knows only the number.
    assert at(row.content, (*SEED, "seeded", "target")) == "1.00e8"


def test_two_people_write_at_once_and_each_takes_back_their_own(
    site: DemoSite, owner: Actor, other: Actor
) -> None:
    draft = opened(site, owner)
    put(draft, site, owner, *SEED, "seeded", "decimals", value="3")
    put(draft, site, other, *SEED, "medium", "tolerance", value="4")
    drafts.take_back(command=a_command(owner), draft=draft)
    assert value(draft, site, *SEED, "seeded", "decimals") == "2"
    assert value(draft, site, *SEED, "medium", "tolerance") == "4"
    drafts.take_back(command=a_command(owner), draft=draft, again=True)
    assert value(draft, site, *SEED, "seeded", "decimals") == "3"
    with pytest.raises(NothingToUndo):
        drafts.take_back(command=a_command(owner), draft=draft, again=True)
    assert row_of(draft, site).editors == sorted([str(owner.person), str(other.person)])


def test_nobody_overwrites_what_another_wrote(site: DemoSite, owner: Actor, other: Actor) -> None:
    draft = opened(site, owner)
    seen = row_of(draft, site).content
    put(draft, site, other, *SEED, "seeded", "decimals", value="4")
    with pytest.raises(ChangedMeanwhile) as refused:
        edit(draft, owner, *putting(seen, (*SEED, "seeded", "decimals"), "3"))
    assert (refused.value.params["by"], value(draft, site, *SEED, "seeded", "decimals")) == (
        other.name, "4",
    )  # fmt: skip
    # And what was built upon cannot be taken back from under it.
    put(draft, site, owner, *SEED, "seeded", "decimals", value="5")
    with pytest.raises(ChangedMeanwhile):
        drafts.take_back(command=a_command(other), draft=draft)


def test_of_two_changes_of_one_field_at_one_moment_one_is_refused(
    site: DemoSite, owner: Actor, other: Actor
) -> None:
    draft = opened(site, owner)
    seen = row_of(draft, site).content

    def change(by: Actor, to: str) -> str:
        try:
            edit(draft, by, *putting(seen, (*SEED, "seeded", "decimals"), to))
        except ChangedMeanwhile:
            return "refused"
        finally:
            connection.close()
        return to

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(change, [owner, other], ["3", "4"]))
    assert said[1] == "refused"
    assert value(draft, site, *SEED, "seeded", "decimals") == said[0]


def test_a_text_changes_only_what_differs_from_what_was_shown(
    site: DemoSite, owner: Actor, other: Actor
) -> None:
    draft = opened(site, owner)
    shown = row_of(draft, site)
    put(draft, site, other, *SEED, "medium", "tolerance", value="4")
    text = yaml_of(shown.content).replace("20 min", "25 min").encode()
    drafts.save_text(command=a_command(owner), draft=draft, source=text, seq=shown.entry_seq)
    assert value(draft, site, "stages", "seeding", "duration", "low") == "25 min"
    assert value(draft, site, *SEED, "medium", "tolerance") == "4"


def test_what_is_no_text_of_a_recipe_changes_nothing(site: DemoSite, owner: Actor) -> None:
    draft = opened(site, owner)
    before = row_of(draft, site)
    for source in (b"a: [", b"a: &x 1\nb: *x", b"{" * 40, b"\xff"):
        with pytest.raises(RecipeNotReadable):
            drafts.save_text(
                command=a_command(owner), draft=draft, source=source, seq=before.entry_seq
            )
    with pytest.raises(NameTwice):
        put(draft, site, owner, *SEED, "unit", "key", value="seeded")
    with pytest.raises(DraftTooLarge):
        put(draft, site, owner, "title", "en", value="x" * 2_000_001)
    after = row_of(draft, site)
    assert (after.entry_seq, after.content) == (before.entry_seq, before.content)


@pytest.mark.req("F211-186")
def test_who_wrote_never_approves(site: DemoSite, owner: Actor) -> None:
    draft = opened(site, owner)
    writer = another(site, "process-owner", "recipe-approver")
    put(draft, site, writer, "stages", "seeding", "duration", "expected", value="45 min")
    seq = row_of(draft, site).entry_seq
    reply = drafts.send_to_review(command=a_command(owner), draft=draft, seq=seq)
    version = UUID(str(reply["version"]))
    with pytest.raises(OwnRecipe):
        approve(version, replace(writer, role="recipe-approver"))


def test_the_schema_refuses_a_writers_approval(site: DemoSite, owner: Actor) -> None:
    """The rule is in the table, too: an entry that says so cannot be folded."""
    draft = opened(site, owner)
    writer = another(site, "process-owner")
    put(draft, site, writer, "stages", "seeding", "duration", "expected", value="45 min")
    seq = row_of(draft, site).entry_seq
    reply = drafts.send_to_review(command=a_command(owner), draft=draft, seq=seq)
    version = UUID(str(reply["version"]))
    assert writer.person is not None
    signature = Signature(
        person=writer.person, printed_name=writer.name, role="recipe-approver",
        meaning="Approved", at=clock.now(), zone="UTC", factors=("username", "password"),
        content_hash="0" * 64,
    )  # fmt: skip
    with (
        pytest.raises(IntegrityError, match="recipes_approval_not_writer"),
        act(a_command(writer), streams=[version]) as a,
    ):
        a.append(version, RecipeApproved(signature=signature, completes=False))


def test_what_cannot_be_executed_is_not_sent(site: DemoSite, owner: Actor) -> None:
    draft = opened(site, owner)
    put(draft, site, owner, *SEED, "seeded", "unit", value="furlong-per-mole")
    with pytest.raises(NotCompiled):
        drafts.send_to_review(
            command=a_command(owner), draft=draft, seq=row_of(draft, site).entry_seq
        )
    assert row_of(draft, site).state == DraftState.OPEN


def test_a_draft_that_was_sent_is_written_no_more(site: DemoSite, owner: Actor) -> None:
    draft = opened(site, owner)
    put(draft, site, owner, "title", "en", value="Six steps, again")
    with pytest.raises(Stale):
        drafts.send_to_review(command=a_command(owner), draft=draft, seq=1)
    seq = row_of(draft, site).entry_seq
    reply = drafts.send_to_review(command=a_command(owner), draft=draft, seq=seq)
    row = row_of(draft, site)
    assert (row.state, str(row.version), reply["number"]) == (
        DraftState.SENT, reply["version"], 2,
    )  # fmt: skip
    with pytest.raises(DraftClosed):
        put(draft, site, owner, "title", "en", value="Seven steps")


def test_only_those_who_write_recipes_write(site: DemoSite, owner: Actor) -> None:
    draft = opened(site, owner)
    operator = site.actor("operator")
    with pytest.raises(NotAllowed):
        put(draft, site, operator, "title", "en", value="Mine")
    pages = ("draft", "draft_text", "draft_news")
    client = signed_in_client(site, "operator")
    assert [client.get(reverse(f"recipes:{page}", args=[draft])).status_code for page in pages] == [
        403, 403, 403,
    ]  # fmt: skip


def test_another_sites_draft_is_not_there(site: DemoSite, owner: Actor) -> None:
    draft = opened(site, owner)
    elsewhere = open_demo_site("MZ9")
    stranger = elsewhere.actor("process-owner")
    with pytest.raises(NotFound), reading(site=elsewhere.id):
        selectors.draft_of(draft)
    with pytest.raises(NotFound):
        edit(draft, stranger, *putting(row_of(draft, site).content, ("title", "en"), "Mine"))
    client = signed_in_client(elsewhere, "process-owner")
    addresses = [reverse(f"recipes:{page}", args=[draft]) for page in ("draft", "draft_text")]
    addresses.append(reverse("batches:preview", args=[draft]))
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]


# --- pages ---------------------------------------------------------------------------------------


def post(client: Any, draft: UUID, **values: object) -> Any:
    return client.post(reverse("recipes:edit_draft", args=[draft]), {"key": str(uuid7()), **values})


def test_a_field_of_the_form_is_one_change(site: DemoSite, owner: Actor) -> None:
    draft = opened(site, owner)
    client = signed_in_client(site, "process-owner")
    path = "/".join((*SEED, "seeded"))
    seq = row_of(draft, site).entry_seq
    answer = post(client, draft, act="put", place=f"{path}/decimals", value="3", at=path, seq=seq)
    assert (answer.status_code, value(draft, site, *SEED, "seeded", "decimals")) == (200, "3")
    stale = post(client, draft, act="put", place=f"{path}/decimals", value="4", at=path, seq=seq)
    assert (stale.status_code, value(draft, site, *SEED, "seeded", "decimals")) == (409, "3")
    moved = post(client, draft, act="down", place=path, at=path, seq=seq)
    assert [one["key"] for one in value(draft, site, *SEED)][3:5] == ["medium", "seeded"]
    assert moved["HX-Replace-Url"].endswith("steps%2Fseeded")


@pytest.mark.req("S88-2")
def test_a_recipe_is_written_in_the_writers_language_and_in_another_one(
    site: DemoSite, owner: Actor
) -> None:
    with override("de"):
        reply = drafts.open_draft(command=a_command(owner), code="NEU", title="Neu")
    draft = UUID(str(reply["draft"]))
    begun = row_of(draft, site).content
    assert (begun["title"], begun["stages"][0]["title"]) == ({"de": "Neu"}, {"de": "Abschnitt"})
    client = signed_in_client(site, "process-owner")
    page = client.get(reverse("recipes:draft", args=[draft])).content.decode()
    assert [f'data-place="title/{one}"' in page for one in ("en", "de")] == [True, False]
    said = post(client, draft, act="speak", place="title/en").content.decode()
    assert "The text is not written in en." in said
    assert row_of(draft, site).content == {**begun, "title": {"en": "…", "de": "Neu"}}
    post(client, draft, act="speak", place="title/en")
    post(client, draft, act="undo")
    assert row_of(draft, site).content == begun


def test_the_editor_says_what_this_site_has_not(site: DemoSite, owner: Actor) -> None:
    draft, stores = opened(site, owner), site.actor("materials")
    add_material(
        command=a_command(stores), code="TEXMACS", title="Medium", unit="L", reason="set-up"
    )
    page = signed_in_client(site, "process-owner").get(reverse("recipes:draft", args=[draft]))
    found = {(one["code"], one["place"], one["sign"]) for one in page.context["site_found"]}
    # It is there, counted otherwise; no room is. Neither makes the document wrong.
    assert ("site.material_unit", "SIX-STEPS", "warning") in found
    assert ("site.room", "seeding", "warning") in found
    assert "site.material" not in {code for code, _place, _sign in found}
    said = [one["code"] for one in page.context["messages_found"]]
    assert (page.context["errors"], said) == (0, ["specification.empty"])


def test_what_is_missing_is_called_as_the_form_calls_it(site: DemoSite, owner: Actor) -> None:
    draft = opened(site, owner)
    client = signed_in_client(site, "process-owner")
    said = post(
        client, draft, act="put", place="/".join((*SEED, "seeded", "kind")), widget="choice",
        value="scan", seq=row_of(draft, site).entry_seq, at="/".join((*SEED, "seeded")),
    ).content.decode()  # fmt: skip
    assert ("“What is scanned” is still to be filled in." in said, "field what" in said) == (
        True,
        False,
    )
    listed = client.get(reverse("recipes:versions")).content.decode()
    assert "begun from v1" in listed


def test_news_are_what_others_changed(site: DemoSite, owner: Actor, other: Actor) -> None:
    draft = opened(site, owner)
    client = signed_in_client(site, "process-owner")
    address = reverse("recipes:draft_news", args=[draft])
    seq = row_of(draft, site).entry_seq
    assert client.get(address, {"seq": seq}).status_code == 204
    put(draft, site, other, *SEED, "medium", "tolerance", value="4")
    here = client.get(address, {"seq": str(seq), "at": "/".join((*SEED, "medium"))})
    elsewhere = client.get(address, {"seq": str(seq), "at": "/".join((*SEED, "seeded"))})
    assert [b'id="form"' in answer.content for answer in (here, elsewhere)] == [True, False]


def test_a_draft_lives_on_when_a_check_breaks(
    site: DemoSite, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_outline: Outline) -> Iterator[Fault]:
        raise OverflowError

    draft, client = opened(site, owner), signed_in_client(site, "process-owner")
    monkeypatch.setitem(CHECKS, "formula.by_zero", breaks)
    path = "/".join((*SEED, "seeded"))
    done = post(client, draft, act="put", place=f"{path}/decimals", value="3", at=path)
    assert (done.status_code, value(draft, site, *SEED, "seeded", "decimals")) == (200, "3")
    pages = [
        client.get(reverse(f"recipes:{page}", args=[draft])) for page in ("draft", "draft_text")
    ]
    said = [one["code"] for one in pages[0].context["messages_found"]]
    assert ([page.status_code for page in pages], said[0]) == ([200, 200], "check.failed")
    with pytest.raises(NotCompiled):
        drafts.send_to_review(
            command=a_command(owner), draft=draft, seq=row_of(draft, site).entry_seq
        )
    assert post(client, draft, act="undo").status_code == 200
    assert value(draft, site, *SEED, "seeded", "decimals") == "2"


@pytest.mark.parametrize("place", ["stages/none", "x", "stages/seeding/operations/seed/steps/none"])
def test_a_place_that_is_not_there_says_so(site: DemoSite, owner: Actor, place: str) -> None:
    draft = opened(site, owner)
    client = signed_in_client(site, "process-owner")
    answer = client.get(reverse("recipes:draft", args=[draft]), {"at": place})
    assert answer.status_code == 200


def test_acts_that_are_none_change_nothing(site: DemoSite, owner: Actor) -> None:
    draft = opened(site, owner)
    client = signed_in_client(site, "process-owner")
    before = row_of(draft, site).entry_seq
    said = [
        post(client, draft, **values).status_code
        for values in (
            {"act": "burn", "place": "stages"},
            {"act": "add", "place": "title"},
            {"act": "remove", "place": "stages/none"},
            {"act": "move", "place": "/".join((*SEED, "unit")), "into": "stages"},
        )
    ]
    assert (said, row_of(draft, site).entry_seq) == ([404, 409, 409, 409], before)
