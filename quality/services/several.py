"""One ceremony over several records: each gets a signature of its own, under its own content.

Only what the signer has opened, as it still is, and nothing that was flagged: what no rule
cleared is looked at alone. One that does not fit refuses the whole, and is named.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from accounts.permissions import Permission
from accounts.rules import check_permission
from accounts.services.ceremony import Proof
from mes.lib.evidence import content_hash
from quality.enums import ResultOutcome
from quality.exceptions import FlaggedAlone, NothingChosen, NotOpened, OpenedHasChanged, TooMany
from quality.models import Result
from quality.services.results import result_content, result_of, sign_result
from records.act import act, acting
from records.commands import Command, Reply
from records.reading import reading

MOST = 50
CLEARED = frozenset({ResultOutcome.WITHIN})


@acting
def review_results(
    *, command: Command, shown: Mapping[UUID, str], opened: Mapping[UUID, str], proof: Proof
) -> Reply:
    """Review several results with one proof; gates of their batches see them then.

    ``shown`` is what was ticked, with the hash that the page carried; ``opened`` is what the
    server knows that the signer was shown. Raises NothingChosen, TooMany, NotOpened,
    OpenedHasChanged, FlaggedAlone, and as ``review_result`` for each.
    """
    if not shown:
        raise NothingChosen()
    if len(shown) > MOST:
        raise TooMany(most=MOST)
    with reading(site=command.actor.site, person=command.actor.person):
        seen = [result_of(one) for one in shown]
    streams = dict.fromkeys(stream for row in seen for stream in (row.stream, row.batch))
    with act(command, streams=list(streams)) as a:
        check_permission(a.actor, Permission.QUALITY_REVIEW_RESULT)
        rows = [result_of(one) for one in shown]
        _check_opened(rows, shown, opened)
        for row in rows:
            sign_result(a, row, proof=proof, shown=shown[row.id])
        a.reply = {"results": [str(row.id) for row in rows]}
    return a.reply


def _check_opened(
    rows: Iterable[Result], shown: Mapping[UUID, str], opened: Mapping[UUID, str]
) -> None:
    now = {row: content_hash(result_content(row)) for row in rows}
    unopened = [row for row in now if opened.get(row.id) != shown[row.id]]
    changed = [row for row, content in now.items() if content != shown[row.id]]
    flagged = [row for row in now if not is_cleared(row)]
    for found, refusal in (
        (unopened, NotOpened), (changed, OpenedHasChanged), (flagged, FlaggedAlone),
    ):  # fmt: skip
        if found:
            raise refusal(records=", ".join(map(name_of, found)))


def is_cleared(row: Result) -> bool:
    """Say whether a rule has cleared the result: it stands in no need of an answer."""
    return row.outcome in CLEARED


def name_of(row: Result) -> str:
    """Return what people call a result."""
    return f"{row.sample.number} {row.test}"
