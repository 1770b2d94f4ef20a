"""What fields save while somebody types: seen as it was, sent twice, taken back as one step."""

from typing import Any
from uuid import UUID

import pytest

from recipes.drafting.asked import remove
from records.commands import Actor
from tests.builders.accounts import DemoSite, open_demo_site, signed_in_client
from tests.recipes.test_drafts import SEED, another, edit, opened, post, put, row_of, value

STEP = "/".join((*SEED, "seeded"))


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


@pytest.fixture
def owner(site: DemoSite) -> Actor:
    return site.actor("process-owner")


@pytest.fixture
def draft(site: DemoSite, owner: Actor) -> UUID:
    return opened(site, owner)


@pytest.fixture
def client(site: DemoSite) -> Any:
    return signed_in_client(site, "process-owner")


def typed(client: Any, draft: UUID, field: str, *, value: str, was: object, **more: object) -> Any:
    return post(client, draft, act="put", place=f"{STEP}/{field}", at=STEP, value=value, was=was,
                **more)  # fmt: skip


def test_a_field_is_refused_by_what_it_showed_not_by_what_else_changed(
    site: DemoSite, client: Any, draft: UUID
) -> None:
    other, seq = another(site, "process-owner"), row_of(draft, site).entry_seq
    put(draft, site, other, *SEED, "seeded", "unit", value="%")
    beside = typed(client, draft, "decimals", value="3", was="2", seq=seq)
    assert (beside.status_code, value(draft, site, *SEED, "seeded", "decimals")) == (200, "3")
    # The form comes with it: what the other wrote is to be seen.
    assert b'id="form"' in beside.content
    alone = typed(client, draft, "decimals", value="4", was="3", seq=row_of(draft, site).entry_seq)
    assert b'id="form"' not in alone.content
    stale = typed(client, draft, "unit", value="mL", was="{cells}")
    told = stale.context["conflict"]
    assert (stale.status_code, told.by, told.theirs, told.mine, told.gone) == (
        409, "Nora Quist", "%", "mL", False,
    )  # fmt: skip
    assert (told.field, told.thing) == ("Unit", "Enter the viable CD3+ cells seeded.")
    assert value(draft, site, *SEED, "seeded", "unit") == "%"


def test_what_arrived_already_comes_twice_without_harm(
    site: DemoSite, client: Any, draft: UUID
) -> None:
    typed(client, draft, "decimals", value="3", was="2")
    before = row_of(draft, site).entry_seq
    assert typed(client, draft, "decimals", value="3", was="2").status_code == 200
    assert row_of(draft, site).entry_seq == before
    # A page that was left does not know whether its last words arrived.
    assert typed(client, draft, "decimals", value="4", was=["2", "3"]).status_code == 200
    assert value(draft, site, *SEED, "seeded", "decimals") == "4"


def test_who_types_into_a_step_that_is_gone_is_told_so(
    site: DemoSite, client: Any, draft: UUID
) -> None:
    gone = remove(row_of(draft, site).content, (*SEED, "seeded"))
    edit(draft, another(site, "process-owner"), *gone)
    answer = typed(client, draft, "decimals", value="3", was="2")
    told = answer.context["conflict"]
    assert (answer.status_code, told.gone, told.by, told.mine) == (409, True, "Nora Quist", "3")
    assert b"has no place any more" in answer.content


def test_one_typing_is_taken_back_as_one_step(site: DemoSite, client: Any, draft: UUID) -> None:
    typed(client, draft, "unit", value="mL", was="{cells}")
    words = ["Co", "Count", "Count twice"]
    for number, said in enumerate(words):
        more = {"typing": "true"} if said != words[-1] else {}
        typed(client, draft, "qualification", value=said, was=words[number - 1] if number else "",
              **more)  # fmt: skip
    typed(client, draft, "decimals", value="3", was="2")
    typed(client, draft, "decimals", value="4", was="3")
    fields = [(*SEED, "seeded", name) for name in ("decimals", "qualification", "unit")]
    stood = []
    for act in ("undo", "undo", "undo", "undo", "redo", "redo", "undo"):
        post(client, draft, act=act)
        stood.append(tuple(value(draft, site, *field) for field in fields))
    assert stood == [
        ("3", "Count twice", "mL"), ("2", "Count twice", "mL"), ("2", None, "mL"),
        ("2", None, "{cells}"), ("2", None, "mL"), ("2", "Count twice", "mL"), ("2", None, "mL"),
    ]  # fmt: skip


def test_a_mark_that_stands_unless_it_is_taken_away_can_be_taken_away(
    site: DemoSite, client: Any, draft: UUID
) -> None:
    path = (*SEED, "medium", "tare")
    put(draft, site, site.actor("process-owner"), *SEED, "medium", "kind", value="weigh")
    page = client.get(f"/recipes/drafts/{draft}/", {"at": "/".join(path[:-1])})
    tare = next(field for field in page.context["form"] if field.path == "/".join(path))
    assert (tare.value, tare.default) == ("true", "true")
    post(client, draft, act="put", place="/".join(path), widget="flag", value="false", was="true")
    assert value(draft, site, *path) == "false"
