"""The review page of a batch, as plain context: exceptions first, then what else there is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import role_title
from batches.enums import CommentState, ExceptionState, StepState
from batches.findings import sentence
from batches.models import BatchException, Step
from quality import judging, rules
from quality.dossier.words import limits_text, scale_of, values_text
from quality.enums import CriterionStanding, Judgement
from quality.forms import Ask, Reason
from quality.selectors.queue import rarity
from quality.selectors.record import BatchRecord, Criterion
from quality.selectors.trail import Link, Trail
from quality.views.laboratory import value_text
from recipes.enums import Outcome, ReleaseStage, Severity
from records.presenters import sentence as said_of

ORDER = {Severity.CRITICAL: 0, Severity.MAJOR: 1, Severity.MINOR: 2}
SIGN = {Severity.CRITICAL.value: "stop", Severity.MAJOR.value: "warning"}
ROUTINE = frozenset(
    {
        "operation.signed_on",
        "dossier.requested",
        "sample.registered",
        "sample.received",
        "result.reviewed",
    }
)
ABNORMAL = frozenset(
    {"attempt.refused", "exception.raised", "concession.asked", "quality-hold.set",
     "process-hold.set", "deviation.opened"}
)  # fmt: skip
MOST_EVENTS = 14
Row = dict[str, Any]


@dataclass
class Page:
    """What the review page says of one record, in one language."""

    record: BatchRecord
    trail: Trail
    language: str
    opened: str = ""
    may_judge: bool = False
    person: UUID | None = None

    def sorted_exceptions(self) -> list[BatchException]:
        """Open ones first, the heaviest first."""
        return sorted(
            self.record.exceptions,
            key=lambda row: (
                row.state != ExceptionState.OPEN, ORDER.get(Severity(row.severity), 3),
                row.raised_at,
            ),
        )  # fmt: skip

    def exceptions(self) -> list[Row]:
        """Return the rows of the table; the open one carries its evidence."""
        rows = self.sorted_exceptions()
        open_row = self._open_row(rows)
        rare = rarity(self.record.batch, [open_row]) if open_row else {}
        return [
            self._exception(row, is_open=row is open_row, times=rare.get((row.code, row.step), 0))
            for row in rows
        ]

    def _open_row(self, rows: Sequence[BatchException]) -> BatchException | None:
        asked = next((row for row in rows if str(row.id) == self.opened), None)
        return asked or next((row for row in rows if row.state == ExceptionState.OPEN), None)

    @cached_property
    def _steps(self) -> dict[str, Step]:
        return {step.ref: step for step in self.record.steps}

    @cached_property
    def _deviations(self) -> dict[object, Any]:
        return {row.exception: row for row in self.record.deviations if row.exception}

    def _exception(self, row: BatchException, *, is_open: bool, times: int) -> Row:
        deviation = self._deviations.get(row.id)
        step = self._steps.get(row.step)
        return {
            "id": row.id,
            "severity": Severity(row.severity).label,
            "severity_sign": SIGN.get(row.severity, ""),
            "what": sentence(row.code, row.params),
            "step": f"{self.title(row.step)} {step.position}" if step else "–",
            "linked": deviation.number if deviation else "",
            "linked_url": self._deviation_url(deviation) if deviation and self.may_judge else "",
            "judged": self._judged(row),
            "comments": [] if is_open else self.record.comments_on(row),
            "url": f"?open={row.id}#exception-{row.id}",
            "open": is_open,
            "evidence": self._evidence(row, step, times) if is_open else None,
        }

    def title(self, path: str) -> str:
        """Return an operation's title for the path of one of its steps."""
        return self.record.definition_title(path, self.language) if path else "–"

    def _deviation_url(self, deviation: Any) -> str:
        return reverse(
            "quality:deviation",
            kwargs={"batch": self.record.batch.id, "deviation": deviation.id},
        )

    def _judged(self, row: BatchException) -> str:
        if row.state == ExceptionState.OPEN:
            return ""
        return f"{Judgement(row.judgement).label}, {row.judged_by_name}"

    def _evidence(self, row: BatchException, step: Step | None, times: int) -> Row:
        placed = self.record.recipe.placed(row.step)
        facts = self.record.facts
        value = row.params.get("value", "")
        unit = placed.step.unit_of_value() if placed else ""
        return {
            "row": row,
            "text": placed.step.text.say(self.language) if placed else "",
            "values": values_text(step.values, unit) if step else "",
            "limits": limits_text(placed.step, facts) if placed else "",
            "scale": scale_of(placed.step, facts) if placed and value else {},
            "value": value,
            "unit": "" if unit == "1" else unit,
            "step": step,
            "times": ngettext(
                "in %(n)s other batch", "in %(n)s other batches", times
            ) % {"n": times} if times else _("in no other batch"),
            "concession": self._concession(row),
            "alarm": self.record.alarm_of(row),
            "comments": self._comments(row),
            "ask_form": self._ask_form(row, step),
        }  # fmt: skip

    def _comments(self, row: BatchException) -> list[Row]:
        """Return the questions; an open one with the form that withdraws it."""
        return [
            {
                "one": one,
                "form": Reason(auto_id=f"id_%s_{one.id.hex}")
                if self.may_judge and one.state == CommentState.ASKED
                else None,
            }
            for one in self.record.comments_on(row)
        ]

    def _ask_form(self, row: BatchException, step: Step | None) -> Ask | None:
        """Return the form of a question, where there is somebody whom this person may ask."""
        if row.state != ExceptionState.OPEN or not self.may_judge:
            return None
        people = rules.askable(row, step, asker=self.person)
        return Ask(people=people) if people else None

    def _concession(self, row: BatchException) -> Any:
        granted = [one for one in self.record.concessions if one.step == row.step and one.until]
        return granted[-1] if granted and row.code == "concession.used" else None

    def coverage(self) -> Row:
        """Count every recorded field by what a rule said of it."""
        counts: Counter[str] = Counter()
        for step in self.record.steps:
            if step.outcome:
                counts[step.outcome] += max(1, len(step.values))
        total = sum(counts.values())
        url = reverse("quality:coverage", kwargs={"batch": self.record.batch.id})
        words = {
            Outcome.CLEARED: _("cleared by a rule"),
            Outcome.FLAGGED: _("flagged by a rule"),
            Outcome.UNCHECKED: _("seen by no rule: read them"),
        }
        start, parts = 0.0, []
        for outcome, word in words.items():
            share = 100 * counts[outcome] / total if total else 0
            parts.append(
                {"count": counts[outcome], "word": word, "url": f"{url}?seen={outcome.value}",
                 "start": f"{start:.2f}", "share": f"{share:.2f}", "key": outcome.value}
            )  # fmt: skip
            start += share
        return {"total": total, "parts": parts}

    def tests(self) -> list[Row]:
        """Return the specification with its newest results."""
        return [self._criterion(one) for one in self.record.criteria]

    def _criterion(self, one: Criterion) -> Row:
        result = one.result
        standing = one.standing
        return {
            "title": one.item.title.say(self.language),
            "later": one.item.needed == ReleaseStage.AFTER_RELEASE,
            "standing": standing.label,
            "failed": standing == CriterionStanding.FAILED,
            "passed": standing == CriterionStanding.PASSED,
            "result": result,
            "value": value_text(self.record.recipe.test_by_key.get(one.item.test), result)
            if result
            else "",
            "bounds": judging.bounds_of(one.item, self.record.facts),
        }

    def signatures(self) -> list[Row]:
        """Return the signatures: attestations and verifications together, others one by one."""
        many: dict[str, list[Link]] = {
            "operation.attested": [], "step.verified": [], "result.reviewed": [],
        }  # fmt: skip
        single: list[Link] = []
        for link in self.trail.signed():
            many.get(link.kind, single).append(link)
        return [
            *(self._group(kind, links) for kind, links in many.items() if links),
            *(_signature(link) for link in single),
        ]

    def _group(self, kind: str, links: list[Link]) -> Row:
        names = Counter(link.payload["signature"]["printed_name"] for link in links)
        words = {
            "operation.attested": ngettext(
                "%(n)s operation attested", "%(n)s operations attested", len(links)
            ),
            "step.verified": ngettext("%(n)s step verified", "%(n)s steps verified", len(links)),
            "result.reviewed": ngettext(
                "%(n)s result reviewed", "%(n)s results reviewed", len(links)
            ),
        }
        return {
            "title": words[kind] % {"n": len(links)},
            "at": links[-1].at,
            "note": ", ".join(f"{name} {count}" for name, count in names.items()),
            "hash": "",
        }

    def events(self) -> list[Row]:
        """Return the newest things that were not routine."""
        notable = [link for link in self.trail.links if not _routine(link)]
        return [_event(link) for link in reversed(notable[-MOST_EVENTS:])]

    def unchecked(self, seen: str) -> list[Row]:
        """Return the steps whose judgement was ``seen``, with what was recorded."""
        return [
            {
                "step": step,
                "title": self.title(step.path),
                "text": self._text(step),
                "values": values_text(step.values, self._unit(step)),
                "rule": f"{step.rule} {step.rule_version}".strip(),
            }
            for step in self.record.steps
            if step.outcome == seen and step.state != StepState.WAITING
        ]

    def _text(self, step: Step) -> str:
        placed = self.record.recipe.placed(step.path)
        return placed.step.text.say(self.language) if placed else step.path

    def _unit(self, step: Step) -> str | None:
        placed = self.record.recipe.placed(step.path)
        return placed.step.unit_of_value() if placed else None


def _signature(link: Link) -> Row:
    signed = link.payload["signature"]
    meaning = signed["meaning"]
    return {
        "title": _(meaning),
        "at": link.at,
        "note": f"{signed['printed_name']}, {role_title(signed['role'])}",
        "hash": signed["content_hash"],
    }


def _routine(link: Link) -> bool:
    """A final result shows when it arrives at the batch, so its entry by the analyst does not."""
    if link.kind == "step.performed":
        return bool(link.payload["outcome"] != Outcome.FLAGGED)
    if link.kind == "result.entered":
        return not link.payload["finding"]["interim"]
    return link.kind in ROUTINE


def _event(link: Link) -> Row:
    flagged = link.kind == "step.performed" or link.kind in ABNORMAL
    event = {"at": link.at, "text": said_of(link.envelope), "note": link.envelope["actor"]["name"]}
    if flagged:
        return {**event, "sign": "warning", "sign_word": _("not in order")}
    interim = link.payload.get("finding", {}).get("interim")
    return {**event, "sign": "open"} if interim else event
