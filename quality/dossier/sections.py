"""The sections of a batch record, each a list of plain rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from batches.findings import sentence as said
from batches.models import Step
from batches.selectors import document_with
from equipment.models import Claim
from materials.models import LabelPrint, Lot
from materials.selectors import containers_of_batch, lots_of_batch
from mes.ui.text import unit_text
from quality.dossier.words import limits_text, plain, values_text
from quality.models import Result
from recipes.enums import ReleaseStage

if TYPE_CHECKING:
    from quality.dossier.build import Source
    from recipes.document import Placed

Row = dict[str, Any]
LANGUAGE = "en"
MEASURED = frozenset({"enter", "weigh", "timer", "reading", "gate", "run"})
SEEN = frozenset({"choose", "label", "scan"})


def _placed(source: Source, step: Step) -> Placed | None:
    """Return a step in its document; what a redline took away stands in the one before."""
    return document_with(source.record.batch, step.path).placed(step.path)


def _title(source: Source, stage: str) -> str:
    return document_with(source.record.batch, stage).stage_by_key[stage].title.say(LANGUAGE)


def _text(source: Source, step: Step) -> str:
    placed = _placed(source, step)
    return placed.step.text.say(LANGUAGE) if placed else step.path


def _row(source: Source, step: Step) -> Row:
    """Return a step: what was asked, what was recorded, by whom, judged how."""
    placed, when = _placed(source, step), source.when
    unit = placed.step.unit_of_value() if placed else None
    return {
        "position": step.position,
        "path": step.path,
        "iteration": step.iteration,
        "kind": step.kind,
        "text": _text(source, step),
        "state": step.state,
        "values": dict(step.values),
        "shown": values_text(step.values, unit) if step.performed_at or step.values else "",
        "unit": unit or "",
        "comment": step.values.get("comment", ""),
        "limits": limits_text(placed.step, source.record.facts) if placed else "",
        "outcome": step.outcome,
        "rule": f"{step.rule} {step.rule_version}".strip(),
        "performed_by": step.performer_name,
        "recorded_by": step.recorder_name,
        "verified_by": step.verifier_name,
        "at": when(step.performed_at),
        "from_paper": _paper(source, step),
        "verified_at": when(step.verified_at),
    }


def _paper(source: Source, step: Step) -> Row:
    """Return the pack and the time on the paper; nothing for what was recorded on the screen."""
    if step.paper_at is None:
        return {}
    return {"pack": step.paper_pack, "at": source.when(step.paper_at)}


def _of_kind(source: Source, kinds: Iterable[str]) -> list[Row]:
    wanted = frozenset(kinds)
    return [_row(source, step) for step in source.record.steps if step.kind in wanted]


def steps(source: Source) -> list[Row]:
    """Return stages with their operations and steps, in order."""
    record, when = source.record, source.when
    return [
        {
            "stage": _title(source, stage.key),
            "state": stage.state,
            "started_at": when(stage.started_at),
            "ended_at": when(stage.ended_at),
            "steps": [_row(source, step) for step in record.steps if step.stage == stage.key],
        }
        for stage in record.stages
    ]


def dates(source: Source) -> list[Row]:
    """(1) Dates: issue, every stage, completion, review, disposition."""
    batch, when = source.record.batch, source.when
    stages = [
        {"what": f"{stage.key} {name}", "at": when(at)}
        for stage in source.record.stages
        for name, at in (("started", stage.started_at), ("ended", stage.ended_at))
    ]
    return [
        {"what": "issued", "at": when(batch.issued_at)},
        *stages,
        {"what": "record complete", "at": when(batch.completed_at)},
        {"what": "reviewed", "at": when(batch.reviewed_at)},
        {"what": batch.disposition or "disposition", "at": when(batch.dispositioned_at)},
    ]


def equipment(source: Source) -> list[Row]:
    """(2) Major equipment and places: what was claimed, and for how long."""
    when = source.when
    rows = Claim.objects.of(source.record.batch.id).order_by("during", "id")
    return [
        {
            "what": row.resource_kind,
            "label": row.resource_label,
            "stage": row.purpose,
            "state": row.state,
            "from": when(row.during.lower),
            "until": when(row.during.upper),
        }
        for row in rows
    ]


def components(source: Source) -> list[Row]:
    """(3) Each lot that was used."""
    uses = lots_of_batch(source.record.batch.id)
    lots = Lot.objects.in_bulk({use.lot for use in uses})
    return [
        {
            "material": lots[use.lot].material,
            "lot": lots[use.lot].code,
            "supplier": lots[use.lot].supplier,
            "supplier_lot": lots[use.lot].supplier_lot,
            "expires": source.when(lots[use.lot].expires_at),
            "status_now": lots[use.lot].status,
            "quantity": f"{plain(use.quantity)} {unit_text(lots[use.lot].unit)}",
            "step": use.step,
            "at": source.when(use.at),
            "by": use.by,
        }
        for use in uses
        if use.lot in lots
    ]


def quantities(source: Source) -> list[Row]:
    """(4) Weights and measures of what was used."""
    return _of_kind(source, {"add", "weigh", "transfer"})


def results(source: Source) -> Row:
    """(5) In-process and laboratory control results, and the specification."""
    return {
        "in_process": _of_kind(source, MEASURED),
        "laboratory": [_result(source, row) for row in source.record.results],
        "specification": specification(source),
    }


def _result(source: Source, row: Result) -> Row:
    return {
        "sample": row.sample.number,
        "test": row.test,
        "title": _test_title(source, row.test),
        "value": row.value,
        "shown": measured(row),
        "typed": row.typed,
        "unit": row.unit,
        "interim": row.interim,
        "outcome": row.outcome,
        "method": row.method,
        "equipment": row.equipment,
        "raw_file": row.raw_file,
        "entered_by": row.entered_by_name,
        "entered_at": source.when(row.entered_at),
        "reviewed_by": row.reviewed_by_name,
        "reviewed_at": source.when(row.reviewed_at),
        "changed": row.corrects is not None,
        "superseded": row.superseded,
        "correction_reason": row.correction_reason,
    }


def measured(row: Result) -> str:
    """Return a result with its unit as people write it; every digit stays."""
    return f"{row.value} {unit_text(row.unit)}".strip()


def _test_title(source: Source, test: str) -> str:
    found = source.record.recipe.test_by_key.get(test)
    return found.title.say(LANGUAGE) if found else test


def specification(source: Source) -> list[Row]:
    """Return each criterion of release and how it stands."""
    return [
        {
            "criterion": one.item.title.say(LANGUAGE),
            "test": one.item.test,
            "needed": "release" if one.item.needed == ReleaseStage.RELEASE else "after release",
            "standing": one.standing.value,
            "value": measured(one.result) if one.result else "",
        }
        for one in source.record.criteria
    ]


def clearance(source: Source) -> list[Row]:
    """(6) Inspection of the area before and after use: line clearance."""
    return _of_kind(source, {"clear"})


def yields(source: Source) -> list[Row]:
    """(7) Yields: what was calculated from the counts."""
    return _of_kind(source, {"calculate"})


def labels(source: Source) -> Row:
    """(8) Labels: every print and what became of it, with the reconciliation."""
    balance = source.record.labels
    rows = LabelPrint.objects.filter(batch=source.record.batch.id).order_by("code", "id")
    return {
        "printed": balance.issued,
        "applied": balance.applied,
        "accounted": balance.accounted,
        "difference": balance.difference,
        "rows": [
            {"code": row.code, "state": row.get_state_display(), "reason": row.reason}
            for row in rows
        ],
    }


def containers(source: Source) -> list[Row]:
    """(9) Containers of the batch."""
    return [
        {
            "label": row.label,
            "kind": row.get_kind_display(),
            "chain_of_identity": row.coi,
            "volume": f"{plain(row.volume)} {unit_text(row.unit)}".strip() if row.volume else "",
            "status": row.get_status_display(),
            "location": row.location,
            "made_at": source.when(row.made_at),
        }
        for row in containers_of_batch(source.record.batch.id)
    ]


def samples(source: Source) -> list[Row]:
    """(10) Samples."""
    return [
        {
            "number": row.number,
            "label": row.label,
            "step": row.step,
            "tests": list(row.tests),
            "volume": f"{plain(row.volume)} {row.unit}".strip() if row.volume else "",
            "drawn_at": source.when(row.drawn_at),
            "received_at": source.when(row.received_at),
            "received_by": row.received_by_name,
            "condition": row.condition,
            "state": row.state,
        }
        for row in source.record.samples
    ]


def investigations(source: Source) -> Row:
    """(12) Investigations: exceptions with their judgement, deviations with their conclusion."""
    when = source.when
    return {
        "exceptions": [
            {
                "said": said(row.code, row.params),
                "severity": row.severity,
                "step": row.step,
                "comment": row.comment,
                "raised_by": row.raised_by_name,
                "raised_at": when(row.raised_at),
                "comments": [
                    {
                        "question": one.question,
                        "asked_by": one.asked_by_name,
                        "asked_at": when(one.asked_at),
                        "asked_of": one.person_name,
                        "state": one.state,
                        "text": one.text,
                        "ended_by": one.ended_by_name,
                        "ended_at": when(one.ended_at),
                    }
                    for one in source.record.comments_on(row)
                ],
                "judgement": row.judgement,
                "judgement_comment": row.judgement_comment,
                "judged_by": row.judged_by_name,
                "judged_at": when(row.judged_at),
            }
            for row in source.record.exceptions
        ],
        "deviations": [
            {
                "number": row.number,
                "description": row.description,
                "state": row.state,
                "conclusion": row.conclusion,
                "opened_by": row.opened_by_name,
                "opened_at": when(row.opened_at),
                "closed_by": row.closed_by_name,
                "closed_at": when(row.closed_at),
            }
            for row in source.record.deviations
        ],
    }


def examinations(source: Source) -> list[Row]:
    """(13) Examinations: what was looked at and scanned back, labels included."""
    return _of_kind(source, SEEN)


def concessions(source: Source) -> list[Row]:
    """Return what QA let pass, and what it did not."""
    when = source.when
    return [
        {
            "step": row.step,
            "interlock": said(row.code, row.params),
            "asked_by": row.asked_by_name,
            "asked_at": when(row.asked_at),
            "asked_reason": row.asked_reason,
            "state": row.state,
            "until": when(row.until),
            "reason": row.reason,
            "risk": row.risk,
            "answered_by": row.answered_by_name,
            "answered_at": when(row.answered_at),
        }
        for row in source.record.concessions
    ]


def changes(source: Source) -> list[Row]:
    """Return every corrected value: old, new, who, when, why (Annex 11, 8.2)."""
    rows = {row.id: row for row in source.record.results}
    return [
        {
            "what": f"{row.sample.number} {row.test}",
            "old": rows[row.corrects].value if row.corrects in rows else "",
            "new": row.value,
            "by": row.entered_by_name,
            "at": source.when(row.entered_at),
            "reason": row.correction_reason,
        }
        for row in source.record.results
        if row.corrects
    ]
