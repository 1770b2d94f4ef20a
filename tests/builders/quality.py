"""Batches on their way through QC and QA, driven by the real services.

Only the issue is short: the recipe's document is put down without its approval.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from accounts.enums import Presence
from accounts.services.ceremony import Proof
from batches.entries import STREAM, BatchIssued
from batches.models import Batch, BatchException, Operation, Step
from batches.services import ask_concession, attest_operation, perform_step, report, sign_on
from materials.enums import ContainerKind
from materials.selectors import next_label
from mes.lib import clock
from mes.lib.ids import uuid7
from orders.entries import OrderInManufacture
from orders.services import open_register
from quality import services
from quality.enums import Judgement
from quality.models import Result, Sample
from quality.selectors.record import BatchRecord, record_of
from quality.services.disposition import content_hash_of
from quality.services.results import Typed
from recipes import reader
from recipes.document import Recipe
from recipes.models import Document
from records import outbox
from records.act import New, act
from records.commands import Actor, Command, Reply
from records.reading import reading
from tests.builders.accounts import DemoSite, a_command, open_demo_site, person
from tests.builders.orders import order, registered, wanted
from tests.support.scenes import scene

RECIPE = b"""
recipe: QUALITY-TEST
title: {en: "A short way to release"}
modality: autologous
inputs:
  - {name: patient_weight, unit: kg, low: "6", high: "250"}
tests:
  - {key: viability, unit: "%", turn_round: 4 h, method: "QC-SOP-7", title: {en: "Viability"}}
  - {key: dose, unit: "{cells}", turn_round: 4 h, method: "QC-SOP-8", title: {en: "Dose"}}
  - key: appearance
    value: text
    turn_round: 1 h
    method: "QC-SOP-9"
    title: {en: "Appearance"}
    options:
      - {key: conforms, text: {en: "Intact"}}
      - {key: deviates, flag: true, text: {en: "Anything else"}}
  - key: sterility
    value: text
    turn_round: 14 d
    method: "QC-SOP-10"
    title: {en: "Sterility"}
    options:
      - {key: negative, text: {en: "No growth"}}
      - {key: positive, flag: true, text: {en: "Growth"}}
specification:
  - {key: viability, test: viability, limits: ["80", null], title: {en: "Viability at least 80 %"}}
  - {key: dose, test: dose, above: "1e6 * inputs.patient_weight", title: {en: "Dose"}}
  - {key: appearance, test: appearance, accepts: [conforms], title: {en: "Intact"}}
  - key: sterility
    test: sterility
    accepts: [negative]
    needed: after_release
    title: {en: "Sterile"}
stages:
  - key: work
    title: {en: "Work"}
    duration: {low: 1 h, expected: 2 h, high: 3 h}
    operations:
      - key: fill
        title: {en: "Fill"}
        openness: closed
        steps:
          - {key: ready, kind: confirm, text: {en: "Is everything here?"}}
          - key: volume
            kind: enter
            value: decimal
            unit: mL
            limits: {alert: ["90", "110"], action: ["80", "120"]}
            text: {en: "Enter the volume."}
          - key: bag
            kind: label
            makes: product-container
            copies: "1"
            text: {en: "Label the bag."}
          - key: drawn
            kind: sample
            tests: [viability, dose, appearance, sterility]
            volume: {unit: mL}
            text: {en: "Draw the sample."}
"""

NUMBER, OPERATION = "B-26-0001", "work/fill"
GOOD = {"viability": "92.5", "dose": "1.4e8", "appearance": "conforms"}
STERILE = {"sterility": "negative"}


def document_kept(source: bytes = RECIPE) -> Recipe:
    """Put a recipe's document down under its hash."""
    recipe = reader.read(source)
    row = Document(
        hash=recipe.content_hash, media_type="application/json", content=recipe.canonical
    )
    Document.objects.bulk_create([row], ignore_conflicts=True)
    return recipe


@dataclass
class Bench:
    """A site with a batch and the people whom its release needs."""

    site: DemoSite
    batch: UUID
    order: UUID
    second: dict[str, UUID] = field(default_factory=dict)

    def actor(self, role: str) -> Actor:
        """Return the site's holder of a role."""
        return self.site.actor(role)

    def command(self, role: str, name: str = "test") -> Command:
        """Return a new command of the site's holder of a role."""
        return a_command(self.actor(role), name)

    def another(self, role: str) -> Actor:
        """Return a second holder of a role."""
        if role not in self.second:
            self.second[role] = person(role, site=self.site, name=f"Second {role}")
        actor = self.actor(role)
        return Actor(
            person=self.second[role], name=f"Second {role}", role=role, site=actor.site,
            zone=actor.zone,
        )  # fmt: skip

    def record(self) -> BatchRecord:
        """Read the batch's record."""
        with reading(site=self.site.id):
            return record_of(Batch.objects.get(id=self.batch))

    def row(self) -> Batch:
        """Read the batch."""
        with reading(site=self.site.id):
            return Batch.objects.get(id=self.batch)

    def exceptions(self) -> list[BatchException]:
        """Read the batch's exceptions."""
        return self.record().exceptions

    def sample(self) -> Sample:
        """Read the batch's one sample."""
        [found] = self.record().samples
        return found


def proof_of(actor: Actor) -> Proof:
    """Return the proof that a person gives; the secrets themselves are tested in accounts."""
    assert actor.person is not None
    return Proof(
        person=actor.person, printed_name=actor.name, site=actor.site, zone=actor.zone,
        factors=("username", "password"), at=clock.now(),
        presence=Presence.DESK,
    )  # fmt: skip


def issued(site: DemoSite | None = None, *, number: str = NUMBER, source: bytes = RECIPE) -> Bench:
    """Issue a batch of the short recipe for an order whose cells are here."""
    if site is None:
        return scene(("quality", number, source), lambda: _issued(open_demo_site(), number, source))
    return _issued(site, number, source)


def _issued(site: DemoSite, number: str = NUMBER, source: bytes = RECIPE) -> Bench:
    coordinator = site.actor("coordinator")
    if "register" not in site.people:
        site.people["register"] = uuid7()
        facility = "A9999" if site.code == "MZ1" else "A9998"
        open_register(command=a_command(site.system), facility=facility)
        registered(site.system)
    made = order(coordinator, wanted(today=clock.now().date()))
    recipe, batch = document_kept(source), uuid7()
    said = BatchIssued(
        number=number, order=made.id, coi=made.coi, mark=made.mark, purpose="patient",
        recipe=recipe.recipe, recipe_version=uuid7(), recipe_label="v1",
        recipe_hash=recipe.content_hash, inputs={"patient_weight": "70"},
    )  # fmt: skip
    command = a_command(site.system)
    with act(command, streams=[made.id], new=[New(STREAM, batch, site.id)]) as a:
        a.append(batch, said)
        a.append(made.id, OrderInManufacture(batch=batch, batch_number=number))
    return Bench(site=site, batch=batch, order=made.id)


def at_qc() -> Bench:
    """Return a batch that is made and whose sample the laboratory has."""
    return scene("quality, at QC", lambda: received(performed(_issued(open_demo_site()))))


def performed(bench: Bench, *, volume: str = "100", comment: str = "") -> Bench:
    """Perform every step of the batch and attest it: its record is complete."""
    operator = bench.actor("operator")
    sign_on(
        command=bench.command("operator"), batch=bench.batch, operation=OPERATION,
        proof=proof_of(operator),
    )  # fmt: skip
    for path, values in _values(bench, volume, comment):
        perform_step(command=bench.command("operator"), batch=bench.batch, step=path, values=values)
    attest_operation(
        command=bench.command("operator"), batch=bench.batch, operation=OPERATION,
        proof=proof_of(operator),
    )  # fmt: skip
    outbox.drain()
    return bench


def _values(bench: Bench, volume: str, comment: str) -> list[tuple[str, dict[str, str]]]:
    entered = {"value": volume, **({"comment": comment} if comment else {})}
    counts = {"printed": "1", "applied": "1", "spoiled": "0"}
    return [
        ("work/fill/ready", {}),
        ("work/fill/volume", entered),
        ("work/fill/bag", {**counts, "scan": _label(bench, ContainerKind.PRODUCT)}),
        ("work/fill/drawn", {"volume": "2", "label": _label(bench, ContainerKind.SAMPLE)}),
    ]


def _label(bench: Bench, kind: ContainerKind) -> str:
    with reading(site=bench.site.id):
        return next_label(Batch.objects.get(id=bench.batch).coi, kind)


def received(bench: Bench) -> Bench:
    """Let the laboratory take the batch's sample."""
    services.receive_sample(
        command=bench.command("qc-analyst"), sample=bench.sample().id, condition="intact, 5 Cel"
    )
    return bench


def entered(bench: Bench, test: str, value: str, *, interim: bool = False) -> UUID:
    """Enter one result."""
    reply = services.enter_result(
        command=bench.command("qc-analyst"), sample=bench.sample().id,
        typed=Typed(test=test, value=value, equipment="CTR-2", interim=interim),
    )  # fmt: skip
    return UUID(str(reply["result"]))


def reviewed(bench: Bench, result: UUID) -> Reply:
    """Let a second analyst review a result."""
    second = bench.another("qc-analyst")
    return services.review_result(command=a_command(second), result=result, proof=proof_of(second))


def with_results(bench: Bench, results: dict[str, str] | None = None) -> Bench:
    """Enter and review results; those that a release needs, unless given."""
    for test, value in (GOOD if results is None else results).items():
        reviewed(bench, entered(bench, test, value))
    return bench


def judged(
    bench: Bench, exception: BatchException, judgement: Judgement = Judgement.ACCEPTED
) -> Reply:
    """Let the QA reviewer answer an exception."""
    return services.judge_exception(
        command=bench.command("qa-reviewer"), batch=bench.batch, exception=exception.id,
        judgement=judgement, comment="No effect on the product.",
    )  # fmt: skip


def sign_review(bench: Bench) -> Reply:
    """Let the QA reviewer sign the review of what stands now."""
    return services.sign_review(
        command=bench.command("qa-reviewer"), batch=bench.batch,
        content_hash=bench.record().content_hash, proof=proof_of(bench.actor("qa-reviewer")),
    )  # fmt: skip


def ready_for_release(site: DemoSite | None = None, *, number: str = "B-26-0001") -> Bench:
    """Return a batch with every gate passed but the release itself."""
    if site is None:
        return scene(("quality, reviewed", number), lambda: _reviewed(issued(number=number)))
    return _reviewed(issued(site, number=number))


def _reviewed(bench: Bench) -> Bench:
    with_results(received(performed(bench)))
    sign_review(bench)
    return bench


def shown_hash(bench: Bench, disposition: str = "released") -> str:
    """Return the hash that the disposition's page shows."""
    from batches.enums import Disposition

    with reading(site=bench.site.id):
        record = record_of(Batch.objects.get(id=bench.batch))
        return content_hash_of(record, Disposition(disposition))


def release(bench: Bench, *, by: str = "releasing-person", command: Command | None = None) -> Reply:
    """Let the releasing person certify and release."""
    return services.release_batch(
        command=command or bench.command(by), batch=bench.batch,
        content_hash=shown_hash(bench), proof=proof_of(bench.actor(by)),
    )  # fmt: skip


def reported(bench: Bench, text: str = "A drop on the outside of the bag.") -> BatchException:
    """Let the operator report something while the batch executes."""
    report(command=bench.command("operator"), batch=bench.batch, step="work/fill/ready", text=text)
    return bench.exceptions()[-1]


def questioned(
    bench: Bench,
    exception: BatchException,
    *,
    person: UUID | None = None,
    question: str = "Was the bag wiped before it was welded?",
) -> UUID:
    """Let the QA reviewer ask for a comment; unless named, of who the act proposes."""
    reply = services.ask_comment(
        command=bench.command("qa-reviewer"), batch=bench.batch, exception=exception.id,
        question=question, person=person,
    )  # fmt: skip
    return UUID(str(reply["comment"]))


def asked(bench: Bench, *, step: str = "work/fill/ready") -> UUID:
    """Let the operator ask QA for a concession."""
    reply = ask_concession(
        command=bench.command("operator"), batch=bench.batch, step=step, code="lot.expired",
        params={"lot": "L-1"}, reason="The only lot that is left.",
    )  # fmt: skip
    return UUID(str(reply["concession"]))


def granted(bench: Bench, concession: UUID, *, hours: int = 4) -> Reply:
    """Let QA on call grant a concession."""
    return services.grant_concession(
        command=bench.command("qa-on-call"), batch=bench.batch, concession=concession,
        until=clock.now() + timedelta(hours=hours), reason="Stable for 30 days more.",
        risk="None for the cells.", proof=proof_of(bench.actor("qa-on-call")),
    )  # fmt: skip


__all__ = ["GOOD", "Bench", "Operation", "Result", "Step", "issued"]
