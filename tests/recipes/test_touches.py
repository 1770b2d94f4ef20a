"""What a version touches before it is approved: stock, bookings, people, labels, tests."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import DutyKind, SubjectKind
from accounts.services.qualifications import grant_qualification
from accounts.services.roster import roster
from accounts.services.shifts import set_shift
from batches.pages.touched import touched_page
from recipes import reader, touches
from recipes.difference import difference
from recipes.document import Recipe
from recipes.drafting import asked
from recipes.drafting.changes import Insert, apply_all
from recipes.drafting.plain import yaml_of
from recipes.enums import UseKind
from recipes.selectors import document, version_of
from recipes.services.versions import import_recipe
from recipes.views.shifts import shift_rows
from records.reading import reading
from tests.builders.accounts import (
    DemoSite,
    a_command,
    open_demo_site,
    person,
    signed_in_client,
)
from tests.builders.batches import OPERATION, batch_at
from tests.builders.recipes import effective, imported, library_text
from tests.recipes.test_drafting import data_of

SEED = ("stages", "seeding", "operations", "seed", "steps")
SIX = library_text("six-steps")
SECOND = SIX.replace(b"expected: 40 min", b"expected: 50 min").replace(b"TEXMACS", b"OTHERMEDIUM")


def recipes(*edits: tuple[tuple[str, ...], Any], name: str = "six-steps") -> tuple[Recipe, Recipe]:
    data = after = data_of(name)
    for address, value in edits:
        after = apply_all(after, asked.put(after, address, value))
    before, later = (reader.read(yaml_of(one).encode()) for one in (data, after))
    return before, later


def test_what_is_needed_newly_and_no_longer() -> None:
    before, after = reader.read(SIX), reader.read(SECOND)
    found = touches.needed(before, after, UseKind.MATERIAL)
    assert (found.new, found.gone, found.kept) == (("OTHERMEDIUM",), ("TEXMACS",), ())
    people = touches.needed(before, after, UseKind.QUALIFICATION)
    assert (people.new, people.gone, people.kept) == ((), (), ("PRODIGY-TCT",))


def test_who_does_something_differently_is_trained_again() -> None:
    before, after = recipes(((*SEED, "seeded", "limits", "alert", "low"), "0.95e8"))
    assert touches.trained_again(difference(before, after), before, after) == ("PRODIGY-TCT",)
    before, after = recipes((("stages", "seeding", "duration", "expected"), "50 min"))
    assert touches.trained_again(difference(before, after), before, after) == ()


def test_what_the_next_batches_book_differently() -> None:
    before, after = recipes((("stages", "seeding", "cleaning"), "45 min"))
    assert [one.stage for one in touches.booked(before, after)] == ["seeding"]
    before, after = recipes(((*SEED, "seeded", "verify"), None))
    assert touches.booked(before, after) == []


def test_labels_and_tests_are_told_apart() -> None:
    data = data_of("cart19-prodigy")
    test = data["tests"][0]["key"]
    label = next(
        ("stages", p.stage.key, "operations", p.operation.key, "steps", p.step.key)
        for p in reader.read(library_text("cart19-prodigy")).steps() if p.step.kind == "label"
    )  # fmt: skip
    before, after = recipes(
        (("tests", test, "turn_round"), "9 d"), ((*label, "text", "en"), "Print."),
        name="cart19-prodigy",
    )  # fmt: skip
    found = difference(before, after)
    assert [one.address[:2] for one in touches.about_tests(found)] == [("tests", test)]
    about = touches.about_labels(found, before, after)
    assert [one.path for one in about] == ["/".join(label[1::2])]


LOOK: dict[str, Any] = {"key": "look", "kind": "confirm", "text": {"en": "Look."}}
STEPS = ("clear-before", "identity", "unit", "seeded", "medium", "clear-after")


def reached(after: Any, begun: int) -> touches.Reached:
    """Return how a batch that began so many steps stands to the change to ``after``."""
    before, later = (reader.read(yaml_of(one).encode()) for one in (data_of("six-steps"), after))
    done = {f"seeding/seed/{step}" for step in STEPS[:begun]}
    return touches.reached(difference(before, later), before, later, done)


@pytest.mark.parametrize(
    ("behind", "begun", "passed"),
    [(None, 0, False), (None, 1, True), ("seeded", 4, False), ("seeded", 5, True),
     ("clear-after", 5, False), ("clear-after", 6, True)],
)  # fmt: skip
def test_a_batch_is_past_a_new_step_when_it_is_past_its_place(
    behind: str | None, begun: int, passed: bool
) -> None:
    later = apply_all(data_of("six-steps"), [Insert(at=SEED, after=behind, item=LOOK)])
    new = ("seeding/seed/look",)
    assert reached(later, begun) == touches.Reached(*((new, ()) if passed else ((), new)))


def test_what_is_ahead_of_a_batch_comes_in_the_order_of_its_work() -> None:
    data = data_of("six-steps")
    moved = asked.move(data, (*SEED, "medium"), into=SEED, after="clear-before")
    later = apply_all(data, [*moved, Insert(at=SEED, after="seeded", item=LOOK)])
    later = apply_all(later, asked.put(later, (*SEED, "unit", "text", "en"), "Scan it."))
    unit, medium, new = (f"seeding/seed/{step}" for step in ("unit", "medium", "look"))
    # The batch meets the moved step where its own document has it.
    assert reached(later, 2) == touches.Reached((), (unit, medium, new))
    assert reached(later, 4) == touches.Reached((unit,), (medium, new))
    assert reached(later, 5) == touches.Reached((unit, medium), (new,))
    assert reached(later, 6) == touches.Reached((unit, medium, new), ())


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


def client(site: DemoSite) -> Client:
    return signed_in_client(site, "qa-reviewer")


def page(site: DemoSite, name: str, version: UUID) -> str:
    return client(site).get(reverse(name, args=[version])).content.decode()


def test_the_page_names_stock_people_and_bookings(site: DemoSite) -> None:
    effective(site)
    version = imported(site, SECOND)
    shown = page(site, "recipes:touches", version)
    assert "none: it cannot be worked until one is released" in shown
    assert "nobody: no shift can work it until somebody is trained" in shown
    assert "against v1" in shown
    [booked] = client(site).get(reverse("recipes:touches", args=[version])).context["booked"]
    told = [dict(booked[name])["Takes"] for name in ("before", "after")]
    assert told == ["20 min – 1 h 30 min, expected 40 min", "20 min – 1 h 30 min, expected 50 min"]
    assert [len(booked[name]) for name in ("before", "after")] == [1, 1]
    empty = page(site, "batches:touched", version)
    assert "No open batch runs on another version" in empty


@pytest.mark.usefixtures("committed_db")
def test_an_open_batch_is_shown_with_what_lies_ahead() -> None:
    running = batch_at(f"{OPERATION}/medium")
    text = SIX.replace(b'alert: ["0.9e8"', b'alert: ["0.95e8"').replace(
        b"Clear the place.", b"Clear."
    )
    reply = import_recipe(
        command=running.plant.crew.command("ferrari", "recipes.import_recipe"), source=text
    )
    with reading(site=running.site):
        shown = touched_page(version_of(UUID(str(reply["version"]))))["rows"]
        number = running.row().number
    assert [(one["batch"].number, one["changed"], one["passed"], one["next"]) for one in shown] == [
        (number, 2, 1, f"{OPERATION}/clear-after")
    ]


# --- from when each shift can work it ------------------------------------------------------------

MONDAY = datetime(2027, 3, 22, 8, tzinfo=UTC)


def qualify(site: DemoSite, who: UUID, kind: SubjectKind, key: str, version: int | None) -> None:
    grant_qualification(
        command=a_command(site.actor("trainer")), person=who, subject_kind=kind, key=key,
        label=key, valid_until=MONDAY + timedelta(days=300), version=version,
    )  # fmt: skip


def test_a_shift_can_work_it_once_its_crew_is_trained(
    committed_db: str, at_time: Callable[[datetime], None]
) -> None:
    at_time(MONDAY)
    site = open_demo_site()
    version = effective(site)
    keeper = a_command(site.actor("shift-lead"))
    made = set_shift(
        command=keeper, code="D", name="Day", start=time(8), end=time(16), reason="as agreed"
    )
    crew = [site.person("operator"), person("operator", site=site, username="two", badge="K-2")]
    for who in crew:
        for day in (23, 24):
            roster(
                command=a_command(site.actor("shift-lead")), person=who,
                shift=UUID(str(made["id"])), what=DutyKind.WORKS,
                first=date(2027, 3, day), last=date(2027, 3, day),
            )  # fmt: skip

    def found() -> tuple[bool, list[str]]:
        with reading(site=site.id):
            row = version_of(version)
            rows = shift_rows(row, document(row.content_hash), MONDAY)
        return rows[0]["from"] is not None, rows[0]["lacking"]

    assert found() == (False, [""])
    for who in crew:
        qualify(site, who, SubjectKind.PROCEDURE, "SIX-STEPS", 1)
    assert found() == (False, ["2 × PRODIGY-TCT"])
    for who in crew:
        qualify(site, who, SubjectKind.EQUIPMENT_CLASS, "PRODIGY-TCT", None)
    assert found() == (True, [])
    client = signed_in_client(site, "qa-reviewer")
    page = client.get(reverse("recipes:touches", args=[version])).content.decode()
    assert "23 Mar 2027" in page
