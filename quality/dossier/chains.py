"""The raw chains behind a batch record, so that ``mes.lib.evidence`` can verify a copy."""

import base64
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from batches.models import Batch
from mes.lib import evidence
from quality.dossier.build import Book, assemble
from quality.models import Sample
from records.log import anchor
from records.models import Entry, Stream


def export(batch: Batch) -> dict[str, Any]:
    """Return the record with the whole chains of the batch and of its samples.

    ``body`` is base64 of the hashed bytes, ``hash`` hexadecimal, in order of ``seq``.
    """
    samples = list(Sample.objects.of_batch(batch.id).values_list("id", flat=True))
    return {"record": assemble(batch), "chains": chains([batch.id, *samples])}


def seal_of(record: Book) -> str:
    """Return the seal of a readable record, by which an entry names it: as ``evidence`` asks it."""
    plain = json.loads(json.dumps(record, cls=DjangoJSONEncoder))
    return str(json.loads(evidence.written(plain, []))["seal"])


def chains(streams: Sequence[UUID]) -> list[dict[str, Any]]:
    """Return the chains of streams with their heads, each with its proof against a checkpoint."""
    heads = {head.id: head for head in Stream.objects.filter(id__in=streams)}
    links: dict[UUID, list[dict[str, Any]]] = {stream: [] for stream in streams}
    for entry in Entry.objects.filter(stream__in=streams).order_by("stream", "seq"):
        links[entry.stream].append(
            {
                "seq": entry.seq,
                "body": base64.b64encode(bytes(entry.body)).decode(),
                "hash": bytes(entry.hash).hex(),
            }
        )
    return [
        {
            "stream": str(stream),
            "kind": heads[stream].kind,
            "head": {"seq": heads[stream].seq, "hash": bytes(heads[stream].hash).hex()},
            "entries": links[stream],
            "anchor": anchor(stream),
        }
        for stream in streams
    ]
