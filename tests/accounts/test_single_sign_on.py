"""Single sign-on against a real provider: who comes in, who does not, and that nobody is made."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from accounts.adapters import proved_twice
from accounts.exceptions import IdentityNotChecked, NotAllowed, OwnAccess, PersonIsDisabled
from accounts.models import Person
from accounts.selectors import links_of
from accounts.services.links import link_subject, unlink_subject
from accounts.services.people import disable_person
from accounts.sign_in_exceptions import SubjectMissing, SubjectTaken
from accounts.views.single_sign_on import Provider
from mes.lib.refusals import NotFound
from mes.lib.single_sign_on import PROVIDER, oidc_providers
from records.commands import Actor
from records.models import Entry
from records.reading import reading
from tests.builders.accounts import (
    DemoSite,
    a_command,
    client_on,
    open_demo_site,
    person,
    tablet,
)
from tests.support.provider import asked_of, choose, providing

SUBJECT = "olga@hospital.example"
SECRET = "a secret of the client"


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log: Path = tmp_path_factory.mktemp("provider") / "log"
    with providing(log) as address:
        yield address


@pytest.fixture
def site(committed_db: str, provider: str, settings: Settings) -> DemoSite:
    settings.SOCIALACCOUNT_PROVIDERS = oidc_providers(url=provider, client="mes", secret=SECRET)
    return open_demo_site()


def link(who: UUID, site: DemoSite, subject: str = SUBJECT, *, by: Actor | None = None) -> None:
    link_subject(
        command=a_command(by or site.actor("admin")),
        person=who, provider=PROVIDER, subject=subject, identity_check="badge and passport",
    )  # fmt: skip


def go_out(client: Client, **query: str) -> str:
    answer = client.get(reverse("accounts:single_sign_on"), query)
    assert answer.status_code == 302
    return answer.headers["Location"]


def come_back(client: Client, subject: str | None = SUBJECT, **query: str) -> tuple[int, str]:
    answer = client.get(choose(go_out(client, **query), subject))
    where = answer.headers.get("Location", "")
    return answer.status_code, where or answer.content.decode()


def kept_of(who: UUID, kind: str) -> list[dict[str, object]]:
    with reading(site=None):
        rows = Entry.objects.filter(stream=who, kind=kind).order_by("seq")
        return [row.envelope["payload"] for row in rows]


@pytest.mark.req("P11-10d", "P11-10e1", "D11-11a")
def test_linked_person_comes_in_where_they_wanted_to(site: DemoSite) -> None:
    auditor = person("auditor", site=site)
    link(auditor, site)
    client = client_on()
    assert come_back(client, next="/people/") == (302, "/people/")
    assert client.get("/people/").status_code == 200
    [opened] = kept_of(auditor, "period.opened")
    assert opened["factors"] == ["single sign-on"]


def test_site_asks_for_a_subject_only_and_binds_the_answer_to_itself(site: DemoSite) -> None:
    asked = asked_of(go_out(client_on()))
    assert {name: asked[name] for name in ("scope", "response_type", "code_challenge_method")} == {
        "scope": "openid", "response_type": "code", "code_challenge_method": "S256",
    }  # fmt: skip
    assert asked["redirect_uri"] == "http://testserver/sign-in/single/back/"


@pytest.mark.req("P11-100a", "P11-100b")
@pytest.mark.req("D11-11c")
def test_from_outside_the_provider_has_to_have_asked_for_a_second_factor(
    site: DemoSite, settings: Settings
) -> None:
    link(person("shift-lead", site=site, name="Olga Brandt"), site)
    settings.MES_INSIDE = ["192.0.2.0/24"]
    status, page = come_back(client_on())
    assert (status, "credential.second_factor_needed" in page) == (403, True)
    settings.MES_INSIDE = ["127.0.0.0/8"]
    assert come_back(client_on())[0] == 302


@pytest.mark.parametrize(
    ("said", "twice"),
    [
        ({"id_token": {"amr": ["pwd", "otp", "mfa"]}}, True),
        ({"id_token": {"amr": ["pwd"]}}, False),
        ({"id_token": {"amr": "mfa"}}, False),
        ({"id_token": {}}, False),
        # What is not signed counts for nothing.
        ({"userinfo": {"amr": ["mfa"]}}, False),
    ],
)
def test_a_second_factor_is_what_the_signed_token_names(said: dict[str, Any], twice: bool) -> None:
    assert proved_twice(said) == twice


def test_unknown_subject_gets_no_account(site: DemoSite, caplog: pytest.LogCaptureFixture) -> None:
    before = Person.objects.count()
    client = client_on()
    status, page = come_back(client)
    assert (status, "sign_in.subject_unknown" in page, SUBJECT in page) == (403, True, True)
    assert client.get("/people/").status_code == 302
    assert Person.objects.count() == before
    rows = (SocialAccount, SocialToken, EmailAddress)
    assert [model.objects.count() for model in rows] == [0, 0, 0]
    assert [r.message for r in caplog.records if r.name.startswith("accounts")] == [
        f"Single sign-on: {SUBJECT!r} is linked to nobody"
    ]


@pytest.mark.req("P11-300b")
@pytest.mark.scenario(48)
def test_disabled_person_does_not_come_in_and_is_out_if_they_were(site: DemoSite) -> None:
    auditor = person("auditor", site=site)
    link(auditor, site)
    client = client_on()
    assert come_back(client)[0] == 302
    disable_person(command=a_command(site.actor("admin")), person=auditor, reason="left")
    assert client.get("/people/").status_code == 302
    status, page = come_back(client_on())
    assert (status, "person.disabled" in page) == (403, True)
    assert [kept["code"] for kept in kept_of(auditor, "attempt.refused")] == ["person.disabled"]


def test_ended_link_lets_nobody_in_and_the_subject_can_be_another_persons(site: DemoSite) -> None:
    auditor, admin = person("auditor", site=site), site.actor("admin")
    link(auditor, site)
    [held] = links_of(auditor)
    unlink_subject(command=a_command(admin), person=auditor, link=held.id, reason="mistaken")
    assert come_back(client_on())[0] == 403
    link(person("auditor", site=site), site)
    assert come_back(client_on())[0] == 302
    assert (links_of(auditor), len(kept_of(auditor, "sign_in.unlinked"))) == ([], 1)


def test_answer_to_another_browsers_question_is_refused(site: DemoSite) -> None:
    link(person("auditor", site=site), site)
    back = choose(go_out(client_on()), SUBJECT)
    victim = client_on()
    answer = victim.get(back)
    assert (answer.status_code, "single_sign_on_failed" in answer.content.decode()) == (403, True)
    assert victim.get("/people/").status_code == 302


def test_answer_is_taken_once(site: DemoSite) -> None:
    link(person("auditor", site=site), site)
    client = client_on()
    back = choose(go_out(client), SUBJECT)
    assert client.get(back).status_code == 302
    client.post(reverse("accounts:sign_out"))
    assert client.get(back).status_code == 403


def test_provider_that_says_no_is_shown_on_our_page(site: DemoSite) -> None:
    status, page = come_back(client_on(), None)
    assert (status, "sign_in.single_sign_on_failed" in page) == (403, True)


def test_absent_provider_is_a_calm_page(site: DemoSite, settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = oidc_providers(
        url="http://127.0.0.1:9", client="mes", secret=SECRET
    )
    answer = client_on().get(reverse("accounts:single_sign_on"))
    assert (answer.status_code, "Try again" in answer.content.decode()) == (403, True)


def test_outside_address_is_no_way_back(site: DemoSite) -> None:
    link(person("auditor", site=site), site)
    assert come_back(client_on(), next="https://elsewhere.example/") == (302, "/")


def test_way_out_is_a_link_because_forms_stay_here(site: DemoSite) -> None:
    page = client_on().get(reverse("accounts:sign_in"))
    assert 'href="/sign-in/single/"' in page.content.decode()
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]


def test_tablet_and_site_without_provider_do_not_offer_it(
    site: DemoSite, settings: Settings
) -> None:
    on_tablet = client_on(tablet(site), site)
    assert on_tablet.get(reverse("accounts:single_sign_on")).headers["Location"] == "/"
    settings.SOCIALACCOUNT_PROVIDERS = {}
    answer = client_on().get(reverse("accounts:single_sign_on"))
    assert (answer.status_code, "sign_in.not_offered" in answer.content.decode()) == (404, True)
    assert "/sign-in/single/" not in client_on().get(reverse("accounts:sign_in")).content.decode()


def test_token_that_the_provider_has_not_signed_is_refused(site: DemoSite, provider: str) -> None:
    request = RequestFactory().get("/")
    with context.request_context(request):
        asked = Provider(request, PROVIDER)
        app = asked.get_provider().app
        kid = jwt.PyJWKClient(asked.openid_config["jwks_uri"]).get_signing_keys()[0].key_id
        said = {"sub": SUBJECT, "iss": provider, "aud": "mes", "exp": 4_000_000_000}
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        shared = SECRET.ljust(64)
        for key, algorithm in ((other, "RS256"), (shared, "HS256"), (None, "none")):
            token = jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid})  # type: ignore[arg-type]
            with pytest.raises((OAuth2Error, jwt.InvalidSignatureError)):
                asked._decode_id_token(app, token)


@pytest.mark.req("P11-10g", "P11-100b")
def test_link_is_made_by_an_administrator_who_knows_who_it_is(site: DemoSite) -> None:
    auditor, admin = person("auditor", site=site), site.actor("admin")
    with pytest.raises(NotAllowed):
        link(auditor, site, by=site.actor("operator"))
    with pytest.raises(OwnAccess):
        link(site.person("admin"), site)
    with pytest.raises(SubjectMissing):
        link(auditor, site, " ")
    with pytest.raises(IdentityNotChecked):
        link_subject(
            command=a_command(admin),
            person=auditor, provider=PROVIDER, subject=SUBJECT, identity_check=" ",
        )  # fmt: skip
    link(auditor, site)
    with pytest.raises(SubjectTaken):
        link(person("auditor", site=site), site)
    gone = person("operator", site=site)
    disable_person(command=a_command(admin), person=gone, reason="left")
    with pytest.raises(PersonIsDisabled):
        link(gone, site, "gone@hospital.example")
    elsewhere = person("operator", site=open_demo_site("US2"))
    with pytest.raises(NotFound):
        link(elsewhere, site, "far@hospital.example")


@pytest.mark.req("P11-300b")
def test_log_of_a_sign_in_names_no_secret(site: DemoSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    link(person("auditor", site=site), site)
    client = client_on()
    back = choose(go_out(client), SUBJECT)
    code = asked_of(back)["code"]
    assert client.get(back).status_code == 302
    ours = [r for r in caplog.records if not r.name.startswith("urllib3")]
    said = "\n".join(f"{record.getMessage()} {record.exc_info}" for record in ours)
    session = client.cookies["sessionid"].value
    assert [secret for secret in (code, SECRET, session, "eyJ") if secret in said] == []
