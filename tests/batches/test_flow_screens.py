"""What people see of branches, loops and contingencies: to choose, to call, to review."""

import re

import pytest
from django.urls import reverse

from batches.models import Operation
from records.reading import reading
from tests.batches.test_flow import do, document, due, issued_any, to_the_end
from tests.builders.batches import RECORDER, Trial, a_plant
from tests.builders.floor import at_desk, at_tablet, send, tablet_at, words

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")


def address(trial: Trial, name: str) -> str:
    return reverse(f"batches:{name}", args=[trial.batch])


def branching() -> Trial:
    """Return a batch of which two operations are due beside each other."""
    trial = issued_any(a_plant(), document())
    for ref in ("one/do/before", "one/do/bag", "one/do/s0"):
        do(trial, due(trial)[(ref, 1)], 2)
    return trial


def test_several_due_steps_are_chosen_from_and_a_contingency_is_called() -> None:
    trial = branching()
    client = at_tablet(trial, RECORDER, tablet_at(trial))
    home = client.get(reverse("batches:tablet")).content.decode()
    assert set(re.findall(r"work/\?in=([\w%]+)", home)) == {"one%2Fgrow", "one%2Ffeed"}

    # The first operation is to be attested; who leaves that for later chooses.
    page = client.get(address(trial, "work") + "?go=on")
    assert "Which step do you go on with?" in words(page)
    links = re.findall(r'href="([^"]*work/\?in=[^"]*)"', page.content.decode())
    assert [link.rsplit("=", 1)[1] for link in links] == ["one%2Fgrow", "one%2Ffeed"]

    # Nobody has signed on there: the sheet keeps to the branch that was chosen.
    sheet = client.get(links[0] + "&go=on")
    assert "Who performs?" in words(sheet)
    assert "work/sign-on/?in=one%2Fgrow" in sheet.content.decode()

    # What the recipe has for it is called from "Something happened", and comes first.
    asked = client.get(address(trial, "report") + "?in=one%2Fgrow")
    assert "What the recipe has for it" in words(asked)
    seq = re.search(r'name="seq" value="(\d+)"', asked.content.decode())
    assert seq is not None
    form = {"contingency": "leak", "text": "It leaks.", "step": "one/grow/a", "seq": seq[1]}
    answer = send(client, address(trial, "report") + "?in=one%2Fgrow", **form)
    assert answer.status_code == 302
    assert set(due(trial)) == {("one/leak/l", 1), ("one/feed/a", 1)}
    # A branch that offers nothing offers nothing.
    assert "What the recipe has" not in words(
        client.get(address(trial, "report") + "?in=one%2Ffeed")
    )


def test_the_record_shows_each_time_and_what_was_skipped_and_why() -> None:
    trial = issued_any(a_plant(), document())
    to_the_end(trial, iter([0, 0, 2, *[1] * 30]))
    text = words(at_desk(trial, "brenner").get(address(trial, "record")))
    assert "Do it. (time 2)" in text
    assert "Do it. (time 3)" in text
    assert "Skipped, because this does not hold b &gt; 4 (b 1)" in text
    assert "Skipped: rare, because one.do.s0 &gt; 7 does not hold (one.do.s0 2)." in text
    assert "Repeated 3 times, and a &gt;= 5 still does not hold (a 1)." in text
    with reading(site=trial.site):
        assert Operation.objects.filter(stream=trial.batch, path="one/grow#3").exists()
