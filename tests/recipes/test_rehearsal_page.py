"""A rehearsal as a page: asked for, computed by a worker, watched, kept with its seed."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import Page

from accounts.exceptions import NotAllowed
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from recipes import judging, selectors, tasks
from recipes.drafting.changes import putting
from recipes.enums import RehearsalState
from recipes.exceptions import NotCompiled, PatientsNotPossible
from recipes.here import laboratory_of, this_site
from recipes.models import RecipeRehearsal, RecipeVersion
from recipes.rehearsal import most_patients, rehearse
from recipes.services import drafts
from recipes.services.rehearsals import request_rehearsal
from recipes.site import Shift
from recipes.views.rehearsals import MET, hours_text, plot
from records import outbox
from records.commands import Actor
from records.exceptions import KeyReused
from records.models import Entry
from records.reading import reading
from tests.builders.accounts import (
    DemoSite,
    a_command,
    open_demo_site,
    qualify,
    signed_in_client,
)
from tests.builders.recipes import imported, library_text
from tests.recipes.test_in_browser import a_person, sign_in
from tests.recipes.texts import CART19, SIX, with_change
from tests.support.axe import grave_faults

FINDING = re.compile(r'Finding\(\s*"([a-z_.]+)"')
CART19_BYTES = library_text("cart19-prodigy")


def test_whatever_a_simulated_patient_meets_has_words() -> None:
    kinds = Path(judging.__file__).parent.joinpath("kinds").glob("*.py")
    found = {code for one in kinds for code in FINDING.findall(one.read_text())}
    refused = {
        one.code for one in vars(judging).values()
        if isinstance(one, type) and issubclass(one, Refusal) and one is not Refusal
    }  # fmt: skip
    assert {"choose.flagged", "timer.late"} < found
    assert {"value.not_understood", "timer.too_early"} < refused
    assert (found | refused) - MET.keys() == set()


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


def asked(site: DemoSite, version: UUID, *, patients: int = 40, seed: int = 7) -> UUID:
    command = a_command(site.actor("process-owner"))
    reply = request_rehearsal(command=command, version=version, patients=patients, seed=seed)
    return UUID(str(reply["rehearsal"]))


def _changed(site: DemoSite, draft: UUID, by: Actor, title: str) -> None:
    with reading(site=site.id):
        content = selectors.draft_of(draft).content
    changes = putting(content, ("title", "en"), title)
    drafts.edit_draft(command=a_command(by), draft=draft, changes=changes)


def row_of(site: DemoSite, rehearsal: UUID) -> RecipeRehearsal:
    with reading(site=site.id):
        return selectors.rehearsal_of(rehearsal)


def test_a_rehearsal_is_asked_for_watched_and_read(site: DemoSite) -> None:
    version = imported(site, CART19_BYTES)
    client = signed_in_client(site, "process-owner")
    page = client.get(reverse("recipes:version", args=[version]))
    form = page.context["rehearse_form"].initial
    address = reverse("recipes:rehearse", args=[version])
    key = page.content.decode().split(f'action="{address}"')[1].split('name="key" value="')[1][:36]
    answer = client.post(address, {**form, "patients": 40, "seed": 7, "key": key})
    here = answer.headers["Location"]
    waiting = client.get(here)
    assert waiting.context["share"] == 0
    assert b"0 of 40 have come through." in waiting.content
    rehearsal = waiting.context["row"].id
    live = reverse("recipes:rehearsal_live", args=[rehearsal])
    etag = {"If-None-Match": waiting.context["etag"]}
    assert client.get(live, headers=etag).status_code == 304
    assert outbox.drain() >= 1
    moved = client.get(live, headers=etag)
    assert (moved.status_code, moved.headers["HX-Refresh"]) == (204, "true")
    shown = client.get(here)
    assert shown.context["row"].state == RehearsalState.COMPLETE
    assert len(shown.context["plot"]["bars"]) == 24
    assert sum(bar["count"] for bar in shown.context["plot"]["bars"]) == 40
    steps = [(one["place"], one["time"]) for one in shown.context["longest"]]
    assert steps[0] == ("Selection and activation › Enrich CD4 and CD8", "2 h 0 min")
    met = {one["title"]: one["place"] for one in shown.context["exceptions"]}
    assert met["Viable CD3+ cells collected."] == "Receipt › Count the cells"
    listed = client.get(reverse("recipes:version", args=[version]))
    assert [one["url"] for one in listed.context["rehearsals"]] == [here]


def test_a_draft_is_rehearsed_as_it_stands_from_its_editor(site: DemoSite) -> None:
    owner = site.actor("process-owner")
    version = imported(site, SIX.encode())
    draft = UUID(str(drafts.open_draft(command=a_command(owner), version=version)["draft"]))
    client = signed_in_client(site, "process-owner")
    page = client.get(reverse("recipes:draft", args=[draft]))
    assert page.context["one_batch"] == (
        "6 touches · 2 signatures · witness 7 min · critical path 20 min to 1 h 30 min"
    )
    address = reverse("recipes:rehearse_draft", args=[draft])
    key = page.content.decode().split(f'action="{address}"')[1].split('name="key" value="')[1][:36]
    _changed(site, draft, owner, "0.99")
    answer = client.post(address, {"patients": 20, "seed": 3, "key": key})
    outbox.drain()
    shown = client.get(answer.headers["Location"])
    assert (shown.context["of"], shown.context["row"].done) == ("SIX-STEPS, draft", 20)
    with reading(site=site.id):
        rehearsed = selectors.document(shown.context["row"].content_hash)
        [before] = [selectors.document(one.content_hash) for one in RecipeVersion.objects.all()]
    assert rehearsed.content_hash != before.content_hash
    assert rehearsed.title.root["en"] == "0.99"
    again = {"patients": 30, "seed": 3, "key": key}
    assert client.post(address, again).context["refused"].code == KeyReused.code


def test_a_draft_that_cannot_be_executed_is_not_rehearsed(site: DemoSite) -> None:
    owner = site.actor("process-owner")
    version = imported(site, with_change(SIX, "when: after", "when: before").encode())
    draft = UUID(str(drafts.open_draft(command=a_command(owner), version=version)["draft"]))
    client = signed_in_client(site, "process-owner")
    page = client.get(reverse("recipes:draft", args=[draft]))
    address = reverse("recipes:rehearse_draft", args=[draft])
    assert (page.context["one_batch"], address in page.content.decode()) == ("", False)
    sent = client.post(address, {"patients": 20, "seed": 3, "key": str(uuid7())})
    assert (sent.status_code, sent.context["refused"].code) == (422, NotCompiled.code)
    with reading(site=site.id):
        assert not RecipeRehearsal.objects.exists()


def test_what_is_kept_is_what_the_pure_rehearsal_gives_with_that_seed(site: DemoSite) -> None:
    version = imported(site, CART19_BYTES)
    rehearsal = asked(site, version)
    outbox.drain()
    row = row_of(site, rehearsal)
    with reading(site=site.id):
        recipe = selectors.document(row.content_hash)
    assert row.result == tasks.shown(rehearse(recipe, patients=40, seed=7))
    assert (row.done, row.seed, row.content_hash) == (40, 7, recipe.content_hash)
    with reading(site=site.id):
        kinds = list(Entry.objects.filter(stream=rehearsal).order_by("seq").values_list("kind"))
    moves = [("recipe-rehearsal.progressed",)] * 9
    assert kinds == [
        ("recipe-rehearsal.requested",), *moves, ("recipe-rehearsal.completed",)
    ]  # fmt: skip


def test_a_worker_that_does_it_again_keeps_nothing_twice(site: DemoSite) -> None:
    rehearsal = asked(site, imported(site), patients=20)
    [message] = [one for one in outbox.lease() if one.topic == "recipe-rehearsal.requested"]
    tasks.rehearse_version(message)
    before = row_of(site, rehearsal)
    tasks.rehearse_version(message)
    after = row_of(site, rehearsal)
    assert (before.entry_seq, before.result) == (after.entry_seq, after.result)


def test_what_cannot_be_rehearsed_is_refused(site: DemoSite) -> None:
    version = imported(site)
    owner, operator = site.actor("process-owner"), site.actor("operator")
    faulty = imported(site, SIX.replace("expected: 40 min", "expected: 9 min").encode())
    with pytest.raises(PatientsNotPossible):
        request_rehearsal(command=a_command(owner), version=version, patients=0, seed=1)
    with pytest.raises(NotCompiled):
        request_rehearsal(command=a_command(owner), version=faulty, patients=5, seed=1)
    with pytest.raises(NotAllowed):
        request_rehearsal(command=a_command(operator), version=version, patients=5, seed=1)
    other = open_demo_site("OTH")
    with pytest.raises(NotFound):
        asked(other, version)
    rehearsal = asked(site, version)
    stranger = signed_in_client(other, "process-owner")
    for name in ("rehearsal", "rehearsal_live"):
        assert stranger.get(reverse(f"recipes:{name}", args=[rehearsal])).status_code == 404


def test_a_long_recipe_takes_fewer_patients(site: DemoSite) -> None:
    version = imported(site, CART19_BYTES)
    rehearsal = asked(site, version, patients=1_000_000)
    row = row_of(site, rehearsal)
    with reading(site=site.id):
        recipe = selectors.document(row.content_hash)
    assert row.patients == most_patients(recipe) == 400_000 // 101


def test_the_page_says_what_one_batch_takes_and_what_the_site_has_not(site: DemoSite) -> None:
    version = imported(site, CART19_BYTES)
    # No recipe can name this one; the page opens all the same.
    qualify(site.person("operator"), "grade-C", site=site)
    page = signed_in_client(site, "process-owner").get(reverse("recipes:version", args=[version]))
    cases = {name: (made, released) for name, made, released in page.context["estimate"]["cases"]}
    assert cases["Shortest"] == ("236.6", "242.7")
    found = {(m.code, m.path) for m in page.context["site_messages"]}
    assert ("site.material", "bill_of_materials/TEXMACS/material") in found
    assert ("site.room", "receipt/room/class") in found
    assert {code.partition(".")[0] for code, _path in found} == {"site"}
    with reading(site=site.id):
        described = this_site("Here")
    assert (described.materials, described.rooms, described.shifts) == ((), (), None)
    assert described.qualifications == ()


def test_the_laboratory_works_when_somebody_of_qc_does() -> None:
    def shift(hours: str, *roles: str) -> Shift:
        crews = [{"role": role, "count": "1"} for role in roles]
        return Shift.model_validate({"key": "a", "hours": hours, "crews": crews})

    early, late = shift("06:00-14:00", "operator", "qc-analyst"), shift("14:00-22:00", "qc-analyst")
    night = shift("22:00-06:00", "operator")
    assert str(laboratory_of([early, late, night])) == "06:00-22:00"
    assert laboratory_of([night]) is None
    # Two stretches of a day are more than can be said: nothing is.
    assert laboratory_of([early, shift("18:00-20:00", "qc-analyst")]) is None


def test_the_bars_of_a_plot_are_as_high_as_their_counts() -> None:
    drawn = plot({"low": "10.0000", "width": "0.5000", "counts": [1, 4, 0, 2]})
    assert [bar["height"] for bar in drawn["bars"]] == ["40.0", "160.0", "0.0", "80.0"]
    assert [(bar["from"], bar["to"]) for bar in drawn["bars"]][1] == ("10.5", "11.0")
    assert [mark["text"] for mark in drawn["marks"]] == ["10.0", "11.0", "12.0"]


def test_figures_are_said_as_the_reader_writes_them() -> None:
    told = [hours_text(hours) for hours in ("33.170", "0.404", "0.999", "2.000", "1234.5")]
    assert told == ["33 h 10 min", "24 min", "1 h 0 min", "2 h 0 min", "1234 h 30 min"]
    with override("de"):
        drawn = plot({"low": "10.0000", "width": "0.5000", "counts": [1, 4, 0, 2]})
        assert [mark["text"] for mark in drawn["marks"]] == ["10,0", "11,0", "12,0"]
        assert (drawn["bars"][1]["x"], drawn["bars"][1]["to"]) == ("161.0", "11,0")
        assert hours_text("33.170") == "33 h 10 min"


def test_the_result_is_read_in_a_browser(served: str, page: Page) -> None:
    site = open_demo_site()
    rehearsal = asked(site, imported(site, CART19.encode()), patients=200)
    outbox.drain()
    sign_in(page, served, a_person(site, "process-owner"))
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{served}{reverse('recipes:rehearsal', args=[rehearsal])}")
    assert page.locator(".plot-bar").count() == 24
    assert grave_faults(page) == []
