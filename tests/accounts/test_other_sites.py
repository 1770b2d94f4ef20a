"""Every address with an id of another site answers as if there were nothing."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter
from psycopg import sql

from accounts.models import Credential, Person
from accounts.permissions import ROLES
from accounts.selectors import roles_of
from mes.lib.ids import uuid7
from records.reading import reading
from tests.builders.accounts import DemoSite, open_demo_site, signed_in_client
from tests.builders.batches import STEPS, Trial, batch_at

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.scenario(33, 44)]

# What an address calls a thing, and the table where there is one of them by now.
TABLES = {
    "unit": "equipment_unit",
    "place": "equipment_place",
    "lot": "materials_lot",
    "container": "materials_container",
    "order": "orders_order",
    "version": "recipes_recipeversion",
    "sample": "quality_sample",
}
# Answers of an address with another site's id: there is nothing, nothing by this method, or the
# role may not open it at all (test_access.py compares each role with each address).
NOTHING = {403, 404, 405}
# A form's fields are no body of the API; it is refused before anything is looked for.
UNREAD = {"batches-api:steps": 415, "quality-api:results": 415}


def addresses(
    patterns: list[Any] | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Yield every address that names a thing by its id."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            namespace = f"{entry.namespace}:" if entry.namespace else ""
            yield from addresses(entry.url_patterns, prefix + namespace)
        elif any(isinstance(one, UUIDConverter) for one in entry.pattern.converters.values()):
            yield f"{prefix}{entry.name}", entry


def things_of(trial: Trial, owner: psycopg.Connection) -> dict[str, UUID]:
    """Return an id of each kind of thing at a site that works; kinds not met get a new one."""
    found = {
        "batch": trial.batch,
        "stream": trial.batch,
        "person": trial.plant.crew.actor("lindqvist").person or uuid7(),
    }
    for name, table in TABLES.items():
        query = sql.SQL("SELECT id FROM {} WHERE site = %s LIMIT 1").format(sql.Identifier(table))
        row = owner.execute(query, [trial.site]).fetchone()
        found[name] = row[0] if row else uuid7()
    return found


def address_of(name: str, url: URLPattern, things: dict[str, UUID]) -> str:
    filled: dict[str, Any] = {}
    for key, converter in url.pattern.converters.items():
        if isinstance(converter, UUIDConverter):
            filled[key] = things.get(key) or uuid7()
        else:
            filled[key] = 1 if isinstance(converter, IntConverter) else "x"
    return reverse(name, kwargs=filled)


def answers(client: Client, address: str) -> set[int]:
    key = str(uuid7())
    get = client.get(address)
    post = client.post(address, {"key": key}, headers={"Idempotency-Key": key})
    return {get.status_code, post.status_code}


def entries(owner: psycopg.Connection, site: UUID) -> Any:
    return owner.execute("SELECT count(*) FROM records_entry WHERE site = %s", [site]).fetchone()


@pytest.mark.req("P11-10d", "P11-10g")
def test_nothing_of_another_site_is_found_at_any_address(
    owner_connection: psycopg.Connection,
) -> None:
    trial, here = batch_at(STEPS[3]), open_demo_site("MZ9")
    things, before = things_of(trial, owner_connection), entries(owner_connection, trial.site)
    work = [role for role in ROLES if role not in ("admin", "treatment-centre")]
    clients = {
        "work": signed_in_client(here, *work),
        "admin": signed_in_client(here, "admin"),
        "outside": signed_in_client(here, "treatment-centre"),
    }
    found = {}
    for who, client in clients.items():
        for name, url in addresses():
            said = answers(client, address_of(name, url, things))
            if said - NOTHING - {UNREAD.get(name)}:
                found[who, name] = said
    assert found == {}
    assert entries(owner_connection, trial.site) == before


def test_the_same_addresses_open_to_their_own_site(owner_connection: psycopg.Connection) -> None:
    """The walk above finds nothing because of the wall, not because nothing is there."""
    trial = batch_at(STEPS[3])
    things = things_of(trial, owner_connection)
    there = DemoSite(id=trial.site, code="MZ1")
    readers = [signed_in_client(there, "auditor"), signed_in_client(there, "admin")]
    opened = {
        name
        for name, url in addresses()
        if any(one.get(address_of(name, url, things)).status_code == 200 for one in readers)
    }
    assert opened >= {
        "accounts:person", "accounts:ways", "batches:record", "equipment:place",
        "equipment:unit", "materials:lot", "materials:container", "orders:order",
        "quality:batch", "recipes:version", "records:stream",
    }  # fmt: skip


@pytest.mark.parametrize(
    "form",
    [
        {"action": "secret", "kind": "pin", "secret": "839146"},
        {"action": "secret", "kind": "password", "secret": "another calm night here"},
        {"action": "disable", "reason": "left"},
        {"action": "grant", "role": "operator"},
    ],
    ids=lambda form: form.get("kind", form["action"]),
)
@pytest.mark.req("D11-11a")
def test_administrator_does_nothing_to_a_person_of_another_site(form: dict[str, str]) -> None:
    there, here = open_demo_site("MZ1"), open_demo_site("MZ9")
    them = there.person("releasing-person")
    before = state_of(them, there)
    client = signed_in_client(here, "admin")
    answer = client.post(f"/people/{them}/", {"key": str(uuid7()), **form})
    assert (answer.status_code, state_of(them, there)) == (404, before)
    own = signed_in_client(there, "admin")
    assert own.post(f"/people/{them}/", {"key": str(uuid7()), **form}).status_code == 302
    assert state_of(them, there) != before


def state_of(person: UUID, site: DemoSite) -> tuple[Any, ...]:
    """Return what an administrator could change of a person."""
    with reading(site=site.id, person=person):
        row = Person.objects.get(id=person)
        secrets = list(Credential.objects.filter(person_id=person).values_list("kind", "hash"))
        return row.active, roles_of(person, site.id), secrets
