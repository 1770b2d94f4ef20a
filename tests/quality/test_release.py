"""Review and disposition: who may, what holds them up, and what is done in the one act."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.exceptions import NotAllowed, SamePerson
from batches.enums import Disposition, RecordState
from materials.enums import ContainerStatus
from materials.selectors import containers_of_batch
from orders.enums import OrderState
from orders.models import Order
from quality import services
from quality.enums import GateKey, GateState, Judgement
from quality.exceptions import (
    AlreadyDispositioned,
    AlreadyReviewed,
    GatesOpen,
    NotIndependent,
    RecordChanged,
    SignerIsAnother,
)
from quality.rules import gates_of
from records.commands import Command
from records.reading import reading
from tests.boundaries import every_boundary
from tests.builders import quality as build
from tests.builders.accounts import a_command, person
from tests.builders.quality import Bench, proof_of

pytestmark = pytest.mark.usefixtures("committed_db")


def states(bench: Bench) -> dict[str, str]:
    with reading(site=bench.site.id):
        return {gate.key.value: gate.state.value for gate in gates_of(bench.row())}


@pytest.mark.req("F211-165", "E4-11a", "A11-15")
def test_release_certifies_in_two_stages_and_releases_the_product() -> None:
    bench = build.ready_for_release()
    assert build.release(bench)["pending"] == ["sterility"]
    record = bench.record()
    assert record.batch.record_state == RecordState.DISPOSITIONED
    assert record.disposition is not None
    assert record.disposition.disposition == Disposition.RELEASED
    assert record.disposition.pending == ["sterility"]
    assert record.disposition.by_name == "Rosa Keller"
    with reading(site=bench.site.id):
        kinds = {row.kind: row.status for row in containers_of_batch(bench.batch)}
        assert kinds["product"] == ContainerStatus.RELEASED
        assert Order.objects.get(id=bench.order).state == OrderState.RELEASED


@pytest.mark.req("E4-11a")
def test_second_stage_is_signed_when_later_results_are_in() -> None:
    bench = build.ready_for_release()
    build.release(bench)
    build.with_results(bench, build.STERILE)
    services.certify_later_results(
        command=bench.command("releasing-person"), batch=bench.batch,
        proof=proof_of(bench.actor("releasing-person")),
    )  # fmt: skip
    disposition = bench.record().disposition
    assert disposition is not None
    assert disposition.final_by_name == "Rosa Keller"


@pytest.mark.slow
def test_release_is_whole_or_nothing_at_every_boundary() -> None:
    bench = build.ready_for_release()
    command, shown = bench.command("releasing-person"), build.shown_hash(bench)
    proof = proof_of(bench.actor("releasing-person"))
    every_boundary(
        lambda: services.release_batch(
            command=command, batch=bench.batch, content_hash=shown, proof=proof
        )
    )


@pytest.mark.req("F211-165", "F211-192", "E4-11b")
def test_release_names_every_open_gate() -> None:
    bench = build.received(build.performed(build.issued(), volume="70", comment="Read twice."))
    services.set_quality_hold(
        command=bench.command("qa-reviewer"), batch=bench.batch, reason="Vector lot in doubt."
    )
    with pytest.raises(GatesOpen) as refused:
        build.release(bench)
    said = str(refused.value.params["gates"])
    assert said == (
        "Exceptions: 1 to judge; Release tests: missing: viability, dose, appearance; "
        "Quality hold: set; Review: not signed"
    )


@pytest.mark.req("F211-165")
def test_failing_result_refuses_release_although_a_later_one_passes() -> None:
    bench = build.with_results(build.at_qc(), {"viability": "61"})
    [raised] = bench.exceptions()
    assert (raised.code, raised.severity) == ("result.out_of_specification", "major")
    assert states(bench)["tests"] == "open"


@pytest.mark.req("A11-15")
def test_only_the_releasing_person_releases() -> None:
    bench = build.ready_for_release()
    with pytest.raises(NotAllowed):
        build.release(bench, by="qa-on-call")
    assert bench.row().disposition == ""


def test_proof_of_another_person_signs_nothing() -> None:
    bench = build.ready_for_release()
    with pytest.raises(SignerIsAnother):
        services.release_batch(
            command=bench.command("releasing-person"), batch=bench.batch,
            content_hash=build.shown_hash(bench), proof=proof_of(bench.actor("qa-on-call")),
        )  # fmt: skip


def test_reviewer_does_not_release() -> None:
    bench = build.with_results(build.at_qc())
    both = person("qa-reviewer", "releasing-person", site=bench.site, name="Both Roles")
    bench.site.people["qa-reviewer"] = bench.site.people["releasing-person"] = both
    build.sign_review(bench)
    with pytest.raises(SamePerson):
        build.release(bench)


@pytest.mark.req("D11-12e")
def test_who_worked_on_the_batch_does_not_review_it() -> None:
    bench = build.issued()
    both = person("operator", "qa-reviewer", site=bench.site, name="Both Roles")
    bench.site.people["operator"] = bench.site.people["qa-reviewer"] = both
    build.with_results(build.received(build.performed(bench)))
    with pytest.raises(NotIndependent):
        build.sign_review(bench)


@pytest.mark.req("D11-13", "P11-70", "PI-1")
def test_a_change_after_the_review_voids_it() -> None:
    bench = build.ready_for_release()
    assert states(bench)["review"] == "passed"
    result = bench.record().results[0]
    services.correct_result(
        command=bench.command("qc-analyst"), result=result.id, reason="Read the wrong well.",
        typed=services.results.Typed(test="viability", value="91"),
    )  # fmt: skip
    assert {key: states(bench)[key] for key in ("tests", "review")} == {
        "tests": "open", "review": "open",
    }  # fmt: skip
    with pytest.raises(GatesOpen):
        build.release(bench)


def test_review_of_what_was_not_shown_is_refused() -> None:
    bench = build.performed(build.issued())
    with pytest.raises(RecordChanged):
        services.sign_review(
            command=bench.command("qa-reviewer"), batch=bench.batch, content_hash="0" * 64,
            proof=proof_of(bench.actor("qa-reviewer")),
        )  # fmt: skip


def test_release_twice_is_refused_and_a_replay_gives_the_first_reply() -> None:
    bench = build.ready_for_release()
    command, shown = bench.command("releasing-person"), build.shown_hash(bench)
    proof = proof_of(bench.actor("releasing-person"))

    def tap() -> object:
        return services.release_batch(
            command=command, batch=bench.batch, content_hash=shown, proof=proof
        )

    assert tap() == tap()
    with pytest.raises(AlreadyDispositioned):
        build.release(bench)


def test_rejection_quarantines_the_product() -> None:
    bench = build.ready_for_release()
    services.reject_batch(
        command=bench.command("releasing-person"), batch=bench.batch,
        content_hash=build.shown_hash(bench, "rejected"), reason="Bag leaks.",
        proof=proof_of(bench.actor("releasing-person")),
    )  # fmt: skip
    assert bench.row().disposition == Disposition.REJECTED
    with reading(site=bench.site.id):
        kinds = {row.kind: row.status for row in containers_of_batch(bench.batch)}
    assert kinds["product"] == ContainerStatus.QUARANTINE


def test_rejection_without_review_is_refused() -> None:
    bench = build.performed(build.issued())
    with pytest.raises(GatesOpen):
        services.reject_batch(
            command=bench.command("releasing-person"), batch=bench.batch,
            content_hash=build.shown_hash(bench, "rejected"), reason="Bag leaks.",
            proof=proof_of(bench.actor("releasing-person")),
        )  # fmt: skip


@pytest.mark.req("F211-192", "E4-11b")
def test_open_deviation_blocks_until_it_is_closed() -> None:
    bench = build.issued()
    raised = build.reported(bench)
    build.with_results(build.received(build.performed(bench)))
    assert build.judged(bench, raised, Judgement.DEVIATION)["deviation"] == "DEV-26-0001-1"
    with pytest.raises(GatesOpen):
        build.sign_review(bench)
    [deviation] = bench.record().deviations
    services.close_deviation(
        command=bench.command("qa-reviewer"), batch=bench.batch, deviation=deviation.id,
        conclusion="Condensation; the bag is tight.", proof=proof_of(bench.actor("qa-reviewer")),
    )  # fmt: skip
    build.sign_review(bench)
    assert states(bench) == dict.fromkeys(GateKey.values, "passed") | {
        GateKey.LATER.value: GateState.WAITING.value
    }
    with pytest.raises(AlreadyReviewed):  # no second signature over what has not changed
        build.sign_review(bench)


def test_wrong_site_sees_no_batch(committed_db: str) -> None:
    from mes.lib.refusals import NotFound
    from tests.builders.accounts import open_demo_site

    bench, other = build.ready_for_release(), open_demo_site("HH1")
    actor = other.actor("releasing-person")
    with pytest.raises(NotFound):
        services.release_batch(
            command=a_command(actor), batch=bench.batch, content_hash="", proof=proof_of(actor)
        )


def test_many_releases_at_once_make_one_disposition() -> None:
    bench = build.ready_for_release()
    shown = build.shown_hash(bench)
    commands = [bench.command("releasing-person") for _ in range(6)]
    proof = proof_of(bench.actor("releasing-person"))

    def tap(command: Command) -> str:
        try:
            services.release_batch(
                command=command, batch=bench.batch, content_hash=shown, proof=proof
            )
        except AlreadyDispositioned as refusal:
            return refusal.code
        finally:
            connection.close()
        return "released"

    with ThreadPoolExecutor(len(commands)) as threads:
        answers = sorted(threads.map(tap, commands))
    assert answers == ["batch.already_dispositioned"] * 5 + ["released"]
