"""Settings from the environment: typed, and loud about what is missing."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from mes.entrypoint import ACCESS_LOG, COMMANDS
from mes.lib.databases import databases
from mes.lib.environment import REQUIRED, Environment, Missing
from mes.supervisor.children import _web
from tests.support.folder import PROJECT


def import_settings(**environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import mes.settings"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_without_variables_names_all_of_them() -> None:
    last = import_settings(MES_ENV="production").stderr.strip().splitlines()[-1]
    assert last == (
        f"mes.lib.environment.Missing: Set the environment variable(s) {', '.join(REQUIRED)}."
    )


def test_unknown_environment_is_refused() -> None:
    last = import_settings(MES_ENV="staging").stderr.strip().splitlines()[-1]
    assert last == "ValueError: MES_ENV must be development or production, not 'staging'."


def test_web_and_worker_have_no_alias_of_the_owner() -> None:
    found = databases(Environment({"DATABASE_URL": "postgresql://mes_app@/mes"}), pool=0)
    assert list(found) == ["default"]


def test_address_becomes_a_database_with_its_limits() -> None:
    url = "postgresql://mes_app:p%40ss@db.example:5433/mes?sslmode=require"
    found = databases(Environment({"DATABASE_URL": url}), pool=4)["default"]
    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0,
        "NAME": "mes",
        "USER": "mes_app",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {
            "sslmode": "require",
            "options": "-c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000",
            "prepare_threshold": 0,
            "pool": {"min_size": 1, "max_size": 4, "timeout": 5},
        },
    }


def test_empty_variable_counts_as_absent() -> None:
    with pytest.raises(Missing, match="MES_SECRET_KEY"):
        Environment({"MES_SECRET_KEY": ""}).text("MES_SECRET_KEY")


def test_number_that_is_none_names_its_variable() -> None:
    with pytest.raises(ValueError, match=r"MES_POOL must be a whole number, not 'many'\."):
        Environment({"MES_POOL": "many"}).number("MES_POOL", 8)


def test_content_policy_allows_no_inline_code() -> None:
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == (
        ["'none'"],
        ["'self'"],
        ["'self'"],
    )


@pytest.mark.req("P11-10c")
def test_log_of_requests_has_no_query_and_no_page_before() -> None:
    """What people look for may be a patient's name: no request line, query, referrer."""
    commands = (COMMANDS["web"], _web(8000))
    formats = [command[command.index("--access-logformat") + 1] for command in commands]
    assert formats == [ACCESS_LOG] * 2
    assert [atom for atom in ("%(r)s", "%(q)s", "%(f)s") if atom in ACCESS_LOG] == []
