"""What is signed is what was shown: each service refuses the hash of something else."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.signing_exceptions import ShownHasChanged
from mes.lib import clock
from mes.lib.evidence import content_hash
from quality import services
from quality.enums import Judgement
from quality.services.concessions import concession_of, request_content
from quality.services.deviations import deviation_content
from quality.services.disposition import later_content
from quality.services.results import result_content, result_of
from records.reading import reading
from tests.builders import quality as build
from tests.builders.accounts import a_command
from tests.builders.quality import Bench, proof_of

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("P11-70")]
Sign = Callable[[str], object]
STALE = content_hash("another page")


def a_result() -> tuple[Bench, str, Sign]:
    bench = build.at_qc()
    result = build.entered(bench, "viability", "92.5")
    second = bench.another("qc-analyst")
    with reading(site=bench.site.id):
        shown = content_hash(result_content(result_of(result)))
    return (
        bench,
        shown,
        lambda hash_: services.review_result(
            command=a_command(second), result=result, proof=proof_of(second), shown=hash_
        ),
    )


def a_deviation() -> tuple[Bench, str, Sign]:
    bench = build.issued()
    build.judged(bench, build.reported(bench), Judgement.DEVIATION)
    [row] = bench.record().deviations
    shown = content_hash(deviation_content(row, ""))
    return bench, shown, lambda hash_: services.close_deviation(
        command=bench.command("qa-reviewer"), batch=bench.batch, deviation=row.id,
        conclusion="No effect.", proof=proof_of(bench.actor("qa-reviewer")), shown=hash_,
    )  # fmt: skip


def a_concession() -> tuple[Bench, str, Sign]:
    bench = build.issued()
    asked = build.asked(bench)
    with reading(site=bench.site.id):
        shown = content_hash(request_content(concession_of(bench.batch, asked)))
    return bench, shown, lambda hash_: services.grant_concession(
        command=bench.command("qa-on-call"), batch=bench.batch, concession=asked,
        until=clock.now() + timedelta(hours=1), reason="r", risk="r",
        proof=proof_of(bench.actor("qa-on-call")), shown=hash_,
    )  # fmt: skip


def later_results() -> tuple[Bench, str, Sign]:
    bench = build.ready_for_release()
    build.release(bench)
    build.with_results(bench, build.STERILE)
    with reading(site=bench.site.id):
        shown = content_hash(later_content(bench.record()))
    return bench, shown, lambda hash_: services.certify_later_results(
        command=bench.command("releasing-person"), batch=bench.batch,
        proof=proof_of(bench.actor("releasing-person")), shown=hash_,
    )  # fmt: skip


@pytest.mark.parametrize("place", [a_result, a_deviation, a_concession, later_results])
@pytest.mark.parametrize("stale", [STALE, ""])
def test_only_what_was_shown_is_signed(
    place: Callable[[], tuple[Bench, str, Sign]], stale: str
) -> None:
    _bench, shown, sign = place()
    with pytest.raises(ShownHasChanged):
        sign(stale)
    sign(shown)
