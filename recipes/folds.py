"""Entries of a recipe's version to its rows."""

from recipes.entries import (
    RecipeApproved,
    RecipeImported,
    RecipeMadeEffective,
    RecipeSubmitted,
    RecipeSuperseded,
    RecipeWithdrawn,
)
from recipes.enums import VersionStatus
from recipes.models import RecipeApproval, RecipeUse, RecipeVersion
from recipes.selectors import document
from recipes.uses import uses_of
from records.folding import Folded, change, create, fold


@fold(RecipeImported)
def _(e: Folded[RecipeImported]) -> None:
    p = e.payload
    create(
        RecipeVersion, e, id=e.stream, code=p.code, number=p.number, title=p.title,
        status=VersionStatus.DRAFT, content_hash=p.content_hash, source_hash=p.source_hash,
        stages=p.stages, steps=p.steps, author=e.actor, author_name=e.actor_name,
        imported_at=e.at, withdrawn_reason="",
    )  # fmt: skip


@fold(RecipeSubmitted)
def _(e: Folded[RecipeSubmitted]) -> None:
    rows = RecipeVersion.objects.filter(id=e.stream)
    change(rows, e, status=VersionStatus.IN_REVIEW, submitted_at=e.at)


@fold(RecipeApproved)
def _(e: Folded[RecipeApproved]) -> None:
    s = e.payload.signature
    version = RecipeVersion.objects.get(id=e.stream)
    create(
        RecipeApproval, e, version=e.stream, person=s.person, printed_name=s.printed_name,
        role=s.role, meaning=s.meaning, at=s.at, zone=s.zone, factors=list(s.factors),
        content_hash=s.content_hash, author=version.author,
    )  # fmt: skip
    status = VersionStatus.APPROVED if e.payload.completes else version.status
    change(RecipeVersion.objects.filter(id=e.stream), e, status=status)
    if e.payload.completes:
        _write_uses(e, version)


def _write_uses(e: Folded[RecipeApproved], version: RecipeVersion) -> None:
    RecipeUse.objects.bulk_create(
        RecipeUse(
            stream=e.stream, entry_seq=e.seq, site=e.site,
            version=e.stream, path=path, kind=kind, code=code,
        )
        for path, kind, code in uses_of(document(version.content_hash))
    )  # fmt: skip


@fold(RecipeMadeEffective)
def _(e: Folded[RecipeMadeEffective]) -> None:
    rows = RecipeVersion.objects.filter(id=e.stream)
    change(rows, e, status=VersionStatus.EFFECTIVE, effective_at=e.at)


@fold(RecipeSuperseded)
def _(e: Folded[RecipeSuperseded]) -> None:
    rows = RecipeVersion.objects.filter(id=e.stream)
    change(rows, e, status=VersionStatus.SUPERSEDED, ended_at=e.at)


@fold(RecipeWithdrawn)
def _(e: Folded[RecipeWithdrawn]) -> None:
    change(
        RecipeVersion.objects.filter(id=e.stream), e,
        status=VersionStatus.WITHDRAWN, ended_at=e.at, withdrawn_reason=e.payload.reason,
    )  # fmt: skip
