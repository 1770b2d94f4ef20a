"""Every topic that an act enqueues has a subscriber, and every subscriber's topic is enqueued.

Read out of the source: a topic that nobody hears would be dropped without a word.
"""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from django.conf import settings

from records import outbox
from records.canary import CANARY
from tests.support.folder import PROJECT

APPS = settings.APPS


def sources() -> Iterator[Path]:
    """Yield the product's modules."""
    for app in APPS:
        yield from sorted((PROJECT / app).rglob("*.py"))


def enqueued(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the topic of each ``enqueue`` in a module, with where it stands."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr == "enqueue":
            yield _name(call.args[0], path), f"{path.relative_to(PROJECT)}:{call.lineno}"


def _name(topic: ast.expr, path: Path) -> str:
    """Return a topic written out, or that of the constant of its module."""
    if isinstance(topic, ast.Constant):
        return str(topic.value)
    module = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
    assert isinstance(topic, ast.Name), f"{path}: a topic is a text or a constant"
    return str(getattr(import_module(module), topic.id))


def heard() -> set[str]:
    """Return the topics that the product's apps subscribe to; tests subscribe to their own."""
    return {topic for topic, consumer in outbox.subscriptions() if consumer.split(".")[0] in APPS}


@cache
def topics() -> dict[str, str]:
    """Return every topic that is enqueued, with where; read when a test asks, not at collection."""
    return {topic: where for path in sources() for topic, where in enqueued(path)}


def test_every_topic_that_is_enqueued_has_a_subscriber() -> None:
    assert {topic: where for topic, where in topics().items() if topic not in heard()} == {}


def test_every_subscriber_hears_a_topic_that_is_enqueued() -> None:
    # The relay itself puts the canary out.
    assert heard() - {CANARY} - set(topics()) == set()


def test_the_source_was_read() -> None:
    assert len(topics()) >= 10
