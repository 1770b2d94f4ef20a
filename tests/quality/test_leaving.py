"""Who owes something is told before they leave; nobody is kept."""

import pytest
from django.urls import reverse

from mes.lib.ids import uuid7
from records.reading import reading
from tests.builders import quality as build
from tests.builders.accounts import PASSWORD, client_on, person
from tests.quality.test_corrections import SOURCE, VOLUME, correct, executed

pytestmark = pytest.mark.usefixtures("committed_db")


def test_who_owes_something_is_told_at_sign_out_and_may_leave() -> None:
    bench = build.issued(source=SOURCE)
    bench.second["operator"] = person("operator", site=bench.site, username="sven", secrets=True)
    correct(executed(bench), VOLUME, value="95")
    client, out = client_on(), reverse("accounts:sign_out")
    form = {"key": str(uuid7()), "username": "sven", "password": PASSWORD}
    assert client.post(reverse("accounts:sign_in"), form).status_code == 302
    told = client.post(out)
    page = told.content.decode()
    assert (told.status_code, "Sign again in B-26-0001" in page) == (200, True)
    assert client.get(reverse("accounts:owed")).status_code == 200
    assert client.post(out, {"leave": "1"}).status_code == 302
    assert client.get(reverse("accounts:owed")).status_code == 302
    with reading(site=bench.site.id):
        assert bench.record().asked_again


def test_who_owes_nothing_leaves_at_once() -> None:
    bench = build.issued()
    person("operator", site=bench.site, username="sven", secrets=True)
    client = client_on()
    form = {"key": str(uuid7()), "username": "sven", "password": PASSWORD}
    assert client.post(reverse("accounts:sign_in"), form).status_code == 302
    assert client.post(reverse("accounts:sign_out")).status_code == 302
