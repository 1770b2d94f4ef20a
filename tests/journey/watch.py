"""What is looked at on every page of the journey: axe, queries, faults of scripts and servers."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import connections
from playwright.sync_api import BrowserContext, Page, Response

from tests.support.axe import grave_faults

MOST_QUERIES = 25
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
# The full-screen flash has tests of its own (tests/ui); axe looks at the page below it.
NO_FLASH = """document.addEventListener("DOMContentLoaded", () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(".flash, .flash-sign { display: none !important; }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
});"""
PARTS = """() => [location.pathname.replace(/[0-9a-f-]{36}/g, ""), ...[...new Set(
    [...document.querySelectorAll("body, body *")].filter(part => part.checkVisibility())
    .map(part => `${part.tagName}.${part.className.baseVal ?? part.className} ${part.role}`)
)].sort()]"""


@dataclass
class Queries:
    """How many queries each GET of a page needed, counted in the threads of the live server."""

    most: dict[str, int] = field(default_factory=dict)
    said: threading.local = field(default_factory=threading.local)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count until the end of the block."""
        request_started.connect(self._begin)
        request_finished.connect(self._end)
        try:
            yield
        finally:
            request_started.disconnect(self._begin)
            request_finished.disconnect(self._end)

    @property
    def too_many(self) -> dict[str, int]:
        """Pages that needed more than they may."""
        return {path: count for path, count in self.most.items() if count > MOST_QUERIES}

    def _begin(self, environ: dict[str, Any] | None = None, **_: object) -> None:
        if environ is None:  # the test's own client
            return
        self.said.page = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        self.said.count = 0
        for one in connections.all():
            one.execute_wrappers.append(self._statement)

    def _statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.said.count += 1
        return execute(sql, params, many, context)

    def _end(self, **_: object) -> None:
        page = getattr(self.said, "page", "")
        if not page:
            return
        self.said.page = ""
        for one in connections.all():
            one.execute_wrappers.remove(self._statement)
        method, path = page.split(" ", 1)
        # Downloads are no pages.
        if method == "GET" and not path.startswith("/static/") and not path.endswith(".json"):
            known = IDENTIFIER.sub("…", path)
            self.most[known] = max(self.said.count, self.most.get(known, 0))


@dataclass
class Watch:
    """Looks at pages, remembers what is wrong with them, and keeps pictures if asked to."""

    queries: Queries = field(default_factory=Queries)
    faults: list[str] = field(default_factory=list)
    seen: set[tuple[str, ...]] = field(default_factory=set)

    def over(self, context: BrowserContext) -> None:
        """Hear what goes wrong in any page of a context."""
        context.add_init_script(NO_FLASH)
        context.on("weberror", lambda error: self._fault("script", str(error.error)))
        context.on("response", self._answered)

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self._fault(str(response.status), response.url)

    def _fault(self, *words: str) -> None:
        self.faults.append(" ".join(words))

    def checked(self, page: Page, name: str = "") -> None:
        """Let axe look at a page; remember grave findings with rule and selector.

        A page that is put together of the same parts as one before is not looked at again.
        """
        page.wait_for_load_state("load")
        picture(page, name)
        address, *parts = page.evaluate(PARTS)
        if (address, *parts) in self.seen:
            return
        self.seen.add((address, *parts))
        where = IDENTIFIER.sub("…", page.url.partition("//")[2].partition("/")[2])
        for finding in grave_faults(page):
            self._fault("axe", where, name, finding)

    def clean(self) -> None:
        """Fail with everything that was wrong so far."""
        assert sorted(set(self.faults)) == []
        assert self.queries.too_many == {}


def picture(page: Page, name: str) -> None:
    """Keep a picture in the folder that ``MES_PICTURES`` names."""
    folder = os.environ.get("MES_PICTURES")
    if folder and name:
        page.screenshot(path=Path(folder) / f"journey-{name}.png")
