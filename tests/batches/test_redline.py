"""A redline of one running batch: only what has not begun, two signatures, its own document."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from accounts.exceptions import NotAllowed
from accounts.services.people import grant_role
from accounts.signing_exceptions import ShownHasChanged
from batches.enums import OperationState, RecordState, RedlineState, StepState
from batches.models import BatchException, Operation, Redline, Step
from batches.redline_exceptions import (
    NothingRedlined,
    RedlineIsOpen,
    RedlineOwn,
    RedlineReasonMissing,
    RedlineSignedBefore,
    RedlineTouchesBegun,
    RedlineUnsigned,
)
from batches.selectors import batch_of, begun_of, recipe_of
from batches.services import attest_operation, sign_on
from batches.services import redline as acts
from equipment.enums import ResourceKind
from mes.lib.evidence import content_hash
from mes.lib.ids import uuid7
from quality.selectors.record import record_of
from recipes import reader, remaining
from recipes.difference import difference
from recipes.document import Recipe
from recipes.drafting.plain import plain_of, yaml_of
from recipes.exceptions import NotCompiled, SiteLacksMore
from recipes.messages import RecipeNotReadable
from recipes.remaining import Begun
from records.commands import Reply
from records.exceptions import Stale
from records.models import Entry, Stream
from records.reading import reading
from tests.builders.batches import OPERATION, PERFORMER, STEPS, Trial, batch_at, claim
from tests.builders.recipes import library_text
from tests.recipes.documents import DURATION

LEAD, QA = "okafor", "brenner"
WHY = "The bag leaked: count the cells once more before the end"
NEW = "later/recount"
LOOK: dict[str, Any] = {
    "key": "look", "kind": "confirm", "text": {"en": "Look at it.", "de": "Ansehen."}
}  # fmt: skip
COUNT: dict[str, Any] = {
    "key": "count", "kind": "enter", "value": "decimal", "unit": "{cells}",
    "text": {"en": "Enter the cells.", "de": "Zellen eingeben."},
}  # fmt: skip
MORE: dict[str, Any] = {
    "key": "recount", "openness": "closed",
    "title": {"en": "Count again", "de": "Noch einmal zählen"},
    "steps": [LOOK, COUNT],
}  # fmt: skip
LATER: dict[str, Any] = {
    "key": "later", "title": {"en": "Later", "de": "Später"}, "duration": DURATION,
    "room": {"class": "grade-C"}, "staff": [{"role": "operator"}],
}  # fmt: skip
CHECKED = {
    "kind": "clear", "text": LOOK["text"],
    "checks": [{"key": "gone", "text": {"en": "All is gone.", "de": "Alles ist weg."}}],
}  # fmt: skip
BAG = {
    "key": "bag",
    "kind": "scan",
    "what": "patient-container",
    "identifiers": "2",
    "text": LOOK["text"],
}
SIX = reader.read(library_text("six-steps"))
BEGUN = Begun(frozenset({OPERATION}))


@pytest.fixture
def trial(committed_db: str) -> Trial:
    return batch_at(STEPS[4])


def rest_with(*operations: dict[str, Any]) -> bytes:
    """Return the rest of the six steps, with operations in a stage behind the one that runs.

    That one ends with the line clearance after: nothing comes behind it there.
    """
    later = [{**LATER, "operations": list(map(cleared, operations))}] if operations else []
    running: dict[str, Any] = {"key": "seeding", "operations": []}
    rest = remaining.remaining_of(SIX, BEGUN)
    return yaml_of({**rest, "stages": [running, *later]}).encode()


def cleared(operation: dict[str, Any]) -> dict[str, Any]:
    """Return an operation between its line clearances, with the check of the bag."""
    first = [{**CHECKED, "key": "clear-first", "when": "before"}, BAG]
    last = {**CHECKED, "key": "clear-end", "when": "after"}
    return {**operation, "steps": [*first, *operation["steps"], last]}


def document_with(**fields: Any) -> Recipe:
    return reader.read(yaml_of({**plain_of(SIX), **fields}).encode())


def seq_of(trial: Trial) -> int:
    with reading(site=trial.site):
        return Stream.objects.get(id=trial.batch).seq


def propose(
    trial: Trial, source: bytes | None = None, *, by: str = LEAD, seq: int = 0, reason: str = WHY
) -> UUID:
    reply = acts.propose_redline(
        command=trial.command(by), batch=trial.batch, seq=seq or seq_of(trial),
        source=source or rest_with(MORE), reason=reason,
    )  # fmt: skip
    return UUID(str(reply["redline"]))


def signs(
    trial: Trial, act: Callable[..., Reply], redline: UUID, *, by: str, seq: int = 0, **more: str
) -> Reply:
    return act(
        command=trial.command(by), batch=trial.batch, redline=redline,
        seq=seq or seq_of(trial), proof=trial.plant.crew.proof(by), **more,
    )  # fmt: skip


def applied(trial: Trial, source: bytes | None = None) -> UUID:
    redline = propose(trial, source)
    signs(trial, acts.sign_redline, redline, by=LEAD)
    signs(trial, acts.apply_redline, redline, by=QA)
    return redline


def attest(trial: Trial, operation: str) -> None:
    proof = trial.plant.crew.proof(PERFORMER)
    attest_operation(command=trial.command(), batch=trial.batch, operation=operation, proof=proof)


# --- what may be changed: pure -------------------------------------------------------------------


CART19 = reader.read(library_text("cart19-prodigy"))
HALF = Begun(frozenset({"receipt/accept", "receipt/count", "selection/load"}))
# What is written wrong in the rest, behind which text, and where that is in the whole document.
LINES = {
    "bill_of_materials/TS520/quantity": ("material: TS520", "quantity: '1'", "quantity: [a]"),
    "selection/enrich/identity/kind": ("key: enrich", "kind: ", "kind: un"),
    "transduction/thaw/titre/value": ("key: titre", "value: decimal", "value: [a]"),
}


@pytest.mark.parametrize("path", LINES)
def test_what_is_wrong_with_a_rest_is_said_at_its_line_of_what_was_written(path: str) -> None:
    behind, right, wrong = LINES[path]
    before, sign, rest = remaining.text_of(CART19, HALF).partition(behind)
    text = before + sign + rest.replace(right, wrong, 1)
    with pytest.raises(RecipeNotReadable) as refused:
        remaining.rewritten(CART19, HALF, text.encode())
    line = text[: text.index(wrong, len(before))].count("\n") + 1
    assert [(one.path, one.line) for one in refused.value.messages] == [(path, line)]


def test_what_remains_is_what_was_not_reached(trial: Trial) -> None:
    with reading(site=trial.site):
        recipe, begun = recipe_of(batch_of(trial.batch)), begun_of(trial.batch)
    assert (begun, recipe.content_hash) == (BEGUN, SIX.content_hash)
    rest = remaining.remaining_of(recipe, begun)
    assert rest["stages"] == [{"key": "seeding", "operations": []}]
    same = remaining.rewritten(recipe, begun, remaining.text_of(recipe, begun).encode())
    assert same.content_hash == recipe.content_hash


HOLD = {"key": "hold", "title": {"en": "Hold"}, "unit": "h", "default": "2"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("parameters", [HOLD]), ("title", {"en": "Other"}), ("inputs", []),
     ("modality", "allogeneic")],
)  # fmt: skip
def test_what_judges_the_whole_is_not_redlined(field: str, value: Any) -> None:
    after = document_with(**{field: value})
    touched = remaining.refused_places(SIX, after, difference(SIX, after), BEGUN)
    assert {place.partition("/")[0] for place in touched} == {field}


def test_nothing_comes_before_what_has_begun_nor_leaves_it() -> None:
    stage: Any = plain_of(SIX)["stages"]
    before = document_with(stages=[{**stage[0], "operations": [MORE, *stage[0]["operations"]]}])
    touched = remaining.refused_places(SIX, before, difference(SIX, before), BEGUN)
    assert touched == [OPERATION]
    running = stage[0]["operations"][0]
    less = document_with(
        stages=[{**stage[0], "operations": [{**running, "steps": running["steps"][:-1]}]}]
    )
    touched = remaining.refused_places(SIX, less, difference(SIX, less), BEGUN)
    assert touched == [f"{OPERATION}/clear-after"]
    longer = document_with(stages=[{**stage[0], "cleaning": "1 h"}])
    touched = remaining.refused_places(SIX, longer, difference(SIX, longer), BEGUN)
    assert touched == ["seeding"]


# --- proposed and signed -------------------------------------------------------------------------


@pytest.mark.req("P11-70")
def test_two_people_give_a_batch_its_own_document(trial: Trial) -> None:
    before = trial.row()
    redline = applied(trial)
    after = trial.row()
    with reading(site=trial.site):
        row = Redline.objects.get(id=redline)
        content = content_hash(acts.redline_content(row))
        said = list(Entry.objects.filter(stream=trial.batch).order_by("seq"))[-4:]
        raised = BatchException.objects.get(code="redline.applied")
    assert (row.state, row.production_name, row.quality_name) == (
        RedlineState.APPLIED, "Musa Okafor", "Hanna Brenner"
    )  # fmt: skip
    assert [one.kind for one in said] == [
        "redline.proposed", "redline.signed", "batch.redlined", "exception.raised"
    ]  # fmt: skip
    signed = [one.envelope["payload"]["signature"]["content_hash"] for one in said[1:3]]
    assert signed == [content, content]
    assert (after.recipe_hash, after.recipe_label) == (row.recipe_hash, "v1 R1")
    assert (before.recipe_hash, after.steps) == (row.before_hash, before.steps + 5)
    # The reason is that of who proposed it: it does not stand beside the name of QA.
    params = {"number": "1", "by": "Musa Okafor", "reason": WHY}
    assert (raised.comment, raised.severity, raised.params) == ("", "major", params)


def test_the_engine_goes_on_with_the_new_rest(trial: Trial) -> None:
    applied(trial)
    trial.perform(STEPS[4])
    trial.perform(STEPS[5])
    claim(trial, trial.place, ResourceKind.PLACE, purpose="later")
    proof = trial.plant.crew.proof(PERFORMER)
    sign_on(command=trial.command(), batch=trial.batch, operation=NEW, proof=proof)
    for step in ("clear-first", "bag", "look"):
        trial.perform(f"{NEW}/{step}")
    trial.perform(f"{NEW}/count", value="1e8")
    trial.perform(f"{NEW}/clear-end")
    with reading(site=trial.site):
        rows = Step.objects.filter(stream=trial.batch).order_by("position")
        found = [(row.path.rpartition("/")[2], row.state) for row in rows][-6:]
    assert found == [
        (name, StepState.CLOSED)
        for name in ("clear-after", "clear-first", "bag", "look", "count", "clear-end")
    ]
    for operation in (OPERATION, NEW):
        attest(trial, operation)
    assert trial.row().record_state == RecordState.COMPLETE


def test_what_a_later_redline_takes_away_is_skipped_and_may_come_back(trial: Trial) -> None:
    applied(trial)
    applied(trial, rest_with({**MORE, "steps": [LOOK]}))
    applied(trial, rest_with(MORE))
    with reading(site=trial.site):
        states = Step.objects.filter(stream=trial.batch, operation=NEW).values_list("state")
        assert set(states) == {(StepState.WAITING,)}
    applied(trial, rest_with())
    with reading(site=trial.site):
        gone = Operation.objects.get(stream=trial.batch, path=NEW)
        steps = Step.objects.filter(stream=trial.batch, operation=NEW)
        assert (gone.state, {row.state for row in steps}) == (
            OperationState.SKIPPED, {StepState.SKIPPED}
        )  # fmt: skip
    assert (trial.row().recipe_label, trial.row().steps) == ("v1 R4", 6)
    trial.perform(STEPS[4])
    trial.perform(STEPS[5])
    attest(trial, OPERATION)
    assert trial.row().record_state == RecordState.COMPLETE


# --- refused -------------------------------------------------------------------------------------


def test_what_has_begun_meanwhile_is_refused_and_named(trial: Trial) -> None:
    applied(trial)
    redline = propose(trial, rest_with({**MORE, "steps": [LOOK]}))
    trial.perform(STEPS[4])
    trial.perform(STEPS[5])  # now the first step of the new operation is due
    with pytest.raises(RedlineTouchesBegun) as caught:
        signs(trial, acts.sign_redline, redline, by=LEAD)
    assert caught.value.params["places"] == f"{NEW}/count"


@pytest.mark.req("A11-6")
def test_one_person_does_not_sign_twice(trial: Trial, owner_connection: psycopg.Connection) -> None:
    redline = propose(trial)
    signs(trial, acts.sign_redline, redline, by=LEAD)
    lead = trial.plant.crew.actor(LEAD).person
    assert lead is not None
    grant = trial.plant.crew.command("dietz", "role.grant")
    grant_role(
        command=grant, person=lead, role="qa-reviewer",
        approver=trial.plant.crew.people["brenner"][0], paper="form 3",
    )  # fmt: skip
    with pytest.raises(RedlineOwn):
        signs(trial, acts.apply_redline, redline, by=LEAD)
    with pytest.raises(RedlineSignedBefore):
        signs(trial, acts.sign_redline, redline, by=LEAD)
    owner_connection.execute("SET mes.rebuild = 'on'")
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        owner_connection.execute("UPDATE batches_redline SET quality_by = production_by")
    assert refused.value.diag.constraint_name in {
        "batches_redline_two_people", "batches_redline_not_own"
    }  # fmt: skip


@pytest.mark.req("A11-6", "D11-12e")
def test_who_wrote_the_rest_of_a_batch_anew_is_no_stranger_to_it(trial: Trial) -> None:
    lead = trial.plant.crew.actor(LEAD).person
    assert lead is not None

    def involved() -> tuple[str | None, bool]:
        """Return what the services ask, and what the schema asks."""
        with reading(site=trial.site), connection.cursor() as cursor:
            cursor.execute("SELECT batches_worked_on(%s, %s)", [trial.batch, [lead]])
            return record_of(batch_of(trial.batch)).involved.get(lead), cursor.fetchone()[0]

    redline = propose(trial)
    assert involved() == (None, False)
    signs(trial, acts.sign_redline, redline, by=LEAD)
    signs(trial, acts.apply_redline, redline, by=QA)
    assert involved() == ("redlined", True)


def test_a_page_that_is_behind_the_batch_is_stale(trial: Trial) -> None:
    seen = seq_of(trial)
    trial.perform(STEPS[4])
    with pytest.raises(Stale):
        propose(trial, seq=seen)
    seen = seq_of(trial)
    redline = propose(trial)
    with pytest.raises(Stale):
        signs(trial, acts.sign_redline, redline, by=LEAD, seq=seen)


def test_qa_does_not_sign_first_nor_anything_else_than_was_shown(trial: Trial) -> None:
    redline = propose(trial)
    with pytest.raises(RedlineUnsigned):
        signs(trial, acts.apply_redline, redline, by=QA)
    with pytest.raises(ShownHasChanged):
        signs(trial, acts.sign_redline, redline, by=LEAD, shown="0" * 64)
    with pytest.raises(NotAllowed):
        signs(trial, acts.sign_redline, redline, by=QA)
    signs(trial, acts.sign_redline, redline, by=LEAD)
    with pytest.raises(NotAllowed):
        signs(trial, acts.apply_redline, redline, by="brandt")


def test_what_the_compiler_or_the_reader_refuses_is_not_proposed(trial: Trial) -> None:
    with pytest.raises(NotCompiled):
        propose(trial, rest_with({**MORE, "steps": [{**COUNT, "unit": "furlong"}]}))
    with pytest.raises(RecipeNotReadable):
        propose(trial, b"stages: [{key: seeding, operations: [{key: 1}]}]")
    with pytest.raises(NothingRedlined):
        propose(trial, rest_with())
    with pytest.raises(RedlineReasonMissing):
        propose(trial, reason=" ")
    with pytest.raises(NotAllowed):
        propose(trial, by="brandt")


def test_what_the_site_has_not_is_asked_for_by_no_redline(trial: Trial) -> None:
    """What lacked before the redline was answered when the recipe was approved."""
    heads = seq_of(trial)
    elsewhere = {**LATER, "room": {"class": "grade-A"}, "operations": [cleared(MORE)]}
    rest = remaining.remaining_of(SIX, BEGUN)
    running: dict[str, Any] = {"key": "seeding", "operations": []}
    with pytest.raises(SiteLacksMore) as refused:
        propose(trial, yaml_of({**rest, "stages": [running, elsewhere]}).encode())
    assert refused.value.params["problem"] == (
        "The site has no place in a room of the class grade-A."
    )
    assert seq_of(trial) == heads


def test_one_proposal_waits_at_a_time_and_can_be_ended(trial: Trial) -> None:
    redline = propose(trial)
    with pytest.raises(RedlineIsOpen):
        propose(trial)
    command = trial.command(QA)
    acts.end_redline(command=command, batch=trial.batch, redline=redline, reason="No need")
    with pytest.raises(RedlineSignedBefore):
        signs(trial, acts.sign_redline, redline, by=LEAD)
    second = propose(trial)
    with reading(site=trial.site):
        assert Redline.objects.get(id=second).number == 2


def test_a_double_tap_applies_once(trial: Trial) -> None:
    redline = propose(trial)
    signs(trial, acts.sign_redline, redline, by=LEAD)
    command = trial.command(QA, uuid7())
    proof, seq = trial.plant.crew.proof(QA), seq_of(trial)
    replies = [
        acts.apply_redline(
            command=command, batch=trial.batch, redline=redline, seq=seq, proof=proof
        )
        for _ in range(2)
    ]  # fmt: skip
    assert replies[0] == replies[1]
    with reading(site=trial.site):
        assert Entry.objects.filter(stream=trial.batch, kind="batch.redlined").count() == 1
