"""The draft's messages beside its text: in which line each stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recipes import nodes
from recipes.messages import Message, RecipeNotReadable

Rows = list[dict[str, Any]]


def with_lines(rows: Rows, messages: Sequence[Message], text: str) -> Rows:
    """Return the rows of messages with the line of the text that each is about.

    They come from the draft's data, whose text this is; a field that is missing stands where the
    thing begins that lacks it.
    """
    try:
        found = nodes.read(text)
    except RecipeNotReadable:
        return rows
    return [
        {**row, "line": found.mark(message.at)[0]}
        for row, message in zip(rows, messages, strict=False)
    ]
