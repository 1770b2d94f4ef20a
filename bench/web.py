"""SET web: a step saved and the next one visible, over a slow line.

A real web process on the bench's database, a real sign-in, one connection kept open as a
browser does. The baseline is what the line alone costs: two exchanges of the health page.
"""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.cookies import SimpleCookie
from urllib.parse import urlencode
from uuid import UUID

from django.db import connections
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from accounts.services.credentials import set_credential
from bench import acts
from bench.measure import Figure, p95, scaled, seconds
from bench.slow_line import slow_line
from plant.plant import Plant

LIMIT_SECONDS = 0.5
PASSWORD = "a calm night at the plant"
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


def figures(*, rounds: int = 100) -> Iterator[Figure]:
    """Measure; yields the line of the table."""
    plant, batch, _recipe = acts.running_batch()
    person = plant.crew.people["brandt"][0]
    set_credential(
        command=plant.crew.setup("secret"), person=person, kind="password", secret=PASSWORD
    )
    with serving(plant) as port, slow_line(port=port) as slow:
        browser = Browser(slow)
        browser.sign_in("brandt")
        taken, line = [], []
        for _ in range(rounds):
            page = browser.get(f"/batches/{batch}/work/")
            taken.append(seconds(partial(browser.save, batch, page)))
            line.append(seconds(lambda: [browser.get("/health/") for _ in "ab"]))
    ours, theirs = p95(taken), p95(line)
    allowed = scaled(LIMIT_SECONDS)
    yield Figure(
        "save a step, see the next / two bare exchanges",
        f"{rounds} steps, 100 ms a round trip; p95 {ours:.2f} s, allowed {allowed:.2f} s",
        f"{ours * 1000:.0f} ms", f"{theirs * 1000:.0f} ms", ours / theirs,
        kept=ours <= allowed,
    )  # fmt: skip


@contextmanager
def serving(plant: Plant) -> Iterator[int]:
    """Serve the bench's database with the product's own web process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    parts: dict[str, object] = dict(conninfo_to_dict(os.environ["DATABASE_URL"]))
    parts["dbname"] = connections["default"].settings_dict["NAME"]
    environment = {
        **os.environ,
        "DATABASE_URL": _url(parts),
        "DJANGO_SETTINGS_MODULE": "mes.settings",
    }
    command = ["-m", "gunicorn", "mes.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    command += ["--worker-class", "gthread", "--threads", "4", "--no-control-socket"]
    with subprocess.Popen(
        [sys.executable, *command], env=environment, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait(port)
            yield port
        finally:
            process.terminate()


def _url(parts: dict[str, object]) -> str:
    user, name = parts.pop("user", "mes_app"), parts.pop("dbname")
    rest = urlencode({key: str(value) for key, value in parts.items() if value})
    return f"postgresql://{user}@/{name}?{rest}" if rest else make_conninfo("", dbname=str(name))


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the web process did not come up")


class Browser:
    """One connection kept open, with cookies; follows one redirect as a browser does."""

    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("localhost", port, timeout=120)
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        """Return a page's text."""
        return self._send("GET", path, None)[1]

    def sign_in(self, username: str) -> None:
        """Sign in through the page, as a person does."""
        fields = _hidden(self.get("/sign-in/"))
        self._post("/sign-in/", {**fields, "username": username, "password": PASSWORD})

    def save(self, batch: UUID, page: str) -> str:
        """Save the value of the step that ``page`` shows; return the next step's page."""
        where = f"/batches/{batch}/work/"
        return self._post(where, {**_hidden(page), "v-value": "5.2"})

    def _post(self, path: str, fields: dict[str, str]) -> str:
        status, text, location = self._send("POST", path, urlencode(fields))
        if status != http.client.FOUND:
            raise RuntimeError(f"{path} answered {status}: {text[:300]}")
        return self.get(location)

    def _send(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self._answer(method, path, body, headers)
        text = answer.read().decode()
        for header in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: one.value for name, one in SimpleCookie(header).items()}
        return answer.status, text, answer.headers.get("Location") or ""

    def _answer(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        """Ask again on a new connection when the kept one was closed, as browsers do."""
        try:
            self.line.request(method, path, body, headers)
            return self.line.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            self.line.close()
            self.line.request(method, path, body, headers)
            return self.line.getresponse()


def _hidden(page: str) -> dict[str, str]:
    found = [dict(ATTRIBUTE.findall(field)) for field in HIDDEN.findall(page)]
    return {one["name"]: one.get("value", "") for one in found if "name" in one}
