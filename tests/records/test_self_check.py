"""The self-check of records: what lacks an element of ALCOA+ is listed, with which."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from batches.models import VoidedSignature
from mes.lib.evidence import GENESIS, Link, canonical, entry_hash
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records import alcoa, self_check
from records.alcoa import Kept, Record, lacks
from records.checkpoints import Checkpointer
from records.enums import Element
from records.exceptions import CheckTooLong
from records.models import Entry
from records.places import Folder
from records.reading import reading
from tests.builders import quality as build
from tests.builders.accounts import open_demo_site, signed_in_client
from tests.builders.recipes import effective
from tests.quality.test_corrections import VOLUME, WEIGHT, again, correct, executed, verifier
from tests.records.trial import actor, stream_with

pytestmark = pytest.mark.req("PI-4")
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
PERSON = "01900000-0000-7000-8000-0000000000c3"
HASH = "ab" * 32
SIGNATURE = {
    "person": PERSON, "printed_name": "T. Rial", "role": "operator", "meaning": "I did it.",
    "at": "2026-11-02T08:01:00.000000Z", "zone": "Europe/Berlin", "factors": ["badge", "pin"],
    "content_hash": HASH, "parts": ["record"],
}  # fmt: skip


def kept(seq: int, before: bytes, **said: Any) -> Kept:
    """Return the entry of a number, a minute after the one before, all as it should be."""
    at = START + timedelta(minutes=seq - 1)
    envelope: dict[str, Any] = {
        "kind": "trial.said", "actor": {"id": PERSON, "name": "T. Rial"}, "role": "operator",
        "at": f"{at:%Y-%m-%dT%H:%M:%S.%fZ}", "device_time": None, "payload": {"text": "a"}, **said,
    }  # fmt: skip
    body = canonical(envelope)
    done = datetime.fromisoformat(envelope["at"])
    hashed = entry_hash(before, body)
    who = envelope["actor"]["id"]
    return Kept(
        link=Link("s", seq, body, hashed), copied=(envelope["kind"], who, done), told="It was said",
        reason=envelope["payload"].get("reason", ""), act_at=done, leaf=hashed,
    )  # fmt: skip


def record(*said: Mapping[str, Any]) -> Record:
    """Return a record of entries that say this and are otherwise good."""
    entries, before = [], GENESIS
    for seq, one in enumerate(said, 1):
        entries.append(kept(seq, before, **one))
        before = entries[-1].link.hash
    return Record(
        seq=len(entries), hash=before, site=True, classed=True, entries=entries,
        checked_at=START + timedelta(hours=1),
    )  # fmt: skip


def good() -> Record:
    """Return a record with a signature, a correction and an entry of the system."""
    return record(
        {"payload": {"text": "a"}},
        {"payload": {"text": "b", "signature": SIGNATURE}},
        {"kind": "trial.corrected", "payload": {"text": "c", "reason": "read wrongly"}},
        {"actor": {"id": None, "name": "System"}, "role": "system"},
    )


def second(**more: Any) -> Record:
    """Return the good record with something else beside its second entry."""
    it = good()
    entries = list(it.entries)
    entries[1] = replace(entries[1], **more)
    return replace(it, entries=entries)


def says(**said: Any) -> Record:
    """Return a record whose second entry says something else."""
    return record({}, said, {})


def signed(**part: Any) -> Record:
    return says(payload={"signature": {**SIGNATURE, **part}})


def without_the_second() -> Record:
    it = good()
    return replace(it, entries=[it.entries[0], *it.entries[2:]])


def altered() -> Record:
    link = good().entries[1].link
    return second(link=replace(link, body=link.body.replace(b'"b"', b'"x"')))


def unreadable() -> Record:
    body = b"{}"
    before = good().entries[0].link.hash
    hashed = entry_hash(before, body)
    entries = [
        good().entries[0], Kept(link=Link("s", 2, body, hashed), copied=("", None, START), told="?")
    ]  # fmt: skip
    return replace(good(), entries=entries, seq=2, hash=hashed)


E_ = Element
PLANTED: dict[str, tuple[Callable[[], Record], list[tuple[Element, int, str]]]] = {
    "nobody": (
        lambda: says(actor={"id": PERSON, "name": " "}), [(E_.ATTRIBUTABLE, 2, "actor.unnamed")],
    ),
    "a name without a person": (
        lambda: says(actor={"id": None, "name": "Somebody"}),
        [(E_.ATTRIBUTABLE, 2, "actor.unnamed")],
    ),
    "a signature without a name": (
        lambda: signed(printed_name=""), [(E_.ATTRIBUTABLE, 2, "signature.unnamed")],
    ),
    "no sentence": (lambda: second(told=""), [(E_.LEGIBLE, 2, "sentence.none")]),
    "no envelope": (unreadable, [(E_.LEGIBLE, 2, "entry.unreadable")]),
    "no act": (lambda: second(act_at=None), [(E_.CONTEMPORANEOUS, 2, "act.none")]),
    "another time than its act": (
        lambda: second(act_at=START), [(E_.CONTEMPORANEOUS, 2, "act.other_time")],
    ),
    "late without a word": (
        lambda: says(device_time="2026-11-02T07:00:00Z"),
        [(E_.CONTEMPORANEOUS, 2, "late.no_reason")],
    ),
    "signed at another time": (
        lambda: signed(at="2026-11-02T07:59:00Z"),
        [(E_.CONTEMPORANEOUS, 2, "signature.other_time")],
    ),
    "altered": (altered, [(E_.ORIGINAL, 2, "hash.differs")]),
    "signed on something else": (
        lambda: second(signed="cd" * 32), [(E_.ACCURATE, 2, "signature.other_content")],
    ),
    "signed on nothing": (
        lambda: signed(content_hash="none"), [(E_.ACCURATE, 2, "signature.other_content")],
    ),
    "corrected without a reason": (
        lambda: says(kind="step.corrected"), [(E_.ACCURATE, 2, "correction.no_reason")],
    ),
    "a number that is not there": (
        without_the_second,
        # The hash of the entry behind does not go on from the one before the gap.
        [(E_.ORIGINAL, 3, "hash.differs"), (E_.COMPLETE, 2, "number.missing")],
    ),
    "a last entry that is not there": (
        lambda: replace(good(), seq=5), [(E_.COMPLETE, 4, "head.differs")],
    ),
    "all gone": (lambda: replace(good(), entries=[]), [(E_.COMPLETE, 0, "head.differs")]),
    "a time that goes back": (
        lambda: says(at="2026-11-02T07:00:00.000000Z"), [(E_.CONSISTENT, 2, "time.back")],
    ),
    "a copy that says something else": (
        lambda: second(copied=("trial.other", PERSON, START + timedelta(minutes=1))),
        [(E_.CONSISTENT, 2, "copy.differs")],
    ),
    "no checkpoint": (lambda: second(leaf=None), [(E_.ENDURING, 2, "checkpoint.none")]),
    "another one in the log": (
        lambda: second(leaf=bytes(32)), [(E_.ENDURING, 2, "checkpoint.differs")],
    ),
    "no class": (lambda: replace(good(), classed=False), [(E_.AVAILABLE, 4, "class.none")]),
    "a lost file": (lambda: second(lost=True), [(E_.AVAILABLE, 2, "file.missing")]),
}  # fmt: skip


def found(it: Record) -> list[tuple[Element, int, str]]:
    return [(one.element, one.seq, one.why) for one in lacks(it)]


def test_a_good_record_lacks_nothing() -> None:
    assert found(good()) == []
    assert found(says(device_time="2026-11-02T07:00:00Z", payload={"reason": "tablet away"})) == []
    assert found(second(signed=HASH)) == []
    # What came a moment ago waits for the next checkpoint; of a thing that all share, the acts
    # of other sites cannot be seen.
    soon = replace(second(leaf=None), checked_at=START + timedelta(minutes=16))
    shared = replace(second(act_at=None), site=False)
    assert (found(soon), found(shared)) == ([], [])


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_lack_is_listed_with_its_element_and_its_entry(name: str) -> None:
    plant, listed = PLANTED[name]
    assert found(plant()) == listed


def test_every_element_has_its_check_and_every_lack_its_words_and_its_plant() -> None:
    listed = [one for _plant, some in PLANTED.values() for one in some]
    assert set(alcoa.CHECKS) == set(Element) == {element for element, _seq, _why in listed}
    assert set(alcoa.WORDS) == {why for _element, _seq, why in listed}


def test_a_batch_in_the_laboratory_lacks_nothing_until_somebody_lays_hands_on_it(
    committed_db: str, outside: Folder, owner_connection: psycopg.Connection
) -> None:
    bench = build.with_results(build.at_qc())
    Checkpointer(outside).checkpoint()
    assert self_checked() == (0, "none lacks an element")
    # A result that was reviewed, and no longer says what the second analyst signed.
    owner_connection.execute("ALTER TABLE quality_result DISABLE TRIGGER USER")
    owner_connection.execute("UPDATE quality_result SET value = '95' WHERE test = 'viability'")
    with reading(site=bench.site.id):
        row = Entry.objects.filter(kind="result.reviewed").order_by("seq")[0]
        [lacking] = self_check.of_thing(row.stream).lacking
    assert [(one.element, one.seq, one.why) for one in lacking.lacks] == [
        (Element.ACCURATE, row.seq, "signature.other_content")
    ]
    code, said = self_checked()
    assert (code, said) == (1, "1 lack an element")


def test_what_was_attested_signed_again_and_approved_is_told_once_more(
    committed_db: str, outside: Folder, owner_connection: psycopg.Connection
) -> None:
    bench = executed()
    correct(bench, VOLUME, value="95")
    with reading(site=bench.site.id):
        voided = list(VoidedSignature.objects.filter(stream=bench.batch))
    assert {row.about for row in voided} == {"step.verified", "operation.attested"}
    for row in voided:
        attested = row.about == "operation.attested"
        again(bench, row, bench.actor("operator") if attested else verifier(bench))
    version = effective(bench.site)
    Checkpointer(outside).checkpoint()
    assert self_checked() == (0, "none lacks an element")
    owner_connection.execute("ALTER TABLE batches_step DISABLE TRIGGER USER")
    owner_connection.execute(
        'UPDATE batches_step SET values = \'{"value": "13"}\' WHERE path = %s', [WEIGHT]
    )
    owner_connection.execute(
        'UPDATE batches_step SET values = \'{"value": "96"}\' WHERE path = %s', [VOLUME]
    )
    with reading(site=bench.site.id):
        signed = Entry.objects.filter(stream=bench.batch, kind__in=SIGNED).order_by("seq")
        kinds = [(row.seq, row.kind) for row in signed]
        [lacking] = self_check.of_thing(bench.batch).lacking
        assert self_check.of_thing(version).lacking == []
    # The first attestation and verification are void: nobody can say what they were under.
    assert [kind for _, kind in kinds] == [
        "step.verified", "operation.attested", "operation.attested",
        "signature.renewed", "signature.renewed",
    ]  # fmt: skip
    assert [(one.element, one.seq, one.why) for one in lacking.lacks] == [
        (Element.ACCURATE, seq, "signature.other_content") for seq, _ in kinds[2:]
    ]


SIGNED = ("step.verified", "operation.attested", "signature.renewed")


def self_checked(*args: str) -> tuple[int, str]:
    """Return the code with which the command ends, and what its last line says of the records."""
    out = StringIO()
    try:
        call_command("self_check", *args, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue().strip().splitlines()[-1].partition(": ")[2]
    return 0, out.getvalue().strip().splitlines()[-1].partition(": ")[2]


def test_the_command_names_thing_entry_and_element(
    committed_db: str, owner_connection: psycopg.Connection
) -> None:
    stream = stream_with("a", "b")
    owner_connection.execute("ALTER TABLE records_entry DISABLE TRIGGER ALL")
    owner_connection.execute("UPDATE records_entry SET at = at + interval '1 s' WHERE seq = 2")
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("self_check", "--stream", str(stream), stdout=out)
    lines = out.getvalue().splitlines()
    copied = f"trial {stream}/2: consistent: stands under another time, person or kind than it says"
    assert copied in lines
    assert lines[-1] == "1 records, 2 entries: 1 lack an element"
    for text in ("no id", str(uuid7())):
        with pytest.raises(CommandError, match="is not the identifier of a thing"):
            call_command("self_check", "--stream", text, stdout=out)


def test_pages_list_what_lacks_something_at_this_site_only(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, other = open_demo_site(), open_demo_site("MZ2")
    ours = stream_with("a", by=actor(site=site.id))
    theirs = stream_with("a", by=actor(site=other.id))
    client = signed_in_client(site, "auditor")
    page = client.get(reverse("records:self_check")).content.decode()
    # Nobody has declared how long a box of these tests is kept, nor writes its sentences.
    assert (str(ours) in page, str(theirs) in page) == (True, False)
    assert page.count("Entry 1 cannot be told as a sentence.") == 1
    address = reverse("records:self_check_of", args=[ours])
    assert "is of a kind for which nobody has said how long" in client.get(address).content.decode()
    assert (
        "No record lacks anything"
        in client.get("/records/self-check/?since=2020-01-01&until=2020-01-01").content.decode()
    )
    assert client.get(reverse("records:self_check_of", args=[theirs])).status_code == 404
    assert client.get("/records/self-check/?since=never").status_code == 400
    monkeypatch.setattr(self_check, "MOST", 1)
    long = client.get(reverse("records:self_check"))
    assert (long.status_code, CheckTooLong.code in long.content.decode()) == (400, True)
    with reading(site=site.id), pytest.raises(NotFound):
        self_check.of_thing(uuid7())
