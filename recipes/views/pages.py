"""The data of the recipe's pages."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mes.lib.evidence import content_hash
from recipes import compiler, places, rules, selectors, words
from recipes.document import Recipe, Stage
from recipes.enums import CommentState
from recipes.forms import Reasoned, SignApproval, WhyApproved, Withdraw
from recipes.messages import Message, Weight, size_words
from recipes.models import RecipeVersion
from recipes.pins import pinned_codes, with_library
from recipes.services.versions import MEANING
from recipes.site import Site
from recipes.views.comments import Threads, thread, threads_by_path
from recipes.views.figures import figures
from recipes.views.way import Way, summary_words
from records.commands import Actor
from records.models import Entry, Stream
from records.presenters import sentence


def list_table() -> dict[str, Any]:
    """Return the table of all versions of the site."""
    return {
        "caption": _("Recipes of this site"),
        "columns": [
            {"label": _("Recipe")},
            {"label": _("Version"), "css": "num"},
            {"label": _("Title")},
            {"label": _("Status")},
            {"label": _("Steps"), "css": "num may-fold"},
            {"label": _("Author"), "css": "may-fold"},
            {"label": _("Imported"), "css": "may-fold"},
            {"label": _("Effective since"), "css": "may-fold"},
        ],
        "rows": [{"cells": _row(row)} for row in selectors.versions()],
        "empty": _("No recipe was imported at this site yet."),
    }


def _row(row: RecipeVersion) -> list[dict[str, Any]]:
    return [
        {"text": row.code, "url": reverse("recipes:version", args=[row.id]), "css": "id"},
        {"text": row.label, "css": "num"},
        {"text": row.name},
        {"text": row.get_status_display()},
        {"text": row.steps, "css": "num"},
        {"text": row.author_name},
        {"at": row.imported_at},
        {"at": row.effective_at} if row.effective_at else {"text": "–"},
    ]


@lru_cache(maxsize=64)
def _messages(source_hash: str, _language: str, site: str) -> tuple[Message, ...]:
    """Compile the text that a version was made from; kept by text, language and library."""
    library = Site.model_validate_json(site) if site else None
    return compiler.check_text(selectors.source_text(source_hash), library)[1]


def messages_of(version: RecipeVersion) -> tuple[Message, ...]:
    """Return the compiler's messages of a version, with the lines of its text."""
    library = with_library(pinned_codes(selectors.document(version.content_hash)))
    known = library.model_dump_json() if library else ""
    return _messages(version.source_hash, get_language() or "en", known)


def version_page(version: RecipeVersion, actor: Actor) -> dict[str, Any]:
    """Return all that the page of a version shows to this person."""
    recipe = selectors.document(version.content_hash)
    messages = messages_of(version)
    approvals = selectors.approvals_of(version.id)
    comments = selectors.comments_of(version.id)
    waiting = sum(1 for one in comments if one.state == CommentState.OPEN)
    way = Way(
        version, messages, approvals, actor, selectors.approvers_of(version.site), waiting
    )  # fmt: skip
    more = figures(version, recipe, messages)
    lacking = compiler.errors(more["site_messages"])
    return {
        **more,
        "site_found": _each_once(more["site_messages"]),
        "lacking": len({one.sentence for one in lacking}),
        "version": version,
        "seq": Stream.objects.get(id=version.id).seq,
        "strip": _strip(version),
        "tab": "document",
        "comments": len(comments),
        "whole_threads": [thread(one) for one in comments if not one.path],
        "stages": [
            _stage(recipe, stage, messages, threads_by_path(comments)) for stage in recipe.stages
        ],
        "called": _called(recipe, messages, threads_by_path(comments)),
        "specification": _specification(recipe),
        "shelf_life": words.shelf_life_words(recipe),
        "parameters": [(words.say(p.title), p) for p in recipe.parameters],
        "materials": [(words.say(m.title), m) for m in recipe.bill_of_materials],
        "messages_found": [_message(m) for m in messages],
        "summary": summary_words(messages),
        "approvals": approvals,
        "missing": way.missing,
        "meaning": MEANING,
        "signer": actor,
        "events": _events(version),
        "bar": way.bar(),
        "offers": way.offers,
        "sign_form": SignApproval(),
        "why_form": WhyApproved() if lacking else None,
        "shown": content_hash(rules.approval_content(version, lacking)),
        "withdraw_form": Withdraw(),
        "back_form": Reasoned(auto_id="back_%s"),
    }


def _strip(version: RecipeVersion) -> dict[str, Any]:
    facts: list[dict[str, Any]] = [
        {"label": _("Status"), "value": version.get_status_display()},
        {"label": _("Author"), "value": version.author_name},
        {"label": _("Imported"), "at": version.imported_at},
    ]
    if version.effective_at:
        facts.append({"label": _("Effective since"), "at": version.effective_at})
    return {
        "title": str(version),
        "sub": f"{version.name} · {size_words(version.stages, version.steps)}",
        "facts": facts,
    }


def _stage(
    recipe: Recipe, stage: Stage, messages: tuple[Message, ...], talked: Threads
) -> dict[str, Any]:
    read, numbers = words.Reader(recipe), words.numbers_of(recipe)
    return {
        "key": stage.key,
        "title": words.say(stage.title),
        "count": sum(len(operation.steps) for operation in stage.operations),
        "threads": talked.get(stage.key, []),
        "open": stage.open,
        "found": sum(1 for m in messages if _stands_in(m, stage.key)),
        "facts": words.stage_facts(recipe, stage),
        "operations": [
            _talked_of(
                words.operation_shown(
                    operation, read, path=f"{stage.key}/{operation.key}", numbers=numbers
                ),
                messages, talked,
            )
            for operation in stage.operations
        ],
    }  # fmt: skip


def _called(recipe: Recipe, messages: tuple[Message, ...], talked: Threads) -> list[dict[str, Any]]:
    """Return the contingencies: what is called when something happens, in no order of work."""
    read = words.Reader(recipe)
    return [
        _talked_of(
            words.operation_shown(
                operation, read, path=f"{places.CALLED}/{operation.key}", numbers={}
            ),
            messages, talked,
        )
        for operation in recipe.contingencies
    ]  # fmt: skip


def _talked_of(
    operation: dict[str, Any], messages: tuple[Message, ...], talked: Threads
) -> dict[str, Any]:
    """Return an operation with what the compiler says of its steps, and what is asked there."""
    steps = [
        {
            **step,
            "found": [_message(m) for m in messages if _stands_in(m, step["path"])],
            "threads": talked.get(step["path"], []),
        }
        for step in operation["steps"]
    ]
    return {**operation, "threads": talked.get(operation["path"], []), "steps": steps}


def _stands_in(message: Message, path: str) -> bool:
    return message.path == path or message.path.startswith(f"{path}/")


def _specification(recipe: Recipe) -> list[dict[str, str]]:
    return [
        {
            "title": words.say(item.title),
            "criterion": words.criterion_words(recipe, item),
            "needed": words.needed_words(item),
            "test": item.test,
        }
        for item in recipe.specification
    ]


def _each_once(messages: tuple[Message, ...]) -> list[dict[str, Any]]:
    """Return what a site has not, each thing at its first place; ``more`` is at how many others."""
    counts = Counter(one.sentence for one in messages)
    first = {one.sentence: one for one in reversed(messages)}
    return [{**_message(first[said]), "more": count - 1} for said, count in counts.items()]


def _message(message: Message) -> dict[str, Any]:
    sign, word = {
        Weight.ERROR: ("stop", _("Error")),
        Weight.WARNING: ("warning", _("Warning")),
        Weight.NOTE: ("document", _("Note")),
    }[message.severity]
    return {
        "sign": sign,
        "word": word,
        "code": message.code,
        "path": message.path,
        "line": message.line,
        "column": message.column,
        "sentence": message.sentence,
    }


def message_rows(messages: tuple[Message, ...], source: bytes) -> list[dict[str, Any]]:
    """Return messages with the text of the line that each is about."""
    lines = source.decode("utf-8", "replace").splitlines()
    rows = [_message(message) for message in messages]
    for row in rows:
        number = row["line"] or 0
        row["quoted"] = lines[number - 1].strip()[:160] if 0 < number <= len(lines) else ""
    return rows


def _events(version: RecipeVersion) -> list[dict[str, Any]]:
    entries = Entry.objects.filter(stream=version.id).order_by("-seq")[:50]
    said = ((e.at, e.envelope) for e in entries)
    return [
        {"at": at, "text": sentence(envelope), "note": envelope["actor"]["name"]}
        for at, envelope in said
    ]
