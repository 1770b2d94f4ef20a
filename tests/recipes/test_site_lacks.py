"""A version whose site has not all that it needs: approved with a reason only, and that is kept."""

from datetime import time
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.access import access_of
from accounts.models import RoleAssignment
from accounts.services.people import revoke_role
from accounts.signing_exceptions import ShownHasChanged
from equipment.enums import OpennessPolicy
from equipment.models import Room
from equipment.services import rooms
from materials.services import add_material
from mes.lib.evidence import content_hash
from mes.lib.ids import uuid7
from plant.plant import Plant, open_plant
from recipes import gaps, messages, rules, selectors
from recipes.enums import VersionStatus
from recipes.exceptions import SiteLacks
from recipes.models import RecipeApproval
from recipes.services import versions
from records.act import act
from records.before_after import of_entries
from records.commands import Actor
from records.entries import decode
from records.models import Entry
from records.presenters import sentence
from records.reading import reading
from records.verification import verify
from tests.builders.accounts import (
    PASSWORD,
    DemoSite,
    a_command,
    open_demo_site,
    signed_in_client,
)  # fmt: skip
from tests.builders.recipes import approve, imported, proof_of, seq_of, submitted
from tests.test_golden import plain_of

RECIPES = Path(gaps.__file__).parent
SENTENCES_TEXT = Path(gaps.__file__).read_text("utf-8")
WHY = "The clean room is qualified on 12 December."
# What the six steps need and an empty site has not.
TEXMACS = "The site has no material TEXMACS: add it, or name one that it has."
ROOM = "The site has no place in a room of the class grade-C."


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    made = open_demo_site()
    made.person("operator")
    return made


def lacks(version: UUID, site: DemoSite) -> list[str]:
    with reading(site=site.id):
        found = selectors.not_here(selectors.version_of(version))
    return [one.sentence for one in messages.errors(found)]


def shown(version: UUID, site: DemoSite) -> str:
    """The hash that the page sends back."""
    with reading(site=site.id):
        row = selectors.version_of(version)
        found = messages.errors(selectors.not_here(row))
        return content_hash(rules.approval_content(row, found))


def sign(version: UUID, site: DemoSite, *, seen: str, reason: str = "") -> None:
    by = site.actor("recipe-approver")
    versions.approve(
        command=a_command(by), version=version, seq=seq_of(version, site.id), proof=proof_of(by),
        reason=reason, shown=seen,
    )  # fmt: skip


def kept(site: DemoSite) -> list[RecipeApproval]:
    with reading(site=site.id):
        return list(RecipeApproval.objects.order_by("at"))


def buy(site: DemoSite) -> None:
    add_material(
        command=a_command(site.system), code="TEXMACS", title="Medium", unit="mL", reason="Bought",
    )  # fmt: skip


def open_room(site: DemoSite, *, code: str = "H2") -> None:
    room = rooms.open_room(
        command=a_command(site.system), code=code, name="Hall", room_class="grade-C",
        policy=OpennessPolicy.BOTH,
    )  # fmt: skip
    rooms.make_place(
        command=a_command(site.system), room=UUID(str(room["id"])), number=1, label="P1",
        barcode=f"{code}-P1",
    )  # fmt: skip


@pytest.mark.parametrize("reason", ["", " \n"])
def test_without_a_reason_nothing_is_signed(site: DemoSite, reason: str) -> None:
    version = submitted(site)
    before = seq_of(version, site.id)
    count = len({*lacks(version, site)})
    with pytest.raises(SiteLacks) as caught:
        approve(version, site.actor("recipe-approver"), reason=reason)
    said = f"This site has not all that the recipe needs ({count}), the first: {TEXMACS}"
    assert (str(caught.value), caught.value.field, count > 1) == (said, "reason", True)
    assert (kept(site), seq_of(version, site.id)) == ([], before)
    with reading(site=site.id):
        assert selectors.version_of(version).status == VersionStatus.IN_REVIEW


def test_each_approver_says_why_and_it_is_kept(site: DemoSite) -> None:
    version = submitted(site)
    approve(version, site.actor("recipe-approver"), reason=f" {WHY}\n")
    with pytest.raises(SiteLacks):  # the first one's reason is not the second's
        approve(version, site.actor("qa-reviewer"), reason="")
    reply = approve(version, site.actor("qa-reviewer"), reason="I asked engineering.")
    assert reply["complete"]
    rows = kept(site)
    assert [row.reason for row in rows] == [WHY, "I asked engineering."]
    assert [one["sentence"] for one in rows[0].lacked] == [*dict.fromkeys(lacks(version, site))]
    assert rows[0].lacking[0] == {
        "path": "bill_of_materials/TEXMACS/material", "code": "site.material",
        "params": {"name": "TEXMACS"},
    }  # fmt: skip
    with reading(site=site.id):
        entry = Entry.objects.filter(stream=version, kind="recipe.approved").earliest("seq")
        said = sentence(entry.envelope)
    more = len(rows[0].lacking) - 1
    assert said == (
        "Signed by Ravi Anand: Approved: reviewed, fit to be executed. This site lacked something:"
        f" {TEXMACS} (and {more} more) Signed all the same, because: {WHY}"
    )


def test_a_site_that_has_all_is_asked_for_no_reason(committed_db: str) -> None:
    """The demo's plant has what its recipes need, so nobody there had to say why."""
    plant = open_plant(recipes=("CART19-PRODIGY", "SIX-STEPS", "CART19-CRYO", "MSC-WJ-ALLO-BANKED"))
    with reading(site=plant.site):
        rows = [(row.reason, row.lacking) for row in RecipeApproval.objects.all()]
        found = [
            selectors.not_here(selectors.version_of(version)) for version in plant.versions.values()
        ]
    assert (rows, found) == ([("", [])] * 8, [()] * 4)


@pytest.fixture
def plant(committed_db: str) -> Plant:
    """A plant that has what the six steps need."""
    return open_plant(recipes=("SIX-STEPS",))


def again(plant: Plant) -> UUID:
    """Send the next version of the six steps to review."""
    with reading(site=plant.site):
        text = selectors.source_of(selectors.version_of(plant.versions["SIX-STEPS"]))
    by = plant.crew.actor("ferrari")
    later = text.replace(b"expected: 40 min", b"expected: 45 min")
    made = versions.import_recipe(command=a_command(by), source=later)
    version = UUID(str(made["version"]))
    versions.submit_for_review(command=a_command(by), version=version, seq=1)
    return version


def sign_at(plant: Plant, version: UUID, **more: str) -> None:
    by = plant.crew.actor("anand")
    versions.approve(
        command=a_command(by), version=version, seq=2, proof=proof_of(by), **more
    )  # fmt: skip


def test_a_reason_for_nothing_is_not_kept(plant: Plant) -> None:
    version = again(plant)
    sign_at(plant, version, reason=WHY)
    with reading(site=plant.site):
        [row] = RecipeApproval.objects.filter(version=version)
    assert (row.reason, row.lacking) == ("", [])


def dismiss_the_operators(site: UUID, system: Actor) -> None:
    with reading(site=site):
        rows = list(RoleAssignment.objects.filter(role="operator", revoked_at=None))
    for held in rows:
        revoke_role(
            command=a_command(system), assignment=held.id, person=held.person_id, reason="Moved",
        )  # fmt: skip


def set_hours(plant: Plant, opens: time | None, closes: time | None) -> None:
    """Say of both rooms of grade C when they are worked in."""
    with reading(site=plant.site):
        halls = list(Room.objects.filter(room_class="grade-C"))
    for hall in halls:
        rooms.set_room_hours(
            command=plant.crew.setup("hours"), room=hall.id, opens=opens, closes=closes,
            reason="Rebuilding",
        )  # fmt: skip


def test_rooms_that_are_never_open_long_enough_refuse_the_signature(plant: Plant) -> None:
    """The seeding takes 20 minutes at least; 45 and half an hour of cleaning as a rule."""
    version = again(plant)
    set_hours(plant, time(6), time(6, 15))
    with pytest.raises(SiteLacks) as caught:
        sign_at(plant, version)
    assert "No room of its class is open for as long as this takes." in str(caught.value)
    set_hours(plant, time(6), time(6, 30))
    with reading(site=plant.site):
        [warning] = selectors.not_here(selectors.version_of(version))
    assert (warning.code, warning.severity) == ("stage.never_booked", messages.Weight.WARNING)
    sign_at(plant, version)
    with reading(site=plant.site):
        [row] = RecipeApproval.objects.filter(version=version)
    assert row.lacking == []


def test_a_reason_covers_what_the_page_showed_and_no_more(site: DemoSite) -> None:
    version = submitted(site)
    seen, before = shown(version, site), lacks(version, site)
    dismiss_the_operators(site.id, site.system)
    assert {*before} < {*lacks(version, site)}
    with pytest.raises(ShownHasChanged):
        sign(version, site, seen=seen, reason=WHY)
    assert kept(site) == []
    sign(version, site, seen=shown(version, site), reason=WHY)
    assert len(kept(site)) == 1


def test_what_is_lost_after_the_page_was_shown_refuses_the_signature(plant: Plant) -> None:
    version = again(plant)
    with reading(site=plant.site):
        row = selectors.version_of(version)
        seen = content_hash(rules.approval_content(row, selectors.not_here(row)))
    dismiss_the_operators(plant.site, plant.crew.setup("revoke").actor)
    with pytest.raises(SiteLacks):
        sign_at(plant, version, shown=seen)
    with reading(site=plant.site):
        assert not RecipeApproval.objects.filter(version=version).exists()


def test_what_came_since_the_page_was_shown_is_not_signed_either(site: DemoSite) -> None:
    version = submitted(site)
    seen = shown(version, site)
    buy(site)
    with pytest.raises(ShownHasChanged):
        sign(version, site, seen=seen, reason=WHY)
    assert kept(site) == []


def test_what_another_site_has_is_not_here(site: DemoSite) -> None:
    version = submitted(site)
    other = open_demo_site("XX9")
    buy(other)
    open_room(other)
    with pytest.raises(SiteLacks) as caught:
        approve(version, site.actor("recipe-approver"), reason="")
    assert TEXMACS in str(caught.value)
    assert {TEXMACS, ROOM} <= {*lacks(version, site)}
    assert {TEXMACS, ROOM} & {*lacks(imported(other), other)} == set()


def test_a_reader_of_another_language_signs_the_same(site: DemoSite) -> None:
    version = submitted(site)
    with translation.override("de"):
        seen = shown(version, site)
    sign(version, site, seen=seen, reason=WHY)
    assert [row.reason for row in kept(site)] == [WHY]


# --- kept without a language, read in the reader's ---

GERMAN = (
    "Der Standort hat kein Material TEXMACS: legen Sie es an, oder nennen Sie eines, das er hat."
)


def test_what_a_german_signed_is_read_in_english_and_the_other_way_round(site: DemoSite) -> None:
    version = submitted(site)
    with translation.override("de"):
        approve(version, site.actor("recipe-approver"), reason=WHY)
    approve(version, site.actor("qa-reviewer"), reason=WHY)
    german, english = kept(site)
    assert german.lacking == english.lacking
    read = {}
    for language in ("en", "de"):
        with translation.override(language):
            read[language] = [row.lacked[0]["sentence"] for row in (german, english)]
    assert read["en"] == [TEXMACS] * 2
    assert read["de"] == [GERMAN] * 2
    with reading(site=site.id):
        entries = [
            one.envelope for one in Entry.objects.filter(stream=version, kind="recipe.approved")
        ]
        said = of_entries(
            Entry.objects.filter(stream=version, kind="recipe.approved"), stream=version,
            site=site.id, person=site.system.person,
        )  # fmt: skip
    assert [one["payload"]["lacking"][0]["params"] for one in entries] == [{"name": "TEXMACS"}] * 2
    lines = [line for shown in said.values() for block in shown.blocks for line in block.lines]
    lacking = [line.after for line in lines if line.name == "Lacking"]
    assert [one.split("; ")[0] for one in lacking] == [TEXMACS] * 2
    assert verify(everything=True).differences == []


def test_a_sentence_of_an_earlier_entry_stays_as_it_was_written() -> None:
    written = {"path": "seeding/room/class", "sentence": "Am Standort fehlt der Raum."}
    plain = plain_of("recipe.approved", 2) | {"lacking": [written]}
    with translation.override("en"):
        said = sentence({"kind": "recipe.approved", "version": 2, "payload": plain})
        row = RecipeApproval(lacking=[written])
    assert "This site lacked something: Am Standort fehlt der Raum. Signed" in said
    assert row.lacked == [written]


def test_the_row_of_an_earlier_entry_is_folded_as_it_was(site: DemoSite) -> None:
    """Otherwise verification would find each of them changed."""
    version = submitted(site)
    plain = plain_of("recipe.approved", 2)
    with act(a_command(site.system), streams=[version]) as a:
        a.append(version, decode("recipe.approved", 2, plain))
    assert [row.lacking for row in kept(site)] == [plain["lacking"]]


def test_a_value_that_is_a_word_is_said_in_the_readers_language() -> None:
    what = gaps.said("site.openness", name="grade-B", openness="functionally_closed")
    with translation.override("de"):
        german = what.sentence
    assert (what.params["openness"], "functionally closed" in what.sentence) == (
        "functionally_closed", True
    )  # fmt: skip
    assert "funktionell geschlossen" in german


def test_every_code_has_its_sentence_and_its_values() -> None:
    """Each is used by the code, with the values that its sentence asks for."""
    text = "".join(path.read_text("utf-8") for path in sorted(RECIPES.rglob("*.py")))
    used = {code for code in gaps.SENTENCES if f'"{code}"' in text.replace(SENTENCES_TEXT, "")}
    assert {gaps.AS_WRITTEN} | used == set(gaps.SENTENCES)
    with pytest.raises(KeyError):
        gaps.said("site.nothing", name="x")


# --- the page ---


def page_of(client: Client, version: UUID) -> str:
    return client.get(reverse("recipes:version", args=[version])).content.decode()


def test_the_page_asks_for_a_reason_where_something_lacks(site: DemoSite) -> None:
    version = submitted(site)
    client = signed_in_client(site, "recipe-approver")
    page = page_of(client, version)
    assert ("Why it is approved all the same" in page, 'href="#site"' in page) == (True, True)
    given = {"key": str(uuid7()), "seq": "2", "shown": shown(version, site)}
    found = access_of(client.get(reverse("recipes:versions")).wsgi_request)
    assert found is not None
    proof = {"username": found.person.username, "password": PASSWORD}
    answer = client.post(reverse("recipes:approve", args=[version]), {**given, **proof})
    assert (answer.status_code, 'data-refusal="recipe.site_lacks"' in answer.content.decode()) == (
        422, True
    )  # fmt: skip
    given["key"] = str(uuid7())
    answer = client.post(
        reverse("recipes:approve", args=[version]), {**given, **proof, "reason": WHY}
    )
    assert answer.status_code == 302
    page = page_of(client, version)
    assert (f"Approved all the same, because: {WHY}" in page, TEXMACS in page) == (True, True)


def test_the_page_asks_nothing_where_nothing_lacks(plant: Plant) -> None:
    address = reverse("recipes:version", args=[again(plant)])
    client = signed_in_client(DemoSite(id=plant.site, code="MZ1"), "recipe-approver")
    page = client.get(address).content.decode()
    assert ("Sign the approval" in page, "Why it is approved all the same" in page) == (True, False)


def test_what_has_no_code_is_asked_a_reason_for_and_kept_as_it_was_said() -> None:
    plain = messages.Message(code="site.other", path="stages", sentence="No such lift.")
    what = gaps.said("site.room", name="A")
    coded = messages.Message(code="site.room", path="s", sentence="x", said=what)
    with pytest.raises(SiteLacks) as refused:
        rules.check_site([plain, coded], reason=" ")
    assert refused.value.params["count"] == 2
    kept = rules.check_site([plain, coded], reason="It is being built.")
    assert [(one.path, one.code, one.params) for one in kept] == [
        ("stages", "as_written", {"sentence": "No such lift."}), ("s", "site.room", {"name": "A"}),
    ]  # fmt: skip
