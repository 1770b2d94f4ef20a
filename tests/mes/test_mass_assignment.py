"""Nothing but the fields that an operation names is taken, whatever a client sends."""

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import reverse
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from mes.lib.api.strict import Strict
from mes.lib.ids import uuid7
from tests.accounts.test_access import addresses
from tests.builders.accounts import open_demo_site, signed_in_client

pytestmark = pytest.mark.scenario(45)
READS = {"get", "head", "options"}


def modules() -> Iterator[Any]:
    for app in settings.APPS:
        try:
            yield importlib.import_module(f"{app}.api.serializers")
        except ModuleNotFoundError:
            continue


def taken() -> list[type[BaseSerializer[Any]]]:
    """Return the serializers that read what a client sends: by name, not by a list."""
    return [
        one
        for module in modules()
        for name, one in vars(module).items()
        if inspect.isclass(one) and issubclass(one, BaseSerializer) and name.endswith("In")
    ]


def columns() -> set[str]:
    """Return the name of every field of every model of ours, and what people would try."""
    models = [model for app in settings.APPS for model in apps.get_app_config(app).get_models()]
    found = {field.name for model in models for field in model._meta.get_fields()}
    return found | {"signed_by", "site_id", "is_superuser", "role", "actor", "permission", "at"}


def writing() -> dict[str, type[APIView]]:
    """Return the operations of the API that change something, by the name of their address."""
    found = {}
    for name, url in addresses():
        view = getattr(url.callback, "view_class", None) or getattr(url.callback, "cls", None)
        if view and issubclass(view, APIView) and not set(methods(view)) <= READS:
            found[name] = view
    return found


def methods(view: type[APIView]) -> set[str]:
    return {name for name in view.http_method_names if hasattr(view, name)}


def test_every_operation_that_writes_reads_strictly() -> None:
    assert [one for one in taken() if not issubclass(one, Strict)] == []
    for name, view in writing().items():
        source = inspect.getsource(view)
        assert any(f"{one.__name__}(data=" in source for one in taken()), name
    parts = {type(field) for one in taken() for field in one().fields.values()}  # type: ignore[attr-defined]
    assert len(writing()) == len(set(taken()) - parts) == 6


@pytest.mark.parametrize("serializer", taken(), ids=lambda one: one.__name__)
def test_every_field_of_every_model_is_refused_unless_named(
    serializer: type[BaseSerializer[Any]],
) -> None:
    tried = columns() - set(serializer().fields)  # type: ignore[attr-defined]
    assert len(tried) > 150
    taken_in = []
    for field in tried:
        given = serializer(data={field: "x"})
        if given.is_valid() or field not in given.errors:
            taken_in.append(field)
    assert taken_in == []


ALARMS = {
    "equipment-api:raise": "resource",
    "equipment-api:acknowledge": "alarm",
    "equipment-api:clear": "alarm",
}


@pytest.mark.usefixtures("committed_db")
def test_each_operation_answers_400_and_does_nothing() -> None:
    site = open_demo_site()
    clients = {
        "batches-api:steps": signed_in_client(site, "operator"),
        "quality-api:results": signed_in_client(site, "qc-analyst"),
        "orders-api:enter": signed_in_client(site, "coordinator"),
        **dict.fromkeys(ALARMS, signed_in_client(site, "engineering")),
    }
    assert set(clients) == set(writing())
    said = {name: answer(client, name) for name, client in clients.items()}
    assert said == dict.fromkeys(clients, (400, ["signed_by", "site", "status"]))


def answer(client: Client, name: str) -> tuple[int, list[str]]:
    ids = {"batches-api:steps": "batch", "quality-api:results": "sample", **ALARMS}
    kwargs = {ids[name]: uuid7()} if name in ids else {}
    body = {"site": str(uuid7()), "status": "released", "signed_by": str(uuid7())}
    said = client.post(reverse(name, kwargs=kwargs), body, content_type="application/json",
                       headers={"Idempotency-Key": str(uuid7())})  # fmt: skip
    return said.status_code, sorted(said.json()["fields"])
