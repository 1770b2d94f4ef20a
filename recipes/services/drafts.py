"""The acts on a draft: opened, changed by several people, taken back, sent to review."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import cast
from uuid import UUID

from django.utils.translation import get_language, gettext

from accounts.permissions import Permission
from accounts.rules import check_permission
from mes.lib import evidence
from mes.lib.ids import uuid7
from recipes import nodes, opening, reader, rules
from recipes.drafting.between import between
from recipes.drafting.changes import (
    Address,
    Change,
    Overtaken,
    Plain,
    Put,
    Twice,
    apply_all,
    inverses,
)
from recipes.drafting.places import place_words
from recipes.drafting.plain import canonical, normal, yaml_of
from recipes.entries import (
    DRAFT_STREAM,
    STREAM,
    DraftDiscarded,
    DraftEdited,
    DraftOpened,
    DraftSent,
    RecipeSubmitted,
    RecipeSuperseded,
)
from recipes.enums import DraftState, VersionStatus
from recipes.exceptions import (
    ChangedMeanwhile,
    DraftClosed,
    DraftTooLarge,
    NameTwice,
    NothingToUndo,
)
from recipes.interchange import reading as understanding
from recipes.models import RecipeDraft
from recipes.selectors import draft_edit_at, draft_of, source_of, version_of
from recipes.services.versions import keep, said_of
from recipes.workflow import COMPILER_VERSION
from records.act import Act, New, act, acting
from records.commands import Command, Reply
from records.entries import decode
from records.models import CommandRecord, Entry
from records.reading import reading

# The name of an edit that a field made of itself while somebody typed in it.
TYPED = "recipe-draft.type"


def blank(code: str, title: str, *, language: str = "en") -> dict[str, Plain]:
    """Return the data of a recipe that somebody begins to write in a language.

    One stage, one operation, one step, so that a step can be seen.
    """
    step: dict[str, Plain] = {"key": "first", "kind": "confirm", "text": {language: "…"}}
    operation: dict[str, Plain] = {
        "key": "operation", "title": {language: gettext("Operation")}, "openness": "closed",
        "steps": [step],
    }  # fmt: skip
    stage: dict[str, Plain] = {
        "key": "stage", "title": {language: gettext("Stage")},
        "duration": {"low": "30 min", "expected": "1 h", "high": "2 h"},
        "operations": [operation],
    }  # fmt: skip
    return {"recipe": code, "title": {language: title or code}, "modality": "autologous",
            "stages": [stage]}  # fmt: skip


@acting
def open_draft(*, command: Command, code: str = "", title: str = "",
               version: UUID | None = None) -> Reply:  # fmt: skip
    """Begin to write: from nothing, in the writer's language, or from a version's text.

    Raises NotFound, NotAllowed.

    Appends ``recipe-draft.opened``; the actor is the first of its editors.
    """
    draft = uuid7()
    with act(command, new=[New(DRAFT_STREAM, draft, command.actor.site)]) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        data: Plain = blank(code, title, language=get_language() or "en")
        if version is not None:
            row = version_of(version)
            code, data = row.code, normal(nodes.read(source_of(row)).data)
        said = DraftOpened(code=code[:60], content_hash=kept(data), source_version=version)
        a.append(draft, said)
        a.reply = {"draft": str(draft)}
    return a.reply


@acting
def open_foreign(*, command: Command, source: bytes) -> Reply:
    """Begin with a recipe of another system, a BatchML file. Raises RecipeNotReadable, NotAllowed.

    Keeps the file by its hash; appends ``recipe-draft.opened`` with what was not understood.
    """
    foreign = understanding.read(source)
    code = str(foreign.data["recipe"]) if isinstance(foreign.data, dict) else ""
    draft, file_hash = uuid7(), hashlib.sha256(source).hexdigest()
    with act(command, new=[New(DRAFT_STREAM, draft, command.actor.site)]) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        keep(file_hash, "application/xml", source)
        said = DraftOpened(
            code=code[:60], content_hash=kept(foreign.data), file_hash=file_hash,
            gaps=tuple(foreign.gaps),
        )  # fmt: skip
        a.append(draft, said)
        a.reply = {"draft": str(draft), "gaps": len(foreign.gaps)}
    return a.reply


def kept(data: Plain) -> str:
    """Keep plain data by its hash; return the hash. Call it in an act."""
    name = evidence.content_hash(cast("evidence.JSON", data))
    keep(name, "application/json", canonical(data))
    return name


@acting
def edit_draft(*, command: Command, draft: UUID, changes: Sequence[Change]) -> Reply:
    """Change a draft. Raises ChangedMeanwhile, NameTwice, DraftTooLarge, DraftClosed, NotAllowed.

    Each change says what it replaces, so that two people change different things at once and
    never the same one unseen. All changes are done or none. Appends ``recipe-draft.edited``.
    """
    with act(command, streams=[draft]) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        row = written_now(draft)
        _append(a, row, tuple(changes))
    return a.reply


@acting
def save_text(*, command: Command, draft: UUID, source: bytes, seq: int) -> Reply:
    """Save a draft's text, based on the draft after entry ``seq``: only its changes are done.

    What others changed since then stays, unless it is the same thing. Raises RecipeNotReadable
    when the text is no YAML or JSON or says nothing in a field, and what ``edit_draft`` raises.
    """
    data = normal(reader.written(source).data)
    with act(command, streams=[draft]) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        row = written_now(draft)
        base = content_at(row, seq)
        _append(a, row, between(base, data))
    return a.reply


def content_at(row: RecipeDraft, seq: int) -> Plain:
    """Return the content as it was after entry ``seq``: what came later is taken back."""
    data: Plain = row.content
    for edited in reversed(_edits(row.id, after=seq)):
        data = apply_all(data, inverses(edited.changes))
    return data


def changes_after(draft: UUID, seq: int) -> tuple[Change, ...]:
    """Return what was changed after entry ``seq``, in the order in which it was."""
    return tuple(change for one in _edits(draft, after=seq) for change in one.changes)


def _edits(draft: UUID, *, after: int) -> list[DraftEdited]:
    rows = Entry.objects.filter(stream=draft, seq__gt=after, kind=DraftEdited.kind).order_by("seq")
    return [_edited(row) for row in rows]


def _edited(row: Entry) -> DraftEdited:
    found = decode(row.kind, row.version, row.envelope["payload"])
    if not isinstance(found, DraftEdited):
        raise TypeError(f"{row} is no edit")
    return found


@acting
def take_back(*, command: Command, draft: UUID, again: bool = False) -> Reply:
    """Take back one's own newest edit, or with ``again`` bring back what one took back last.

    Raises NothingToUndo, ChangedMeanwhile (somebody built upon it), DraftClosed, NotAllowed.
    """
    with act(command, streams=[draft]) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        row = written_now(draft)
        stack = row.stacks.get(str(a.actor.person), {}).get("redo" if again else "undo", [])
        if not stack:
            raise NothingToUndo()
        for entry in _one_step(draft, stack):
            row = written_now(draft)
            _append(a, row, inverses(_edited(entry).changes), undoes=entry.seq)
    return a.reply


def _one_step(draft: UUID, stack: Sequence[int]) -> Iterator[Entry]:
    """Yield the newest edit of a stack, with those before it that are one with it for a person.

    What a field saved of itself while it was typed goes back with what was typed after it; what
    went back at once comes again at once.
    """
    rows = Entry.objects.filter(stream=draft, seq__in=stack).order_by("-seq")
    newest: Entry | None = None
    for entry in rows:
        if newest is not None and not _is_one(entry, newest):
            return
        yield entry
        newest = entry


def _is_one(before: Entry, after: Entry) -> bool:
    if before.command == after.command:
        return True
    fields = [change.at if isinstance(change, Put) else None
              for entry in (before, after) for change in _edited(entry).changes]  # fmt: skip
    if len(fields) != 2 or fields[0] is None or fields[1] is None:
        return False
    if fields[1][: len(fields[0])] != fields[0]:  # the first may have made the field's group
        return False
    return CommandRecord.objects.filter(key=before.command, name=TYPED).exists()


def _append(
    a: Act, row: RecipeDraft, changes: tuple[Change, ...], *, undoes: int | None = None
) -> None:
    """Try the changes and append them; nothing to change appends nothing."""
    a.reply = {"draft": str(row.id), "changes": len(changes)}
    if not changes:
        return
    try:
        data = apply_all(row.content, changes)
    except Overtaken as error:
        raise changed_meanwhile(row, error.address) from error
    except Twice as error:
        raise NameTwice(name=error.name) from error
    _check_size(data)
    a.append(row.id, DraftEdited(changes=changes, undoes=undoes))


def changed_meanwhile(row: RecipeDraft, address: Address) -> ChangedMeanwhile:
    """Return the refusal that names what is not as it was seen, in words, and who wrote it."""
    edit = draft_edit_at(row, address)
    return ChangedMeanwhile(
        place=place_words(row.content, address), by=edit.by, at=edit.when.isoformat()
    )


def _check_size(data: Plain) -> None:
    steps = [
        step
        for stage in _things(data, "stages")
        for operation in _things(stage, "operations")
        for step in _things(operation, "steps")
    ]
    large = len(canonical(data)) > opening.MOST_BYTES
    if large or len(steps) > reader.MOST_STEPS or _depth(data) > nodes.DEEPEST:
        raise DraftTooLarge()


def _things(data: Plain, field: str) -> list[Plain]:
    found = data.get(field) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def _depth(data: Plain) -> int:
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return 1 + max(map(_depth, inner), default=0)


def written_now(draft: UUID) -> RecipeDraft:
    """Return a draft that is being written. Raises DraftClosed, NotFound."""
    row = draft_of(draft)
    if row.state != DraftState.OPEN:
        raise DraftClosed(state=str(DraftState(row.state).label))
    return row


@acting
def send_to_review(*, command: Command, draft: UUID, seq: int) -> Reply:
    """Make a version of what was written and ask for its review, in one act.

    All who wrote are its writers: none of them approves it. A version that was sent back, from
    which the draft was opened, is superseded. Raises RecipeNotReadable, NotCompiled,
    DocumentKnown, NumberTaken, DraftClosed, Stale, NotAllowed.
    """
    version = uuid7()
    new = [New(STREAM, version, command.actor.site)]
    before = _source(command, draft)
    with act(command, streams=[draft, *before], new=new) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        row = written_now(draft)
        a.expect(draft, seq)
        source = yaml_of(row.content).encode()
        recipe = reader.read(source)
        rules.check_new(recipe)
        messages = rules.check_compiles(recipe)
        said = said_of(recipe, source, writers=[UUID(one) for one in row.editors])
        a.append(version, said)
        a.append(version, RecipeSubmitted(compiler=COMPILER_VERSION, warnings=len(messages)))
        a.append(draft, DraftSent(became=version, number=said.number))
        for one in before:
            if version_of(one).status == VersionStatus.DRAFT:
                a.append(one, RecipeSuperseded(by=version, number=said.number))
        a.reply = {"version": str(version), "number": said.number}
    return a.reply


def _source(command: Command, draft: UUID) -> list[UUID]:
    """Read, before the locks, which version a draft was opened from."""
    with reading(site=command.actor.site, person=command.actor.person):
        found = draft_of(draft).source_version
    return [found] if found else []


@acting
def discard_draft(*, command: Command, draft: UUID, seq: int) -> Reply:
    """End a draft; all of it stays readable. Raises DraftClosed, Stale, NotAllowed."""
    with act(command, streams=[draft]) as a:
        check_permission(a.actor, Permission.RECIPES_WRITE)
        row = written_now(draft)
        a.expect(draft, seq)
        a.append(row.id, DraftDiscarded())
        a.reply = {"draft": str(draft)}
    return a.reply
