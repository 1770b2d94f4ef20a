"""A visitor over HTTP: is the site up, and does it let somebody in?"""

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

HIDDEN_FIELD = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


class NoEntry(Exception):
    """The site did not let the visitor in."""


class Visitor:
    """Keeps cookies like a browser; ``address`` has no slash at its end."""

    def __init__(self, address: str) -> None:
        self.address = address
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        # Never through a proxy: the site is on this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def health(self) -> dict[str, Any] | None:
        """Return the health page's answer, good or bad; None while nothing answers."""
        try:
            return dict(json.loads(self._open("/health/")))
        except urllib.error.HTTPError as error:
            with error, suppress(ValueError):
                return dict(json.load(error))
        except OSError:
            pass
        return None

    def sign_in(self, path: str, fields: Mapping[str, str]) -> None:
        """Fill in the form at ``path`` as a person would. Raises NoEntry."""
        try:
            form = self._open(path)
            hidden = dict(_hidden(field) for field in HIDDEN_FIELD.findall(form))
            request = urllib.request.Request(
                self.address + path,
                data=urllib.parse.urlencode({**hidden, **fields}).encode(),
                headers={"Referer": self.address + path},
            )
            with self._opener.open(request, timeout=30) as answer:
                came_to = urllib.parse.urlsplit(answer.url).path
        except urllib.error.HTTPError as error:
            with error:
                raise NoEntry(f"{path} answered {error.code}.") from error
        if came_to == path:
            raise NoEntry(f"{path} showed its form again.")

    def _open(self, path: str) -> str:
        with self._opener.open(self.address + path, timeout=10) as answer:
            return str(answer.read().decode())


def _hidden(field: str) -> tuple[str, str]:
    attributes = dict(ATTRIBUTE.findall(field))
    return attributes.get("name", ""), attributes.get("value", "")
