"""Identity: sealed, in no byte of the ledger or the log, shown as an entry, erased for good."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from psycopg import Connection
from psycopg.errors import InsufficientPrivilege

from accounts.exceptions import NotAllowed
from mes.lib.ids import uuid7
from orders import vault
from orders.exceptions import IdentityNeeded, IdentityUnknown, PatientErased, TextMissing
from orders.models import Patient, PatientIdentity, PatientKey
from orders.services import (
    Identity,
    cancel_order,
    erase_identity,
    open_register,
    record_identity,
    show_identity,
)
from records.commands import Actor
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import open_demo_site, signed_in_client
from tests.builders.materials import command, somebody
from tests.builders.orders import NOW, Entered, coordinator, order, registered, wanted

pytestmark = pytest.mark.usefixtures("committed_db")
CANARY = Identity(
    name="Zyxwina Qanarienvogel", birth_date="1961-02-29", hospital_number="HX-CANARY-4711"
)
WORDS = ("Zyxwina", "Qanarienvogel", "1961-02-29", "HX-CANARY-4711")


@pytest.fixture(autouse=True)
def _in_november(at_time: Callable[[datetime], None]) -> None:
    at_time(NOW)


@pytest.fixture
def actor() -> Actor:
    return coordinator()


@pytest.fixture
def made(actor: Actor) -> Entered:
    return order(actor, wanted(identity=CANARY))


def patient_of(actor: Actor, made: Entered) -> UUID:
    with reading(site=actor.site):
        return Patient.objects.get(pseudonym=made.pseudonym).id


def test_identity_is_shown_and_the_showing_is_an_entry(actor: Actor, made: Entered) -> None:
    patient = patient_of(actor, made)
    shown = show_identity(command=command(actor), patient=patient, purpose="call the centre")
    assert shown == {
        "name": CANARY.name,
        "birth_date": CANARY.birth_date,
        "hospital_number": CANARY.hospital_number,
    }
    with reading(site=actor.site):
        last = Entry.objects.filter(stream=patient).order_by("-seq").first()
    assert last is not None
    assert (last.kind, last.envelope["payload"]) == (
        "identity.shown", {"purpose": "call the centre"},
    )  # fmt: skip
    with pytest.raises(TextMissing):
        show_identity(command=command(actor), patient=patient, purpose=" ")


def test_identity_is_in_no_table_of_the_public_schema_and_in_no_log(
    actor: Actor, made: Entered, owner_connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    patient = patient_of(actor, made)
    again = Identity(name=CANARY.name + " II", hospital_number=CANARY.hospital_number)
    record_identity(command=command(actor), patient=patient, identity=again)
    show_identity(command=command(actor), patient=patient, purpose="call")
    for schema, table in owner_connection.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'identity')"
    ).fetchall():
        rows = owner_connection.execute(f'SELECT t::text FROM "{schema}"."{table}" t').fetchall()
        text = "\n".join(row[0] for row in rows)
        for word in WORDS:
            assert word not in text
            assert word.encode().hex() not in text
    assert not [word for word in WORDS if word in caplog.text]
    assert repr(CANARY) == "<Identity of 3 fields>"


def test_only_the_application_reaches_the_identity(
    made: Entered, reader_connection: Connection
) -> None:
    with pytest.raises(InsufficientPrivilege):
        reader_connection.execute("SELECT * FROM identity.patient_key")


@pytest.mark.req("P11-10e2", "D11-12c")
@pytest.mark.scenario(58)
@pytest.mark.parametrize(
    "way",
    [
        "UPDATE identity.patient_key SET wrapped = ''",
        "UPDATE identity.patient_identity SET sealed = '\\x00'",
        "INSERT INTO identity.patient_key (patient, site, wrapped)"
        " SELECT gen_random_uuid(), site, wrapped FROM identity.patient_key",
        "DELETE FROM identity.patient_identity",
    ],
)
def test_no_identity_is_replaced_or_erased_past_the_services(
    way: str, actor: Actor, made: Entered
) -> None:
    patient = patient_of(actor, made)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mes.site', %s, true)", [str(actor.site)])
        with pytest.raises(ProgrammingError) as refused, transaction.atomic():
            cursor.execute(way)
    assert getattr(refused.value.__cause__, "sqlstate", "") == "42501"
    shown = show_identity(command=command(actor), patient=patient, purpose="still there")
    assert shown["name"] == CANARY.name


def test_another_site_sees_neither_key_nor_data(actor: Actor, made: Entered) -> None:
    with reading(site=somebody().site):
        assert PatientKey.objects.count() == 0
        assert PatientIdentity.objects.count() == 0
    with reading(site=actor.site):
        assert PatientKey.objects.count() == 1


def test_erasure_destroys_the_key_and_is_an_entry(actor: Actor, made: Entered) -> None:
    patient = patient_of(actor, made)
    with reading(site=actor.site):
        sealed = bytes(PatientIdentity.objects.get(patient=patient).sealed)
    with pytest.raises(IdentityNeeded):
        erase_identity(command=command(actor), patient=patient, reason="too early")
    cancel_order(command=command(actor), order=made.id, reason="withdrawn")
    erase_identity(command=command(actor), patient=patient, reason="request of 9 Nov")
    with reading(site=actor.site):
        assert bytes(PatientKey.objects.get(patient=patient).wrapped) == b""
        assert bytes(PatientIdentity.objects.get(patient=patient).sealed) == b""
        kinds = [e.kind for e in Entry.objects.filter(stream=patient).order_by("seq")]
    assert kinds == [
        "patient.entered", "identity.recorded", "attempt.refused", "patient.erased",
    ]  # fmt: skip
    # A copy of the data from a backup is not readable with any key that is left.
    with pytest.raises(vault.SealBroken):
        vault.unseal(vault.new_key(patient), patient, sealed)
    with pytest.raises(PatientErased):
        show_identity(command=command(actor), patient=patient, purpose="call")
    with pytest.raises(PatientErased):
        record_identity(command=command(actor), patient=patient, identity=CANARY)
    with pytest.raises(PatientErased):
        order(actor, wanted(pseudonym=made.pseudonym))
    with pytest.raises(PatientErased):
        erase_identity(command=command(actor), patient=patient, reason="again")
    assert verify(everything=True).differences == []


@pytest.mark.req("P11-10c", "E4-6")
def test_after_the_erasure_nobody_can_read_it_and_the_record_holds(
    actor: Actor, owner_connection: Connection
) -> None:
    """Whoever has the whole database and the master key; every role; the trail and its export."""
    site = open_demo_site()
    there = replace(actor, site=site.id, person=site.person("coordinator"))
    open_register(command=command(site.system), facility="A9998", unwanted=[])
    registered(site.system)
    made = order(there, wanted(identity=CANARY))
    patient = patient_of(there, made)
    cancel_order(command=command(there), order=made.id, reason="withdrawn")
    [(backup,)] = owner_connection.execute(
        "SELECT wrapped FROM identity.patient_key WHERE patient = %s", [patient]
    ).fetchall()
    erase_identity(command=command(there), patient=patient, reason="request")
    # A restored older backup of the keys: the owner's statement of docs/deploy.md.
    owner_connection.execute(
        "UPDATE identity.patient_key SET wrapped = %s WHERE patient = %s", [backup, patient]
    )
    owner_connection.execute(statement_of_the_docs())
    keys = owner_connection.execute("SELECT patient, wrapped FROM identity.patient_key").fetchall()
    sealed = owner_connection.execute("SELECT sealed FROM identity.patient_identity").fetchall()
    assert ((patient, b"") in keys, (b"",) in sealed) == (True, True)
    for name in ("coordinator", "auditor", "qa-reviewer", "admin"):
        with pytest.raises((NotAllowed, PatientErased)):
            show_identity(command=command(site.actor(name)), patient=patient, purpose="look")
    client = signed_in_client(site, "auditor")
    asked = {"label": made.pseudonym, "thing": "patient"}
    page = client.get("/records/", asked).content.decode()
    export = client.post("/records/export/", {**asked, "form": "json", "key": str(uuid7())})
    for text in (page, export.content.decode()):
        assert [word for word in WORDS if word in text] == []
        assert made.pseudonym in text
    assert verify(everything=True).differences == []


def statement_of_the_docs() -> bytes:
    text = (settings.BASE_DIR / "docs" / "deploy.md").read_text("utf-8")
    found = re.search(r"^UPDATE identity.patient_key.*;$", text, re.MULTILINE)
    assert found
    return found.group().encode()


def test_a_patient_without_identity_shows_none(actor: Actor) -> None:
    patient = patient_of(actor, order(actor))
    with pytest.raises(IdentityUnknown):
        show_identity(command=command(actor), patient=patient, purpose="call")


def test_a_seal_is_bound_to_its_patient(actor: Actor) -> None:
    one, two = (patient_of(actor, order(actor)) for _ in range(2))
    key = vault.new_key(one)
    sealed = vault.seal(key, one, {"name": "A"})
    assert vault.unseal(key, one, sealed) == {"name": "A"}
    for broken in (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"\x02" + sealed[1:]):
        with pytest.raises(vault.SealBroken):
            vault.unseal(key, one, broken)
    with pytest.raises(vault.SealBroken):
        vault.unseal(key, two, sealed)
