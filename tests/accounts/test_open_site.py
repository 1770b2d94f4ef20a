"""The command that opens a site with its first administrator."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Site
from mes.lib.ids import uuid7
from records.reading import reading
from tests.builders.accounts import PASSWORD, client_on

GIVEN = {
    "code": "MZ1",
    "name": "Plant Mainz",
    "zone": "Europe/Berlin",
    "jurisdiction": "EU",
    "username": "adam",
    "printed_name": "Adam Dietz",
    "badge": "B-1",
    "identity_check": "passport, HR-7",
}


def opened(monkeypatch: pytest.MonkeyPatch, password: str = PASSWORD, **changed: str) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    said = io.StringIO()
    call_command("open_site", stdout=said, **{**GIVEN, **changed})
    return said.getvalue()


@pytest.mark.req("P11-100b")
def test_site_opens_and_its_administrator_signs_in(
    committed_db: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opened(monkeypatch) == "Site MZ1 is open. Sign in as adam.\n"
    client = client_on()
    form = {"key": str(uuid7()), "username": "adam", "password": PASSWORD}
    assert client.post("/sign-in/", form).headers["Location"] == "/"
    assert client.get("/people/").status_code == 200


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password": "short"}, "A PIN has 6 to 8 digits"),
        ({"zone": "Mars/Olympus"}, "is not a time zone"),
        ({"username": "ADAM"}, "This user name was given before"),
        ({"printed_name": "adam dietz"}, "There is an account with this printed name"),
        ({"identity_check": "Passport,HR-7"}, "An account stands on this paper"),
    ],
)
def test_refused_set_up_says_why_and_leaves_no_site(
    committed_db: str, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], sentence: str
) -> None:
    opened(monkeypatch)
    other = {"code": "US2", "username": "eve", "badge": "B-2", "printed_name": "Eve Dunn",
             "identity_check": "passport, HR-8", **changed}  # fmt: skip
    with pytest.raises(CommandError, match=sentence):
        opened(monkeypatch, **other)
    with reading(site=None):
        assert not Site.objects.filter(code="US2").exists()
