"""One ceremony over several results: opened, unchanged, cleared; a signature under each."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from mes.lib.evidence import content_hash
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from quality import services
from quality.exceptions import (
    FlaggedAlone,
    NothingChosen,
    NotOpened,
    OpenedHasChanged,
    OwnAmongThem,
    SignedMeanwhile,
    TooMany,
)
from quality.services.results import Typed, result_content, result_of
from records.models import Entry
from records.reading import reading
from tests.builders import quality as build
from tests.builders.accounts import (
    PASSWORD,
    a_command,
    client_on,
    open_demo_site,
    person,
    signed_in_client,
)
from tests.builders.quality import Bench, proof_of

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.req("P11-70", "P11-50", "P11-200a"),
]


def a_bench() -> Bench:
    return build.at_qc()


def content_of(bench: Bench, result: UUID) -> str:
    with reading(site=bench.site.id):
        return content_hash(result_content(result_of(result)))


def sign(bench: Bench, shown: dict[UUID, str], opened: dict[UUID, str] | None = None) -> None:
    second = bench.another("qc-analyst")
    services.review_results(
        command=a_command(second), shown=shown, proof=proof_of(second),
        opened=shown if opened is None else opened,
    )  # fmt: skip


def signatures(bench: Bench) -> dict[str, tuple[str, str]]:
    """Return result → content hash and person of the signatures under reviews."""
    with reading(site=bench.site.id):
        rows = Entry.objects.filter(kind="result.reviewed")
        said = [row.envelope["payload"] for row in rows]
    return {
        one["result"]: (one["signature"]["content_hash"], one["signature"]["person"])
        for one in said
    }


def test_each_record_has_its_own_signature_under_its_own_content() -> None:
    bench = a_bench()
    results = [build.entered(bench, *one) for one in (("viability", "92.5"), ("dose", "1.4e8"))]
    shown = {one: content_of(bench, one) for one in results}
    sign(bench, shown)
    who = str(bench.another("qc-analyst").person)
    assert signatures(bench) == {str(one): (shown[one], who) for one in results}
    assert len(set(shown.values())) == 2
    number = bench.sample().number
    with pytest.raises(SignedMeanwhile, match=f"more: {number} viability, {number} dose"):
        sign(bench, shown)


def test_one_that_does_not_fit_refuses_the_whole_and_is_named() -> None:
    bench = a_bench()
    good = build.entered(bench, "viability", "92.5")
    other = build.entered(bench, "dose", "1.4e8")
    shown = {one: content_of(bench, one) for one in (good, other)}
    number = bench.sample().number
    with pytest.raises(NotOpened, match=f"{number} dose"):
        sign(bench, shown, opened={good: shown[good]})
    with pytest.raises(NotOpened, match=f"{number} dose"):
        sign(bench, shown, opened={**shown, other: "0" * 64})
    stale = {**shown, other: "0" * 64}
    with pytest.raises(OpenedHasChanged, match=f"since you opened it: {number} dose"):
        sign(bench, stale)
    flagged = build.entered(bench, "appearance", "deviates")
    with pytest.raises(FlaggedAlone, match=f"{number} appearance"):
        sign(bench, {**shown, flagged: content_of(bench, flagged)})
    with pytest.raises(NothingChosen):
        sign(bench, {})
    with pytest.raises(TooMany):
        sign(bench, {uuid7(): "" for _ in range(51)})
    own = bench.actor("qc-analyst")
    with pytest.raises(OwnAmongThem, match=f"in {number} viability, {number} dose"):
        services.review_results(command=a_command(own), shown=shown, opened=shown,
                                proof=proof_of(own))  # fmt: skip
    assert signatures(bench) == {}


def test_results_of_several_batches_in_one_ceremony() -> None:
    bench = a_bench()
    other = build.received(build.performed(build.issued(bench.site, number="B-26-0002")))
    results = [build.entered(one, "viability", "92.5") for one in (bench, other)]
    sign(bench, {one: content_of(bench, one) for one in results})
    assert len(signatures(bench)) == 2
    with reading(site=bench.site.id):
        arrived = Entry.objects.filter(kind="result.arrived").values_list("stream", flat=True)
        assert set(arrived) == {bench.batch, other.batch}


def test_another_sites_result_is_not_there() -> None:
    bench = a_bench()
    result = build.entered(bench, "viability", "92.5")
    shown = {result: content_of(bench, result)}
    stranger = open_demo_site("MZ9").actor("qc-analyst")
    with pytest.raises(NotFound):
        services.review_results(command=a_command(stranger), shown=shown, opened=shown,
                                proof=proof_of(stranger))  # fmt: skip
    assert signatures(bench) == {}


# --- through the page ----------------------------------------------------------------------------

ADDRESS = "/quality/results/review/"


def a_reviewer(bench: Bench) -> Client:
    person("qc-analyst", site=bench.site, username="carla", badge="B-7", secrets=True)
    return signed_in(client_on())


def signed_in(client: Client) -> Client:
    form = {"key": str(uuid7()), "username": "carla", "password": PASSWORD}
    assert client.post(reverse("accounts:sign_in"), form).status_code == 302
    return client


def ticked(bench: Bench, *results: UUID) -> dict[str, object]:
    values = [f"{one}:{content_of(bench, one)}" for one in results]
    return {"key": str(uuid7()), "result": values, "password": PASSWORD}


def opens(client: Client, result: UUID) -> None:
    assert client.get(f"/quality/results/{result}/review/?from=several").status_code == 200


def test_the_server_knows_what_was_opened_whatever_the_form_says() -> None:
    bench = a_bench()
    one, two = (build.entered(bench, *of) for of in (("viability", "92.5"), ("dose", "1.4e8")))
    client = a_reviewer(bench)
    opens(client, one)
    both = client.post(ADDRESS, ticked(bench, one, two))
    assert (both.status_code, "several.not_opened" in both.content.decode()) == (403, True)
    page = client.get(ADDRESS).content.decode()
    assert (page.count('name="result"'), "to be opened" in page) == (1, True)
    opens(client, two)
    signed_in(client)  # a new period: what the one before has opened counts no more
    assert client.post(ADDRESS, ticked(bench, one, two)).status_code == 403
    assert signatures(bench) == {}
    opens(client, one)
    opens(client, two)
    assert client.post(ADDRESS, ticked(bench, one, two)).status_code == 302
    assert len(signatures(bench)) == 2


def test_a_result_that_was_corrected_after_it_was_opened_is_not_signed() -> None:
    bench = a_bench()
    result = build.entered(bench, "viability", "92.5")
    client = a_reviewer(bench)
    opens(client, result)
    form = ticked(bench, result)
    services.correct_result(
        command=bench.command("qc-analyst"), result=result, reason="Digits were turned.",
        typed=Typed(test="viability", value="95.2", equipment="CTR-2"),
    )  # fmt: skip
    assert client.post(ADDRESS, form).status_code == 409
    assert signatures(bench) == {}
    nonsense = {**form, "result": ["everything"], "key": str(uuid7())}
    assert client.post(ADDRESS, nonsense).status_code == 404


def test_the_page_is_for_who_reviews_results() -> None:
    bench = a_bench()
    client = signed_in_client(bench.site, "auditor")
    assert client.get(ADDRESS).status_code == 403
