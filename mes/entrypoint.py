"""What the image runs: ``python -m mes.entrypoint`` and one of ``COMMANDS``, or ``health``.

Production only. What must be set and is not is named before anything starts (exit status 2).
Each role becomes its process, so that a stop signal reaches it and nothing in between.
"""

import os
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from typing import NoReturn

from mes.lib.environment import REQUIRED, Environment, Missing

# Without what was asked behind the path and the page before: what people look for may be a name.
ACCESS_LOG = '%(h)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(b)s %(L)s "%(a)s"'
COMMANDS = {
    "web": (
        *("-m", "gunicorn", "mes.wsgi", "--worker-class", "gthread", "--no-control-socket"),
        *("--access-logfile", "-", "--access-logformat", ACCESS_LOG, "--graceful-timeout", "20"),
    ),
    "worker": ("-m", "celery", "-A", "mes", "worker", "--loglevel", "INFO"),
    "relay": ("manage.py", "relay"),
    "checkpoint": ("manage.py", "checkpoint", "--every", "60"),
    "verify": ("manage.py", "verify", "--every", "60"),
    "migrate": ("manage.py", "migrate", "--brief"),
    "manage": ("manage.py",),
}
READER = "DATABASE_READER_URL"
USAGE = f"Usage: python -m mes.entrypoint {'|'.join([*COMMANDS, 'health'])} [arguments]"


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Become the named process. Returns an exit status when it cannot, and for ``health``."""
    name, *rest = arguments or [""]
    if name == "health":
        return _health(environ)
    if name not in COMMANDS:
        return _refuse(USAGE)
    production = {**environ, "MES_ENV": "production"}
    try:
        Environment(production).require(*REQUIRED, *_further(name))
    except Missing as missing:
        return _refuse(str(missing))
    return _become([*COMMANDS[name], *_sizes(name, production), *rest], production)


def _become(arguments: Sequence[str], environ: Mapping[str, str]) -> NoReturn:
    os.execve(sys.executable, [sys.executable, *arguments], environ)


def _further(name: str) -> tuple[str, ...]:
    """Return what this process needs and no other one has."""
    needs = {"migrate": "DATABASE_OWNER_URL", "checkpoint": READER, "verify": READER}
    return (needs[name],) if name in needs else ()


def _sizes(name: str, environ: Mapping[str, str]) -> list[str]:
    """Return how many processes and threads, and where the web server listens."""
    environment = Environment(environ)
    if name == "web":
        return [
            *("--bind", environment.text("MES_BIND", "0.0.0.0:8000")),
            *("--workers", environment.text("MES_WEB_PROCESSES", "3")),
            *("--threads", environment.text("MES_WEB_THREADS", "4")),
        ]
    if name == "worker":
        return ["--concurrency", environment.text("MES_WORKER_PROCESSES", "2")]
    return []


def _health(environ: Mapping[str, str]) -> int:
    """Ask the web process of this container; for its health check."""
    environment = Environment(environ)
    port = environment.text("MES_BIND", "0.0.0.0:8000").rpartition(":")[2]
    host = environment.words("MES_ALLOWED_HOSTS", "localhost")[0].lstrip(".")
    request = urllib.request.Request(f"http://127.0.0.1:{port}/health/", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return 0 if answer.status == 200 else 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 1


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
