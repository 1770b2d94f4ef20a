"""Every place that signs goes through the one ceremony: found by looking, not by a list."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType

import pytest

from accounts.services.ceremony import Proof
from records.entries import Payload, declared
from records.signatures import Signature

APPS = (
    "accounts", "equipment", "materials", "recipes", "orders", "batches", "planning", "quality",
)  # fmt: skip


def modules(app: str, part: str) -> Iterator[ModuleType]:
    """Yield the modules of one part of an app."""
    try:
        top = importlib.import_module(f"{app}.{part}")
    except ModuleNotFoundError:
        return
    yield top
    for found in pkgutil.iter_modules(getattr(top, "__path__", [])):
        yield importlib.import_module(f"{top.__name__}.{found.name}")


def signed_payloads() -> set[type[Payload]]:
    """Return the payload classes in which a signature stands, each in its newest version."""
    newest = [versions[max(versions)] for versions in declared().values()]
    return {
        one
        for one in newest
        if one.__module__.split(".")[0] in (*APPS, "records")
        and any(field.annotation is Signature for field in one.model_fields.values())
    }


source_of = cache(inspect.getsource)


@cache
def functions() -> dict[str, Callable[..., object]]:
    """Return the functions that services define, without their wrappers."""
    return {
        f"{module.__name__}.{name}": inspect.unwrap(one)
        for app in APPS
        for module in modules(app, "services")
        for name, one in vars(module).items()
        if inspect.isfunction(one) and one.__module__ == module.__name__
    }


def signing() -> dict[str, Callable[..., object]]:
    """Return the services whose text makes an entry in which a signature stands.

    A helper that is handed the finished signature makes none.
    """
    names = {f"{one.__name__}(" for one in signed_payloads()}
    return {
        path: one
        for path, one in functions().items()
        if any(name in source_of(one) for name in names) and Signature not in taken(one).values()
    }


def handed() -> list[Callable[..., object]]:
    """Return the helpers that are handed the finished signature."""
    return [one for one in functions().values() if Signature in taken(one).values()]


def handing_over() -> dict[str, Callable[..., object]]:
    """Return the services that call such a helper."""
    calls = {f" {one.__name__}(" for one in handed()}
    return {
        path: one
        for path, one in functions().items()
        if Signature not in taken(one).values() and any(call in source_of(one) for call in calls)
    }


def taken(service: Callable[..., object]) -> dict[str, object]:
    """Return what a service takes, by name."""
    return {name: one.annotation for name, one in inspect.signature(service).parameters.items()}


@pytest.mark.req("P11-50", "P11-200a")
def test_every_signed_entry_is_made_by_a_service_with_a_proof() -> None:
    services = signing() | handing_over()
    made = "".join(source_of(one) for one in [*services.values(), *handed()])
    unmade = {one for one in signed_payloads() if f"{one.__name__}(" not in made}
    # What a later version has replaced is only read.
    assert unmade == {one for one in signed_payloads() if one.version < max(declared()[one.kind])}
    bare = {path for path, one in services.items() if taken(one).get("proof") is not Proof}
    assert (bare, len(signing()) >= 10) == (set(), True)


@pytest.mark.req("P11-70")
def test_every_service_that_signs_is_told_what_was_shown() -> None:
    told = {"shown", "content_hash"}
    assert {path for path, one in signing().items() if not told & set(taken(one))} == set()


@pytest.mark.req("P11-200a")
def test_a_signature_is_made_in_the_ceremony_only() -> None:
    makers = {path for path, one in functions().items() if " Signature(" in source_of(one)}
    assert makers == {"accounts.services.ceremony.sign"}
