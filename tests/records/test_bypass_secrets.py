"""Ways of writing that pass by the services, at what is no projection: secrets, factors, counts of
guesses, histories of the catalogue and messages. Each is refused to the application's role."""

from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.db import Error, ProgrammingError, connection, transaction

from accounts.entries import CredentialChanged, FactorAdded
from accounts.enums import CredentialKind
from accounts.models import Attempt, Credential, Tried
from accounts.services import throttle
from accounts.services.throttle import Try
from materials.models import Material
from mes.lib import clock
from mes.lib.ids import uuid7
from records.act import act
from records.reading import reading
from tests.builders import materials as build
from tests.builders.accounts import a_command, open_demo_site, person, system_actor
from tests.support.scenes import scene

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.req("P11-10e2", "P11-300b", "D11-12c"),
    pytest.mark.scenario(58),
]

WAYS = (
    "UPDATE accounts_credential SET hash = 'argon2$argon2id$forged'",
    "UPDATE accounts_credential SET temporary = false",
    "UPDATE accounts_credential SET person_id = %(other)s",
    "INSERT INTO accounts_credential (person_id, kind, hash, changed_at, temporary)"
    " VALUES (%(other)s, 'pin', 'argon2$argon2id$forged', now(), false)",
    "DELETE FROM accounts_credential",
    "TRUNCATE accounts_credential",
    "INSERT INTO mfa_authenticator (user_id, type, data, created_at)"
    " VALUES (%(other)s, 'totp', '{}', now())",
    'UPDATE mfa_authenticator SET data = \'{"secret": "mine"}\'',
    "UPDATE mfa_authenticator SET user_id = %(other)s",
    "DELETE FROM mfa_authenticator",
    "UPDATE accounts_attempt SET blocked_at = NULL",
    "UPDATE accounts_attempt SET unanswered = 0",
    "UPDATE accounts_attempt SET person_id = %(other)s",
    "DELETE FROM accounts_attempt",
    "UPDATE accounts_tried SET identity = %(other)s",
    "UPDATE materials_historicalmaterial SET history_change_reason = 'another'",
    "DELETE FROM materials_historicalmaterial",
    "TRUNCATE materials_historicalmaterial",
    "UPDATE records_message SET payload = '{}'",
    "DELETE FROM records_message",
    "UPDATE auth_group SET name = 'x'",
)


def a_person_with_secrets() -> tuple[UUID, UUID, UUID]:
    """Return the site, whose secret, factor and blocked PIN there are, and another person."""
    site = open_demo_site("MZ9")
    mine, other = person("operator", site=site, secrets=True), person("operator", site=site)
    build.material(build.somebody(site.id))
    for _ in range(11):
        tried = Try(person=mine, identity=mine, kind=CredentialKind.PIN, scope=uuid7(),
                    at=clock.now())  # fmt: skip
        if throttle.admit(tried).refusal is None:
            throttle.was_wrong(tried)
    with act(a_command(site.system), streams=[mine]) as a:
        a.append(mine, FactorAdded(factor=uuid7(), kind_of_factor="code", name="phone"))
        data = {"secret": "s", "counter": 1}
        Authenticator.objects.create(user_id=mine, type="totp", data=data)
    return site.id, mine, other


def everything(site: UUID) -> list[Any]:
    models: list[Any] = [Credential, Authenticator, Attempt, Tried, Material.history]
    rows = (getattr(model, "objects", model).order_by("pk").values() for model in models)
    with reading(site=site):
        return [list(found) for found in rows]


def refusal_of(way: str, site: UUID, other: UUID) -> str:
    """Try it with the site set; return PostgreSQL's code of the refusal."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('mes.site', %s, true)", [str(site)])
            cursor.execute(way, {"other": other})
    except Error as error:
        return getattr(error.__cause__, "sqlstate", "")
    return "done"


def test_ways_past_the_services_are_refused() -> None:
    site, _mine, other = scene("secrets", a_person_with_secrets)
    before = everything(site)
    assert [len(rows) for rows in before] == [2, 1, 12, 10, 1]
    assert {way: refusal_of(way, site, other) for way in WAYS} == dict.fromkeys(WAYS, "42501")
    assert everything(site) == before


def test_entry_of_one_person_sets_no_secret_of_another() -> None:
    _site, mine, other = scene("secrets", a_person_with_secrets)

    def swap() -> None:
        with act(a_command(system_actor(None)), streams=[other]) as a:
            a.append(other, CredentialChanged(credential="pin"))
            Credential.objects.filter(person=mine).update(hash="argon2$argon2id$forged")

    with pytest.raises(ProgrammingError, match="by an act that appends its entry only"):
        swap()


def test_history_grows_beside_its_entry_only() -> None:
    site, _mine, _other = scene("secrets", a_person_with_secrets)
    with reading(site=site):
        row: Any = Material.history.model.objects.order_by("pk")[0]
    row.pk, row.history_change_reason = None, "never said"

    def again() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('mes.site', %s, true)", [str(site)])
            row.save(force_insert=True)

    with pytest.raises(ProgrammingError, match="by the fold of an entry only"):
        again()


def test_using_a_factor_is_no_act(committed_db: str) -> None:
    """Its counter goes on by itself; that is all that does."""
    _site, mine, _other = scene("secrets", a_person_with_secrets)
    data = {"secret": "s", "counter": 2}
    assert Authenticator.objects.filter(user_id=mine).update(data=data) == 1
