"""Two people, by person: each pair is refused by its service, and by the schema when that forgets.

The pairs are found in the schema, not listed from memory: one without a proof here fails.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import IntegrityError, connection

from accounts.documents import shipped
from accounts.exceptions import SamePerson
from accounts.models import DocumentVersion
from accounts.services.access_reviews import open_access_review
from accounts.services.documents import put_forward
from accounts.services.people import disable_person, grant_role
from batches import services as acts
from batches.entries import ExceptionRaised, Said
from batches.exceptions import VerifiedOwnWork
from mes.lib import clock
from mes.lib.ids import uuid7
from quality import services
from quality.enums import Judgement
from quality.exceptions import NotIndependent, OwnConcession, OwnException
from recipes.exceptions import ApprovedBefore, OwnRecipe
from records.act import act
from records.commands import Actor
from records.entries import AttemptRefused, decode
from records.reading import reading
from records.store import constraint_of
from tests.builders import quality as build
from tests.builders.accounts import DemoSite, a_command, actor_of, open_demo_site
from tests.builders.quality import Bench, proof_of
from tests.builders.recipes import approve, approved, submitted
from tests.quality.test_corrections import FILL, SOURCE, VOLUME, correct, executed, verify
from tests.test_golden import plain_of

pytestmark = [
    pytest.mark.usefixtures("committed_db"),
    pytest.mark.req("A11-6", "D11-12e", "P11-10d"),
    pytest.mark.scenario(29),
]

# Two columns with people (or whose they are) that may not be equal; and names that a trigger gives,
# or a key over both signers.
UNEQUAL = re.compile(r"\(?NOT \(\(?\w+ = \w+\)?\)|\w+ <> \w+")
NAMED = re.compile(r"_is_not_|_not_(own|author|writer)$")
FOUND = """
SELECT conname, pg_get_constraintdef(oid),
       (SELECT count(*) FROM pg_attribute
         WHERE attrelid = conrelid AND attnum = ANY (conkey) AND atttypid = 'uuid'::regtype)
  FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""
TOLD = r"""
SELECT found[1] FROM pg_proc, regexp_matches(prosrc, 'CONSTRAINT = ''(\w+_is_not_\w+)''', 'g') found
 WHERE pronamespace = 'public'::regnamespace
"""
SIGNERS = "recipes_recipeapproval_pkey"


def pairs_in_schema(owner: psycopg.Connection) -> set[str]:
    """Return the names of all constraints by which two columns hold two people."""
    checks = {
        name
        for name, said, ids in owner.execute(FOUND).fetchall()
        if (ids > 1 and UNEQUAL.search(said.replace('"', ""))) or NAMED.search(name)
    }
    return checks | {row[0] for row in owner.execute(TOLD)} | {SIGNERS}


@dataclass
class Scene:
    """A site with a released batch, one that is at work, and an approved recipe."""

    site: DemoSite
    released: Bench
    at_work: Bench
    version: UUID
    access_review: UUID
    granted: UUID
    document: UUID
    someone: UUID = field(default_factory=uuid7)


def scene() -> Scene:
    released = build.ready_for_release()
    build.release(released)
    at_work = build.issued(released.site, number="B-26-0002")
    build.judged(at_work, build.reported(at_work), Judgement.DEVIATION)
    build.reported(at_work)
    build.granted(at_work, build.asked(at_work))
    build.asked(at_work, step="work/fill/bag")
    site, review = released.site, uuid7()
    with act(at_work.command("shift-lead"), streams=[at_work.batch]) as a:
        for kind in ("redline.proposed", "exception.comment_asked"):
            a.append(at_work.batch, decode(kind, 1, plain_of(kind, 1)))
    due = clock.now() + timedelta(days=30)
    open_access_review(command=a_command(site.actor("admin")), review=review, due=due)
    granted = site.person("operator")
    grant_role(
        command=a_command(site.actor("admin")), person=granted, role="shift-lead",
        approver=site.person("qa-reviewer"), paper="form 9",
    )  # fmt: skip
    path, admin = "docs/deploy.md", site.actor("admin")
    shown = shipped()[path].sha256
    put_forward(command=a_command(admin), path=path, changes="the first", shown=shown)
    with reading(site=site.id, person=admin.person):
        document = DocumentVersion.objects.get().stream
    return Scene(site, released, at_work, approved(site), review, granted, document)


# Constraint → on which stream, and the statements of which the last one breaks it.
STEP = "UPDATE batches_step SET performed_by = %(someone)s, performed_at = now(), entry_seq = %(seq)s WHERE stream = %(stream)s AND path = 'work/fill/ready'"  # fmt: skip # noqa: E501
JUDGE = "UPDATE batches_batchexception SET judged_by = {}, judged_at = now(), entry_seq = %(seq)s WHERE stream = %(stream)s AND state = 'open'"  # fmt: skip # noqa: E501
# The exception of a step's second time: who did one of its times does not judge it.
REPEATED = "UPDATE batches_batchexception SET step = step || '#2', entry_seq = %(seq)s WHERE stream = %(stream)s AND state = 'open'"  # fmt: skip # noqa: E501
BROKEN: dict[str, tuple[str, list[str]]] = {
    "batches_step_performer_is_not_verifier": ("released", [
        "UPDATE batches_step SET verified_by = performed_by, verified_at = now(), entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "batches_step_corrector_is_not_verifier": ("released", [
        "UPDATE batches_step SET verified_by = %(someone)s, corrected_by = %(someone)s, verified_at = now(), entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "batches_batch_performer_is_not_reviewer": ("released", [
        "UPDATE batches_batch SET reviewed_by = (SELECT performer FROM batches_operation WHERE stream = %(stream)s), entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "batches_batch_reviewer_is_not_releaser": ("released", [
        "UPDATE batches_batch SET dispositioned_by = reviewed_by, entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "batches_exception_not_own": ("at_work", [JUDGE.format("raised_by")]),
    "batches_exception_performer_is_not_judge": ("at_work", [STEP, JUDGE.format("%(someone)s")]),
    "batches_exception_grantor_is_not_judge": ("at_work", [
        JUDGE.format("(SELECT answered_by FROM batches_concession WHERE stream = %(stream)s AND state = 'granted')"),  # noqa: E501
    ]),
    "batches_concession_not_own": ("at_work", [
        "UPDATE batches_concession SET answered_by = asked_by, answered_at = now(), entry_seq = %(seq)s WHERE stream = %(stream)s AND state = 'asked'",  # noqa: E501
    ]),
    "quality_result_reviewer_is_not_analyst": ("sample", [
        "UPDATE quality_result SET reviewed_by = entered_by, entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "quality_result_analyst_is_not_reviewer": ("released", [
        "UPDATE quality_review SET by = (SELECT entered_by FROM quality_result WHERE batch = %(stream)s LIMIT 1), entry_seq = %(seq)s WHERE batch = %(stream)s",  # noqa: E501
    ]),
    "quality_deviation_performer_is_not_closer": ("at_work", [
        STEP,
        "UPDATE quality_deviation SET state = 'closed', closed_by = %(someone)s, closed_at = now(), entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "quality_disposition_performer_is_not_certifier": ("released", [
        "UPDATE quality_disposition SET final_at = now(), final_by = (SELECT performed_by FROM batches_step WHERE stream = %(stream)s LIMIT 1), entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "recipes_approval_not_author": ("version", [
        "UPDATE recipes_recipeapproval SET author = person, entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "recipes_approval_not_writer": ("version", [
        "UPDATE recipes_recipeapproval SET writers = jsonb_build_array(person::text), entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "accounts_accessreviewitem_person_is_not_reviewer": (
        "access_review",
        [
            "UPDATE accounts_accessreviewitem SET decision = 'keep', decided_by = person, decided_at = now(), entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
        ],
    ),
    "accounts_roleapproval_not_receiver": ("granted", [
        "UPDATE accounts_roleapproval SET approver = person_id, entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "accounts_roleapproval_not_grantor": ("granted", [
        "UPDATE accounts_roleapproval SET approver = granted_by, entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "batches_redline_two_people": ("at_work", [
        "UPDATE batches_redline SET production_by = %(someone)s, production_at = now(), quality_by = %(someone)s, quality_at = now(), entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "batches_redline_not_own": ("at_work", [
        "UPDATE batches_redline SET quality_by = proposed_by, quality_at = now(), entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "batches_comment_not_of_oneself": ("at_work", [
        "UPDATE batches_askedcomment SET asked_by = person, entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    "accounts_documentversion_four_eyes": ("document", [
        "UPDATE accounts_documentversion SET approver = author, approver_name = author_name, approved_at = now(), entry_seq = %(seq)s WHERE stream = %(stream)s",  # noqa: E501
    ]),
    SIGNERS: ("version", [
        "UPDATE recipes_recipeapproval SET entry_seq = %(seq)s, person = (SELECT person FROM recipes_recipeapproval WHERE stream = %(stream)s ORDER BY person LIMIT 1) WHERE stream = %(stream)s",  # noqa: E501
    ]),
}  # fmt: skip


def stream_of(scene: Scene, where: str) -> UUID:
    benches = {"released": scene.released, "at_work": scene.at_work}
    if where in benches:
        return benches[where].batch
    others = {
        "version": scene.version, "access_review": scene.access_review, "granted": scene.granted,
        "document": scene.document,
    }  # fmt: skip
    return scene.released.sample().id if where == "sample" else others[where]


@contextmanager
def noting(found: list[str | None]) -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        found.append(constraint_of(error))
        raise


def refused_by(scene: Scene, where: str, statements: list[str]) -> list[str | None]:
    """Return the constraint that refuses raw SQL of the application, in an act that forgot."""
    stream = stream_of(scene, where)
    found: list[str | None] = []
    with suppress(IntegrityError), act(a_command(scene.site.system), streams=[stream]) as a:
        seq = a.append(stream, AttemptRefused(command="test", code="test", params={}))
        params: dict[str, Any] = {"seq": seq, "stream": stream, "someone": scene.someone}
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("mes_app",)
            for one in statements[:-1]:
                cursor.execute(one, params)
                assert cursor.rowcount > 0, one
            with noting(found):
                cursor.execute(statements[-1], params)
    return found


def test_the_schema_refuses_one_person_for_two(owner_connection: psycopg.Connection) -> None:
    assert pairs_in_schema(owner_connection) == set(BROKEN)
    seen = scene()
    found = {name: refused_by(seen, *broken) for name, broken in BROKEN.items()}
    assert found == {name: [name] for name in BROKEN}
    analyst = "(SELECT entered_by FROM quality_result WHERE batch = %(stream)s LIMIT 1)"
    for column in ("by = ", "final_at = now(), final_by = "):
        decides = f"UPDATE quality_disposition SET {column} {analyst}, entry_seq = %(seq)s WHERE batch = %(stream)s"  # fmt: skip # noqa: E501
        assert refused_by(seen, "released", [decides]) == ["quality_result_analyst_is_not_reviewer"]
    judge = JUDGE.format("%(someone)s")
    assert refused_by(seen, "at_work", [STEP, REPEATED, judge]) == [
        "batches_exception_performer_is_not_judge"
    ]


# --- by the services -----------------------------------------------------------------------------


def as_well(site: DemoSite, first: str, role: str) -> Actor:
    """Return the holder of one role as actor in another one that they are given, too."""
    who = site.person(first)
    grant_role(command=a_command(site.system), person=who, role=role)
    return actor_of(who, role, site)


def verifies_own_work() -> None:
    bench = build.issued(source=SOURCE)
    operator = bench.actor("operator")
    acts.sign_on(command=a_command(operator), batch=bench.batch, operation=FILL,
                 proof=proof_of(operator))  # fmt: skip
    for path in ("work/fill/ready", VOLUME):
        values = {"value": "100"} if path == VOLUME else {}
        acts.perform_step(command=a_command(operator), batch=bench.batch, step=path, values=values)
    bench.second["operator"] = bench.site.person("operator")
    verify(bench, VOLUME)


def verifies_a_correction() -> None:
    bench = executed()
    lead = bench.actor("shift-lead")
    correct(bench, VOLUME, by=lead, value="95")
    voided = next(row for row in bench.record().asked_again if row.part == VOLUME)
    disable_person(command=a_command(bench.site.system), person=voided.person, reason="left")
    acts.sign_again(command=a_command(lead), batch=bench.batch, signed=voided.signed,
                    proof=proof_of(lead))  # fmt: skip


def reviews(first: str) -> Callable[[], None]:
    def run() -> None:
        bench = build.with_results(build.at_qc())
        reviewer = as_well(bench.site, first, "qa-reviewer")
        services.sign_review(
            command=a_command(reviewer), batch=bench.batch,
            content_hash=bench.record().content_hash, proof=proof_of(reviewer),
        )  # fmt: skip

    return run


def reviews_what_they_corrected() -> None:
    bench = executed()
    correct(bench, VOLUME, by=bench.actor("shift-lead"), value="95")
    reviewer = as_well(bench.site, "shift-lead", "qa-reviewer")
    services.sign_review(command=a_command(reviewer), batch=bench.batch, proof=proof_of(reviewer),
                         content_hash=bench.record().content_hash)  # fmt: skip


def releases_what_they_reviewed() -> None:
    bench = build.ready_for_release()
    as_well(bench.site, "qa-reviewer", "releasing-person")
    bench.site.people["releasing-person"] = bench.site.person("qa-reviewer")
    build.release(bench)


def releases_what_they_analysed() -> None:
    bench = build.ready_for_release()
    as_well(bench.site, "qc-analyst", "releasing-person")
    bench.site.people["releasing-person"] = bench.site.person("qc-analyst")
    build.release(bench)


def judges_a_result_that_they_entered() -> None:
    bench = build.at_qc()
    build.with_results(bench, {"viability": "12"})
    as_well(bench.site, "qc-analyst", "qa-reviewer")
    bench.site.people["qa-reviewer"] = bench.site.person("qc-analyst")
    build.judged(bench, bench.exceptions()[-1])


def judges(first: str) -> Callable[[], None]:
    def run() -> None:
        bench = build.issued()
        raised = build.reported(bench)
        if first == "qa-on-call":
            build.granted(bench, build.asked(bench))
            said = Said(code="concession.used", severity="major", params={})
            with act(bench.command("shift-lead"), streams=[bench.batch]) as a:
                again = ExceptionRaised(step="work/fill/ready", said=said, comment="")
                a.append(bench.batch, again)
            raised = bench.exceptions()[-1]
        as_well(bench.site, first, "qa-reviewer")
        bench.site.people["qa-reviewer"] = bench.site.person(first)
        build.judged(bench, raised)

    return run


def judges_a_step_that_they_performed() -> None:
    bench = build.performed(build.issued(), volume="85", comment="Slow flow.")
    raised = next(row for row in bench.exceptions() if row.step == "work/fill/volume")
    as_well(bench.site, "operator", "qa-reviewer")
    bench.site.people["qa-reviewer"] = bench.site.person("operator")
    build.judged(bench, raised)


def grants_what_they_asked() -> None:
    bench = build.issued()
    asked = build.asked(bench)
    as_well(bench.site, "operator", "qa-on-call")
    bench.site.people["qa-on-call"] = bench.site.person("operator")
    build.granted(bench, asked)


def reviews_own_result() -> None:
    bench = build.at_qc()
    result = build.entered(bench, "viability", "92.5")
    bench.second["qc-analyst"] = bench.site.person("qc-analyst")
    build.reviewed(bench, result)


def closes_a_deviation_of_own_work() -> None:
    bench = build.issued()
    build.judged(bench, build.reported(bench), Judgement.DEVIATION)
    build.performed(bench)
    [row] = bench.record().deviations
    closer = as_well(bench.site, "operator", "qa-reviewer")
    services.close_deviation(command=a_command(closer), batch=bench.batch, deviation=row.id,
                             conclusion="None.", proof=proof_of(closer))  # fmt: skip


def certifies_later_results_of_own_work() -> None:
    bench = build.ready_for_release()
    build.release(bench)
    build.with_results(bench, build.STERILE)
    who = as_well(bench.site, "operator", "releasing-person")
    services.certify_later_results(command=a_command(who), batch=bench.batch, proof=proof_of(who))


def approves_own_recipe() -> None:
    site = open_demo_site()
    version = submitted(site)
    approve(version, as_well(site, "process-owner", "recipe-approver"))


def approves_twice() -> None:
    site = open_demo_site()
    version = submitted(site)
    for _ in range(2):
        approve(version, site.actor("recipe-approver"))


SERVICES: list[tuple[Callable[[], None], type[Exception]]] = [
    (verifies_own_work, VerifiedOwnWork),
    (verifies_a_correction, VerifiedOwnWork),
    (reviews("operator"), NotIndependent),
    (reviews_what_they_corrected, NotIndependent),
    (reviews("qc-analyst"), NotIndependent),
    (releases_what_they_analysed, NotIndependent),
    (judges_a_result_that_they_entered, OwnException),
    (releases_what_they_reviewed, SamePerson),
    (judges("operator"), OwnException),
    (judges_a_step_that_they_performed, OwnException),
    (judges("qa-on-call"), OwnConcession),
    (grants_what_they_asked, SamePerson),
    (reviews_own_result, SamePerson),
    (closes_a_deviation_of_own_work, NotIndependent),
    (certifies_later_results_of_own_work, NotIndependent),
    (approves_own_recipe, OwnRecipe),
    (approves_twice, ApprovedBefore),
]


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    SERVICES,
    ids=[f"{number}-{refusal.__name__}" for number, (_, refusal) in enumerate(SERVICES)],
)
def test_each_service_refuses_one_person_for_two(
    attempt: Callable[[], None], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as refused:
        attempt()
    assert getattr(refused.value, "interlock", None) == "absolute"
