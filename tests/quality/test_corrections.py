"""A correction voids only the signatures on what it touched, and asks only those people again."""

from random import Random

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.exceptions import NotAllowed
from accounts.selectors import obligations_of
from accounts.services.people import disable_person
from accounts.signing_exceptions import ShownHasChanged
from batches import services as acts
from batches.correction_exceptions import (
    CorrectionReasonMissing,
    NotAskedAgain,
    NotCorrectable,
    NothingCorrected,
    NotYetRecorded,
    NotYoursToSign,
    RecordDispositioned,
    VerifierCorrects,
)
from batches.entries import SignatureRenewed, StepCorrected, StepVerified
from batches.exceptions import VerifiedOwnWork
from batches.models import Step, VoidedSignature
from batches.services.corrections import standing_signatures
from batches.services.operations import operation_content
from batches.services.steps import step_content
from mes.lib.evidence import content_hash
from mes.lib.refusals import NotFound
from quality import services
from quality.exceptions import GatesOpen
from recipes.judging import ValueNotUnderstood
from records import outbox
from records.act import act
from records.commands import Actor
from records.models import Entry
from records.reading import reading
from records.signatures import covers
from records.web import actor_of
from tests.builders import quality as build
from tests.builders.accounts import a_command, open_demo_site, signed_in_client
from tests.builders.quality import RECIPE, Bench, proof_of
from tests.support.scenes import scene

pytestmark = [pytest.mark.usefixtures("committed_db")]
# Two operations: one with a verified and an unverified value, one with a value more.
SOURCE = (
    RECIPE.replace(b"            unit: mL\n            limits",
                   b"            verify: true\n            unit: mL\n            limits")
    + b"""          - {key: clear, kind: choose, text: {en: "Is it clear?"}, options: [
              {key: "yes", text: {en: "Clear"}}, {key: "no", flag: true, text: {en: "Cloudy"}}]}
      - key: after
        title: {en: "Afterwards"}
        openness: closed
        steps:
          - {key: weight, kind: enter, value: decimal, unit: g, text: {en: "Enter the weight."}}
"""
)  # fmt: skip
VOLUME, CLEAR, WEIGHT = "work/fill/volume", "work/fill/clear", "work/after/weight"
FILL, AFTER = "work/fill", "work/after"


def executed(bench: Bench | None = None) -> Bench:
    """Return a batch whose every step is closed, verified and attested."""
    if bench is None:
        return scene("quality, executed", lambda: _executed(build.issued(source=SOURCE)))
    return _executed(bench)


def _executed(bench: Bench) -> Bench:
    operator = bench.actor("operator")
    for operation, steps in (
        (FILL, [*build._values(bench, "100", ""), (CLEAR, {"choice": "yes"})]),
        (AFTER, [(WEIGHT, {"value": "12"})]),
    ):
        acts.sign_on(command=bench.command("operator"), batch=bench.batch, operation=operation,
                     proof=proof_of(operator))  # fmt: skip
        for path, values in steps:
            acts.perform_step(command=bench.command("operator"), batch=bench.batch, step=path,
                              values=values)  # fmt: skip
            if path == VOLUME:
                verify(bench, path)
        acts.attest_operation(command=bench.command("operator"), batch=bench.batch,
                              operation=operation, proof=proof_of(operator))  # fmt: skip
    outbox.drain()
    return bench


def verifier(bench: Bench) -> Actor:
    return bench.another("operator")


def verify(bench: Bench, step: str) -> None:
    second = verifier(bench)
    acts.verify_step(command=a_command(second), batch=bench.batch, step=step,
                     proof=proof_of(second))  # fmt: skip


def correct(
    bench: Bench, step: str, *, by: Actor | None = None, reason: str = "Digits were turned.",
    shown: str | None = None, values: dict[str, str] | None = None, **value: str,
) -> int:  # fmt: skip
    actor = by or bench.actor("operator")
    reply = acts.correct_step(
        command=a_command(actor), batch=bench.batch, step=step, values=values or value,
        reason=reason, proof=proof_of(actor), shown=shown,
    )  # fmt: skip
    return int(str(reply["voided"]))


def again(bench: Bench, row: VoidedSignature, by: Actor) -> None:
    acts.sign_again(command=a_command(by), batch=bench.batch, signed=row.signed,
                    proof=proof_of(by))  # fmt: skip


def voided(bench: Bench) -> list[VoidedSignature]:
    return bench.record().asked_again


def parts(bench: Bench) -> list[tuple[str, str]]:
    """Return what is asked again: the part, and of whom."""
    return [(row.part, row.printed_name) for row in voided(bench)]


def owed(bench: Bench, actor: Actor) -> list[str]:
    assert actor.person is not None
    with reading(site=bench.site.id, person=actor.person):
        return [row.words["step"] for row in obligations_of(actor.person)]


def step(bench: Bench, path: str) -> Step:
    with reading(site=bench.site.id):
        return Step.objects.get(stream=bench.batch, path=path)


@pytest.mark.req("P11-10e2", "PI-3", "A11-9", "D11-12e")
def test_the_old_value_stays_readable_and_qa_judges_the_new_one() -> None:
    bench = executed()
    correct(bench, WEIGHT, value="21")
    row = step(bench, WEIGHT)
    with reading(site=bench.site.id):
        entry = Entry.objects.get(stream=bench.batch, kind=StepCorrected.kind)
    said = entry.envelope["payload"]
    assert (row.values["value"], said["before"]["value"], said["reason"], row.corrector_name) == (
        "21", "12", "Digits were turned.", bench.actor("operator").name,
    )  # fmt: skip
    [raised] = bench.exceptions()
    assert (raised.code, raised.severity, raised.state) == ("step.corrected", "major", "open")


@pytest.mark.req("P11-70", "PI-1")
def test_only_signatures_on_what_was_touched_are_void_and_only_their_people_asked() -> None:
    bench = executed()
    operator, second = bench.actor("operator"), verifier(bench)
    assert correct(bench, VOLUME, by=operator, value="95") == 2
    assert parts(bench) == [(VOLUME, second.name), (FILL, operator.name)]
    assert (owed(bench, operator), owed(bench, second)) == ([VOLUME], [VOLUME])
    # The other operation's attestation stands.
    with reading(site=bench.site.id):
        assert [one.part for one in standing_signatures(bench.batch)] == [AFTER]
    assert owed(bench, bench.actor("shift-lead")) == []


def test_nobody_reviews_before_every_voided_signature_is_given_again() -> None:
    bench = build.with_results(build.received(executed()))
    correct(bench, VOLUME, value="95")
    for raised in bench.exceptions():
        build.judged(bench, raised)
    with pytest.raises(GatesOpen) as refused:
        build.sign_review(bench)
    assert "2 signatures asked again" in str(refused.value.params["gates"])
    for row in voided(bench):
        again(bench, row, verifier(bench) if row.part == VOLUME else bench.actor("operator"))
    assert (voided(bench), owed(bench, bench.actor("operator"))) == ([], [])
    build.sign_review(bench)


def test_a_correction_after_the_review_asks_the_reviewer_again() -> None:
    bench = build.with_results(build.received(executed()))
    build.sign_review(bench)
    reviewer = bench.actor("qa-reviewer")
    assert correct(bench, WEIGHT, value="21") == 2
    assert owed(bench, reviewer) == [WEIGHT]
    for row in voided(bench):
        if row.part == AFTER:
            again(bench, row, bench.actor("operator"))
    build.judged(bench, bench.exceptions()[0])
    build.sign_review(bench)
    assert (voided(bench), owed(bench, reviewer)) == ([], [])
    build.release(bench)
    with pytest.raises(RecordDispositioned):
        correct(bench, WEIGHT, value="22")


def test_a_review_given_again_among_several_is_owed_no_more() -> None:
    """By whoever signs it: the stream of who owes it is locked with the records."""
    bench = build.with_results(build.received(executed()))
    build.sign_review(bench)
    first, second = bench.actor("qa-reviewer"), bench.another("qa-reviewer")
    correct(bench, WEIGHT, value="21")
    [attested] = [row for row in voided(bench) if row.part == AFTER]
    again(bench, attested, bench.actor("operator"))
    build.judged(bench, bench.exceptions()[0])
    other = build.performed(build.issued(bench.site, number="B-26-0002"))
    shown = {one.batch: one.record().content_hash for one in (other, bench)}
    assert owed(bench, first) == [WEIGHT]
    services.review_records(
        command=a_command(second), shown=shown, opened=shown, proof=proof_of(second)
    )
    assert (voided(bench), owed(bench, first)) == ([], [])
    assert {one.record().review.by for one in (other, bench)} == {second.person}  # type: ignore[union-attr]


def test_what_is_signed_again_is_the_part_as_it_is_now() -> None:
    bench = executed()
    correct(bench, VOLUME, value="95")
    rows = {row.part: row for row in voided(bench)}
    stale = content_hash(step_content(step(bench, WEIGHT)))
    with pytest.raises(ShownHasChanged):
        acts.sign_again(
            command=a_command(verifier(bench)), batch=bench.batch,
            signed=rows[VOLUME].signed, proof=proof_of(verifier(bench)), shown=stale,
        )  # fmt: skip
    again(bench, rows[VOLUME], verifier(bench))
    again(bench, rows[FILL], bench.actor("operator"))
    with reading(site=bench.site.id):
        given = Entry.objects.filter(stream=bench.batch, kind=SignatureRenewed.kind).order_by("seq")
        hashes = [row.envelope["payload"]["signature"]["content_hash"] for row in given]
        operation = bench.record().operations[0]
        now = [content_hash(step_content(Step.objects.get(stream=bench.batch, path=VOLUME))),
               content_hash(operation_content(operation))]  # fmt: skip
    # The attestation covers the verification that was given before it.
    assert hashes == now
    with pytest.raises(NotAskedAgain):
        again(bench, rows[VOLUME], verifier(bench))


# --- four eyes -----------------------------------------------------------------------------------


@pytest.mark.req("F211-101", "P11-10g")
def test_who_verified_does_not_correct_and_who_corrected_does_not_verify() -> None:
    bench = executed()
    with pytest.raises(VerifierCorrects):
        correct(bench, VOLUME, by=verifier(bench), value="95")
    lead = bench.actor("shift-lead")
    correct(bench, VOLUME, by=lead, value="95")
    row = next(row for row in voided(bench) if row.part == VOLUME)
    disable_person(command=a_command(bench.site.system), person=row.person, reason="left")
    with pytest.raises(VerifiedOwnWork):
        again(bench, row, lead)


def test_the_schema_refuses_a_corrector_who_verifies() -> None:
    bench = executed()
    lead = bench.actor("shift-lead")
    correct(bench, VOLUME, by=lead, value="95")
    row = next(row for row in voided(bench) if row.part == VOLUME)
    with reading(site=bench.site.id):
        first = Entry.objects.filter(stream=bench.batch, kind=StepVerified.kind).first()
        assert first is not None
        signature = first.envelope["payload"]["signature"] | {"person": str(lead.person)}
    renewed = SignatureRenewed.model_validate(
        {"voided": row.signed, "about": row.about, "part": row.part, "signature": signature}
    )
    with (
        pytest.raises(IntegrityError, match="batches_step_corrector_is_not_verifier"),
        act(a_command(lead), streams=[bench.batch]) as a,
    ):
        a.append(bench.batch, renewed)


def test_a_signature_is_asked_only_of_who_gave_it_unless_they_are_gone() -> None:
    bench = executed()
    correct(bench, VOLUME, value="95")
    row = next(row for row in voided(bench) if row.part == VOLUME)
    lead = bench.actor("shift-lead")
    with pytest.raises(NotYoursToSign):
        again(bench, row, lead)
    disable_person(command=a_command(bench.site.system), person=row.person, reason="left")
    again(bench, row, lead)
    assert step(bench, VOLUME).verifier_name == lead.name


# --- what is refused -----------------------------------------------------------------------------


def test_what_cannot_be_corrected_changes_nothing() -> None:
    bench = executed()
    with reading(site=bench.site.id):
        before = list(Step.objects.filter(stream=bench.batch).values_list("path", "entry_seq"))
    for refusal, path, values in (
        (NotCorrectable, "work/fill/drawn", {"volume": "3"}),
        (NotCorrectable, "work/fill/ready", {}),
        (NothingCorrected, WEIGHT, {"value": "12"}),
        (ValueNotUnderstood, WEIGHT, {"value": "heavy"}),
        (NotFound, "work/fill/none", {"value": "1"}),
    ):
        with pytest.raises(refusal):
            correct(bench, path, values=values)
    with pytest.raises(CorrectionReasonMissing):
        correct(bench, WEIGHT, reason="  ", value="21")
    with pytest.raises(ShownHasChanged):
        correct(bench, WEIGHT, shown="0" * 64, value="21")
    with pytest.raises(NotAllowed):
        correct(bench, WEIGHT, by=bench.actor("qa-reviewer"), value="21")
    with reading(site=bench.site.id):
        after = list(Step.objects.filter(stream=bench.batch).values_list("path", "entry_seq"))
    assert after == before


def test_a_step_that_is_not_closed_is_not_corrected() -> None:
    bench = build.issued(source=SOURCE)
    with pytest.raises(NotYetRecorded):
        correct(bench, VOLUME, value="95")


def test_another_sites_record_is_not_there() -> None:
    bench = executed()
    stranger = open_demo_site("MZ9").actor("operator")
    with pytest.raises(NotFound):
        correct(bench, WEIGHT, by=stranger, value="21")


# --- against an independent model ----------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_random_corrections_and_renewals_agree_with_a_model(seed: int) -> None:
    """The model: a set of parts for each signer; a change takes away those that hold it."""
    bench, luck = executed(), Random(seed)
    operator, second = bench.actor("operator"), verifier(bench)
    model = {VOLUME: second.name, FILL: operator.name, AFTER: operator.name}
    standing, number = dict(model), 0
    for _round in range(14):
        if luck.random() < 0.5:
            path, number = luck.choice([VOLUME, CLEAR, WEIGHT]), number + 1
            value = {"choice": "no" if number % 2 else "yes"} if path == CLEAR else {
                "value": str(91 + number % 18)}  # fmt: skip
            try:
                correct(bench, path, by=operator, values=value)
            except NothingCorrected:
                continue
            for part in [VOLUME, FILL, AFTER]:
                if path == part or path.rsplit("/", 1)[0] == part:
                    standing.pop(part, None)
        elif rows := voided(bench):
            row = luck.choice(rows)
            again(bench, row, second if row.part == VOLUME else operator)
            standing[row.part] = model[row.part]
        with reading(site=bench.site.id):
            found = {one.part: one.signature.printed_name
                     for one in standing_signatures(bench.batch)}  # fmt: skip
        assert found == standing
        asked = {row.part: row.printed_name for row in voided(bench)}
        assert asked == {part: name for part, name in model.items() if part not in standing}


@pytest.mark.parametrize(
    ("part", "changed", "touched"),
    [
        ("a/b", "a/b/c", True), ("a/b/c", "a/b/c", True), ("record", "a/b/c", True),
        ("a/b", "a/bb/c", False), ("a/b/c", "a/b/d", False), ("a/b/c", "a/b", False),
    ],
)  # fmt: skip
def test_a_part_covers_itself_and_what_it_holds(part: str, changed: str, touched: bool) -> None:
    assert covers(part, changed) is touched


# --- pages ---------------------------------------------------------------------------------------


def test_the_page_says_who_will_be_asked_again_and_the_other_what_is_owed() -> None:
    bench = build.issued(source=SOURCE)
    client = signed_in_client(bench.site, "operator")
    actor = actor_of(client.get(reverse("accounts:owed")).wsgi_request)
    assert actor.person is not None
    bench.site.people["operator"] = actor.person
    executed(bench)
    address = f"{reverse('quality:correct_step', args=[bench.batch])}?step={VOLUME}"
    page = client.get(address)
    asked = [row["text"] for row in page.context["sheet"].rows if row["icon"] == "warning"]
    second, operator = verifier(bench).name, bench.actor("operator").name
    assert asked == [f"{second} is asked to sign again", f"{operator} is asked to sign again"]
    correct(bench, VOLUME, value="95")
    mine = client.get(reverse("accounts:owed"))
    assert [row["what"] for row in mine.context["rows"]] == [
        "Sign again in B-26-0001: I performed these steps as recorded."
        " (work › fill › volume was corrected)"
    ]
    assert client.get(mine.context["rows"][0]["url"]).status_code == 200
    other = signed_in_client(bench.site, "planner")
    assert list(other.get(reverse("accounts:owed")).context["rows"]) == []


def test_no_other_site_sees_what_is_owed_here() -> None:
    bench = executed()
    correct(bench, VOLUME, value="95")
    operator = bench.actor("operator")
    elsewhere = open_demo_site("MZ9")
    assert operator.person is not None
    with reading(site=elsewhere.id, person=operator.person):
        assert obligations_of(operator.person) == []


def test_what_is_voided_elsewhere_is_no_page() -> None:
    bench = executed()
    correct(bench, VOLUME, value="95")
    address = reverse("quality:sign_again", args=[bench.batch, voided(bench)[0].signed])
    stranger = signed_in_client(open_demo_site("MZ9"), "operator")
    assert stranger.get(address).status_code == 404
