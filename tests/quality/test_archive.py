"""The archive of a batch: read-only, with a manifest, never written again, and proved elsewhere."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path
from threading import Barrier

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections

from quality import archive, services
from quality.services.results import Typed
from records import files, outbox
from records.reading import reading
from tests.builders import quality as build
from tests.builders.accounts import open_demo_site
from tests.builders.quality import NUMBER, Bench

pytestmark = [pytest.mark.usefixtures("committed_db"), pytest.mark.req("D11-17")]
RAW = b"raw data of the cytometer"


@pytest.fixture
def bench() -> Bench:
    """Give a batch with a result that names a file."""
    made = build.at_qc()
    raw = files.put(RAW, media_type="text/plain").sha256
    services.enter_result(
        command=made.command("qc-analyst"), sample=made.sample().id,
        typed=Typed(test="viability", value="92.5", equipment="CTR-2", raw_file=raw),
    )  # fmt: skip
    return made


def archived(*args: str, **options: str) -> str:
    out = StringIO()
    call_command("archive", *args, stdout=out, **options)
    return out.getvalue().strip()


def test_an_archive_is_read_only_and_never_written_again(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / NUMBER
    assert archived(NUMBER, to=str(tmp_path)) == f"{folder} is written and read-only."
    before = (folder / "SHA256SUMS").read_bytes()
    inside = {one.relative_to(folder).as_posix(): one for one in folder.rglob("*")}
    raw = files.put(RAW, media_type="text/plain").sha256
    assert set(inside) == {
        "README.txt", "SHA256SUMS", "evidence.py", "record.json", "files", f"files/{raw}",
    }  # fmt: skip
    modes = {one.stat().st_mode & 0o777 for one in inside.values() if one.is_file()}
    folders = {one.stat().st_mode & 0o777 for one in (folder, inside["files"])}
    assert (modes, folders) == ({0o444}, {0o555})
    with pytest.raises(CommandError, match="is there already; an archive is never written again"):
        archived(NUMBER, to=str(tmp_path))
    assert (folder / "SHA256SUMS").read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == [NUMBER]


def test_of_two_at_once_one_is_written_and_the_other_is_told(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, real = Barrier(2, timeout=60), archive.manifest
    monkeypatch.setattr(archive, "manifest", lambda sums: (both.wait(), real(sums))[1])

    def one() -> str:
        try:
            return archived(bench.row().number, to=str(tmp_path))
        except CommandError as error:
            return str(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        said = sorted(running.result() for running in [threads.submit(one) for _ in range(2)])
    folder = tmp_path / NUMBER
    assert said == [
        f"{folder} is there already; an archive is never written again.",
        f"{folder} is written and read-only.",
    ]
    assert archive.differences(folder) == []
    assert [name.name for name in tmp_path.iterdir()] == [NUMBER]


def test_it_is_proved_without_the_product_and_every_change_is_named(
    bench: Bench, tmp_path: Path
) -> None:
    archived(NUMBER, to=str(tmp_path))
    folder = tmp_path / NUMBER
    sums = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    proof = subprocess.run(
        [sys.executable, "-I", "-S", "evidence.py", "record.json"], cwd=folder,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (sums.returncode, sums.stdout, proof.returncode) == (0, "", 0)
    assert archived(check=str(folder)) == f"{folder} is as its manifest has it."
    for one in (folder, folder / "record.json", folder / "evidence.py"):
        one.chmod(0o755)
    (folder / "record.json").write_text("{}")
    (folder / "evidence.py").unlink()
    (folder / "more.txt").write_text("put there")
    changed = ["evidence.py", "more.txt", "record.json"]
    assert archive.differences(folder) == changed
    with pytest.raises(CommandError, match=", ".join(changed)):
        archived(check=str(folder))


def test_written_copies_go_along(bench: Bench, tmp_path: Path) -> None:
    services.request_dossier(command=bench.command("qa-reviewer"), batch=bench.batch)
    outbox.drain()
    with reading(site=bench.site.id):
        folder = archive.archive(bench.row(), tmp_path)
    assert (folder / "record-1.pdf").read_bytes().startswith(b"%PDF-")
    assert archive.differences(folder) == []


def test_a_file_that_was_altered_makes_no_archive(bench: Bench, tmp_path: Path) -> None:
    raw = files.put(RAW, media_type="text/plain").sha256
    files.path_of(raw).write_bytes(b"something else")
    try:
        with pytest.raises(CommandError, match="was altered"):
            archived(NUMBER, to=str(tmp_path))
    finally:
        files.path_of(raw).write_bytes(RAW)
    assert list(tmp_path.iterdir()) == []


def test_a_number_of_two_sites_asks_for_the_site(bench: Bench, tmp_path: Path) -> None:
    build.issued(open_demo_site("MZ2"))
    with pytest.raises(CommandError, match=f"2 batches have the number {NUMBER}; name the --site"):
        archived(NUMBER, to=str(tmp_path))
    assert archived(NUMBER, to=str(tmp_path), site="MZ2").startswith(str(tmp_path / NUMBER))
    with pytest.raises(CommandError, match="0 batches"):
        archived("B-99", to=str(tmp_path))
    with pytest.raises(CommandError, match="Name a batch"):
        archived(NUMBER)
    with pytest.raises(CommandError, match="is no archive"):
        archived(check=str(tmp_path / "nothing"))
