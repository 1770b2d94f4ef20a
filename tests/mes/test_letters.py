"""Dead letters: seen by who may, answered by an act, and never another site's."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from mes.lib import clock
from mes.lib.ids import uuid7
from records import outbox
from records.act import act, discard
from records.enums import MessageState
from records.models import Entry, Message
from records.reading import reading
from tests.builders.accounts import DemoSite, a_command, open_demo_site, signed_in_client

pytestmark = pytest.mark.usefixtures("committed_db")
TOPIC = "trial.letter"


@dataclass
class Printer:
    """A consumer that fails until it works; what it delivered."""

    works: bool = False
    delivered: list[UUID] = field(default_factory=list)

    def consume(self, message: outbox.Message) -> None:
        if not self.works:
            raise LookupError(message.payload["secret"])
        self.delivered.append(message.id)
        discard(message)


@pytest.fixture(autouse=True)
def printer(monkeypatch: pytest.MonkeyPatch) -> Printer:
    found = Printer()
    monkeypatch.setitem(outbox._consumers, TOPIC, {"trial": found.consume})
    return found


def dead_letter(site: DemoSite, secret: str = "Erika") -> UUID:
    """Let a message of a site fail as often as it is tried."""
    before = set(Message.objects.values_list("id", flat=True))
    with act(a_command(site.system), streams=[site.id]) as a:
        a.enqueue(TOPIC, {"secret": secret})
    with clock.simulating(clock.now()):
        for seconds in (0, *outbox.AGAIN_AFTER_SECONDS):
            clock.advance(timedelta(seconds=seconds))
            outbox.drain()
    [letter] = Message.objects.filter(topic=TOPIC, state=MessageState.DEAD).exclude(id__in=before)
    return letter.id


def answer(client: Client, letter: UUID, how: str, reason: str = "the store is back") -> Any:
    form = {"key": str(uuid7()), "message": str(letter), "answer": how, "reason": reason}
    return client.post("/letters/", form)


def kept(site: DemoSite) -> list[tuple[str, str]]:
    with reading(site=site.id):
        rows = Entry.objects.filter(kind__startswith="message.").order_by("seq")
        return [(row.kind, row.envelope["payload"]["reason"]) for row in rows]


@pytest.mark.scenario(18)
def test_a_dead_letter_is_seen_and_tried_again(printer: Printer, client: Client) -> None:
    site, other = open_demo_site(), open_demo_site("BX1")
    letter, foreign = dead_letter(site), dead_letter(other)
    admin = signed_in_client(site, "admin")
    page = admin.get("/letters/").content.decode()
    assert (str(letter) in page, str(foreign) in page, "Erika" in page) == (True, False, False)
    assert client.get("/health/").json()["dead_letters"] == 2
    printer.works = True
    assert answer(admin, letter, "again").status_code == 302
    outbox.drain()
    assert printer.delivered == [letter]
    assert kept(site) == [("message.tried_again", "the store is back")]
    again = answer(admin, letter, "again")
    assert (again.status_code, b"letter.answered" in again.content) == (409, True)
    assert "Every message was delivered." in admin.get("/letters/").content.decode()


def test_what_is_set_aside_is_never_delivered(printer: Printer) -> None:
    site = open_demo_site()
    letter = dead_letter(site)
    admin = signed_in_client(site, "admin")
    silent = answer(admin, letter, "aside", reason="  ")
    assert (silent.status_code, b"reason.missing" in silent.content) == (422, True)
    assert kept(site) == []
    assert answer(admin, letter, "aside", reason="done by hand").status_code == 302
    printer.works = True
    outbox.drain()
    assert printer.delivered == []
    assert Message.objects.get(id=letter).state == MessageState.ASIDE
    assert kept(site) == [("message.set_aside", "done by hand")]


@pytest.mark.req("P11-10g")
@pytest.mark.parametrize("role", ["auditor", "operator", "qa-reviewer", "engineering"])
def test_nobody_else_sees_or_answers_them(role: str) -> None:
    site = open_demo_site()
    letter = dead_letter(site)
    client = signed_in_client(site, role)
    assert client.get("/letters/").status_code == 403
    assert answer(client, letter, "aside").status_code == 403
    assert Message.objects.get(id=letter).state == MessageState.DEAD


def test_another_sites_letter_and_no_letter_are_not_there() -> None:
    site, other = open_demo_site(), open_demo_site("BX1")
    foreign = dead_letter(other)
    admin = signed_in_client(site, "admin")
    assert answer(admin, foreign, "aside").status_code == 404
    assert admin.post("/letters/", {"key": str(uuid7()), "message": "x"}).status_code == 404
    assert Message.objects.get(id=foreign).state == MessageState.DEAD
