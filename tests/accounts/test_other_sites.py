"""Every address with an id of another site answers as if there were nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from psycopg import sql

from accounts.documents import shipped
from accounts.models import Credential, Person
from accounts.permissions import ROLES
from accounts.selectors import assignments_of, roles_of
from accounts.services.documents import put_forward
from accounts.services.people import grant_role, revoke_role
from equipment.models import Unit
from mes.lib.ids import uuid7
from quality import services
from quality.enums import Judgement
from recipes.models import RecipeVersion
from recipes.services.drafts import open_draft
from recipes.services.library import publish_operation
from recipes.services.rehearsals import request_rehearsal
from recipes.services.reviews import comment
from records.act import act
from records.entries import decode
from records.models import Stream
from records.reading import reading
from tests.builders import quality as build
from tests.builders.accounts import (
    DemoSite,
    a_command,
    open_demo_site,
    person,
    signed_in_client,
)
from tests.builders.alarms import raised, watched
from tests.builders.batches import OPERATION, STEPS, Trial, batch_at, issued
from tests.builders.planning import requested as planned
from tests.builders.quality import Bench
from tests.builders.recipes import library_text, submitted
from tests.test_golden import plain_of

pytestmark = [pytest.mark.usefixtures("committed_db", "at_time"), pytest.mark.scenario(33, 44)]

# What an address calls a thing, and where one of them is: table and column. What is a thing's
# part is taken with it: an exception with its batch.
TABLES: dict[str, tuple[str, str]] = {
    "unit": ("equipment_unit", "id"),
    "place": ("equipment_place", "id"),
    "room": ("equipment_room", "id"),
    "alarm": ("equipment_alarm", "id"),
    # What alarms are of.
    "resource": ("equipment_alarmsetting", "stream"),
    "lot": ("materials_lot", "id"),
    "container": ("materials_container", "id"),
    "order": ("orders_order", "id"),
    "centre": ("accounts_treatmentcentre", "id"),
    "revision": ("accounts_documentversion", "id"),
    "version": ("recipes_recipeversion", "id"),
    "draft": ("recipes_recipedraft", "id"),
    "redline": ("batches_redline", "id"),
    "comment": ("recipes_recipecomment", "id"),
    "operation": ("recipes_libraryoperation", "id"),
    "rehearsal": ("recipes_reciperehearsal", "id"),
    "plan": ("planning_plan", "id"),
    "assignment": ("accounts_roleapproval", "id"),
    "sample": ("quality_sample", "id"),
    "result": ("quality_result", "id"),
    "batch": ("batches_operation", "stream"),
    "stream": ("batches_batch", "stream"),
    "exception": ("batches_batchexception", "id"),
    "deviation": ("quality_deviation", "id"),
    "concession": ("batches_concession", "id"),
    "gate": ("batches_step", "id"),
    "question": ("batches_askedcomment", "id"),
    "dossier": ("quality_dossier", "id"),
}
# Parts that no id names: a number, a word.
SMALL: dict[str, Any] = {
    "sha256": "0" * 64,
    "seq": 1,
    "number": 1,
    "signed": 1,
    "token": "x",
    "code": "x",
    "test": "dose",
    "path": "README.md",
}
# Answers of an address with another site's id: there is nothing, nothing by this method, or the
# role may not open it at all (test_access.py compares each role with each address).
NOTHING = {403, 404, 405}
# Addresses at which even their own site says no to an empty question, and why.
NOT_THERE = {
    "accounts:enrol": "opened by a sealed address, not by an id",
    "accounts:approval": "another person is its approver",
    "batches:label": "the step that is due prints none",
    "batches:file": "no file was attached",
    "batches:picture": "the recipe has no picture",
    "batches:preview_picture": "the recipe has no picture",
    "batches:preview": "a step is named beside it",
    "batches:sign_on": "nobody proved who they are",
    "batches:sign_redline": "nobody proved who they are",
    "materials:label": "no label was printed",
    "planning:accept": "the plan was not computed",
    "planning:reject": "the plan was not computed",
    "quality:approve_gate": "the step is no gate",
    "quality:comment": "another person was asked",
    "quality:correct_step": "a step is named beside it",
    "quality:dossier": "the document was not written",
    "quality:raw": "no raw data were kept with the result",
    "quality:sign_again": "no signature was voided",
    "recipes:approve": "nobody proved who they are",
    "recipes:edit_draft": "the form names no change",
}


def addresses(
    patterns: list[Any] | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Yield every address that names a thing: by id, number or word."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            namespace = f"{entry.namespace}:" if entry.namespace else ""
            yield from addresses(entry.url_patterns, prefix + namespace)
        elif entry.pattern.converters:
            yield f"{prefix}{entry.name}", entry


@dataclass
class There:
    """A site that works, with one of everything, and who works there."""

    trial: Trial
    things: dict[str, UUID]

    @property
    def site(self) -> DemoSite:
        return DemoSite(id=self.trial.site, code="MZ1")


def everything(owner: psycopg.Connection) -> There:
    """Return a site with a thing of every kind that an address can name."""
    trial = batch_at(STEPS[3])
    planned(issued(trial.plant, number=2, place=2, claimed=False))
    site = DemoSite(id=trial.site, code="MZ1", people={"register": uuid7()})
    bench = build.issued(site, number="B-26-0900")
    make = reverse("batches:make_pack", args=[bench.batch])
    assert signed_in_client(site, "operator").post(make, {"key": str(uuid7())}).status_code == 302
    build.judged(bench, build.reported(bench), Judgement.DEVIATION)
    build.reported(bench)
    build.questioned(bench, *bench.record().open_exceptions)
    build.asked(bench)
    build.entered(build.received(build.performed(bench)), "viability", "92.5")
    proposed = decode("redline.proposed", 1, plain_of("redline.proposed", 1))
    with act(a_command(site.system), streams=[bench.batch]) as a:
        a.append(bench.batch, proposed)
    services.request_dossier(command=bench.command("qa-reviewer"), batch=bench.batch)
    grant_role(
        command=a_command(site.actor("admin")), person=person(site=site), role="auditor",
        approver=site.person("qa-reviewer"), paper="form 9",
    )  # fmt: skip
    owner_of = site.actor("process-owner")
    with reading(site=trial.site):
        version = RecipeVersion.objects.values_list("id", flat=True)[0]
    open_draft(command=a_command(owner_of), version=version)
    request_rehearsal(command=a_command(owner_of), version=version, patients=5, seed=1)
    asked = submitted(site, library_text("cart19-prodigy"))
    comment(command=a_command(site.actor("recipe-approver")), version=asked, path="", text="Why?")
    with reading(site=trial.site):
        unit = Unit.objects.values_list("id", flat=True)[0]
    raised(trial.site, unit, watched(trial.site, unit))
    publish_operation(command=a_command(owner_of), version=version, path=OPERATION, code="SEED")
    put_forward(
        command=a_command(site.actor("admin")), path="README.md", changes="the first one",
        shown=shipped()["README.md"].sha256,
    )  # fmt: skip
    lindqvist = trial.plant.crew.actor("lindqvist").person
    assert lindqvist is not None
    return There(trial, {"person": lindqvist, **found_in(owner, bench)})


def found_in(owner: psycopg.Connection, bench: Bench) -> dict[str, UUID]:
    """Return an id of each kind; those of quality are of one batch. A missing one is an error."""
    found: dict[str, UUID] = {}
    for name, (table, column) in TABLES.items():
        query = sql.SQL("SELECT {} FROM {} WHERE site = %s ORDER BY (stream = %s) DESC LIMIT 1")
        row = owner.execute(
            query.format(sql.Identifier(column), sql.Identifier(table)),
            [bench.site.id, bench.batch],
        ).fetchone()
        assert row, f"nothing in {table}: there is no maker of {name}"
        found[name] = row[0]
    return found


def address_of(name: str, url: URLPattern, things: dict[str, UUID]) -> str:
    """Return an address with real ids. A parameter without a maker fails by its name."""
    known = {**things, **SMALL}
    return reverse(name, kwargs={key: known[key] for key in url.pattern.converters})


def answers(client: Client, address: str) -> set[int]:
    key = str(uuid7())
    get = client.get(address)
    post = client.post(address, {"key": key}, headers={"Idempotency-Key": key})
    return {get.status_code, post.status_code}


def entries(owner: psycopg.Connection, site: UUID) -> Any:
    return owner.execute("SELECT count(*) FROM records_entry WHERE site = %s", [site]).fetchone()


WORK = [role for role in ROLES if role not in ("admin", "treatment-centre")]


def clients_of(site: DemoSite) -> dict[str, Client]:
    return {
        "work": signed_in_client(site, *WORK),
        "admin": signed_in_client(site, "admin"),
        "outside": signed_in_client(site, "treatment-centre"),
    }


@pytest.mark.req("P11-10d", "P11-10g")
@pytest.mark.scenario(43)
def test_nothing_of_another_site_is_found_at_any_address(
    owner_connection: psycopg.Connection,
) -> None:
    """Real things of one site, asked for from another; then by their own, as the proof of those."""
    there, here = everything(owner_connection), open_demo_site("MZ9")
    walked = {name: address_of(name, url, there.things) for name, url in addresses()}
    walked.pop("accounts:enrol")
    before = entries(owner_connection, there.trial.site)
    nobodys = dict.fromkeys(there.things, uuid7())
    invented = {name: address_of(name, url, nobodys) for name, url in addresses()}
    found = {
        (who, name): said
        for who, client in clients_of(here).items()
        for name, address in walked.items()
        if (said := answers(client, address)) - NOTHING
        # A form that cannot be read is refused before anything is looked for: whatever the id.
        and said != answers(client, invented[name])
    }
    assert found == {}
    assert entries(owner_connection, there.trial.site) == before
    own = clients_of(there.site)
    unseen = {
        name
        for name, address in walked.items()
        if all(asked(client, address) in (403, 404) for client in own.values())
    }
    assert unseen == set(NOT_THERE) - {"accounts:enrol"}


@pytest.mark.req("P11-10d", "P11-10g")
def test_a_person_of_another_site_is_in_no_trail_search_or_export() -> None:
    """A person has one stream for all sites, without a site: it is theirs who employ them."""
    there, here = open_demo_site("MZ1"), open_demo_site("MZ9")
    them = person("operator", site=there, name="Zoltan Kerekes", badge="Z-77")
    ours, theirs = (signed_in_client(site, "qa-reviewer") for site in (here, there))
    pages = [
        reverse(name, args=[them, *seq])
        for name, *seq in (
            ("records:stream",), ("records:self_check_of",), ("records:reviewed",),
            ("records:entry", 1), ("records:changed", 1), ("accounts:delete_record",),
        )
    ]  # fmt: skip
    reviewed = reverse("accounts:trail_review") + f"?stream={them}&upto=1"
    before = count_of(them)
    assert [ours.get(page).status_code for page in [*pages, reviewed]] == [404] * 7
    assert [theirs.get(page).status_code for page in [*pages, reviewed]] == [200] * 7
    deleting = {"reason": "not ours", "stream": str(them), "upto": "1", "comment": "x"}
    refused = [ours.post(at, {"key": str(uuid7()), **deleting}) for at in (pages[-1], reviewed)]
    assert ([one.status_code for one in refused], count_of(them)) == ([404, 404], before)
    assert (told_of(them, ours), told_of(them, theirs)) == (set(), set(ASKED))


ASKED: dict[str, tuple[str, dict[str, str]]] = {
    "trail": ("records:index", {}),
    "trail of a thing": ("records:index", {"label": "Z-77"}),
    "trail of a kind": ("records:index", {"thing": "person"}),
    "trail by its id": ("records:index", {"label": "them"}),
    "trail of who": ("records:index", {"who": "Zoltan Kerekes"}),
    "csv": ("accounts:trail_export", {"form": "csv", "thing": "person"}),
    "json": ("accounts:trail_export", {"form": "json", "thing": "person"}),
}


def test_the_box_of_the_header_finds_no_person_of_another_site() -> None:
    there, here = open_demo_site("MZ1"), open_demo_site("MZ9")
    them = person("operator", site=there, name="Zoltan Kerekes", badge="Z-77")
    ours, theirs = (signed_in_client(site, "admin") for site in (here, there))
    for typed in ("Zoltan", "Z-77", str(them)):
        answers = [one.get(reverse("jump"), {"id": typed}).status_code for one in (ours, theirs)]
        assert (typed, answers) == (typed, [404, 302])


def told_of(who: UUID, client: Client) -> set[str]:
    """Return which questions are answered with something of a person: their name or id."""
    told = set()
    for name, (view, asks) in ASKED.items():
        given = {key: str(who) if value == "them" else value for key, value in asks.items()}
        if view == "accounts:trail_export":
            answer = client.post(reverse(view), {"key": str(uuid7()), **given})
        else:
            answer = client.get(reverse(view), given)
        said = answer.headers.get("Location", "") + answer.content.decode()
        # What was typed stands in the form again; it tells nothing.
        if any(word in said for word in (str(who), "Zoltan Kerekes") if word not in given.values()):
            told.add(name)
    return told


def count_of(stream: UUID) -> int:
    return Stream.objects.values_list("seq", flat=True).get(id=stream)


def asked(client: Client, address: str) -> int:
    """Return what one's own site answers; where nothing is read, to a form with nothing in it."""
    status = client.get(address).status_code
    if status != 405:
        return status
    key = str(uuid7())
    return client.post(address, {"key": key}, headers={"Idempotency-Key": key}).status_code


def filled(form: dict[str, str], site: DemoSite) -> dict[str, str]:
    """Return a form with a key of its own, and who approves a grant."""
    reviewer = {"approver": str(site.person("qa-reviewer"))} if "approver" in form else {}
    return {"key": str(uuid7()), **form, **reviewer}


@pytest.mark.parametrize(
    "form",
    [
        {"action": "secret", "kind": "pin", "secret": "839146"},
        {"action": "secret", "kind": "password", "secret": "another calm night here"},
        {"action": "disable", "reason": "left"},
        {"action": "grant", "role": "operator", "paper": "form 9", "approver": "reviewer"},
    ],
    ids=lambda form: form.get("kind", form["action"]),
)
@pytest.mark.req("D11-11a")
def test_administrator_does_nothing_to_a_person_of_another_site(form: dict[str, str]) -> None:
    there, here = open_demo_site("MZ1"), open_demo_site("MZ9")
    them = there.person("releasing-person")
    before = state_of(them, there)
    client = signed_in_client(here, "admin")
    answer = client.post(f"/people/{them}/", filled(form, there))
    assert (answer.status_code, state_of(them, there)) == (404, before)
    own = signed_in_client(there, "admin")
    assert own.post(f"/people/{them}/", filled(form, there)).status_code == 302
    assert state_of(them, there) != before


def state_of(who: UUID, site: DemoSite) -> tuple[Any, ...]:
    """Return what an administrator could change of a person."""
    with reading(site=site.id, person=who):
        row = Person.objects.get(id=who)
        secrets = list(Credential.objects.filter(person_id=who).values_list("kind", "hash"))
        return row.active, roles_of(who, site.id), secrets


@pytest.mark.parametrize(
    "form",
    [{"action": "secret", "kind": "pin", "secret": "839146"},
     {"action": "grant", "role": "admin", "paper": "form 9", "approver": "reviewer"},
     {"action": "disable", "reason": "left"}],
    ids=lambda form: form["action"],
)  # fmt: skip
@pytest.mark.req("D11-11a", "P11-200b")
def test_who_holds_no_role_is_managed_where_they_joined(form: dict[str, str]) -> None:
    there, here = open_demo_site("MZ1"), open_demo_site("MZ9")
    left = person("operator", site=there)
    with reading(site=there.id):
        [held] = assignments_of(left, there.id)
    revoke_role(command=a_command(there.actor("admin")), assignment=held.id, person=left,
                reason="left the shift")  # fmt: skip
    before = state_of(left, there)
    assert before[1] == ()
    client = signed_in_client(here, "admin")
    page = f"/people/{left}/"
    assert client.get(page).status_code == 404
    answer = client.post(page, filled(form, there))
    assert (answer.status_code, state_of(left, there)) == (404, before)
    assert roles_at(left, here) == ()
    own = signed_in_client(there, "admin")
    assert own.post(page, filled(form, there)).status_code == 302
    assert state_of(left, there) != before


def roles_at(who: UUID, site: DemoSite) -> tuple[str, ...]:
    with reading(site=site.id, person=who):
        return roles_of(who, site.id)
