"""Comments that QA asks for: one person, one question, and no judgement before the answer."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.exceptions import NotAllowed
from accounts.selectors import obligations_of
from accounts.services.people import disable_person
from batches.entries import CommentAsked
from batches.models import BatchException
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound, Refusal
from quality import services
from quality.dossier import assemble, render
from quality.exceptions import (
    AlreadyAsked,
    AlreadyJudged,
    CommentAwaited,
    GatesOpen,
    NotAskable,
    NotYoursToAnswer,
    QuestionEnded,
    TextMissing,
)
from records.act import act
from records.commands import Actor, Command
from records.models import Entry
from records.reading import reading
from records.verification import verify
from tests.builders import quality as build
from tests.builders.accounts import PASSWORD, a_command, client_on, open_demo_site, person
from tests.builders.accounts import signed_in_client as signed_in
from tests.builders.quality import Bench
from tests.quality.test_pages import MOST_QUERIES, queries

pytestmark = pytest.mark.usefixtures("committed_db")
ANSWER = "Wiped with 70 % isopropanol, then welded."


def flagged() -> tuple[Bench, BatchException]:
    """Return a batch whose volume was outside its limits: one exception, by the operator."""
    bench = build.performed(build.issued(), volume="75", comment="Pump stopped.")
    [raised] = bench.exceptions()
    return bench, raised


def answered(bench: Bench, asked: UUID, *, by: Actor | None = None, text: str = ANSWER) -> None:
    services.give_comment(
        command=a_command(by or bench.actor("operator")), batch=bench.batch, comment=asked,
        text=text,
    )  # fmt: skip


def withdrawn(bench: Bench, asked: UUID, *, by: str = "qa-reviewer", reason: str = "Gone.") -> None:
    services.withdraw_question(
        command=bench.command(by), batch=bench.batch, comment=asked, reason=reason
    )


def owed(bench: Bench, actor: Actor) -> list[str]:
    assert actor.person is not None
    with reading(site=bench.site.id, person=actor.person):
        return [row.words["why"] for row in obligations_of(actor.person)]


def rows(bench: Bench) -> list[tuple[str, str, str, str]]:
    """Return what stands: of whom, how it ended, with what words, by whom."""
    found = bench.record().comments
    return [(row.person_name, row.state, row.text, row.ended_by_name) for row in found]


def entries(bench: Bench) -> int:
    with reading(site=bench.site.id):
        return Entry.objects.filter(site=bench.site.id).count()


# --- the acts ------------------------------------------------------------------------------------


@pytest.mark.req("F211-192", "A11-9")
def test_nothing_is_judged_before_the_performer_answered() -> None:
    bench, raised = flagged()
    operator = bench.actor("operator")
    asked = build.questioned(bench, raised, question="Why so little?")
    assert (owed(bench, operator), owed(bench, bench.actor("shift-lead"))) == (
        ["Why so little?"], [],
    )  # fmt: skip
    with pytest.raises(CommentAwaited) as awaited:
        build.judged(bench, raised)
    assert (str(awaited.value), awaited.value.interlock) == (
        f"{operator.name} was asked for a comment and has not answered yet.", "conditional",
    )  # fmt: skip
    with pytest.raises(GatesOpen):
        build.sign_review(bench)
    answered(bench, asked)
    assert owed(bench, operator) == []
    assert rows(bench) == [(operator.name, "given", ANSWER, operator.name)]
    build.judged(bench, raised)
    build.sign_review(build.with_results(build.received(bench)))
    content: Any = bench.record().content
    [covered] = content["exceptions"]
    assert covered["comments"] == [{"question": "Why so little?", "state": "given", "text": ANSWER}]
    assert verify().clean


def test_a_question_to_somebody_who_is_gone_is_withdrawn_with_a_reason() -> None:
    bench, raised = flagged()
    operator = bench.actor("operator")
    asked = build.questioned(bench, raised)
    assert operator.person is not None
    disable_person(command=a_command(bench.site.system), person=operator.person, reason="left")
    with pytest.raises(TextMissing):
        withdrawn(bench, asked, reason=" ")
    with pytest.raises(NotAllowed):
        withdrawn(bench, asked, by="shift-lead")
    withdrawn(bench, asked)
    assert (owed(bench, operator), rows(bench)) == (
        [], [(operator.name, "withdrawn", "Gone.", bench.actor("qa-reviewer").name)],
    )  # fmt: skip
    with pytest.raises(NotAskable):
        build.questioned(bench, raised)
    build.judged(bench, raised)
    assert verify().clean


def test_what_is_refused_leaves_nothing_behind() -> None:
    bench, raised = flagged()
    asked = build.questioned(bench, raised)
    before = entries(bench)
    lead, reviewer = bench.actor("shift-lead"), bench.actor("qa-reviewer")
    tries: list[tuple[type[Refusal], Callable[[], object]]] = [
        (AlreadyAsked, lambda: build.questioned(bench, raised)),
        (NotAskable, lambda: build.questioned(bench, raised, person=lead.person)),
        (NotAskable, lambda: build.questioned(bench, raised, person=reviewer.person)),
        (NotAskable, lambda: build.questioned(bench, raised, person=uuid7())),
        (NotYoursToAnswer, lambda: answered(bench, asked, by=lead)),
        (NotYoursToAnswer, lambda: answered(bench, asked, by=reviewer)),
        (TextMissing, lambda: answered(bench, asked, text=" \n")),
        (NotFound, lambda: answered(bench, uuid7())),
    ]
    for refusal, do in tries:
        with pytest.raises(refusal):
            do()
    assert entries(bench) == before
    answered(bench, asked)
    with pytest.raises(QuestionEnded):
        answered(bench, asked)
    with pytest.raises(QuestionEnded):
        withdrawn(bench, asked)
    again = build.questioned(bench, raised, question="And then?")
    withdrawn(bench, again)
    build.judged(bench, raised)
    with pytest.raises(AlreadyJudged):
        build.questioned(bench, raised)


def test_only_who_judges_asks_and_nobody_at_another_site() -> None:
    bench, raised = flagged()
    asked = build.questioned(bench, raised)
    there = open_demo_site("MZ9")
    second = build.reported(build.issued(bench.site, number="B-26-0002"))
    for refusal, actor, exception in (
        (NotAllowed, bench.actor("shift-lead"), second),
        (NotFound, there.actor("qa-reviewer"), second),
    ):
        with pytest.raises(refusal):
            services.ask_comment(
                command=a_command(actor), batch=second.stream, exception=exception.id,
                question="Why?",
            )  # fmt: skip
    acts: list[tuple[Any, str]] = [
        (services.give_comment, "text"), (services.withdraw_question, "reason"),
    ]  # fmt: skip
    for do, words in acts:
        with pytest.raises(NotFound):
            do(command=a_command(there.actor("qa-reviewer")), batch=bench.batch, comment=asked,
               **{words: "x"})  # fmt: skip
    assert [row.state for row in bench.record().comments] == ["asked"]


def test_a_command_that_comes_twice_asks_once_and_answers_once() -> None:
    bench, raised = flagged()
    ask: Command = bench.command("qa-reviewer")
    replies = [
        services.ask_comment(command=ask, batch=bench.batch, exception=raised.id, question="Why?")
        for _ in range(2)
    ]
    assert replies[0] == replies[1]
    asked = UUID(str(replies[0]["comment"]))
    give = bench.command("operator")
    for _ in range(2):
        services.give_comment(command=give, batch=bench.batch, comment=asked, text=ANSWER)
    operator = bench.actor("operator").name
    assert rows(bench) == [(operator, "given", ANSWER, operator)]


def test_the_schema_refuses_a_question_to_oneself() -> None:
    bench, raised = flagged()
    reviewer = bench.actor("qa-reviewer")
    assert reviewer.person is not None
    said = CommentAsked(
        comment=uuid7(), exception=raised.id, person=reviewer.person,
        printed_name=reviewer.name, question="Why?",
    )  # fmt: skip
    with (
        pytest.raises(IntegrityError, match="batches_comment_not_of_oneself"),
        act(a_command(reviewer), streams=[bench.batch]) as a,
    ):
        a.append(bench.batch, said)


@pytest.mark.req("F211-188b")
def test_question_and_answer_stand_in_the_record_that_is_taken_along() -> None:
    bench, raised = flagged()
    answered(bench, build.questioned(bench, raised, question="Why so little?"))
    build.questioned(bench, raised, question="And then?")
    with reading(site=bench.site.id):
        book = assemble(bench.row())
    [found] = book["investigations"]["exceptions"]
    assert [(one["question"], one["state"], one["text"]) for one in found["comments"]] == [
        ("Why so little?", "given", ANSWER), ("And then?", "asked", ""),
    ]  # fmt: skip
    assert render(book).startswith(b"%PDF")


# --- the pages -----------------------------------------------------------------------------------


def key() -> dict[str, str]:
    return {"key": str(uuid7())}


def address(bench: Bench, name: str, **more: UUID) -> str:
    return reverse(f"quality:{name}", kwargs={"batch": bench.batch, **more})


def test_question_goes_to_the_desk_of_who_was_there_and_the_answer_comes_back() -> None:
    site = open_demo_site()
    site.people["operator"] = person("operator", site=site, username="olga", secrets=True)
    bench = build.performed(build.issued(site), volume="75", comment="Pump stopped.")
    [raised] = bench.exceptions()
    reviewer, ask = signed_in(site, "qa-reviewer"), address(bench, "ask", exception=raised.id)
    opened = reviewer.get(address(bench, "batch"))
    form = opened.context["exceptions"][0]["evidence"]["ask_form"]
    assert [choice for choice, _ in form.fields["person"].choices] == [str(site.people["operator"])]
    sent = {"person": str(site.people["operator"]), "question": "Why <so> little?"}
    assert reviewer.post(ask, {**key(), **sent, "question": " "}).status_code == 400
    assert reviewer.post(ask, {**key(), **sent, "person": str(uuid7())}).status_code == 400
    assert reviewer.post(ask, {**key(), **sent}).status_code == 302
    twice = reviewer.post(ask, {**key(), **sent})
    assert (twice.status_code, b"comment.already_asked" in twice.content) == (409, True)
    judge = address(bench, "judge", exception=raised.id)
    early = reviewer.post(judge, {**key(), "comment": "Fine.", "judgement": "accepted"})
    assert (early.status_code, b"comment.awaited" in early.content) == (409, True)

    olga = client_on()
    form = {**key(), "username": "olga", "password": PASSWORD}
    assert olga.post(reverse("accounts:sign_in"), form).status_code == 302
    [asked] = bench.record().comments
    page = address(bench, "comment", question=asked.id)
    shown = olga.get(reverse("accounts:owed")).content.decode()
    assert (page in shown, "Why &lt;so&gt; little?" in shown) == (True, True)
    assert "Why &lt;so&gt; little?" in olga.get(page).content.decode()
    assert olga.post(page, {**key(), "text": ""}).status_code == 400
    other = signed_in(site, "operator")
    for status in (
        other.get(page).status_code,
        other.post(page, {**key(), "text": "x"}).status_code,
    ):
        assert status == 403
    done = olga.post(page, {**key(), "text": ANSWER})
    assert (done.status_code, done["Location"]) == (302, reverse("accounts:owed"))
    late = olga.post(page, {**key(), "text": "More."})
    assert (late.status_code, b"comment.ended" in late.content) == (409, True)
    assert (
        olga.get(page).status_code,
        page in olga.get(reverse("accounts:owed")).content.decode(),
    ) == (200, False)

    assert ANSWER in reviewer.get(address(bench, "batch")).content.decode()
    assert ANSWER in reviewer.get(reverse("batches:record", args=[bench.batch])).content.decode()
    assert (
        reviewer.post(judge, {**key(), "comment": "Fine.", "judgement": "accepted"}).status_code
        == 302
    )
    assert ANSWER in reviewer.get(address(bench, "batch")).content.decode()


def test_a_question_is_withdrawn_on_the_review_page() -> None:
    bench, raised = flagged()
    asked = build.questioned(bench, raised)
    url = address(bench, "withdraw", question=asked)
    assert signed_in(bench.site, "operator").post(url, {**key(), "reason": "x"}).status_code == 403
    reviewer = signed_in(bench.site, "qa-reviewer")
    assert reviewer.post(url, {**key(), "reason": ""}).status_code == 400
    assert reviewer.post(url, {**key(), "reason": "The print-out says it."}).status_code == 302
    late = reviewer.post(url, {**key(), "reason": "Again."})
    assert (late.status_code, b"comment.ended" in late.content) == (409, True)
    [row] = bench.record().comments
    for _ in range(2):
        withdrawn(bench, build.questioned(bench, raised))
    build.questioned(bench, raised)
    assert queries(reviewer, address(bench, "batch")) <= MOST_QUERIES
    assert (row.state, row.text) == ("withdrawn", "The print-out says it.")
