"""What the product is made of and stands on: its bill of materials, and until when it is mended."""

import json
import platform
import re
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO

import django
import pytest
from django.core.management import call_command
from pytest_django import Settings

from mes import checks
from mes.lib import clock, sbom
from mes.lib.platforms import PLATFORMS, UnknownPlatform, ended, ending, platform_of
from tests.support.folder import PROJECT

AtTime = Callable[[datetime], None]


def read(name: str) -> str:
    return (PROJECT / name).read_text("utf-8")


@pytest.mark.req("D11-15")
def test_the_bill_of_materials_has_every_pinned_package_with_its_hashes() -> None:
    out = StringIO()
    call_command("sbom", stdout=out)
    bill = json.loads(out.getvalue())
    pinned = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", read("requirements.txt"), re.MULTILINE)
    found = [one for one in bill["components"] if one["purl"].startswith("pkg:pypi/")]
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert sorted((one["name"], one["version"]) for one in found) == sorted(pinned)
    lines = read("requirements.txt").count("--hash=sha256:")
    assert sum(len(one["hashes"]) for one in found) == lines
    fonts = json.loads(read("package-lock.json"))["packages"].keys() - {""}
    assert len(bill["components"]) == len(pinned) + len(fonts)
    assert len({one["bom-ref"] for one in bill["components"]}) == len(bill["components"])


@pytest.mark.req("D11-15")
def test_a_package_without_a_hash_is_no_part_of_a_bill() -> None:
    digest = "ab" * 32
    text = f"One_Name[extra]==1.0 ; python_version < '3.12' \\\n    --hash=sha256:{digest}\n"
    [one] = sbom.of_requirements(text)
    assert (one.purl, one.hashes) == ("pkg:pypi/one-name@1.0", (digest,))
    with pytest.raises(ValueError, match="two is pinned without a hash"):
        list(sbom.of_requirements("two==2.0\n"))


@pytest.mark.req("D11-15")
def test_every_platform_that_is_pinned_is_still_mended() -> None:
    """Fails on the day after the last one: then the platform has to go."""
    [framework] = re.findall(r"^django==(\S+)", read("requirements.txt"), re.MULTILINE)
    [database] = re.findall(r"image: postgres:(\S+)", read("compose.yaml"))
    pythons = {*re.findall(r"python3\.(\d+)", read("Makefile"))}
    images = set(re.findall(r"FROM python:3\.(\d+)", read("Dockerfile")))
    used = [
        platform_of("Django", framework), platform_of("PostgreSQL", database),
        *(platform_of("Python", f"3.{minor}") for minor in pythons | images),
    ]  # fmt: skip
    assert len(used) == len(PLATFORMS)
    assert database == checks.POSTGRESQL
    assert ended(used, on=clock.now().date()) == []


@pytest.mark.req("D11-15")
def test_a_site_is_told_before_and_after_a_platform_ends(
    at_time: AtTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "python_version", lambda: "3.11.9")

    def said(year: int, month: int, day: int) -> list[str | None]:
        at_time(datetime(year, month, day, 12, tzinfo=UTC))
        return [one.id for one in checks.platforms(None)]

    assert said(2027, 5, 4) == []
    assert said(2027, 5, 5) == ["mes.W001"]
    assert said(2027, 10, 31) == ["mes.W001"]
    assert said(2027, 11, 1) == ["mes.E001"]
    assert said(2027, 11, 3) == ["mes.E001", "mes.W001"]  # the end of Django is near, too
    monkeypatch.setattr(django, "get_version", lambda: "7.0")
    assert said(2027, 5, 4) == ["mes.E003"]
    with pytest.raises(UnknownPlatform):
        platform_of("Python", "3.1")
    assert ending(PLATFORMS[:1], on=PLATFORMS[0].until) == [PLATFORMS[0]]


APART = {"MES_CHECKPOINTS": "s3://evidence/mes", "MES_BACKUPS": "s3://backups/mes"}
TOGETHER = {
    "folder of the checkpoints lies beside the data": {"MES_CHECKPOINTS": "{data}/checkpoints"},
    "key of the checkpoints lies beside the data": {"MES_CHECKPOINT_KEY": "{data}/keys/key.pem"},
    "folder of the backups lies beside the data": {"MES_BACKUPS": "{data}/backups"},
    "folder of the backups lies on the data's disk": {"MES_BACKUPS": "{disk}"},
    "MES_BACKUPS does not say where": {"MES_BACKUPS": ""},
}


@pytest.mark.req("D11-16")
@pytest.mark.parametrize("said", [None, "bucket", *TOGETHER])
def test_a_site_whose_copies_lie_with_its_data_is_refused_by_the_deploy_check(
    said: str | None, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    data = f"{tmp_path}/data"
    (PROJECT / data).mkdir()
    settings.MES_DATA, settings.MES_CHECKPOINT_KEY = data, "/srv/keys/checkpoint.pem"
    for name, value in {**APART, **TOGETHER.get(said or "", {})}.items():
        setattr(settings, name, value.format(data=data, disk=tmp_path))
    host = "localhost" if said == "bucket" else "store.example"
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"https://{host}")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    found = [one.msg for one in checks.copies_apart(None)]
    if said == "bucket":
        both = ("checkpoints", "backups")
        assert found == [
            f"The bucket of the {what} is on the database's machine: for show only."
            for what in both
        ]  # fmt: skip
    elif said is None:
        assert found == []
    else:
        [sentence] = found
        assert said in sentence


@pytest.mark.req("D11-15", "D11-16")
def test_these_are_errors_of_the_deploy_check_alone() -> None:
    from django.core.checks.registry import registry

    assert {checks.platforms, checks.copies_apart} <= registry.deployment_checks
    assert not {checks.platforms, checks.copies_apart} & registry.registered_checks
    assert all(one.is_serious() for one in checks.copies_apart(None))
