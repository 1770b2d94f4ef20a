"""Finds the sentences in templates for Babel, so that no GNU gettext is needed.

Named in ``babel.cfg``. Understands ``translate``, ``blocktranslate`` (with ``plural`` and
``context``) and ``_("...")`` in tags and filters.
"""

import re
from collections.abc import Iterator
from typing import IO, Any

from django.template.base import Lexer, Token, TokenType
from django.utils.text import smart_split

Found = tuple[int | None, str | None, str | tuple[str | None, ...], list[str]]

CALL = re.compile(r"""_\(\s*("[^"]*"|'[^']*')\s*\)""")
SHORT = {"translate", "trans"}
LONG = {"blocktranslate", "blocktrans"}


def extract(file: IO[bytes], keywords: Any, tags: Any, options: dict[str, str]) -> Iterator[Found]:
    """Yield each sentence of a template with its line, as Babel asks for them."""
    tokens = iter(Lexer(file.read().decode()).tokenize())
    for token in tokens:
        if token.token_type not in (TokenType.BLOCK, TokenType.VAR):
            continue
        for call in CALL.findall(token.contents):
            yield token.lineno, "gettext", _unquoted(call), []
        words = list(smart_split(token.contents))
        if token.token_type == TokenType.BLOCK and words[0] in SHORT:
            yield from _short(token, words)
        if token.token_type == TokenType.BLOCK and words[0] in LONG:
            yield _long(token, words, tokens)


def _short(token: Token, words: list[str]) -> Iterator[Found]:
    if words[1][0] in "\"'":
        # Django looks a percent sign of a template up doubled, and shows it single.
        said = _unquoted(words[1]).replace("%", "%%")
        yield _found(token.lineno, _context(words), said)


def _long(token: Token, words: list[str], tokens: Iterator[Token]) -> Found:
    """Read up to the end of the block; what stands after ``plural`` is the plural."""
    parts: list[list[str]] = [[]]
    for part in tokens:
        if part.token_type == TokenType.BLOCK:
            if part.contents.startswith("end"):
                break
            parts.append([])
        elif part.token_type == TokenType.VAR:
            parts[-1].append(f"%({part.contents.strip()})s")
        else:
            parts[-1].append(part.contents.replace("%", "%%"))
    texts = ["".join(part) for part in parts]
    if "trimmed" in words:
        texts = [" ".join(text.split()) for text in texts]
    return _found(token.lineno, _context(words), *texts)


def _found(line: int | None, context: str | None, *texts: str) -> Found:
    name = {1: "gettext", 2: "ngettext"}[len(texts)]
    if context is not None:
        return line, f"p{name}" if name == "gettext" else "npgettext", (context, *texts), []
    return line, name, texts if len(texts) > 1 else texts[0], []


def _context(words: list[str]) -> str | None:
    return _unquoted(words[words.index("context") + 1]) if "context" in words else None


def _unquoted(text: str) -> str:
    return text.partition("|")[0].strip()[1:-1]
