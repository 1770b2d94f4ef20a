"""One batch through everything that quality does to it: for what looks at all of it."""

from quality import services
from quality.enums import Judgement
from quality.services.results import Typed
from records import outbox
from tests.builders import quality as build
from tests.builders.quality import Bench, proof_of
from tests.support.scenes import scene


def through_everything() -> Bench:
    """Return a batch with concessions, deviations, corrections, copies and both releases."""
    return scene("quality, through everything", _through_everything)


def _through_everything() -> Bench:
    bench = build.issued()
    raised = build.reported(bench)
    build.granted(bench, build.asked(bench))
    refused = build.asked(bench, step="work/fill/volume")
    services.decline_concession(
        command=bench.command("qa-on-call"), batch=bench.batch, concession=refused, reason="No."
    )
    build.performed(bench, volume="85", comment="Read twice.")
    build.judged(bench, raised, Judgement.DEVIATION)
    for exception in bench.record().open_exceptions:
        build.judged(bench, exception)
    _close_deviations(bench)
    build.with_results(build.received(bench))
    _correct_one(bench)
    _hold_and_lift(bench)
    build.sign_review(bench)
    build.release(bench)
    build.reviewed(bench, build.entered(bench, "sterility", "negative", interim=True))
    build.with_results(bench, build.STERILE)
    services.certify_later_results(
        command=bench.command("releasing-person"), batch=bench.batch,
        proof=proof_of(bench.actor("releasing-person")),
    )  # fmt: skip
    services.request_dossier(command=bench.command("auditor"), batch=bench.batch)
    outbox.drain()
    return bench


def _close_deviations(bench: Bench) -> None:
    for deviation in bench.record().deviations:
        services.close_deviation(
            command=bench.command("qa-reviewer"), batch=bench.batch, deviation=deviation.id,
            conclusion="No effect on the product.", proof=proof_of(bench.actor("qa-reviewer")),
        )  # fmt: skip


def _correct_one(bench: Bench) -> None:
    reply = services.correct_result(
        command=bench.command("qc-analyst"), result=bench.record().results[0].id,
        reason="Read the wrong well.", typed=Typed(test="viability", value="91"),
    )  # fmt: skip
    [new] = [row for row in bench.record().results if str(row.id) == reply["result"]]
    build.reviewed(bench, new.id)


def _hold_and_lift(bench: Bench) -> None:
    for act in (services.set_quality_hold, services.lift_quality_hold):
        act(command=bench.command("qa-reviewer"), batch=bench.batch, reason="Vector in doubt.")
