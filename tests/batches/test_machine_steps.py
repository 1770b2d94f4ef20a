"""Steps with machines, files and decisions: what they refuse, keep and mark."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from batches.exceptions import CommentMissing, FileUnknown, NotTheirDecision
from batches.models import BatchException
from batches.services import ask_concession
from batches.uploads import keep
from equipment.exceptions import UnitOutOfCalibration
from equipment.models import Unit
from equipment.services.units import calibrate_unit
from materials.exceptions import LotNotReleased, WrongContainer
from mes.lib import clock
from mes.lib.refusals import Refusal
from plant.house import deliver
from quality.services import grant_concession
from recipes.judging import WrongProgramme
from recipes.kinds import KINDS
from records import files
from records.exceptions import FileNotTaken
from records.models import Entry
from records.presenters import sentence
from records.reading import reading
from tests.builders.accounts import DemoSite, signed_in_client
from tests.builders.batches import a_plant
from tests.builders.kinds import Run, a_run, made_effective
from tests.mes.test_filetypes import ZIP, png

WAY = "seeding/seed"


def a_batch() -> Run:
    plant = a_plant()
    return a_run(plant, made_effective(plant, "machines.yaml"))


def another(run: Run) -> Run:
    """Return another patient's batch of the same recipe, in the same plant."""
    return a_run(run.plant, run.row().recipe_version, number=2, place=2)


def refused(run: Run, kind: type[Refusal], *, by: str = "brandt", **changed: str) -> Refusal:
    before = run.row().position
    with pytest.raises(kind) as caught:
        run.do(by=by, **changed)
    assert run.row().position == before
    return caught.value


def outcome(run: Run, key: str) -> tuple[str, dict[str, str]]:
    row = run.step(f"{WAY}/{key}")
    return row.outcome, row.values


def exceptions(run: Run) -> list[tuple[str, str]]:
    with reading(site=run.plant.site):
        rows = BatchException.objects.filter(stream=run.batch).order_by("entry_seq", "id")
        return list(rows.values_list("code", "severity"))


def logbook(run: Run) -> list[str]:
    """The sentences of the Prodigy's stream that tell of programmes."""
    with reading(site=run.plant.site):
        unit = Unit.objects.get(code="PR-01").id
        rows = Entry.objects.filter(stream=unit, kind__startswith="unit.programme").order_by("seq")
        return [sentence(row.envelope) for row in rows]


def lapse(run: Run) -> None:
    """Let the Prodigy's calibration lapse."""
    with reading(site=run.plant.site):
        unit = Unit.objects.get(code="PR-01")
    calibrate_unit(
        command=run.plant.crew.command("nagy", "equipment.calibrate"), unit=unit.id,
        due=clock.now() + timedelta(minutes=1), certificate="C-1",
    )  # fmt: skip
    clock.simulate(clock.now() + timedelta(minutes=5))


def concede(run: Run, code: str) -> None:
    """Let QA pass the due step over one interlock."""
    due = run.due()
    assert due is not None
    asked = ask_concession(
        command=run.command(), batch=run.batch, step=due.path, code=code, params={},
        reason="No other one is free.",
    )  # fmt: skip
    grant_concession(
        command=run.command("vogt"), concession=UUID(str(asked["concession"])), batch=run.batch,
        until=clock.now() + timedelta(hours=1), reason="Checked by hand.", risk="Low.",
        proof=run.plant.crew.proof("vogt"),
    )  # fmt: skip


@pytest.mark.usefixtures("committed_db", "at_time")
@pytest.mark.req("E4-17", "F211-182")
@pytest.mark.scenario(50)
def test_a_plain_run_through_every_kind_leaves_its_proofs() -> None:
    """Once plainly, with what must be refused tried on the way."""
    run = a_batch().up_to("begun")
    said = refused(run, WrongProgramme, version="4.1")
    assert (str(said), logbook(run)) == (
        "The unit shows TCT 4.1; the recipe asks for TCT 4.2.", []
    )  # fmt: skip
    run.up_to("photo")
    refused(run, FileUnknown, file="ab" * 32)
    # A text was kept, but this step takes photos and PDFs.
    text = files.put(b"a,b\n1,2\n", media_type="text/plain").sha256
    refused(run, FileUnknown, file=text)
    run.up_to("way")
    assert refused(run, NotTheirDecision, by="okafor").status == 403
    run.up_to("clear-after")
    number = run.row().number
    assert logbook(run) == [
        f"Programme TCT 4.2 started for batch {number}",
        f"Programme TCT of batch {number} completed, 0 alarms",
    ]
    assert files.get(outcome(run, "photo")[1]["file"]).startswith(b"\x89PNG")
    assert files.get(outcome(run, "ended")[1]["log"]) == b"programme ended, no alarm\n"
    # A reading came through a person's hands, and says so.
    assert outcome(run, "carbon")[1]["source_of_value"] == "typed"
    assert exceptions(run) == []
    _file_is_handed_out(run)


def _file_is_handed_out(run: Run) -> None:
    """To be saved and never run, and only where the batch names it."""
    sha256 = outcome(run, "photo")[1]["file"]
    client = signed_in_client(DemoSite(id=run.plant.site, code="MZ1"), "operator")
    answer = client.get(reverse("batches:file", args=[run.batch, sha256]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer["Content-Security-Policy"]
    # The picture beside an instruction is the recipe's: shown, and only where it names it.
    shown = files.put(png(), media_type="image/png").sha256
    answer = client.get(reverse("batches:picture", args=[run.batch, shown]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    log = outcome(run, "ended")[1]["log"]
    assert client.get(reverse("batches:picture", args=[run.batch, log])).status_code == 404
    other = another(run)
    assert client.get(reverse("batches:file", args=[other.batch, sha256])).status_code == 404
    page = client.get(reverse("batches:record", args=[run.batch])).content.decode()
    assert reverse("batches:file", args=[run.batch, sha256]) in page


@pytest.mark.usefixtures("committed_db", "at_time")
@pytest.mark.req("E4-9b", "P11-10h", "F211-68")
def test_a_bad_run_is_refused_where_it_must_be_and_marked_where_it_goes_on() -> None:
    run = a_batch().up_to("spiked")
    other = another(run).up_to("spiked")
    wrong = other.good()["one"]
    # No end of another patient is connected, nor is their bag weighed: absolute, on both batches.
    assert refused(run, WrongContainer, one=wrong).interlock == "absolute"
    assert exceptions(run) == exceptions(other) == [("container.wrong_patient", "critical")]
    refused(run, CommentMissing, result="failed")
    run.do(result="failed", comment="Spike went in askew; clamped.")
    deliver(run.plant.crew, "QQ1", "TEXMACS", release=False)
    assert refused(run, LotNotReleased, one="QQ1").params["lot"] == "QQ1"
    run.up_to("weight")
    refused(run, WrongContainer, container=wrong)
    lapse(run)
    # Out of calibration a balance weighs nothing; a reading is kept and marked.
    refused(run, UnitOutOfCalibration)
    concede(run, UnitOutOfCalibration.code)
    run.do()
    refused(run, CommentMissing)
    run.do(comment="The only incubator that is free.")
    said, values = outcome(run, "carbon")
    assert (said, values["value"], values["source_of_value"]) == ("flagged", "5", "typed")
    run.up_to("way").do(choice="stop", comment="Too few cells.")
    assert [code for code, _ in exceptions(run)] == [
        "container.wrong_patient", "connect.failed", "container.wrong_patient", "concession.used",
        "reading.out_of_calibration", "choose.flagged",
    ]  # fmt: skip


PHOTO = KINDS["attach"].schema.model_validate(
    {"key": "p", "kind": "attach", "text": {"en": "x"}, "largest": "1"}
)


@pytest.mark.scenario(50)
@pytest.mark.parametrize(
    "content", [b"", ZIP, png() + ZIP, png(30_000, 30_000), b"plain text", b"x" * 1_000_001],
    ids=["empty", "zip", "polyglot", "pixels", "kind", "size"],
)  # fmt: skip
def test_a_file_is_refused_before_anything_opens_it(content: bytes) -> None:
    with pytest.raises(FileNotTaken) as caught:
        keep(SimpleUploadedFile("evil.png", content), PHOTO, field="file")
    assert (caught.value.field, caught.value.status) == ("file", 422)
