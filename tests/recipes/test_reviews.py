"""A review: whose signatures are asked for, what is talked about, and what is sent back."""

from collections.abc import Callable, Iterator
from itertools import product
from uuid import UUID

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.exceptions import NotAllowed
from accounts.services.people import grant_role
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from recipes import selectors, workflow
from recipes.approvers import ANY, Approvers
from recipes.drafting.changes import Put
from recipes.enums import CommentState, VersionStatus
from recipes.exceptions import (
    ApproversUnknown,
    CommentEnded,
    CommentsOpen,
    NoSuchPlace,
    NotAllowedNow,
    NotInReview,
    NotYoursToResolve,
    ReasonMissing,
    RoleNotAsked,
    TextMissing,
)
from recipes.models import RecipeApproval, RecipeVersion
from recipes.services import approvers, drafts, reviews, versions
from records.exceptions import Stale
from records.models import Entry
from records.reading import reading
from tests.builders.accounts import DemoSite, a_command, open_demo_site, signed_in_client
from tests.builders.recipes import (
    approve,
    approved,
    effective,
    imported,
    library_text,
    seq_of,
    submitted,
)

SECOND = library_text("six-steps").replace(b"expected: 40 min", b"expected: 45 min")
SEEDED = "seeding/seed/seeded"
ROLES = ("recipe-approver", "qa-reviewer")


@pytest.fixture
def site(committed_db: str) -> DemoSite:
    return open_demo_site()


def row(version: UUID, site: DemoSite) -> RecipeVersion:
    with reading(site=site.id):
        return selectors.version_of(version)


def ask(version: UUID, site: DemoSite, by: str = "qa-reviewer", *, path: str = SEEDED) -> UUID:
    command = a_command(site.actor(by))
    said = reviews.comment(command=command, version=version, path=path, text="Why so many?")
    return UUID(str(said["comment"]))


def answer(version: UUID, comment: UUID, site: DemoSite, by: str = "process-owner") -> None:
    command = a_command(site.actor(by))
    reviews.reply_to(command=command, version=version, comment=comment, text="As validated.")


def settle(version: UUID, comment: UUID, site: DemoSite, by: str = "qa-reviewer") -> None:
    command = a_command(site.actor(by))
    reviews.resolve(command=command, version=version, comment=comment, text="Accepted.")


def send_back(version: UUID, site: DemoSite, by: str = "qa-reviewer") -> None:
    reviews.send_back(
        command=a_command(site.actor(by)), version=version, seq=seq_of(version, site.id),
        reason="The wash is too short",
    )  # fmt: skip


def set_rule(site: DemoSite, *roles: str, in_order: bool = False, by: str = "qa-reviewer") -> None:
    approvers.set_approvers(
        command=a_command(site.actor(by)), roles=roles, in_order=in_order, reason="New SOP"
    )


# --- whose signatures ----------------------------------------------------------------------------

ALL = st.sampled_from([ANY, *ROLES])


@given(st.lists(ALL, min_size=2, max_size=6), st.booleans())
def test_signatures_that_are_asked_for_complete_the_rule(roles: list[str], in_order: bool) -> None:
    rule = Approvers(tuple(roles), in_order)
    signed: list[str] = []
    while rule.missing(signed):
        asked = rule.asked_now(signed)
        held = asked[-1] if asked[-1] != ANY else ROLES[len(signed) % 2]
        role = rule.role_of([held], signed)
        assert role in {held, ANY}
        signed.append(held)
    assert len(signed) == len(roles)


def test_a_role_that_is_not_asked_for_signs_nothing() -> None:
    rule = Approvers(ROLES, in_order=True)
    assert [rule.role_of([role], ()) for role in ROLES] == ["recipe-approver", None]
    assert [rule.role_of([role], ["recipe-approver"]) for role in ROLES] == [None, "qa-reviewer"]
    assert Approvers(ROLES).role_of(["operator"], ()) is None


def test_a_rule_that_asks_for_less_than_before_still_takes_one_signature() -> None:
    rule = Approvers((ANY, ANY))
    assert (rule.missing([*ROLES]), rule.role_of(["qa-reviewer"], ROLES)) == ((), ANY)


@pytest.mark.req("F211-186")
def test_a_site_says_which_roles_sign_and_in_which_order(site: DemoSite) -> None:
    set_rule(site, "qa-reviewer", "recipe-approver", in_order=True)
    version = submitted(site)
    with pytest.raises(RoleNotAsked) as caught:
        approve(version, site.actor("recipe-approver"))
    assert caught.value.params["roles"] == "QA reviewer"
    replies = [approve(version, site.actor(role))["complete"] for role in reversed(ROLES)]
    assert (replies, row(version, site).status) == ([False, True], VersionStatus.APPROVED)


def test_three_signatures_are_three(site: DemoSite) -> None:
    set_rule(site, ANY, ANY, "qa-reviewer")
    version = submitted(site)
    third = site.person("qa-on-call")
    grant_role(command=a_command(site.system), person=third, role="recipe-approver")
    by = [site.actor(role) for role in (*ROLES, "qa-on-call")]
    assert [approve(version, one)["complete"] for one in by] == [False, False, True]


def test_one_who_holds_both_roles_signs_in_the_role_that_is_asked_for(site: DemoSite) -> None:
    both = site.person("qa-reviewer")
    grant_role(command=a_command(site.system), person=both, role="recipe-approver")
    set_rule(site, "recipe-approver", "recipe-approver")
    version = submitted(site)
    approve(version, site.actor("qa-reviewer"))
    with reading(site=site.id):
        assert [one.role for one in selectors.approvals_of(version)] == ["recipe-approver"]


@pytest.mark.parametrize("roles", [(), (ANY,), (ANY, "operator"), (ANY,) * 7, (ANY, "")])
def test_a_rule_of_too_few_or_of_roles_that_may_not_is_refused(
    site: DemoSite, roles: tuple[str, ...]
) -> None:
    with pytest.raises(ApproversUnknown):
        set_rule(site, *roles)
    with reading(site=site.id):
        assert selectors.approvers_of(site.id) == Approvers()


def test_a_rule_needs_a_reason_and_somebody_who_may(site: DemoSite) -> None:
    command = a_command(site.actor("qa-reviewer"))
    with pytest.raises(ReasonMissing):
        approvers.set_approvers(command=command, roles=ROLES, in_order=False, reason=" ")
    with pytest.raises(NotAllowed):
        set_rule(site, *ROLES, by="process-owner")


def test_the_rule_of_one_site_is_not_that_of_another(site: DemoSite) -> None:
    set_rule(site, *ROLES)
    other = open_demo_site("XX9")
    with reading(site=other.id):
        assert selectors.approvers_of(other.id) == Approvers()
    version = submitted(other)
    approve(version, other.actor("qa-reviewer"))


def test_the_page_of_the_rule_sets_it_and_says_who_did(site: DemoSite) -> None:
    client = signed_in_client(site, "qa-reviewer")
    page = reverse("recipes:approvers")
    said = {"key": str(uuid7()), "role_1": "qa-reviewer", "role_2": ANY, "role_3": ANY}
    assert client.post(page, {**said, "reason": ""}).status_code == 400
    assert client.post(page, {**said, "role_2": "", "role_3": "", "reason": "x"}).status_code == 422
    done = client.post(page, {**said, "key": str(uuid7()), "reason": "Three now"})
    content = client.get(page).content.decode()
    assert (done.status_code, "Three now" in content) == (302, True)
    assert b"Ask for other signatures" not in (
        signed_in_client(site, "process-owner").get(page).content
    )


# --- comments ------------------------------------------------------------------------------------


@pytest.mark.req("F211-186")
def test_a_comment_holds_the_approval_up_until_it_is_answered(site: DemoSite) -> None:
    version = submitted(site)
    comment = ask(version, site)
    ask(version, site, path="")
    with pytest.raises(CommentsOpen) as caught:
        approve(version, site.actor("recipe-approver"))
    assert caught.value.params == {"count": 2, "places": f"{SEEDED}, –"}
    with reading(site=site.id):
        assert RecipeApproval.objects.count() == 0
        whole = selectors.comments_of(version)[1].id
    answer(version, comment, site)
    settle(version, whole, site)
    assert approve(version, site.actor("recipe-approver"))["approvals"] == 1


def test_the_asker_asks_again(site: DemoSite) -> None:
    version = submitted(site)
    comment = ask(version, site)
    states = []
    for by in ("process-owner", "qa-reviewer", "recipe-approver"):
        answer(version, comment, site, by)
        with reading(site=site.id):
            states.append(selectors.comment_of(version, comment).state)
    assert states == [CommentState.ANSWERED, CommentState.OPEN, CommentState.ANSWERED]
    with reading(site=site.id):
        said = selectors.comment_of(version, comment).replies
    assert [one["text"] for one in said] == ["As validated."] * 3


def test_who_wrote_the_version_does_not_settle_objections_to_it(site: DemoSite) -> None:
    version = submitted(site)
    comment = ask(version, site)
    with pytest.raises(NotYoursToResolve):
        settle(version, comment, site, "process-owner")
    settle(version, comment, site, "recipe-approver")
    for again in (answer, settle):
        with pytest.raises(CommentEnded):
            again(version, comment, site, "recipe-approver")


@pytest.mark.parametrize("path", ["seeding/seed/nothing", "seed", "../seeding"])
def test_a_comment_has_a_place_in_the_version(site: DemoSite, path: str) -> None:
    with pytest.raises(NoSuchPlace):
        ask(submitted(site), site, path=path)


def test_words_are_asked_for_and_a_review(site: DemoSite) -> None:
    version = submitted(site)
    command = a_command(site.actor("qa-reviewer"))
    with pytest.raises(TextMissing):
        reviews.comment(command=command, version=version, path="", text="  ")
    with pytest.raises(NotInReview):
        ask(imported(site, SECOND), site)
    with pytest.raises(NotAllowed):
        ask(version, site, "auditor")


def test_a_comment_of_another_version_is_not_found(site: DemoSite) -> None:
    comment = ask(submitted(site), site)
    with pytest.raises(NotFound):
        answer(submitted(site, SECOND), comment, site)


def test_who_signs_has_seen_what_was_said_meanwhile(site: DemoSite) -> None:
    version = submitted(site)
    seen = seq_of(version, site.id)
    settle(version, ask(version, site), site)
    with pytest.raises(Stale):
        reviews.send_back(
            command=a_command(site.actor("qa-reviewer")), version=version, seq=seen, reason="No"
        )


def test_the_pages_show_a_thread_and_take_an_answer(site: DemoSite) -> None:
    version = submitted(site)
    comment = ask(version, site)
    client = signed_in_client(site, "process-owner")
    page = reverse("recipes:comments", args=[version])
    one = reverse("recipes:reply", args=[version, comment])
    assert client.post(one, {"key": str(uuid7()), "text": ""}).status_code == 422
    said = client.post(one, {"key": str(uuid7()), "text": "As in report 12", "act": "reply"})
    # The page comes back to the thread, and the document leads there.
    assert said.headers["Location"] == f"{page}#c-{comment}"
    document = client.get(reverse("recipes:version", args=[version])).content.decode()
    assert document.count(f'href="{page}#c-{comment}"') == 1
    for shown in (page, reverse("recipes:version", args=[version])):
        assert "As in report 12" in client.get(shown).content.decode()
    new = {"key": str(uuid7()), "text": "And this?", "path": "seeding/seed"}
    client.post(reverse("recipes:comment", args=[version]), new)
    asked = client.get(page)
    assert "And this?" in asked.content.decode()
    assert next(one["row"].text for one in asked.context["threads"]) == "And this?"
    done = {"key": str(uuid7()), "text": "Settled in 12", "act": "resolve"}
    signed_in_client(site, "recipe-approver").post(one, done)
    assert "Settled in 12" in client.get(page).content.decode()
    assert signed_in_client(open_demo_site("XX9"), "process-owner").get(page).status_code == 404


# --- sent back -----------------------------------------------------------------------------------


def test_a_version_that_is_sent_back_loses_its_signatures(site: DemoSite) -> None:
    version = submitted(site)
    approve(version, site.actor("recipe-approver"))
    send_back(version, site)
    found = row(version, site)
    with reading(site=site.id):
        standing = selectors.approvals_of(version)
    assert (found.status, found.sent_back_reason, standing) == (
        VersionStatus.DRAFT, "The wash is too short", []
    )  # fmt: skip
    versions.submit_for_review(
        command=a_command(site.actor("process-owner")), version=version,
        seq=seq_of(version, site.id),
    )  # fmt: skip
    replies = [approve(version, site.actor(role))["complete"] for role in ROLES]
    assert (replies, row(version, site).status) == ([False, True], VersionStatus.APPROVED)


def test_what_is_written_on_supersedes_what_was_sent_back(site: DemoSite) -> None:
    version = submitted(site)
    send_back(version, site)
    command = a_command(site.actor("process-owner"))
    draft = UUID(str(drafts.open_draft(command=command, version=version)["draft"]))
    place = ("stages", "seeding", "duration", "expected")
    edit = Put(at=place, was="40 min", value="45 min")
    drafts.edit_draft(command=a_command(command.actor), draft=draft, changes=[edit])
    seq = seq_of(draft, site.id)
    drafts.send_to_review(command=a_command(command.actor), draft=draft, seq=seq)
    with reading(site=site.id):
        found = {one.number: one.status for one in selectors.versions_of("SIX-STEPS")}
        last = Entry.objects.filter(stream=version).latest("seq").kind
    assert (found, last) == (
        {1: VersionStatus.SUPERSEDED, 2: VersionStatus.IN_REVIEW}, "recipe.superseded"
    )  # fmt: skip


def test_a_reason_is_asked_for_and_somebody_who_may_approve(site: DemoSite) -> None:
    version = submitted(site)
    with pytest.raises(NotAllowed):
        send_back(version, site, "process-owner")
    with pytest.raises(ReasonMissing):
        reviews.send_back(
            command=a_command(site.actor("qa-reviewer")), version=version, seq=2, reason=" "
        )
    client = signed_in_client(site, "qa-reviewer")
    said = {"key": str(uuid7()), "seq": "2", "reason": "Too short"}
    assert client.post(reverse("recipes:send_back", args=[version]), said).status_code == 302
    assert "Too short" in client.get(reverse("recipes:version", args=[version])).content.decode()


# --- the table -----------------------------------------------------------------------------------

S = VersionStatus


def _withdrawn(site: DemoSite) -> UUID:
    version = approved(site)
    _withdraw(version, site)
    return version


def _withdraw(version: UUID, site: DemoSite) -> None:
    by = a_command(site.actor("qa-reviewer"))
    if row(version, site).status == S.DRAFT:
        by = a_command(site.actor("process-owner"))
    seq = seq_of(version, site.id)
    versions.withdraw(command=by, version=version, seq=seq, reason="Not needed")


def _superseded(site: DemoSite) -> UUID:
    version = effective(site)
    effective(site, SECOND)
    return version


IN: dict[VersionStatus, Callable[[DemoSite], UUID]] = {
    S.DRAFT: imported, S.IN_REVIEW: submitted, S.APPROVED: approved, S.EFFECTIVE: effective,
    S.SUPERSEDED: _superseded, S.WITHDRAWN: _withdrawn,
}  # fmt: skip


def acts(version: UUID, site: DemoSite) -> Iterator[tuple[VersionStatus, Callable[[], object]]]:
    """Yield each act by a person who may, with the status that it leads to."""
    seq = seq_of(version, site.id)
    owner, qa = (a_command(site.actor(role)) for role in ("process-owner", "qa-reviewer"))
    yield (
        S.IN_REVIEW,
        lambda: versions.submit_for_review(command=owner, version=version, seq=seq),
    )
    yield S.DRAFT, lambda: send_back(version, site)
    yield S.APPROVED, lambda: approve(version, site.actor("qa-reviewer"))
    yield (
        S.EFFECTIVE, lambda: versions.make_effective(command=qa, version=version, seq=seq)
    )  # fmt: skip
    yield S.WITHDRAWN, lambda: _withdraw(version, site)


def test_the_table_says_every_pair() -> None:
    allowed = {(now, then) for now, then in product(S, S) if workflow.can_become(now, then)}
    assert allowed == {
        (S.DRAFT, S.IN_REVIEW), (S.DRAFT, S.SUPERSEDED), (S.DRAFT, S.WITHDRAWN),
        (S.IN_REVIEW, S.DRAFT), (S.IN_REVIEW, S.APPROVED), (S.IN_REVIEW, S.WITHDRAWN),
        (S.APPROVED, S.EFFECTIVE), (S.APPROVED, S.WITHDRAWN),
        (S.EFFECTIVE, S.SUPERSEDED), (S.EFFECTIVE, S.WITHDRAWN),
    }  # fmt: skip


@pytest.mark.parametrize("now", list(S))
def test_an_act_that_the_table_does_not_allow_changes_nothing(
    site: DemoSite, now: VersionStatus
) -> None:
    version = IN[now](site)
    for then, do in acts(version, site):
        if workflow.can_become(now, then):
            continue
        with pytest.raises(NotAllowedNow):
            do()
        assert row(version, site).status == now
