"""Reads of materials: what a scan means, which lot next, where used."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q

from materials import workflow
from materials.enums import ContainerKind, LabelState
from materials.exceptions import (
    ContainerAmbiguous,
    ContainerUnknown,
    ContainerVoid,
    LotUnknown,
    MaterialUnknown,
    ScanUnreadable,
)
from materials.models import (
    Container,
    ContainerClock,
    ContainerSource,
    LabelPrint,
    Lot,
    LotUse,
    Material,
)
from mes.lib import isbt128
from mes.lib.isbt128 import ChainOfIdentity, DonationNumber, ScanError
from records.models import Entry

# What no scanner sends and no label of ours holds.
_LONGEST_SCAN = 200


def material_named(code: str) -> Material:
    """Return a material of the site's catalogue. Raises MaterialUnknown."""
    found = Material.objects.filter(code=code).first()
    if found is None:
        raise MaterialUnknown(field="material", material=code)
    return found


def scanned_text(scanned: str) -> str:
    """Return a scan without the scanner's own prefix and line end, shortened to what is kept."""
    return isbt128.without_symbology(scanned)[:_LONGEST_SCAN]


def lot_scanned(scanned: str, *, streams: Sequence[UUID] = ()) -> Lot:
    """Return the lot whose code was scanned or typed.

    Raises LotUnknown, which is recorded on ``streams`` (the batch that asked).
    """
    code = scanned_text(scanned)
    found = Lot.objects.filter(code=code).first()
    if found is None:
        raise LotUnknown(field="lot", streams=streams, scanned=code)
    return found


def container_scanned(scanned: str, *, streams: Sequence[UUID] = ()) -> Container:
    """Return the one container that a scan names: its label, a printed label, or its DIN.

    Raises ContainerUnknown, ContainerAmbiguous (a DIN of several bags), ContainerVoid (a label
    that was replaced or destroyed) and ScanUnreadable (a data identifier of another kind, such
    as a chain of identity, ISBT 128 ST-001 2.2). Recorded on ``streams``.
    """
    text = scanned_text(scanned)
    if text[:1] in {"=", "&"}:
        return _container_of_din(text, streams=streams)
    found = Container.objects.filter(label=text).first() or _container_of_print(text, streams)
    if found is None:
        raise ContainerUnknown(field="container", streams=streams, scanned=text)
    return found


def _container_of_din(text: str, *, streams: Sequence[UUID]) -> Container:
    try:
        number = isbt128.scan_din(text)
    except ScanError as error:
        raise ScanUnreadable(
            field="container", streams=streams, scanned=text, reason=error.reason
        ) from error
    found = list(Container.objects.filter(din=number.code).present()[:2])
    if not found:
        raise ContainerUnknown(field="container", streams=streams, scanned=number.code)
    if len(found) > 1:
        raise ContainerAmbiguous(field="container", scanned=number.code)
    return found[0]


def _container_of_print(text: str, streams: Sequence[UUID]) -> Container | None:
    label = LabelPrint.objects.filter(code=text).first()
    if label is None:
        return None
    if label.state in LabelState.dead:
        raise ContainerVoid(
            field="container", streams=(*streams, label.container), label=label.code
        )
    return Container.objects.get(id=label.container)


def read_identifier(
    scanned: str, *, typed: bool = False, streams: Sequence[UUID] = ()
) -> ChainOfIdentity | DonationNumber:
    """Read a second identifier: chain of identity or donation number.

    A scan carries its data identifier; what is ``typed`` carries its boxed check character
    (ISBT 128 ST-001 7.5). Raises ScanUnreadable, recorded on ``streams``.
    """
    text = scanned_text(scanned)
    try:
        return _typed(text) if typed else _scanned(text)
    except ScanError as error:
        raise ScanUnreadable(
            field="second", streams=streams, scanned=text, reason=error.reason
        ) from error


def _scanned(text: str) -> ChainOfIdentity | DonationNumber:
    element = isbt128.parse(text)
    if not isinstance(element, ChainOfIdentity | DonationNumber):
        raise isbt128.WrongIdentifier(text, "neither chain of identity nor donation number")
    return element


def _typed(text: str) -> ChainOfIdentity | DonationNumber:
    plain = re.sub(r"[\s\[\]]", "", text).upper()
    return isbt128.type_coi(text) if plain.startswith("CH") else isbt128.type_din(text)


def usable_lots(material: str, at: datetime) -> list[Lot]:
    """Return the lots that may be taken at ``at``, first expiry first; each says where it lies."""
    return list(Lot.objects.of(material).usable(at=at).fefo())


def usable_text(material: str, at: datetime, *, most: int = 3) -> str:
    """Return the first usable lots with their places, for the way out of a refusal."""
    lots = Lot.objects.of(material).usable(at=at).fefo()[:most]
    return "; ".join(f"{lot.code} ({lot.location})" for lot in lots) or "–"


def lots(*, status: str = "", words: str = "", at: datetime) -> list[Lot]:
    """Return lots for the list page, FEFO. ``status`` may be ``expired``; words search codes."""
    found = Lot.objects.all()
    if status == "expired":
        found = found.filter(expires_at__lte=at)
    elif status:
        found = found.filter(status=status)
    for word in words.split():
        found = found.filter(
            Q(code__icontains=word) | Q(material__icontains=word) | Q(supplier__icontains=word)
        )
    return list(found.fefo()[:200])


def material_titles() -> Mapping[str, str]:
    """Return the titles of the site's materials by code."""
    return dict(Material.objects.values_list("code", "title"))


def uses_of(lot: UUID) -> list[LotUse]:
    """Return where a lot went, newest first, 500 at most."""
    return list(LotUse.objects.filter(lot=lot).order_by("-at", "-id")[:500])


def batches_of_lot(lot: UUID) -> list[UUID]:
    """Return the batches that took from a lot, each once: who is hurt by its quarantine."""
    return sorted(set(LotUse.objects.filter(lot=lot).values_list("batch", flat=True)))


def lots_of_batch(batch: UUID) -> list[LotUse]:
    """Return what a batch took, in the order of the taking."""
    return list(LotUse.objects.filter(batch=batch).order_by("at", "id"))


def containers_of_batch(batch: UUID) -> list[Container]:
    """Return the containers that a batch made."""
    return list(Container.objects.filter(batch=batch).order_by("made_at", "id"))


def drawn_as_samples(containers: Iterable[Container]) -> list[tuple[str, Decimal]]:
    """Return what the samples among a batch's containers took from it, by unit."""
    drawn: dict[str, Decimal] = {}
    for row in containers:
        if row.kind == ContainerKind.SAMPLE and row.volume is not None:
            drawn[row.unit] = drawn.get(row.unit, Decimal(0)) + row.volume
    return sorted(drawn.items())


def containers_of_patient(coi: str) -> list[Container]:
    """Return every container of a chain of identity, oldest first."""
    return list(Container.objects.of_patient(coi).order_by("made_at", "id"))


def sources_of(container: UUID) -> list[UUID]:
    """Return the containers that one was filled from."""
    return list(
        ContainerSource.objects.filter(container=container).values_list("source", flat=True)
    )


_LETTERS: Mapping[str, str] = {
    ContainerKind.COLLECTION: "C",
    ContainerKind.INTERMEDIATE: "I",
    ContainerKind.PRODUCT: "P",
    ContainerKind.SAMPLE: "S",
    ContainerKind.RETAIN: "R",
}


def next_label(coi: str, kind: str) -> str:
    """Return a label for a patient's next container of a kind, such as ``26-000037-P01``.

    Ask under the lock of the batch or order; the table refuses a label given twice.
    """
    return next_labels(coi, kind, 1)[0]


def next_labels(coi: str, kind: str, count: int) -> list[str]:
    """Return the labels of a patient's next ``count`` containers of a kind, in order."""
    there = Container.objects.filter(coi=coi, kind=kind).count()
    start = f"{coi[7:9]}-{coi[9:]}-{_LETTERS[kind]}"
    return [f"{start}{number:02}" for number in range(there + 1, there + count + 1)]


def clocks_of(containers: Sequence[UUID]) -> dict[str, datetime]:
    """Return since when each clock of some containers runs; of several the earliest."""
    rows = ContainerClock.objects.filter(stream__in=containers)
    earliest = rows.values_list("name").annotate(since=Min("since")).order_by("name")
    return dict(earliest)


def clocks_labelled(labels: Collection[str]) -> dict[str, datetime]:
    """Return since when each clock runs of the containers with these labels; the earliest."""
    if not labels:
        return {}
    rows = Container.objects.filter(label__in=labels)
    return clocks_of(list(rows.values_list("id", flat=True)))


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A clock of one container that is here: which, by what name, and since when."""

    label: str
    name: str
    since: datetime


def clocks_running(coi: str, batch: UUID) -> list[RunningClock]:
    """Return the clocks of a patient's or a batch's containers, but for samples: two queries."""
    mine = Container.objects.present().filter(Q(coi=coi) | Q(batch=batch))
    rows = mine.exclude(kind__in=(ContainerKind.SAMPLE, ContainerKind.RETAIN))
    labels = dict(rows.values_list("id", "label"))
    clocks = ContainerClock.objects.filter(stream__in=list(labels)) if labels else ()
    found = [RunningClock(labels[one.stream], one.name, one.since) for one in clocks]
    return sorted(found, key=lambda one: (one.since, one.label))


def made_from(container: UUID) -> list[UUID]:
    """Return the containers that were filled from one: where its material went."""
    rows = ContainerSource.objects.filter(source=container)
    return list(rows.values_list("container", flat=True))


def next_statuses(lot: Lot) -> frozenset[str]:
    """Return the statuses that a lot's may become."""
    return workflow.LOT[lot.status]


def containers_here() -> list[Container]:
    """Return the containers that are neither used up nor void, newest first."""
    return list(Container.objects.present().order_by("-made_at", "-id")[:200])


def containers_named(ids: Sequence[UUID]) -> list[Container]:
    """Return containers by their ids, by label."""
    return list(Container.objects.filter(id__in=ids).order_by("label"))


def labels_of(container: UUID) -> list[LabelPrint]:
    """Return the printed labels of a container, by serial."""
    return list(LabelPrint.objects.filter(container=container).order_by("serial"))


@dataclass(frozen=True, slots=True)
class LabelBalance:
    """Counts of printed labels by what became of them (21 CFR 211.125)."""

    issued: int
    applied: int
    accounted: int

    @property
    def difference(self) -> int:
        """Printed labels of which nobody knows what became of them."""
        return self.issued - self.applied - self.accounted


def label_balance(*, batch: UUID) -> LabelBalance:
    """Return the reconciliation of a batch's labels. A replaced label had been applied."""
    return label_balances([batch])[batch]


def label_balances(batches: Collection[UUID]) -> dict[UUID, LabelBalance]:
    """Return the reconciliation of the labels of some batches; one query."""
    rows = LabelPrint.objects.filter(batch__in=batches).values_list("batch", "state")
    counts: dict[UUID, dict[str, int]] = {batch: {} for batch in batches}
    for batch, state, count in rows.annotate(Count("id")).order_by():
        counts[batch][state] = count
    return {batch: _balance(by_state) for batch, by_state in counts.items()}


def _balance(counts: dict[str, int]) -> LabelBalance:
    waiting = counts.pop(LabelState.ISSUED, 0)
    applied = counts.pop(LabelState.APPLIED, 0) + counts.pop(LabelState.REPLACED, 0)
    accounted = sum(counts.values())
    return LabelBalance(waiting + applied + accounted, applied, accounted)


def history(stream: UUID) -> list[dict[str, Any]]:
    """Return the envelopes of a stream's last 200 entries, newest first, for a timeline."""
    rows = Entry.objects.filter(stream=stream).order_by("-seq")[:200]
    return [entry.envelope for entry in rows]


def last_seq(stream: UUID) -> int:
    """Return the number of a stream's last entry: what a form of its page is based on."""
    return (
        Entry.objects.filter(stream=stream).order_by("-seq").values_list("seq", flat=True).first()
        or 0
    )
