"""The check's visitor signs in through the real form, and says so when it may not."""

import pytest

from mes.supervisor.visitor import NoEntry, Visitor
from tests.builders.accounts import PASSWORD, open_demo_site, person


def test_visitor_signs_in_as_a_person_would(served: str) -> None:
    person("admin", site=open_demo_site(), username="adam", secrets=True)
    Visitor(served).sign_in("/sign-in/", {"username": "adam", "password": PASSWORD})


def test_visitor_with_a_wrong_password_is_told(served: str) -> None:
    person("admin", site=open_demo_site(), username="adam", secrets=True)
    with pytest.raises(NoEntry, match="/sign-in/"):
        Visitor(served).sign_in("/sign-in/", {"username": "adam", "password": "wrong"})


def test_health_of_nothing_is_nothing() -> None:
    assert Visitor("http://localhost:1").health() is None
