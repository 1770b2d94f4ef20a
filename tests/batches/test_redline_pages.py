"""The page of a redline: what is left to write, what it changes, and who signs."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from batches.services import redline as acts
from mes.lib.ids import uuid7
from tests.batches.test_redline import LEAD, MORE, QA, propose, rest_with, seq_of, signs
from tests.builders.accounts import DemoSite, open_demo_site, signed_in_client
from tests.builders.batches import STEPS, Trial, batch_at


@pytest.fixture
def trial(committed_db: str) -> Trial:
    return batch_at(STEPS[4])


def client_of(trial: Trial, role: str) -> Client:
    return signed_in_client(DemoSite(id=trial.site, code="MZ1"), role)


def page(trial: Trial) -> str:
    return reverse("batches:redline", args=[trial.batch])


def words(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


def test_the_rest_is_written_and_shown_as_what_it_changes(trial: Trial) -> None:
    lead = client_of(trial, "shift-lead")
    shown = words(lead, page(trial))
    assert ("Write the rest of this batch otherwise" in shown, "seeding/seed" in shown) == (
        True, True
    )  # fmt: skip
    new = reverse("batches:propose_redline", args=[trial.batch])
    form = {"key": str(uuid7()), "seq": str(seq_of(trial)), "reason": "The bag leaked"}
    bad = lead.post(new, {**form, "text": "stages: [{key: seeding, operations: [{key: 1}]}]"})
    assert (bad.status_code, b"The bag leaked" in bad.content) == (422, True)
    form["key"] = str(uuid7())
    stale = lead.post(new, {**form, "seq": "3", "text": rest_with(MORE).decode()})
    assert stale.status_code == 409
    form["key"] = str(uuid7())
    assert lead.post(new, {**form, "text": rest_with(MORE).decode()}).status_code == 302
    shown = words(lead, page(trial))
    assert ("Operation added: Count again" in shown, "Sign for production" in shown) == (True, True)
    assert "Sign for production" not in words(client_of(trial, "qa-reviewer"), page(trial))
    assert "It waits for production." in words(client_of(trial, "qa-reviewer"), page(trial))


def test_qa_sees_what_it_signs_and_it_applies(trial: Trial) -> None:
    redline = propose(trial)
    signs(trial, acts.sign_redline, redline, by=LEAD)
    shown = words(client_of(trial, "qa-reviewer"), page(trial))
    assert ("Sign for QA: it applies at once" in shown, "Musa Okafor" in shown) == (True, True)
    assert "It waits for another person of QA." in words(
        client_of(trial, "shift-lead"), page(trial)
    )
    signs(trial, acts.apply_redline, redline, by=QA)
    assert "Hanna Brenner" in words(client_of(trial, "shift-lead"), page(trial))
    record = words(client_of(trial, "qa-reviewer"), reverse("batches:record", args=[trial.batch]))
    assert "The rest of the batch was changed by redline 1 of Musa Okafor." in record


def test_a_proposal_of_another_site_is_not_found(trial: Trial) -> None:
    other = signed_in_client(open_demo_site("XX9"), "qa-reviewer")
    assert other.get(page(trial)).status_code == 404
    redline: UUID = propose(trial)
    end = reverse("batches:end_redline", args=[trial.batch, redline])
    said = {"key": str(uuid7()), "reason": "No"}
    assert client_of(trial, "operator").post(end, said).status_code == 403
    assert (
        client_of(trial, "qa-reviewer").post(end, {**said, "key": str(uuid7())}).status_code == 302
    )
