"""A gate that asks for QA's word: it opens by an approval of its own, and by no other."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.exceptions import NotAllowed
from mes.lib.refusals import NotFound
from quality import services
from quality.exceptions import GateAnswered, TextMissing
from quality.selectors.queue import waiting_gates
from recipes.judging import GateClosed
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.batches.test_flow import do, document, due, issued_any
from tests.builders.accounts import DemoSite, signed_in_client
from tests.builders.batches import PERFORMER, Trial, a_plant
from tests.recipes.documents import LABEL

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")


def gated() -> dict[str, Any]:
    """Two gates behind each other, each for QA's word."""
    plain = document()
    steps = plain["stages"][0]["operations"][0]["steps"]
    steps += [
        {"key": key, "kind": "gate", "approval": "true", "text": LABEL} for key in ("g1", "g2")
    ]
    return plain


def approve(trial: Trial, ref: str, *, by: str = "vogt", reason: str = "It is in order.") -> None:
    row = due(trial)[(ref, 1)]
    services.approve_gate(
        command=trial.command(by), batch=trial.batch, gate=row.id, reason=reason,
        proof=trial.plant.crew.proof(by),
    )  # fmt: skip


@pytest.mark.req("P11-10f")
def test_a_gate_opens_by_its_own_approval() -> None:
    trial = issued_any(a_plant(), gated())
    for ref in ("one/do/before", "one/do/bag", "one/do/s0"):
        do(trial, due(trial)[(ref, 1)])
    with pytest.raises(GateClosed):
        do(trial, due(trial)[("one/do/g1", 1)])
    with pytest.raises(NotAllowed):
        approve(trial, "one/do/g1", by=PERFORMER)
    with pytest.raises(TextMissing):
        approve(trial, "one/do/g1", reason=" ")
    gate = due(trial)[("one/do/g1", 1)]
    with reading(site=trial.site):
        assert [row.ref for row in waiting_gates()] == ["one/do/g1"]
    approve(trial, "one/do/g1")
    with pytest.raises(GateAnswered):
        approve(trial, "one/do/g1")
    do(trial, due(trial)[("one/do/g1", 1)])
    # What was said of the first gate says nothing of the second.
    with pytest.raises(GateClosed):
        do(trial, due(trial)[("one/do/g2", 1)])
    approve(trial, "one/do/g2")
    do(trial, due(trial)[("one/do/g2", 1)])
    with reading(site=trial.site):
        said = Entry.objects.filter(stream=trial.batch, kind="gate.approved")
        signed = said.earliest("seq")
        assert (waiting_gates(), signed.envelope["payload"]["signature"]["parts"]) == (
            [], [gate.ref],
        )  # fmt: skip
    assert verify(everything=True).differences == []


def test_the_pages_show_what_waits_and_what_is_signed() -> None:
    trial = issued_any(a_plant(), gated())
    for ref in ("one/do/before", "one/do/bag", "one/do/s0"):
        do(trial, due(trial)[(ref, 1)])
    site = DemoSite(id=trial.site, code="MZ1")
    client = signed_in_client(site, "qa-on-call")
    queue = client.get(reverse("quality:index"))
    (row,) = queue.context["gates"]["rows"]
    sheet = client.get(row["cells"][1]["url"])
    assert (sheet.status_code, "Do it. › Do it." in sheet.text) == (200, True)
    other = due(trial)[("one/do/g1", 1)].operation
    missing = reverse("quality:approve_gate", args=[trial.batch, trial.site])
    assert (client.get(missing).status_code, other) == (404, "one/do")
    with pytest.raises(NotFound), reading(site=trial.site):
        services.gates.gate_of(trial.batch, trial.site)
