"""The periodic evaluation of the system (EU GMP Annex 11, 11): one report over all its sources.

A source is a set of kinds of entries; each app says in its ``things.py`` which of its kinds belong
to which. So every source is a filter of the audit trail, with its pages and its export. What has
no entries (verifications, checkpoints) is counted as facts. The review of the report is one of a
part of the trail (``records.reviews``).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from records.entries import instant_text
from records.exceptions import TrailTooLong
from records.models import Checkpoint, Entry, Verification
from records.selectors import Line, lines
from records.things import EVALUATED, words_of
from records.trail import Wanted, first

MOST: Final = 20_000
SHOWN: Final = 20

# In the order of the report; a key is that of ``records.things.evaluates``.
SOURCES: Final[Mapping[str, Promise]] = {
    "software": _("Software that ran"),
    "configuration": _("Configuration changed"),
    "people": _("People who joined, moved and left"),
    "access": _("Reviews of accounts"),
    "attempts": _("Refused attempts, and alarms of sign-in"),
    "incidents": _("Incidents of the system"),
    "letters": _("Dead letters answered"),
    "trail": _("Reviews and exports of the trail"),
    "deviations": _("Deviations"),
}


def kinds_of(source: str) -> tuple[str, ...]:
    """Return the kinds of entries of a source, or of all of them for an empty one."""
    return tuple(sorted(k for k, of in EVALUATED.items() if source in ("", of)))


@dataclass(frozen=True, slots=True)
class Section:
    """One source in a period: how many entries of which kinds, and the newest of them."""

    key: str
    title: str
    count: int
    kinds: Sequence[tuple[str, int]]
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a period stands in no entries: verifications and checkpoints, and the last of each.

    ``verifications`` are those without a finding, ``whole_at`` is when one last looked at
    everything, ``found`` is each thing that one of the others found, once.
    """

    verifications: int
    with_findings: int
    verified_at: datetime | None
    checkpoints: int
    sealed: int
    whole_at: datetime | None = None
    found: tuple[str, ...] = ()

    def content(self) -> dict[str, Any]:
        """Return what a signature is under."""
        # Named only where there are some: a review that was signed before they were counted holds.
        some: dict[str, Any] = {"with_findings": self.with_findings} if self.with_findings else {}
        some |= {"found": list(self.found)} if self.found else {}
        return some | {
            "verifications": self.verifications,
            "verified_at": instant_text(self.verified_at) if self.verified_at else None,
            "checkpoints": self.checkpoints, "sealed": self.sealed,
        }  # fmt: skip


def entries_of(since: datetime, until: datetime) -> list[Entry]:
    """Return what the sources wrote in [since, until), newest first. Raises TrailTooLong."""
    found = first(Wanted(kinds=kinds_of(""), since=since, until=until).entries(), most=MOST)
    if len(found) > MOST:
        raise TrailTooLong(most=MOST)
    return found


def sections(since: datetime, until: datetime) -> list[Section]:
    """Return every source of a period, those without an entry too. Raises TrailTooLong."""
    found = entries_of(since, until)
    return [_section(key, str(title), found) for key, title in SOURCES.items()]


def _section(key: str, title: str, found: Sequence[Entry]) -> Section:
    of = [one for one in found if EVALUATED[one.kind] == key]
    counts = Counter(one.kind for one in of).most_common()
    kinds = [(words_of(kind), count) for kind, count in counts]
    return Section(key, title, len(of), kinds, lines(of[:SHOWN]))


def facts_of(since: datetime, until: datetime) -> Facts:
    """Return the facts of a period: rows that nobody changes afterwards."""
    runs = Verification.objects.filter(at__gte=since, at__lt=until).order_by("at")
    clean = runs.filter(findings=0)
    last = clean.last()
    # The time of a checkpoint is kept as its file has it: text that sorts as time does.
    signed = Checkpoint.objects.filter(at__gte=instant_text(since), at__lt=instant_text(until))
    newest = signed.order_by("size").last()
    with_findings = list(runs.exclude(findings=0))
    return Facts(
        verifications=clean.count(), with_findings=len(with_findings),
        verified_at=last.at if last else None, checkpoints=signed.count(),
        sealed=newest.size if newest else 0,
        whole_at=runs.filter(whole=True).aggregate(at=Max("at"))["at"],
        found=tuple(sorted({one for run in with_findings for one in run.found})),
    )  # fmt: skip
