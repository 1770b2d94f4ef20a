"""The image's entry point, from a fresh environment, as a user who owns nothing."""

import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mes.lib.embedded import APP, Valkey
from mes.lib.embedded.process import stop, wait_until
from mes.lib.environment import REQUIRED
from mes.supervisor.visitor import Visitor
from tests.support.cluster import Cluster
from tests.support.folder import PROJECT

SECRET = "a-secret-of-the-tests-with-more-than-50-characters-0123456789"
MASTER = "dGVzdHMtb25seS1tYXN0ZXIta2V5LTMyLWJ5dGVzISE="


@dataclass(frozen=True)
class Image:
    """What the image holds: the project's files and an environment with requirements.txt alone."""

    python: Path
    project: Path

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """Run the entry point with nothing in its environment but ``environment``."""
        plain = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        return subprocess.Popen(
            [str(self.python), "-m", "mes.entrypoint", *arguments],
            cwd=self.project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            user=plain and plain.pw_uid,
            group=plain and plain.pw_gid,
            extra_groups=[] if plain else None,
        )

    def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Run the entry point to its end; give its status and output."""
        with self.start(*arguments, **environment) as process:
            output, _ = process.communicate(timeout=120)
        return process.returncode, output


def _runs_for_others(python: str) -> bool:
    path = Path(python).resolve()
    passable = all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)
    version = subprocess.run(
        [path, "-c", "import sys, zlib; sys.exit(sys.version_info < (3, 11))"], check=False
    )
    return passable and version.returncode == 0


def _python() -> str:
    """Return a Python that a user other than root may run."""
    if os.geteuid() != 0:
        return sys.executable
    names = ("python3", "python3.14", "python3.13", "python3.12", "python3.11")
    folders = ("/usr/local/bin", "/usr/bin", "/opt/python/bin")
    found = [shutil.which(name, path=folder) for folder in folders for name in names]
    usable = [path for path in [sys.executable, *filter(None, found)] if _runs_for_others(path)]
    if not usable:
        pytest.fail("As root, this test needs a Python that other users may run, as in /usr/bin.")
    return usable[0]


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """Make what the Dockerfile makes, in a folder that everybody may read."""
    with tempfile.TemporaryDirectory(prefix="mes-image-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        _copy_project(folder / "mes")
        uv = str(Path(sys.executable).parent / "uv")
        subprocess.run([uv, "venv", "-q", "-p", _python(), str(folder / "venv")], check=True)
        python = folder / "venv" / "bin" / "python"
        # It trusts whom the machine trusts, as pip does: a site may have a proxy of its own.
        install = [uv, "pip", "install", "-q", "--system-certs", "--require-hashes"]
        install += ["-r", "requirements.txt"]
        subprocess.run([*install, "-p", str(python)], cwd=folder / "mes", check=True)
        yield Image(python, folder / "mes")


def _copy_project(target: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    for name in filter(None, listed.stdout.split("\0")):
        source = PROJECT / name
        if source.is_file() and not name.startswith("tests/"):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / name)


@pytest.fixture(scope="module")
def broker() -> Iterator[Valkey]:
    """A broker whose socket is open to the plain user, as a port would be."""
    with tempfile.TemporaryDirectory(prefix="mes-") as name:
        server = Valkey(Path(name) / "valkey")
        server.start()
        for path in (server.folder.parent, server.folder, server.folder / "valkey.sock"):
            path.chmod(0o777)
        yield server
        server.stop()


@pytest.fixture
def production(
    cluster: Cluster, committed_db: str, broker: Valkey, tmp_path: Path
) -> dict[str, str]:
    """Everything that production must be given, and nothing else."""
    return {
        "DATABASE_URL": cluster.postgres.url(APP, committed_db),
        "REDIS_URL": broker.url,
        "MES_SECRET_KEY": SECRET,
        "MES_MASTER_KEY": MASTER,
        "MES_DATA": str(tmp_path),
        "MES_ALLOWED_HOSTS": "localhost",
    }


@pytest.mark.parametrize("role", ["web", "worker", "relay", "manage"])
def test_entry_point_without_variables_names_all_of_them(image: Image, role: str) -> None:
    status, output = image.run(role)
    assert (status, output) == (2, f"Set the environment variable(s) {', '.join(REQUIRED)}.\n")


@pytest.mark.parametrize("missing", REQUIRED)
def test_entry_point_names_the_one_that_is_missing(
    image: Image, production: dict[str, str], missing: str
) -> None:
    status, output = image.run("web", **{**production, missing: ""})
    assert (status, output) == (2, f"Set the environment variable(s) {missing}.\n")


def test_migrating_needs_the_owner(image: Image, production: dict[str, str]) -> None:
    status, output = image.run("migrate", **production)
    assert (status, output) == (2, "Set the environment variable(s) DATABASE_OWNER_URL.\n")


def test_unknown_role_shows_the_usage(image: Image) -> None:
    status, output = image.run("shell")
    assert (status, output.split(":")[0]) == (2, "Usage")


def test_check_for_deployment_is_clean(image: Image, production: dict[str, str]) -> None:
    check = ("manage", "check", "--deploy", "--fail-level", "WARNING")
    status, output = image.run(*check, **production)
    assert (status, output) == (0, "System check identified no issues (0 silenced).\n"), output


@pytest.mark.slow
@pytest.mark.req("D11-16")
def test_check_for_deployment_fails_where_checkpoints_and_backups_lie_with_the_data(
    image: Image, production: dict[str, str]
) -> None:
    """Asked where the checkpointer runs: no other process knows where they lie."""
    reader = {"DATABASE_READER_URL": production["DATABASE_URL"]}
    status, output = image.run("manage", "check", "--deploy", **production, **reader)
    assert (status, output.count("mes.E002")) == (1, 3), output


def test_web_serves_as_a_plain_user_with_the_role_of_the_application(
    image: Image, production: dict[str, str]
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**production, "MES_BIND": f"127.0.0.1:{port}", "MES_WEB_PROCESSES": "1"}
    site = Visitor(f"http://localhost:{port}")
    with image.start("web", **environment) as process:
        came_up = wait_until(lambda: site.health() is not None, seconds=60)
        health = site.health() or {}
        stop(process.pid)
        output = process.stdout.read() if process.stdout else ""
    assert came_up, output
    assert (health["database"], health["broker"]) == (True, True)
