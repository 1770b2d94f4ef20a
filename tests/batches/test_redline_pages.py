"""The page of a redline: what is left to write, what it changes, and who signs."""

from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser

from batches.services import redline as acts
from mes.lib.ids import uuid7
from recipes.drafting.plain import plain_of, yaml_of
from recipes.services import drafts
from records.commands import Actor, Command
from tests.batches.test_redline import (
    COUNT,
    LATER,
    LEAD,
    MORE,
    QA,
    SIX,
    applied,
    cleared,
    propose,
    rest_with,
    seq_of,
    signs,
)
from tests.builders.accounts import DemoSite, open_demo_site, signed_in_client
from tests.builders.batches import STEPS, Trial, batch_at
from tests.equipment.test_pages import text
from tests.recipes.test_in_browser import a_person, sign_in
from tests.support.axe import grave_faults


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
    begun = "Seeding › Seed the culture"
    assert ("Write the rest of this batch otherwise" in shown, begun in shown) == (True, True)
    new = reverse("batches:propose_redline", args=[trial.batch])
    form = {"key": str(uuid7()), "seq": str(seq_of(trial)), "reason": "The bag leaked"}
    bad = lead.post(new, {**form, "text": "stages: [{key: seeding, operations: [{key: 1}]}]"})
    assert (bad.status_code, b"The bag leaked" in bad.content) == (422, True)
    assert "line 1" in " ".join(bad.content.decode().split())
    form["key"] = str(uuid7())
    unit = {**COUNT, "unit": "furlong"}
    wrong = lead.post(new, {**form, "text": rest_with({**MORE, "steps": [unit]}).decode()})
    said = " ".join(wrong.content.decode().split())
    assert (wrong.status_code, '<span class="id">later/recount/count/unit</span>' in said) == (
        422,
        True,
    )
    form["key"] = str(uuid7())
    stale = lead.post(new, {**form, "seq": "3", "text": rest_with(MORE).decode()})
    assert stale.status_code == 409
    form["key"] = str(uuid7())
    assert lead.post(new, {**form, "text": rest_with(MORE).decode()}).status_code == 302
    shown = words(lead, page(trial))
    assert ("Stage added: Later" in shown, "Sign for production" in shown) == (True, True)
    # What the new stage asks for, step by step, stands where it is signed.
    assert shown.count('<p class="step-text">Look at it.</p>') == 4
    german = lead.get(page(trial), headers={"accept-language": "de"}).text
    assert "Abschnitt hinzugefügt: Später" in german
    assert "Sign for production" not in words(client_of(trial, "qa-reviewer"), page(trial))
    assert "It waits for production." in words(client_of(trial, "qa-reviewer"), page(trial))


WEIGHED: dict[str, Any] = {
    "key": "volume", "kind": "enter", "value": "decimal", "unit": "mL",
    "limits": {"alert": ["18", "22"], "action": ["15", "25"]},
    "text": {"en": "Enter the volume.", "de": "Volumen eingeben."},
    "critical": "true", "quality": "parameter", "verify": "true",
    "reaction": {"en": "Call the shift lead.", "de": "Schichtleitung rufen."},
}  # fmt: skip
LONG = {"en": "Enter the volume as it is read at the mark. " * 20, "de": "Volumen. " * 40}
FED: dict[str, Any] = {
    "key": "feed", "kind": "add", "material": "TEXMACS", "quantity": "20", "unit": "mL",
    "tolerance": "5", "text": {"en": "Feed it.", "de": "Füttern."},
    "qualification": "PRODIGY-TCT",
}  # fmt: skip


def test_who_signs_reads_limits_times_materials_and_witnesses_of_what_is_new(trial: Trial) -> None:
    """As the recipe's page shows a step, in the signer's language; what is old is not repeated."""
    rest = {"key": "rest", "kind": "timer", "min": "10 min", "max": "2 h",
            "text": {"en": "Let it rest.", "de": "Ruhen lassen."}}  # fmt: skip
    written = rest_with({**MORE, "steps": [FED, WEIGHED, rest]})
    redline = propose(trial, written.replace(b"quantity: '70'", b"quantity: '90'"))
    signs(trial, acts.sign_redline, redline, by=LEAD)
    quality = client_of(trial, "qa-reviewer")
    shown = text(quality.get(page(trial)))
    for said in (
        "Place grade-C, closed: one place", "People 1 × Operator",
        "Takes 10 min – 2 h, expected 1 h",
        "add Feed it. TEXMACS · 20 mL · ± 5 % by PRODIGY-TCT",
        "enter Enter the volume. Alert 18 – 22 mL · Action 15 – 25 mL · If not in order: Call"
        " the shift lead. Critical process parameter · second person verifies",
        "timer Let it rest. at least 10 min · at most 2 h",
    ):  # fmt: skip
        assert said in shown, said
    assert ("Sign for QA: it applies at once" in shown, "Seed the culture" in shown) == (
        True,
        False,
    )
    quality.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    german = text(quality.get(page(trial)))
    assert (
        "Volumen eingeben. Warngrenze 18 – 22 mL · Aktionsgrenze 15 – 25 mL"
        " · Wenn nicht in Ordnung: Schichtleitung rufen." in german
    )


def test_what_is_new_is_read_on_a_desk(trial: Trial, served: str, browser: Browser) -> None:
    tab = browser.new_page(viewport={"width": 1440, "height": 900})
    propose(trial, rest_with({**MORE, "steps": [COUNT, {**WEIGHED, "text": LONG}]}))
    sign_in(tab, served, a_person(DemoSite(id=trial.site, code="MZ1"), "qa-reviewer"))
    tab.goto(f"{served}{page(trial)}")
    wide = tab.evaluate("document.documentElement.scrollWidth")
    shown = tab.locator("tr.added .steps li").count()
    assert (wide, shown, grave_faults(tab)) == (1440, 5, [])
    tab.close()


def drafted(trial: Trial, owner: Actor, document: dict[str, Any]) -> UUID:
    """A draft of the batch's version, written as another document."""
    command = Command(key=uuid7(), name="test", actor=owner, payload={})
    opened = drafts.open_draft(command=command, version=trial.row().recipe_version)
    draft, source = UUID(str(opened["draft"])), yaml_of(document).encode()
    command = Command(key=uuid7(), name="test", actor=owner, payload={})
    drafts.save_text(command=command, draft=draft, source=source, seq=1)
    return draft


def test_the_rest_is_taken_from_a_draft_that_the_form_wrote(trial: Trial) -> None:
    whole: Any = plain_of(SIX)
    whole["title"]["en"] = "Another"
    whole["stages"][0]["operations"][0]["title"]["en"] = "Sow"
    whole["stages"].append({**LATER, "operations": [cleared(MORE)]})
    draft = drafted(trial, trial.plant.crew.actor("ferrari"), whole)
    owner, lead = client_of(trial, "process-owner"), client_of(trial, "shift-lead")
    assert f'href="?draft={draft}"' in words(owner, page(trial))
    answer = owner.get(page(trial), {"draft": str(draft)})
    # The operation has begun and the title judges what is done: both stay as they were.
    assert answer.context["taken"].left_behind == 2
    assert "2 changes of the draft concern what has begun" in answer.content.decode()
    text = answer.context["form"].initial["text"]
    form = {"key": str(uuid7()), "seq": str(seq_of(trial)), "reason": "The bag leaked"}
    new = reverse("batches:propose_redline", args=[trial.batch])
    assert owner.post(new, {**form, "text": text}).status_code == 302
    shown = words(lead, page(trial))
    assert ("Stage added: Later" in shown, "Sow" in shown) == (True, False)


def test_only_who_writes_recipes_takes_from_a_draft_of_this_site(trial: Trial) -> None:
    draft = drafted(trial, trial.plant.crew.actor("ferrari"), plain_of(SIX))
    owner, lead = client_of(trial, "process-owner"), client_of(trial, "shift-lead")
    assert "?draft=" not in words(lead, page(trial))
    asked = [(lead, draft), (owner, "x"), (owner, uuid7())]
    assert [
        who.get(page(trial), {"draft": str(one)}).status_code for who, one in asked
    ] == [404, 404, 404]  # fmt: skip


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
    assert "The rest of the batch was changed by redline 1 of Musa Okafor, who wrote: " in record


def test_what_a_redline_took_away_hinders_no_page(trial: Trial) -> None:
    applied(trial, rest_with(MORE))
    applied(trial, rest_with())
    lead, reviewer = client_of(trial, "shift-lead"), client_of(trial, "qa-reviewer")
    pages = [(lead, name) for name in ("work", "steps", "call", "redline")]
    pages += [
        (reviewer, "batches:record"),
        (reviewer, "quality:batch"),
        (reviewer, "quality:record_json"),
    ]
    seen = {name: who.get(reverse(address(name), args=[trial.batch])) for who, name in pages}
    assert {name: answer.status_code for name, answer in seen.items()} == dict.fromkeys(seen, 200)
    for name in ("steps", "batches:record", "quality:record_json"):
        said = seen[name].content.decode()
        assert ("R2" in said, "Look at it." in said, "later/recount/look" in said) == (
            True, True, name == "quality:record_json"
        ), name  # fmt: skip


def address(name: str) -> str:
    return name if ":" in name else f"batches:{name}"


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
