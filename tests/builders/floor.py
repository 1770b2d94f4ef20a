"""People at tablets and desks of a plant, signed in through the pages. Needs ``committed_db``."""

import re
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Page

from accounts import sessions
from accounts.models import Credential
from accounts.services.credentials import set_credential
from accounts.services.devices import PlaceRef, enrol_device
from mes.lib.ids import uuid7
from plant.crew import Crew
from records.reading import reading
from tests.builders.accounts import PASSWORD, PIN
from tests.builders.batches import Trial


def tablet_at(trial: Trial, code: str = "T-14") -> UUID:
    """Enrol a tablet at the trial's place."""
    made, crew = uuid7(), trial.plant.crew
    place = PlaceRef("place", trial.place, "Hall 2, P1")
    enrol_device(
        command=crew.setup("test"), device=made, code=code, label=f"Tablet {code}", place=place,
        idle_seconds=3600,
    )  # fmt: skip
    return made


def give_secrets(crew: Crew, who: str) -> None:
    """Give a person the PIN and the password of all tests, once."""
    person = crew.people[who][0]
    with reading(site=crew.site):
        if Credential.objects.filter(person=person).exists():
            return
    for kind, secret in (("pin", PIN), ("password", PASSWORD)):
        set_credential(command=crew.setup("test"), person=person, kind=kind, secret=secret)


def at_tablet(trial: Trial, who: str, device: UUID) -> Client:
    """Return the browser of a tablet on which somebody has signed in."""
    crew, client = trial.plant.crew, Client()
    give_secrets(crew, who)
    token = sessions.enrolment_token(device=device, site=crew.site)
    address = reverse("accounts:enrol", kwargs={"token": token})
    assert client.post(address, {"key": str(uuid7())}).status_code == 302
    form = {"key": str(uuid7()), "badge": badge(crew, who), "pin": PIN}
    assert client.post(reverse("accounts:tablet_sign_in"), form).status_code == 302
    return client


def at_desk(trial: Trial, who: str) -> Client:
    """Return the browser of a desk at which somebody has signed in."""
    client = Client()
    give_secrets(trial.plant.crew, who)
    form = {"key": str(uuid7()), "username": who, "password": PASSWORD}
    assert client.post(reverse("accounts:sign_in"), form).status_code == 302
    return client


def badge(crew: Crew, who: str) -> str:
    """Return the code on somebody's badge."""
    return crew.people[who][1].badge


def lend(client: Client, page: Page, address: str) -> None:
    """Let the real browser go on with a client's session."""
    page.context.clear_cookies()
    page.context.add_cookies(
        [
            {"name": name, "value": morsel.value, "url": address}
            for name, morsel in client.cookies.items()
            if morsel.value
        ]
    )


def send(client: Client, address: str, *, key: str = "", **form: str) -> Any:
    """Post a form with a key; ``v_code1`` stands for the field ``v-code1``."""
    fields = {re.sub("^v_", "v-", name): value for name, value in form.items()}
    return client.post(address, {"key": key or str(uuid7()), **fields})


def words(answer: Any) -> str:
    """Return what a person reads on a page."""
    text = re.sub(r"<(script|style|svg).*?</\1>", "", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def hidden(answer: Any, name: str) -> str:
    """Return the value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found is not None, name
    return found[1]


def queries(client: Client, address: str) -> int:
    """Return how many queries a page takes."""
    with CaptureQueriesContext(connection) as counted:
        assert client.get(address).status_code == 200
    return len(counted)
