"""The way without the system: a pack of what is left on paper, and its steps entered later."""

import json
import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from batches.entries import OnPaper
from batches.exceptions import CommentMissing
from batches.models import BatchException, PaperPack
from batches.paper_exceptions import (
    PackUnknown,
    PaperBeforePack,
    PaperBeforeStep,
    PaperInFuture,
    StepNotInPack,
)
from batches.services import attest_operation, call_contingency, make_pack, perform_step
from batches.services.steps import step_content
from materials.exceptions import LotExpired
from materials.models import Lot
from materials.selectors import scanned_text
from mes.lib import clock
from mes.lib.evidence import content_hash
from mes.lib.ids import uuid7
from mes.lib.refusals import Refusal
from quality.dossier import export
from quality.selectors.record import record_of
from recipes.judging import TooEarly
from records import files
from records.exceptions import Stale
from records.models import Entry
from records.presenters import sentence
from records.reading import reading
from tests.batches.test_flow import (
    BEFORE,
    document,
    due,
    issued_any,
    operation,
    sign_on,
    stage,
)
from tests.builders.batches import (
    MONDAY,
    OPERATION,
    PERFORMER,
    STEPS,
    Trial,
    a_plant,
    batch_at,
    issued,
)
from tests.builders.floor import at_desk, at_tablet, send, tablet_at, words
from tests.recipes.documents import LABEL
from tests.support.scenes import scene

pytestmark = [
    pytest.mark.usefixtures("committed_db", "at_time"),
    pytest.mark.req("A11-16", "FJ-2"),
]
CLEAR, SCAN, EQUIP, ENTER, ADD, AFTER = STEPS
MINUTE = timedelta(minutes=1)
ONE = {"value": "1"}
# A step that its recipe does not allow offline asks why it was done on paper.
WHY = "The network was down."
# 08:00 UTC is 09:00 on the wall.
DONE, ENTERED = MONDAY + 41 * MINUTE, MONDAY + timedelta(hours=6)


def address(trial: Trial, name: str = "work", **more: int) -> str:
    return reverse(f"batches:{name}", kwargs={"batch": trial.batch, **more})


def make(trial: Trial, client: Client) -> Any:
    answer = client.post(address(trial, "make_pack"), {"key": str(uuid7())}, follow=True)
    assert answer.status_code == 200
    return answer


def with_pack(path: str, *, at: datetime = MONDAY) -> tuple[Trial, Client]:
    """Return a batch at a step, with a pack that was made at a time, and its shift lead's desk."""
    trial = batch_at(path)
    clock.simulate(at)
    client = at_desk(trial, "okafor")
    make(trial, client)
    return trial, client


def from_paper(
    trial: Trial, path: str, values: dict[str, str] | None = None, *, at: datetime = DONE,
    pack: int = 1, why: str = WHY,
) -> None:  # fmt: skip
    given = dict(values or trial.good(path))
    if why:
        given.setdefault("comment", why)
    do(trial, path, given, paper=OnPaper(pack=pack, at=at))


def do(
    trial: Trial, path: str, values: dict[str, str] | None = None, paper: OnPaper | None = None
) -> None:
    given = values or trial.good(path)
    command = trial.command(step=path, values=given)
    perform_step(command=command, batch=trial.batch, step=path, values=given, paper=paper)


def entries(trial: Trial, kind: str) -> list[dict[str, Any]]:
    with reading(site=trial.site):
        rows = Entry.objects.filter(stream=trial.batch, kind=kind).order_by("seq")
        return [row.envelope for row in rows]


def findings(trial: Trial) -> list[tuple[str, str, str]]:
    with reading(site=trial.site):
        rows = BatchException.objects.filter(stream=trial.batch)
        return list(rows.values_list("step", "code", "severity"))


# ------------------------------------------------------------------ the pack


def test_a_pack_holds_what_is_left_and_is_an_entry() -> None:
    trial = batch_at(ENTER)
    client = at_desk(trial, "okafor")
    head = entries(trial, "step.performed")[-1]
    page = make(trial, client)
    [said] = entries(trial, "paper-pack.made")
    with reading(site=trial.site):
        row = PaperPack.objects.get(stream=trial.batch)
        on = Entry.objects.get(stream=trial.batch, seq=head["seq"])
    assert said["payload"] | {"file": ""} == {
        "number": 1, "on_seq": head["seq"], "on_hash": bytes(on.hash).hex(), "language": "en",
        "steps": [ENTER, ADD, AFTER], "file": "",
    }  # fmt: skip
    assert (row.made_by_name, row.made_at, said["actor"]["name"]) == (
        "Musa Okafor", MONDAY, "Musa Okafor"
    )  # fmt: skip
    content = json.loads(files.get(said["payload"]["file"]))
    assert [s["ref"] for part in content["parts"] for s in part["steps"]] == [ENTER, ADD, AFTER]
    text = words(page)
    for asked in (
        "Batch B-26-0001", "Paper pack 1", "Six steps: seed one culture", "SIX-STEPS",
        "16 Nov 2026, 09:00 CET , Musa Okafor", f"entry {head['seq']} {row.on_hash[:12]}",
        "Enter the viable CD3+ cells seeded.", "Alert 9 × 10⁷ – 1.1 × 10⁸ cells",
        "Value [× 10⁸ cells]",
        "Name, second person", "Add the medium to the culture chamber.", "70 mL", "± 5 %",
        "TexMACS GMP medium (TEXMACS)", "Quantity [mL]", "The place has been wiped.", "PR-01",
    ):  # fmt: skip
        assert asked in text, asked
    assert "Scan the Prodigy." not in text


def test_printing_again_makes_the_next_number_and_the_first_stays_what_it_was() -> None:
    trial, client = with_pack(ADD)
    first = words(client.get(address(trial, "pack", number=1)))
    trial.perform(ADD)
    german = client.post(
        address(trial, "make_pack"), {"key": str(uuid7())}, follow=True,
        headers={"accept-language": "de"},
    )  # fmt: skip
    assert [one["payload"]["number"] for one in entries(trial, "paper-pack.made")] == [1, 2]
    assert words(client.get(address(trial, "pack", number=1))) == first
    text = words(german)
    assert ("Papierpaket 2" in text, "Platz räumen." in text, "Handzeichen" in text) == (
        True, True, True
    )  # fmt: skip
    assert "Medium in die Kulturkammer geben." not in text
    # As it was made, whoever looks at it.
    assert "Papierpaket 2" in words(client.get(address(trial, "pack", number=2)))
    listed = words(client.get(address(trial, "packs")))
    assert ("Make a pack of 1 step" in listed, "Musa Okafor" in listed) == (True, True)


def test_a_pack_is_of_a_batch_as_it_is_and_of_one_that_runs() -> None:
    """What happened while it was written makes it stale; of a closed record nothing is left."""
    trial, client = with_pack(AFTER)
    [made] = entries(trial, "paper-pack.made")
    again = {**made["payload"], "steps": (AFTER,), "batch": trial.batch}
    for name in ("number", "on_seq", "on_hash"):
        del again[name]
    with pytest.raises(Stale):
        make_pack(command=trial.command(), seq=made["payload"]["on_seq"], **again)
    trial.perform(AFTER)
    attest_operation(
        command=trial.command(PERFORMER), batch=trial.batch, operation=OPERATION,
        proof=trial.plant.crew.proof(PERFORMER),
    )  # fmt: skip
    late = client.post(address(trial, "make_pack"), {"key": str(uuid7())})
    assert (late.status_code, "The record of this batch is closed." in words(late)) == (409, True)
    assert "Make a pack" not in words(client.get(address(trial, "packs")))
    assert len(entries(trial, "paper-pack.made")) == 1


def test_the_pack_is_one_link_away_and_made_by_who_performs_only() -> None:
    trial, client = with_pack(ADD)
    for page, who in (("record", client), ("steps", at_tablet(trial, "brandt", tablet_at(trial)))):
        assert f'href="{address(trial, "packs")}"' in who.get(address(trial, page)).text
    reader = at_desk(trial, "brenner")
    assert "Make a pack" not in words(reader.get(address(trial, "packs")))
    assert reader.post(address(trial, "make_pack"), {"key": str(uuid7())}).status_code == 403
    assert reader.get(address(trial, "pack", number=1)).status_code == 200
    assert len(entries(trial, "paper-pack.made")) == 1


def test_what_a_pack_says_is_never_shown_altered() -> None:
    trial, client = with_pack(ADD)
    with reading(site=trial.site):
        path = files.path_of(PaperPack.objects.get(stream=trial.batch).file)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"70", b"90"))
    answer = client.get(address(trial, "pack", number=1))
    path.unlink()
    assert (answer.status_code, "cannot be read any more" in words(answer)) == (409, True)


def test_a_pack_of_branches_holds_what_may_come() -> None:
    """What stands behind a condition, and once more what a repetition has done already."""
    trial = issued_any(a_plant(), document())
    for ref in ("one/do/before", "one/do/bag", "one/do/s0", "one/grow/a"):
        sign_on(trial, due(trial)[(ref, 1)].operation)
        do(trial, ref, {"value": "2"} if ref[-1] in "0a" else None)
    make(trial, at_desk(trial, "okafor"))
    [said] = entries(trial, "paper-pack.made")
    assert said["payload"]["steps"] == [
        "one/grow/a", "one/grow/b", "one/feed/a", "one/feed/b", "one/feed/c", "one/way/a",
        "rare/x/a", "last/end/z", "last/end/after",
    ]  # fmt: skip


# ------------------------------------------------------------------ entered later


def test_a_step_from_paper_keeps_both_times_and_asks_qa() -> None:
    trial, _client = with_pack(ADD)
    clock.simulate(ENTERED)
    tablet = at_tablet(trial, "brandt", tablet_at(trial))
    assert "From paper" in words(tablet.get(address(trial)))
    form = {f"v-{name}": value for name, value in trial.good(ADD).items()}
    form |= {"from": "paper", "paper_pack": "1", "paper_at": "2026-11-16T09:41"}
    why = {"reason": "other", "reason_text": WHY}
    # The recipe does not allow the step offline: why it was done on paper is asked for.
    asked = send(tablet, address(trial), step=ADD, **form)
    assert (asked.status_code, trial.step(ADD).performed_at) == (422, None)
    assert "A comment is asked for; nothing was recorded yet." in words(asked)
    assert "Reason, and why it was done on paper" in words(asked)
    assert send(tablet, address(trial), step=ADD, **form, **why).status_code == 302
    said = entries(trial, "step.performed")[-1]
    paper = {"pack": 1, "at": "2026-11-16T08:41:00.000000Z"}
    assert (said["at"], said["payload"]["paper"]) == ("2026-11-16T14:00:00.000000Z", paper)
    step = trial.step(ADD)
    assert (step.performed_at, step.paper_at, step.paper_pack, step.outcome) == (
        ENTERED, DONE, 1, "cleared"
    )  # fmt: skip
    assert findings(trial) == [(ADD, "step.from_paper", "minor")]
    # In the trail, in both languages, in the site's own zone.
    with timezone.override("Europe/Berlin"):
        assert sentence(said).endswith(
            "Entered from paper pack 1; time on the paper: 16 Nov 2026, 09:41 CET."
        )
        with translation.override("de"):
            assert sentence(said).endswith(
                "Vom Papierpaket 1 eingegeben; Zeit auf dem Papier: 16 Nov 2026, 09:41 CET."
            )
    record = words(at_desk(trial, "okafor").get(address(trial, "record")))
    assert "from paper pack 1 time on the paper 16 Nov 2026, 09:41 CET" in record
    with reading(site=trial.site):
        steps = [one for part in export(trial.row())["record"]["steps"] for one in part["steps"]]
        content: Any = record_of(trial.row()).content
        signed: Any = step_content(step)
    [exported] = [one for one in steps if one["path"] == ADD]
    assert exported["from_paper"]["pack"] == 1
    assert "09:41" in exported["from_paper"]["at"]
    assert "15:00" in exported["at"]
    [reviewed] = [one for one in content["steps"] if one["path"] == ADD]
    assert (reviewed["paper"], signed["paper"]) == (paper, paper)
    assert trial.step(AFTER).due_since == DONE


def test_what_was_recorded_on_screen_is_signed_as_ever() -> None:
    """Its content has no word of paper, so that no hash of old has changed."""
    trial = batch_at(ADD)
    with reading(site=trial.site):
        steps: Any = record_of(trial.row()).content
    assert all("paper" not in one for one in (step_content(trial.step(CLEAR)), *steps["steps"]))
    assert entries(trial, "step.performed")[0]["payload"]["paper"] is None


def test_the_second_person_signs_later_and_time_goes_on_from_the_paper() -> None:
    trial, _client = with_pack(ENTER)
    clock.simulate(ENTERED)
    from_paper(trial, ENTER)
    assert trial.step(ENTER).state == "to_be_verified"
    trial.verify(ENTER)
    step = trial.step(ENTER)
    assert (step.verified_at, step.done_at, trial.step(ADD).due_since) == (ENTERED, DONE, DONE)
    with reading(site=trial.site):
        signature = entries(trial, "step.verified")[-1]["payload"]["signature"]
        assert signature["content_hash"] == content_hash(step_content(step))


def test_who_performs_and_the_interlocks_are_asked_as_ever() -> None:
    trial, _client = with_pack(ADD)
    clock.simulate(ENTERED)
    with pytest.raises(Refusal) as wrong:
        from_paper(trial, ADD, {"lot": "no such lot", "quantity": "70"})
    with pytest.raises(Refusal) as late:
        from_paper(trial, AFTER)
    assert (wrong.value.code, late.value.code) == ("lot.unknown", "step.not_due")


def test_a_lot_is_judged_by_the_time_on_the_paper() -> None:
    """It was good when it was used and ran out before the sheets were entered."""
    trial, _client = with_pack(ADD)
    given = trial.good(ADD)
    with reading(site=trial.site):
        lot = Lot.objects.get(code=scanned_text(given["lot"]))
    clock.simulate(lot.expires_at + MINUTE)
    with pytest.raises(LotExpired):
        from_paper(trial, ADD, given, at=lot.expires_at)
    from_paper(trial, ADD, given, at=lot.expires_at - MINUTE)
    assert trial.step(ADD).paper_at == lot.expires_at - MINUTE


# ------------------------------------------------------------------ what cannot be true


def refusals(trial: Trial) -> dict[str, Refusal]:
    """Say each thing that cannot be true of the due step; return the refusals by what was said."""
    said = {
        "another batch's pack": {"pack": 2},
        "no pack": {"pack": 7},
        "before the pack": {"at": MONDAY + 9 * MINUTE},
        "in the future": {"at": ENTERED + MINUTE},
    }
    found = {}
    for name, wrong in said.items():
        with pytest.raises(Refusal) as refused:
            from_paper(trial, ADD, **wrong)  # type: ignore[arg-type]
        found[name] = refused.value
    return found


def test_what_cannot_be_true_is_refused_with_a_way_out_and_nothing_is_recorded() -> None:
    trial, _client = with_pack(ADD, at=MONDAY + 10 * MINUTE)
    other = issued(trial.plant, number=2, place=2)
    lead = at_desk(other, "okafor")
    for _twice in (1, 2):  # the other batch has a pack 2, this one has not
        make(other, lead)
    clock.simulate(ENTERED)
    before = len(entries(trial, "step.performed"))
    found = refusals(trial)
    assert {name: (type(one), one.field) for name, one in found.items()} == {
        "another batch's pack": (PackUnknown, "paper_pack"),
        "no pack": (PackUnknown, "paper_pack"),
        "before the pack": (PaperBeforePack, "paper_at"),
        "in the future": (PaperInFuture, "paper_at"),
    }
    with timezone.override("Europe/Berlin"):
        assert [str(one) for one in found.values()] == [
            "Batch B-26-0001 has no paper pack 2. Nothing was recorded.",
            "Batch B-26-0001 has no paper pack 7. Nothing was recorded.",
            "16 Nov 2026, 09:09 CET is before paper pack 1 was made, at 16 Nov 2026, 09:10 CET.",
            "16 Nov 2026, 15:01 CET is still to come.",
        ]
    assert all(one.way_out_text for one in found.values())
    assert (len(entries(trial, "step.performed")), findings(trial)) == (before, [])


def test_the_sheets_are_entered_in_their_order() -> None:
    trial, _client = with_pack(ADD)
    clock.simulate(ENTERED)
    from_paper(trial, ADD, at=DONE)
    with pytest.raises(PaperBeforeStep) as refused:
        from_paper(trial, AFTER, at=DONE - MINUTE)
    assert refused.value.params["done"] == DONE.isoformat()
    from_paper(trial, AFTER, at=DONE)
    assert trial.step(AFTER).paper_at == DONE


def test_a_step_that_was_on_screen_to_the_second_is_before_paper_of_the_same_minute() -> None:
    trial = batch_at(ENTER)
    clock.simulate(MONDAY + 50 * timedelta(seconds=1))
    make(trial, at_desk(trial, "okafor"))
    trial.perform(ENTER)
    # The system went before the second person had signed; on paper the next step was done.
    clock.simulate(ENTERED)
    trial.verify(ENTER)
    from_paper(trial, ADD, at=MONDAY)
    assert (trial.step(ADD).paper_at, trial.step(ADD).outcome) == (MONDAY, "cleared")


def test_a_step_that_stands_on_no_sheet_is_not_from_paper() -> None:
    trial = issued_any(a_plant(), document())
    for ref in ("one/do/before", "one/do/bag", "one/do/s0"):
        sign_on(trial, "one/do")
        do(trial, ref, {"value": "2"} if ref[-1] == "0" else None)
    make(trial, at_desk(trial, "okafor"))
    call_contingency(
        command=trial.command(), batch=trial.batch, contingency="leak", step="one/grow/a",
        reason="It leaks.",
    )  # fmt: skip
    sign_on(trial, "one/leak")
    with pytest.raises(StepNotInPack):
        from_paper(trial, "one/leak/l", ONE, at=MONDAY)
    make(trial, at_desk(trial, "okafor"))
    from_paper(trial, "one/leak/l", ONE, at=MONDAY, pack=2)


NOT_UNDERSTOOD = (
    ("", "2026-11-16T09:41", "paper_pack"), ("x", "", "paper_pack"),
    ("٣", "2026-11-16T09:41", "paper_pack"), ("1", "", "paper_at"), ("1", "yesterday", "paper_at"),
    ("1", "2026-11-16T09:41+01:00", "paper_at"), ("1", "0001-01-01T00:00", "paper_at"),
)  # fmt: skip


def test_what_is_not_a_number_or_a_time_stands_beside_its_field() -> None:
    trial, client = with_pack(ADD)
    form = {f"v-{name}": value for name, value in trial.good(ADD).items()} | {"from": "paper"}
    for pack, at, field in NOT_UNDERSTOOD:
        answer = send(client, address(trial), step=ADD, paper_pack=pack, paper_at=at, **form)
        marked = [one for one in ("paper_pack", "paper_at") if f'id="{one}_error"' in answer.text]
        assert (pack, at, answer.status_code, marked) == (pack, at, 422, [field])
        assert "are asked for. Copy them from the sheet" in words(answer)
        assert form["v-lot"] in answer.text
    assert trial.step(ADD).performed_at is None


def test_the_database_keeps_a_pack_to_its_batch_and_its_time(
    owner_connection: psycopg.Connection,
) -> None:
    trial, _client = with_pack(ADD)
    other = issued(trial.plant, number=2, place=2)
    owner_connection.execute("SET mes.rebuild = 'on'")
    change = (
        "UPDATE batches_step SET paper_pack = %s, paper_at = %s WHERE stream = %s AND path = %s"
    )
    step = trial.step(CLEAR)
    before = step.performed_at
    assert before is not None
    for batch, pack, at, error in (
        (other.batch, 1, before, psycopg.errors.CheckViolation),  # it was not performed
        (trial.batch, 1, None, psycopg.errors.CheckViolation),
        (trial.batch, None, before, psycopg.errors.CheckViolation),
        (trial.batch, 1, before + MINUTE, psycopg.errors.CheckViolation),
        (trial.batch, 2, before, psycopg.errors.ForeignKeyViolation),
    ):
        with pytest.raises(error):
            owner_connection.execute(change, [pack, at, batch, CLEAR])
    changed = owner_connection.execute(change, [1, before, trial.batch, CLEAR])
    assert changed.rowcount == 1


# ------------------------------------------------------------------ limits of time


def timed() -> dict[str, Any]:
    """Thaw; rest for one to two hours since then; use within three hours of the thawing."""
    plain = document()
    bag = {"kind": "scan", "what": "patient-container", "identifiers": "1", "text": LABEL}
    thaw = bag | {"key": "thaw", "starts": "thawed", "verify": "true"}
    rest = {"key": "rest", "kind": "timer", "text": LABEL, "min": "1 h", "max": "2 h"}
    rest |= {"offline": "true"}
    limits = [
        {"from": "thaw", "max": "3 h"}, {"from": "clock.thawed", "max": "3 h"},
        {"from": "one.started_at", "max": "30 h"},
    ]  # fmt: skip
    use = bag | {"key": "use", "within": limits}
    one = [operation("do", [*deepcopy(BEFORE), thaw, rest, use])]
    plain["stages"] = [
        stage("one", one, room={"class": "grade-C", "hold_until": "last"}), plain["stages"][2],
    ]  # fmt: skip
    del plain["contingencies"]
    return plain


THAW, REST, USE = "one/do/thaw", "one/do/rest", "one/do/use"
HOUR = timedelta(hours=1)


def thawed(how: str = "on paper") -> Trial:
    """Return a batch that was thawed at nine; its sheets are entered at six in the evening.

    The second person signs then, also where the thawing stands on the screen since nine.
    """
    clock.simulate(MONDAY)
    trial = scene(("thawed", how), lambda: _thawed(how))
    clock.simulate(MONDAY + 9 * HOUR)
    return trial


def _thawed(how: str) -> Trial:
    trial = issued_any(a_plant(), timed())
    for ref in ("one/do/before", "one/do/bag"):
        sign_on(trial, "one/do")
        trial.perform(ref)
    make(trial, at_desk(trial, "okafor"))
    if how == "on screen":
        do(trial, THAW)
    clock.simulate(MONDAY + 9 * HOUR)
    if how == "on paper":
        from_paper(trial, THAW, at=MONDAY)
    trial.verify(THAW)
    return trial


@pytest.mark.req("F211-111")
def test_limits_of_time_are_judged_by_the_time_on_the_paper() -> None:
    trial = thawed()
    early = {"comment": "The clock on the wall."}
    with pytest.raises(TooEarly):
        from_paper(trial, REST, early, at=MONDAY + HOUR - MINUTE)
    # The recipe allows it offline: nobody has to say why it was done on paper.
    from_paper(trial, REST, at=MONDAY + HOUR, why="")
    assert trial.step(REST).values == {"elapsed": "3600"}
    with pytest.raises(CommentMissing):
        from_paper(trial, USE, at=MONDAY + 3 * HOUR, why="")
    from_paper(trial, USE, at=MONDAY + 3 * HOUR)
    assert trial.step(USE).values["comment"] == WHY
    assert {code for _step, code, _severity in findings(trial)} == {"step.from_paper"}


def test_a_pack_names_the_moments_that_its_limits_count_from() -> None:
    """In words, as the sheet is for people: a stage by its title, a step by its instruction."""
    trial = thawed("on screen")
    pack = words(make(trial, at_desk(trial, "okafor")))
    title, day = timed()["stages"][0]["title"]["en"], "16 Nov 2026"
    assert re.findall(r"since: ([^;]*) ;", pack) == [
        f"the step before, {day}, 18:00 CET",
        f"{LABEL['en']}, {day}, 18:00 CET",
        f"the clock thawed, {day}, 18:00 CET",
        f"the beginning of {title}, {day}, 09:00 CET",
    ]


@pytest.mark.req("F211-111")
@pytest.mark.parametrize(
    ("thaw", "used"),
    [("on paper", "on paper"), ("on screen", "on paper"), ("on paper", "on screen")],
)
def test_what_was_late_on_paper_is_late(thaw: str, used: str) -> None:
    """From paper to screen and back, for the container's clock as well."""
    trial = thawed(thaw)
    from_paper(trial, REST, at=MONDAY + 2 * HOUR)
    why = {"comment": "The system was not there."}
    if used == "on screen":
        do(trial, USE, trial.good(USE) | why)
    else:
        from_paper(trial, USE, trial.good(USE) | why, at=MONDAY + 3 * HOUR + MINUTE)
    with reading(site=trial.site):
        late = BatchException.objects.filter(stream=trial.batch, code="within.missed")
        since = {row.params["since"]: row.params["elapsed"] for row in late}
    passed = "9 h" if used == "on screen" else "3 h 1 min"
    assert since == {"thaw": passed, "clock.thawed": passed}


def test_a_page_from_paper_judges_no_time_that_only_the_screen_has() -> None:
    trial = thawed()
    clock.simulate(MONDAY + MINUTE)
    tablet, paper = at_tablet(trial, "brandt", tablet_at(trial)), address(trial) + "?from=paper"
    assert "Waiting for the time" in words(tablet.get(address(trial)))
    assert "Record and go on" in words(tablet.get(paper))
    clock.simulate(MONDAY + 9 * HOUR)
    from_paper(trial, REST, at=MONDAY + HOUR)
    tablet = at_tablet(trial, "brandt", tablet_at(trial, "T-15"))
    assert "Too late:" in words(tablet.get(address(trial)))
    assert "Too late:" not in words(tablet.get(paper))


def test_the_api_takes_a_step_from_paper() -> None:
    trial, _client = with_pack(ADD)
    clock.simulate(ENTERED)
    client = at_desk(trial, "brandt")
    values = {**trial.good(ADD), "comment": WHY}
    body = {"step": ADD, "values": values, "paper": {"pack": 1, "at": DONE.isoformat()}}
    where = f"/api/v1/batches/{trial.batch}/steps/"
    for pack, status in ((2, 422), (1, 201)):
        body["paper"] = {"pack": pack, "at": DONE.astimezone(UTC).isoformat()}
        answer = client.post(
            where, body, content_type="application/json",
            headers={"Idempotency-Key": str(uuid7())},
        )  # fmt: skip
        assert answer.status_code == status, answer.json()
    assert trial.step(ADD).paper_at == DONE
