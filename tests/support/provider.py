"""A real OpenID provider in a process of its own: another implementation than the one tested."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from mes.lib.embedded.process import wait_until


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def providing(log: Path) -> Iterator[str]:
    """Run the provider until the end of the block; give its address. Anybody may be anybody."""
    port = _free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "-p", str(port)]
    with log.open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env={**os.environ})
        try:
            assert wait_until(lambda: _answers(port), seconds=30)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


def _answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def choose(address: str, subject: str | None) -> str:
    """Do at the provider what a person does; return the address that it sends the browser back to.

    ``subject`` is who they are there; None refuses.
    """
    form = {"sub": subject} if subject else {"action": "deny"}
    answer = requests.post(address, data=form, allow_redirects=False, timeout=10)
    return answer.headers["Location"]


def asked_of(address: str) -> dict[str, str]:
    """Return what the site asked the provider for."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
