"""Who may do a step: trained on a version that counts, gowned, simulated, assessed on the unit."""

from datetime import timedelta
from uuid import UUID

import pytest

from accounts import selectors
from accounts.models import Qualification
from accounts.qualification_exceptions import NotQualified
from accounts.services.qualifications import (
    fail_qualification,
    grant_qualification,
    withdraw_qualification,
)
from batches.enums import Purpose
from batches.models import Batch, RefusedAttempt, Step
from batches.qualifying import asked_of
from batches.services import ask_concession
from mes.lib import clock
from mes.lib.ids import uuid7
from plant import library
from plant.plant import Plant
from quality.services import grant_concession
from recipes.document import Recipe
from records import outbox
from records.reading import reading
from tests.builders.batches import PERFORMER, RECORDER, STEPS, Trial, a_plant, batch_at, issued

pytestmark = pytest.mark.usefixtures("committed_db", "at_time")
CLEAR, IDENTITY, UNIT, *_ = STEPS
SIX = library.source("SIX-STEPS")


def held(plant: Plant, who: str, key: str) -> Qualification:
    person, _ = plant.crew.people[who]
    with reading(site=plant.site):
        rows = Qualification.objects.exclude(subject_kind="process-simulation")
        return rows.get(person=person, key=key)


def withdraw(plant: Plant, who: str, key: str) -> None:
    row = held(plant, who, key)
    withdraw_qualification(
        command=plant.crew.command("reiner", "test"), person=row.person_id, qualification=row.id,
        reason="away for long",
    )  # fmt: skip


def grant(plant: Plant, who: str, key: str, *, version: int | None = None) -> None:
    row = held(plant, who, key)
    grant_qualification(
        command=plant.crew.command("reiner", "test"), person=row.person_id,
        subject_kind=row.subject_kind, key=key, label=key, version=version,
        valid_until=clock.now() + timedelta(days=300),
    )  # fmt: skip


def missing(trial: Trial) -> str:
    """Return what the performer lacks at sign-on."""
    with pytest.raises(NotQualified) as caught:
        trial.sign_on()
    return str(caught.value.params["subject"])


@pytest.mark.req("P11-10i", "F211-25")
@pytest.mark.scenario(28)
def test_each_subject_is_asked_at_sign_on_at_the_step_and_of_who_verifies() -> None:
    plant = a_plant()
    trial = issued(plant)
    for key, said in (
        ("PRODIGY-TCT", "PRODIGY-TCT"), ("SIX-STEPS", "procedure:SIX-STEPS v1"),
        ("grade-C", "gowning:grade-C"), ("prodigy", "equipment-class:prodigy"),
    ):  # fmt: skip
        withdraw(plant, PERFORMER, key)
        assert missing(trial) == said
        grant(plant, PERFORMER, key)
    with reading(site=trial.site):
        kept = RefusedAttempt.objects.filter(stream=trial.batch, step=CLEAR)
        assert set(kept.values_list("code", flat=True)) == {"person.not_qualified"}
    trial.sign_on()
    # Between two steps: the next one is refused at once, for the recorder's gowning as well.
    withdraw(plant, RECORDER, "grade-C")
    with pytest.raises(NotQualified) as refused:
        trial.perform(CLEAR)
    assert refused.value.params["person"] == "Lena Brandt"
    grant(plant, RECORDER, "grade-C")
    withdraw(plant, PERFORMER, "prodigy")
    with pytest.raises(NotQualified):
        trial.perform(CLEAR)
    grant(plant, PERFORMER, "prodigy")
    trial.perform(CLEAR)
    # A second look asks for the procedure, not for gown or machine.
    trial.perform(IDENTITY)
    assert trial.step(IDENTITY).verify is False
    trial.perform(UNIT)
    _verified_by_the_trained(trial)


def _verified_by_the_trained(trial: Trial) -> None:
    path = next(path for path in STEPS[3:] if _to_be_verified(trial, path))
    withdraw(trial.plant, RECORDER, "grade-C")
    withdraw(trial.plant, RECORDER, "SIX-STEPS")
    with pytest.raises(NotQualified) as refused:
        trial.verify(path)
    assert refused.value.params["subject"] == "procedure:SIX-STEPS v1"
    grant(trial.plant, RECORDER, "SIX-STEPS")
    trial.verify(path)


def _to_be_verified(trial: Trial, path: str) -> bool:
    trial.perform(path)
    return trial.step(path).verify


def test_qa_lets_the_first_step_pass_and_only_that_one() -> None:
    trial = batch_at(None)
    withdraw(trial.plant, PERFORMER, "grade-C")
    subject = missing(trial)
    asked = ask_concession(
        command=trial.command(), batch=trial.batch, step=CLEAR, code="person.not_qualified",
        params={"subject": subject}, reason="nobody else is on site",
    )  # fmt: skip
    grant_concession(
        command=trial.command("vogt"), batch=trial.batch, proof=trial.plant.crew.proof("vogt"),
        concession=UUID(str(asked["concession"])), until=clock.now() + timedelta(hours=1),
        reason="closed system", risk="low",
    )  # fmt: skip
    trial.sign_on()
    trial.perform(CLEAR)
    with reading(site=trial.site):
        row = Step.objects.get(stream=trial.batch, path=CLEAR)
    assert row.outcome == "flagged"
    with pytest.raises(NotQualified):
        trial.perform(IDENTITY)


# --- a new version asks for training, unless it says that it needs none ---


def new_version(plant: Plant, *, text: bytes) -> None:
    plant.versions["SIX-STEPS"] = library.make_effective_from(plant.crew, text)


def changed(*, note: str, trained_from: int | None = None) -> bytes:
    said = f"trained_from: {trained_from}\n".encode() if trained_from else b""
    return SIX.replace(b"modality:", said + b"modality:", 1).replace(
        b'title: {en: "', f'title: {{en: "{note} '.encode(), 1
    )


def outdated(plant: Plant, who: str) -> list[str]:
    outbox.drain()
    person, _ = plant.crew.people[who]
    with reading(site=plant.site):
        rows = selectors.obligations_of(person)
        return [row.words["number"] for row in rows if row.about == "qualification.outdated"]


@pytest.mark.req("P11-10i")
@pytest.mark.scenario(36)
def test_a_new_effective_version_asks_for_training_where_it_does_not_say_otherwise() -> None:
    plant = a_plant()
    old = issued(plant)
    new_version(plant, text=changed(note="Second"))
    assert outdated(plant, PERFORMER) == ["2"]
    new = issued(plant, number=2, place=2)
    assert missing(new) == "procedure:SIX-STEPS v2"
    # The batch that has pinned the older version goes on.
    old.sign_on()
    old.perform(CLEAR)
    # Prolonged for the older version: the training on the new one is owed as before.
    grant(plant, PERFORMER, "SIX-STEPS", version=1)
    assert (held(plant, PERFORMER, "SIX-STEPS").version, outdated(plant, PERFORMER)) == (1, ["2"])
    grant(plant, PERFORMER, "SIX-STEPS")
    assert (held(plant, PERFORMER, "SIX-STEPS").version, outdated(plant, PERFORMER)) == (2, [])
    new.sign_on()
    # Trained on the newer one, and still good for the older.
    old.perform(IDENTITY)
    # A version that needs no training says from which one it counts.
    new_version(plant, text=changed(note="Third", trained_from=2))
    assert outdated(plant, PERFORMER) == []
    assert outdated(plant, RECORDER) == ["2", "3"]
    issued(plant, number=3, place=3).sign_on()


# --- open work, and whom it is for ---


@pytest.mark.req("E4-APS")
def test_open_work_asks_for_a_simulation_of_the_process_except_in_one() -> None:
    plant = a_plant()
    recipe = library.parsed("CART19-PRODIGY")
    of_type = recipe.model_copy(update={"process_type": "MANUAL-FILL"})
    with reading(site=plant.site):
        assert _simulations(recipe, Purpose.PATIENT) == {"open": {"CART19-PRODIGY"}}
        assert _simulations(of_type, Purpose.PRODUCT) == {"open": {"MANUAL-FILL"}}
        assert _simulations(recipe, Purpose.SIMULATION) == {}


def _simulations(recipe: Recipe, purpose: Purpose) -> dict[str, set[str]]:
    batch = Batch(id=uuid7(), recipe_version=uuid7(), purpose=purpose)
    found: dict[str, set[str]] = {}
    for placed in recipe.steps():
        for subject in asked_of(batch, recipe, placed):
            if subject.kind == "process-simulation":
                found.setdefault(placed.operation.openness.value, set()).update(subject.keys)
    return found


@pytest.mark.req("E4-APS")
def test_a_failed_one_lists_the_batches_whose_hands_they_were_though_another_recorded() -> None:
    trial = batch_at(IDENTITY)
    row = held(trial.plant, PERFORMER, "grade-C")
    reply = fail_qualification(
        command=trial.plant.crew.command("reiner", "test"), person=row.person_id,
        qualification=row.id, reason="growth on the glove",
    )  # fmt: skip
    assert reply["streams"] == 1
    with pytest.raises(NotQualified):
        trial.perform(IDENTITY)
