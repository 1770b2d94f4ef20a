"""Every published entry kind, folded into one site: rows for tables that no builder fills."""

import json
from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError

from mes.lib.ids import uuid7
from mes.lib.refusals import Refusal
from records.act import New, act
from records.commands import Actor, Command
from records.entries import Payload, decode
from tests.test_golden import OPENING, keep_document, plain_of, published

# The site of which the golden payloads speak.
OLD = str(plain_of("role.granted", 1)["site"])


def golden_rows(site: UUID) -> None:
    """Append each golden payload to one stream of its kind; what stands there already is left."""
    keep_document()
    streams: dict[str, UUID] = {"site": site}
    actor = Actor(person=uuid7(), name="G. Olden", role="operator", site=site)
    for payload in _payloads(str(site)):
        of = payload.stream_kind if payload.stream_kind != "*" else "batch"
        # Two kinds open a container; each is one of its own.
        opened = payload.kind if payload.kind == "container.made" else of
        stream = streams.setdefault(opened, uuid7())
        command = Command(key=uuid7(), name="golden", actor=actor, payload={})
        known = suppress(Refusal, IntegrityError, ObjectDoesNotExist)
        with known, act(command, new=[New(of, stream, site, may_exist=True)]) as a:
            a.append(stream, payload)


def _payloads(site: str) -> Iterator[Payload]:
    """Yield them, those that open a stream first."""
    for kind, version, _class in sorted(published(), key=lambda one: one[0] not in OPENING):
        plain = json.dumps(plain_of(kind, version)).replace(OLD, site)
        for name in ("adeyemi", "ADEYEMI"):  # a plant has her already
            plain = plain.replace(name, "golden")
        fields = json.loads(plain)
        if fields.get("sources") == []:  # what a container was made from is a row, too
            fields["sources"] = [str(uuid7())]
        yield decode(kind, version, fields)
