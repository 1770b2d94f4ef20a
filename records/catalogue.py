"""Catalogue rows: descriptions without a life of their own (classes, materials, settings).

Each has a stream with the one kind ``catalogue.changed`` and the same guard as every
projection; django-simple-history keeps their versions for the screens.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.apps import apps
from django.db.models import Value
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.models import HistoricalRecords

from mes.lib.refusals import NotFound
from mes.ui.text import unit_text
from records.act import New, act, acting
from records.commands import Actor, Command, Reply
from records.entries import Payload, entry
from records.folding import Folded, fold
from records.models import Projection
from records.presenters import presents
from records.things import labels_of, thing

STREAM = "catalogue"


class Catalogued(Projection):
    """A catalogue row. ``fields`` names the columns that people edit, ``called`` what it is."""

    fields: ClassVar[tuple[str, ...]]
    called: ClassVar[Promise | str]
    history = HistoricalRecords(inherit=True, cascade_delete_history=False)

    class Meta:
        abstract = True


@entry("catalogue.changed", version=1, stream=STREAM)
class CatalogueChanged(Payload):
    """A row of ``model`` (app label and name) was made or changed, and why."""

    model: str
    before: dict[str, str | int | bool | None]
    after: dict[str, str | int | bool | None]
    reason: str


@fold(CatalogueChanged)
def _fold(e: Folded[CatalogueChanged]) -> None:
    model = _model(e.payload.model)
    row = model.objects.filter(stream=e.stream).first() or model(
        id=e.stream, stream=e.stream, site=e.site
    )
    for name, value in e.payload.after.items():
        setattr(row, name, value)
    row.entry_seq = e.seq
    row._history_date = e.at
    row._change_reason = e.payload.reason
    row.save()


def _model(label: str) -> Any:
    model = apps.get_model(label)
    if not issubclass(model, Catalogued):
        raise NotFound()
    return model


@acting
def change_catalogue(
    *, command: Command, model: type[Catalogued], row: UUID, values: dict[str, Any], reason: str,
    check: Callable[[Actor], object], made: bool = False,
) -> Reply:  # fmt: skip
    """Make (``made``) or change a catalogue row; appends ``catalogue.changed``.

    ``check`` refuses, inside the act, who may not: the row's own app names the permission.
    Unknown fields are refused with NotFound. ``values`` are plain JSON.
    """
    if not set(values) <= set(model.fields):
        raise NotFound()
    new = [New(STREAM, row, command.actor.site)] if made else []
    with act(command, streams=[] if made else [row], new=new) as a:
        check(a.actor)
        before = {} if made else _values(model, row, set(values))
        said = CatalogueChanged(model=model._meta.label, before=before, after=values, reason=reason)
        a.append(row, said)
        a.reply = {"id": str(row)}
    return a.reply


def _values(model: Any, row: UUID, names: set[str]) -> dict[str, Any]:
    found = model.objects.get(id=row)
    return {name: getattr(found, name) for name in sorted(names)}


@presents(CatalogueChanged)
def _changed(p: CatalogueChanged) -> str:
    what = _model(p.model).called
    after = _in_words(p.after)
    if not p.before:
        return _("%(what)s added: %(after)s (%(reason)s)") % {
            "what": what, "after": after, "reason": p.reason}  # fmt: skip
    before = _in_words(p.before)
    return _("%(what)s changed: %(before)s → %(after)s (%(reason)s)") % {
        "what": what, "before": before, "after": after, "reason": p.reason}  # fmt: skip


def _in_words(values: dict[str, Any]) -> str:
    told = {**values, "unit": unit_text(str(values["unit"]))} if "unit" in values else values
    return ", ".join(str(value) for value in told.values())


def catalogued() -> list[Any]:
    """Return the models whose rows are those of a catalogue."""
    return [model for model in apps.get_models() if issubclass(model, Catalogued)]


def _labels(streams: Collection[UUID]) -> Sequence[Any]:
    """Name each row by what its model is called, and its code where it has one."""
    queries: list[Any] = []
    for model in catalogued():
        code = ["code"] if "code" in model.fields else []
        queries += labels_of(model, Value(f"{model.called} "), *code)(streams)
    return queries


def _found(text: str) -> list[UUID]:
    coded = [model for model in catalogued() if "code" in model.fields]
    return [row.pk for model in coded for row in model.objects.filter(code__iexact=text)]


thing(
    STREAM, gettext_lazy("Catalogue"), retention="quality-system", labels=_labels, find=_found
)  # fmt: skip
