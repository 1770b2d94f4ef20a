"""A version's way: imported, reviewed, approved by two others, effective, ended."""

from collections.abc import Callable
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from accounts.exceptions import NotAllowed
from accounts.services.people import grant_role
from mes.lib import evidence
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from recipes import reader, selectors, workflow
from recipes.enums import UseKind, VersionStatus
from recipes.exceptions import (
    ApprovedBefore,
    DocumentKnown,
    NotAllowedNow,
    NotCompiled,
    OwnRecipe,
    ReasonMissing,
    SignerIsAnother,
)
from recipes.messages import RecipeNotReadable
from recipes.models import Document, RecipeApproval, RecipeUse, RecipeVersion
from recipes.services import versions
from records.commands import Command
from records.exceptions import Stale
from records.models import Entry
from records.reading import reading
from tests.builders.accounts import DemoSite, a_command, open_demo_site
from tests.builders.recipes import (
    NO_PLANT,
    approve,
    approved,
    effective,
    imported,
    library_text,
    proof_of,
    seq_of,
    submitted,
)

SIX = library_text("six-steps")
BROKEN = SIX.replace(b"expected: 40 min", b"expected: 10 min")
SECOND = SIX.replace(b"expected: 40 min", b"expected: 45 min")


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


def row(version: UUID, site: DemoSite) -> RecipeVersion:
    with reading(site=site.id):
        return selectors.version_of(version)


def kinds(version: UUID, site: DemoSite) -> list[str]:
    with reading(site=site.id):
        entries = Entry.objects.filter(stream=version).order_by("seq")
        return list(entries.values_list("kind", flat=True))


def test_an_import_is_a_draft_of_its_author(site: DemoSite) -> None:
    version = row(imported(site), site)
    assert (version.code, version.number, version.status, version.author) == (
        "SIX-STEPS", 1, VersionStatus.DRAFT, site.person("process-owner")
    )  # fmt: skip
    assert (str(version), version.stages, version.steps) == ("SIX-STEPS v1", 1, 6)


def test_document_and_text_are_kept_by_their_hash(site: DemoSite) -> None:
    version = row(imported(site), site)
    with reading(site=site.id):
        assert selectors.document(version.content_hash) == reader.read(SIX)
        assert selectors.source_of(version) == SIX


def test_a_text_that_is_no_recipe_leaves_nothing(site: DemoSite) -> None:
    with pytest.raises(RecipeNotReadable) as caught:
        imported(site, b"a: &b 1")
    assert [m.line for m in caught.value.messages] == [1]
    with reading(site=site.id):
        assert (Document.objects.count(), RecipeVersion.objects.count()) == (0, 0)


def test_the_same_document_is_not_imported_twice(site: DemoSite) -> None:
    imported(site)
    with pytest.raises(DocumentKnown) as caught:
        imported(site, b"# one more comment\n" + SIX)
    assert caught.value.params == {"version": "SIX-STEPS v1"}


def test_a_double_tap_imports_once(site: DemoSite) -> None:
    command = a_command(site.actor("process-owner"))
    replies = [versions.import_recipe(command=command, source=SIX) for _ in range(2)]
    with reading(site=site.id):
        assert (replies[0], RecipeVersion.objects.count()) == (replies[1], 1)


def test_a_draft_with_errors_is_kept_but_not_reviewed(site: DemoSite) -> None:
    version = imported(site, BROKEN)
    command = a_command(site.actor("process-owner"))
    with pytest.raises(NotCompiled) as caught:
        versions.submit_for_review(command=command, version=version, seq=1)
    assert (caught.value.params["count"], row(version, site).status) == (1, VersionStatus.DRAFT)


@pytest.mark.req("F211-186", "A11-10")
def test_two_others_approve_and_one_makes_it_effective(site: DemoSite) -> None:
    version = effective(site)
    found = row(version, site)
    assert (found.status, found.effective_at is not None) == (VersionStatus.EFFECTIVE, True)
    assert kinds(version, site) == [
        "recipe.imported", "recipe.submitted", "recipe.approved", "recipe.approved",
        "recipe.made_effective", "procedure.versioned",
    ]  # fmt: skip
    with reading(site=site.id):
        people = [approval.person for approval in selectors.approvals_of(version)]
    assert people == [site.person("recipe-approver"), site.person("qa-reviewer")]


@pytest.mark.req("P11-50", "P11-70")
def test_a_signature_is_bound_to_the_document_that_was_shown(site: DemoSite) -> None:
    version = approved(site)
    with reading(site=site.id):
        approval = selectors.approvals_of(version)[0]
        document = selectors.document(row_hash(version))
    assert approval.content_hash == evidence.content_hash(document.dump())
    assert (approval.printed_name, approval.role, approval.meaning, approval.factors) == (
        "Ravi Anand", "recipe-approver", versions.MEANING, ["username", "password"]
    )  # fmt: skip


def row_hash(version: UUID) -> str:
    return RecipeVersion.objects.get(id=version).content_hash


@pytest.mark.req("F211-186")
def test_the_author_does_not_approve_whatever_the_roles(site: DemoSite) -> None:
    author = site.person("process-owner")
    grant_role(command=a_command(site.system), person=author, role="recipe-approver")
    version = submitted(site)
    with pytest.raises(OwnRecipe) as caught:
        approve(version, site.actor("process-owner"))
    assert (caught.value.interlock, kinds(version, site)[-1]) == ("absolute", "attempt.refused")
    assert row(version, site).status == VersionStatus.IN_REVIEW


def test_one_person_does_not_approve_twice(site: DemoSite) -> None:
    version = submitted(site)
    first = approve(version, site.actor("recipe-approver"))
    with pytest.raises(ApprovedBefore):
        approve(version, site.actor("recipe-approver"))
    assert (first["complete"], row(version, site).status) == (False, VersionStatus.IN_REVIEW)


def test_nobody_signs_for_another(site: DemoSite) -> None:
    version = submitted(site)
    command = a_command(site.actor("recipe-approver"))
    other = proof_of(site.actor("qa-reviewer"))
    with pytest.raises(SignerIsAnother):
        versions.approve(command=command, version=version, seq=2, proof=other)


@pytest.mark.parametrize("role", ["operator", "planner", "qc-analyst", "coordinator", "auditor"])
def test_who_may_not_approve_does_not(site: DemoSite, role: str) -> None:
    version = submitted(site)
    with pytest.raises(NotAllowed):
        approve(version, site.actor(role))
    with reading(site=site.id):
        assert RecipeApproval.objects.count() == 0


def test_who_may_not_write_does_not_import(site: DemoSite) -> None:
    with pytest.raises(NotAllowed):
        imported(site, by="operator")


def test_a_new_effective_version_supersedes_the_one_before(site: DemoSite) -> None:
    first = effective(site)
    second = effective(site, SECOND)
    assert [(row(v, site).number, row(v, site).status) for v in (first, second)] == [
        (1, VersionStatus.SUPERSEDED), (2, VersionStatus.EFFECTIVE)
    ]  # fmt: skip
    assert kinds(first, site)[-1] == "recipe.superseded"
    with reading(site=site.id):
        found = selectors.effective_of("SIX-STEPS")
    assert found is not None
    assert found.id == second


def test_what_was_looked_at_before_it_changed_is_stale(site: DemoSite) -> None:
    version = submitted(site)
    by = site.actor("recipe-approver")
    with pytest.raises(Stale):
        versions.approve(command=a_command(by), version=version, seq=1, proof=proof_of(by))


def test_a_reviewer_says_no_with_a_reason(site: DemoSite) -> None:
    version = submitted(site)
    by = site.actor("qa-reviewer")
    with pytest.raises(ReasonMissing):
        versions.withdraw(command=a_command(by), version=version, seq=2, reason="  ")
    versions.withdraw(command=a_command(by), version=version, seq=2, reason="Limits too wide")
    found = row(version, site)
    assert (found.status, found.withdrawn_reason) == (VersionStatus.WITHDRAWN, "Limits too wide")


def test_a_withdrawn_document_may_be_imported_again(site: DemoSite) -> None:
    version = imported(site)
    by = site.actor("process-owner")
    versions.withdraw(command=a_command(by), version=version, seq=1, reason="A try")
    assert row(imported(site), site).number == 2


def test_an_author_does_not_withdraw_what_is_in_review(site: DemoSite) -> None:
    version = submitted(site)
    by = site.actor("process-owner")
    with pytest.raises(NotAllowed):
        versions.withdraw(command=a_command(by), version=version, seq=2, reason="Second thoughts")


def _submit(command: Command, version: UUID, seq: int) -> None:
    versions.submit_for_review(command=command, version=version, seq=seq)


def _approve(command: Command, version: UUID, seq: int) -> None:
    proof = proof_of(command.actor)
    versions.approve(command=command, version=version, seq=seq, proof=proof, reason=NO_PLANT)


def _make_effective(command: Command, version: UUID, seq: int) -> None:
    versions.make_effective(command=command, version=version, seq=seq)


ACTS: dict[str, tuple[Callable[[Command, UUID, int], None], str]] = {
    "submit": (_submit, "process-owner"),
    "approve": (_approve, "qa-on-call"),
    "make effective": (_make_effective, "recipe-approver"),
}
STATES: dict[str, Callable[[DemoSite], UUID]] = {
    "draft": imported,
    "in review": submitted,
    "approved": approved,
    "effective": effective,
}
ALLOWED = {("submit", "draft"), ("approve", "in review"), ("make effective", "approved")}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_an_act_fits_the_status_or_is_refused(site: DemoSite, act: str, state: str) -> None:
    do, role = ACTS[act]
    version = STATES[state](site)
    if act == "approve":
        person = site.person(role)
        grant_role(command=a_command(site.system), person=person, role="recipe-approver")
    by = site.actor(role)
    refused: Refusal | None = None
    try:
        do(a_command(by), version, seq_of(version, site.id))
    except NotAllowedNow as refusal:
        refused = refusal
    assert (refused is None) == ((act, state) in ALLOWED)


def test_every_status_has_its_transitions() -> None:
    assert set(workflow.TRANSITIONS) == set(VersionStatus)
    assert {s for s, then in workflow.TRANSITIONS.items() if not then} == VersionStatus.ended


def test_what_a_version_uses_can_be_asked_once_it_is_approved(site: DemoSite) -> None:
    drafted = imported(site, SECOND)
    version = approved(site)
    with reading(site=site.id):
        found = selectors.where_used(UseKind.MATERIAL, "TEXMACS")
        assert RecipeUse.objects.filter(version=drafted).count() == 0
    assert [(use.version.id, use.path) for use in found] == [(version, "seeding/seed/medium")]


def test_another_site_sees_nothing_of_it(site: DemoSite) -> None:
    version = effective(site)
    other = open_demo_site("XX9")
    with reading(site=other.id), pytest.raises(NotFound):
        selectors.version_of(version)
    with reading(site=other.id):
        assert selectors.effective_versions() == []
    assert row(imported(other), other).number == 1


def test_a_version_of_another_site_is_not_touched(site: DemoSite) -> None:
    version = imported(site)
    other = open_demo_site("XX9")
    by = other.actor("process-owner")
    with pytest.raises(NotFound):
        versions.submit_for_review(command=a_command(by), version=version, seq=1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE recipes_document SET content = ''",
        "DELETE FROM recipes_document",
        "TRUNCATE recipes_document",
        "UPDATE recipes_recipeversion SET status = 'effective', effective_at = now()",
        "DELETE FROM recipes_recipeversion",
        "DELETE FROM recipes_recipeapproval",
    ],
)
def test_the_application_cannot_change_what_was_approved(site: DemoSite, statement: str) -> None:
    approved(site)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('mes.site', %s, true)", [str(site.id)])
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute(statement)


def test_a_document_that_was_altered_is_not_executed(
    site: DemoSite, owner_connection: psycopg.Connection
) -> None:
    version = row(imported(site), site)
    selectors.document.cache_clear()
    owner_connection.execute("ALTER TABLE recipes_document DISABLE TRIGGER ALL")
    # The database keeps a document under its own hash only: its owner takes that wall away first.
    owner_connection.execute(
        "ALTER TABLE recipes_document DROP CONSTRAINT recipes_document_is_its_hash"
    )
    owner_connection.execute(
        "UPDATE recipes_document SET content = replace(convert_from(content, 'UTF8'), "
        "'1.1e8', '9.9e8')::bytea WHERE hash = %s AND media_type = 'application/json'",
        [version.content_hash],
    )
    with reading(site=site.id), pytest.raises(ValueError, match="altered"):
        selectors.document(version.content_hash)
    selectors.document.cache_clear()


def test_an_unknown_document_is_not_found(site: DemoSite) -> None:
    with reading(site=site.id), pytest.raises(NotFound):
        selectors.document("0" * 64)


def test_an_unknown_version_is_not_found(site: DemoSite) -> None:
    by = site.actor("process-owner")
    with pytest.raises(NotFound):
        versions.submit_for_review(command=a_command(by), version=uuid7(), seq=1)
