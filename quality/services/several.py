"""One ceremony over several records: each gets a signature of its own, under its own content.

Only what the signer has opened, as it still is, and only what the review of each alone would
allow. One that does not fit refuses the whole, and is named.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Generic, TypeVar
from uuid import UUID

from accounts.exceptions import SamePerson
from accounts.permissions import Permission
from accounts.rules import check_permission
from accounts.services.ceremony import Proof
from batches.models import Batch
from batches.services.corrections import owing_review
from mes.lib.evidence import content_hash
from mes.lib.refusals import NotFound, Refusal
from quality import rules
from quality.enums import ResultOutcome
from quality.exceptions import (
    AlreadyDispositioned,
    AlreadyReviewed,
    FlaggedAlone,
    GatesOpen,
    NothingChosen,
    NotIndependent,
    NotOpened,
    OpenedHasChanged,
    OwnAmongThem,
    PointsOpen,
    ResultAlreadyReviewed,
    ResultSuperseded,
    SignedMeanwhile,
    TooMany,
)
from quality.models import Result
from quality.selectors.record import BatchRecord, records_of
from quality.services.results import check_result_reviewable, result_content, sign_result
from quality.services.review import sign_record
from records.act import Act, act, acting
from records.commands import Command, Reply
from records.reading import reading

MOST = 50
CLEARED = frozenset({ResultOutcome.WITHIN})
Row = TypeVar("Row")


class Reviewed(ABC, Generic[Row]):
    """A kind of record of which one ceremony reviews several.

    ``key`` is the name under which the server remembers what was opened.
    """

    key: ClassVar[str]
    permission: ClassVar[Permission]

    @abstractmethod
    def rows(self, ids: Sequence[UUID]) -> list[Row]:
        """Read these records, in a fixed number of queries. Raises NotFound."""

    @abstractmethod
    def id_of(self, row: Row) -> UUID:
        """Return the identifier of a record."""

    @abstractmethod
    def name_of(self, row: Row) -> str:
        """Return what people call a record."""

    @abstractmethod
    def content_of(self, row: Row) -> str:
        """Return the hash of what a review signs."""

    @abstractmethod
    def streams_of(self, rows: Sequence[Row]) -> list[UUID]:
        """Return the streams that the reviews of these records lock."""

    @abstractmethod
    def stream_of(self, row: Row) -> UUID:
        """Return the record's own stream, on which a refusal is kept."""

    @abstractmethod
    def check(self, row: Row, person: UUID, *, name: str) -> None:
        """Raise what the review of this one alone raises, or that it has to be alone."""

    @abstractmethod
    def sign(self, a: Act, row: Row, *, proof: Proof, shown: str) -> None:
        """Sign the review of one record in a running act."""

    def excluded(self, row: Row, person: UUID, *, name: str) -> Refusal | None:
        """Return what keeps a record out of a ceremony of this person, or None."""
        try:
            self.check(row, person, name=name)
        except Refusal as refusal:
            return refusal
        return None


class Results(Reviewed[Result]):
    """Results of QC; one that no rule has cleared is looked at alone."""

    key = "result"
    permission = Permission.QUALITY_REVIEW_RESULT

    def rows(self, ids: Sequence[UUID]) -> list[Result]:
        found = Result.objects.select_related("sample").in_bulk(ids)
        return _all_of(ids, found)

    def id_of(self, row: Result) -> UUID:
        return row.id

    def name_of(self, row: Result) -> str:
        return f"{row.sample.number} {row.test}"

    def content_of(self, row: Result) -> str:
        return content_hash(result_content(row))

    def streams_of(self, rows: Sequence[Result]) -> list[UUID]:
        return [stream for row in rows for stream in (row.stream, row.batch)]

    def stream_of(self, row: Result) -> UUID:
        return row.stream

    def check(self, row: Result, person: UUID, *, name: str) -> None:
        check_result_reviewable(row, person, name=name)
        if row.outcome not in CLEARED:
            raise FlaggedAlone(records=self.name_of(row))

    def sign(self, a: Act, row: Result, *, proof: Proof, shown: str) -> None:
        sign_result(a, row, proof=proof, shown=shown)


class Records(Reviewed[BatchRecord]):
    """Batch records, every exception judged."""

    key = "batch"
    permission = Permission.QUALITY_REVIEW

    def rows(self, ids: Sequence[UUID]) -> list[BatchRecord]:
        return records_of(_all_of(ids, Batch.objects.in_bulk(ids)))

    def id_of(self, row: BatchRecord) -> UUID:
        return row.batch.id

    def name_of(self, row: BatchRecord) -> str:
        return row.batch.number

    def content_of(self, row: BatchRecord) -> str:
        return row.content_hash

    def streams_of(self, rows: Sequence[BatchRecord]) -> list[UUID]:
        own = [row.batch.id for row in rows]
        return [*own, *owing_review(own)]

    def stream_of(self, row: BatchRecord) -> UUID:
        return row.batch.id

    def check(self, row: BatchRecord, person: UUID, *, name: str) -> None:
        rules.check_reviewable(row, person, name=name)

    def sign(self, a: Act, row: BatchRecord, *, proof: Proof, shown: str) -> None:
        sign_record(a, row, proof=proof, shown=shown)


RESULTS: Final = Results()
RECORDS: Final = Records()


def _all_of(ids: Sequence[UUID], found: Mapping[UUID, Row]) -> list[Row]:
    if set(found) != set(ids):
        raise NotFound()
    return [found[one] for one in ids]


@acting
def review_results(
    *, command: Command, shown: Mapping[UUID, str], opened: Mapping[UUID, str], proof: Proof
) -> Reply:
    """Review several results with one proof; gates of their batches see them then.

    As ``_review``, for each as ``review_result``; raises FlaggedAlone besides.
    """
    return _review(RESULTS, command=command, shown=shown, opened=opened, proof=proof)


@acting
def review_records(
    *, command: Command, shown: Mapping[UUID, str], opened: Mapping[UUID, str], proof: Proof
) -> Reply:
    """Sign the reviews of several batch records with one proof.

    As ``_review``, for each as ``sign_review``; raises PointsOpen besides.
    """
    return _review(RECORDS, command=command, shown=shown, opened=opened, proof=proof)


def _review(
    kind: Reviewed[Row],
    *,
    command: Command,
    shown: Mapping[UUID, str],
    opened: Mapping[UUID, str],
    proof: Proof,
) -> Reply:
    """Review several records of one kind, all or none.

    ``shown`` is what was ticked, with the hash that the page carried; ``opened`` is what the
    server knows that the signer was shown. Raises NothingChosen, TooMany, OwnAmongThem,
    NotOpened, OpenedHasChanged, SignedMeanwhile.
    """
    if not shown:
        raise NothingChosen()
    if len(shown) > MOST:
        raise TooMany(most=MOST)
    with reading(site=command.actor.site, person=command.actor.person):
        streams = kind.streams_of(kind.rows(list(shown)))
    with act(command, streams=list(dict.fromkeys(streams))) as a:
        check_permission(a.actor, kind.permission)
        rows = kind.rows(list(shown))
        _check_each(kind, rows, shown, opened, proof)
        for row in rows:
            kind.sign(a, row, proof=proof, shown=shown[kind.id_of(row)])
        a.reply = {"signed": [str(kind.id_of(row)) for row in rows]}
    return a.reply


# What one alone is refused with → how it is said of one among several.
AMONG: Final[dict[type[Refusal], type[Refusal]]] = {
    SamePerson: OwnAmongThem,
    NotIndependent: OwnAmongThem,
    ResultSuperseded: OpenedHasChanged,
    AlreadyDispositioned: SignedMeanwhile,
    AlreadyReviewed: SignedMeanwhile,
    ResultAlreadyReviewed: SignedMeanwhile,
    GatesOpen: PointsOpen,
    FlaggedAlone: FlaggedAlone,
}
# What is said first, where several are to be said.
ORDER: Final = (
    OwnAmongThem, NotOpened, OpenedHasChanged, SignedMeanwhile, PointsOpen, FlaggedAlone,
)  # fmt: skip


def _check_each(
    kind: Reviewed[Row],
    rows: Sequence[Row],
    shown: Mapping[UUID, str],
    opened: Mapping[UUID, str],
    proof: Proof,
) -> None:
    found: dict[type[Refusal], list[Row]] = {}
    for row in rows:
        one, content = kind.id_of(row), kind.content_of(row)
        if opened.get(one) != shown[one]:
            found.setdefault(NotOpened, []).append(row)
        if content != shown[one]:
            found.setdefault(OpenedHasChanged, []).append(row)
        alone = kind.excluded(row, proof.person, name=proof.printed_name)
        if alone is not None:
            found.setdefault(_among(alone), []).append(row)
    for refusal in ORDER:
        if named := found.get(refusal):
            names = ", ".join(map(kind.name_of, named))
            raise refusal(records=names, streams=[kind.stream_of(row) for row in named])


def _among(alone: Refusal) -> type[Refusal]:
    """Return how it is said of one among several. Raises it as it is where there is no other."""
    if type(alone) not in AMONG:
        raise alone
    return AMONG[type(alone)]
