"""What the ledger's streams are to people: each app names its things, and how they are found.

``records`` names no other app: each fills this register from its own ``things.py``. The words for
kinds of entries stand here too, so that nobody has to know the key of a kind.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model, Q, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mes.lib import isbt128
from mes.lib.access import permission_of

Text = str | Promise
# Rows of stream and what people call it, as queries that are not asked yet.
Labels = Callable[[Collection[UUID]], Sequence[Any]]
Find = Callable[[str], Iterable[UUID]]
Follows = Callable[[UUID], UUID | None]
PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One kind of stream: its name, its class of retention, how its streams are named and found.

    ``labels`` returns the queries of what people call the streams, None where each is the only one
    of its site; ``find`` those with a typed or scanned label.
    ``follows`` returns the thing whose end is its own: the batch of a sample,
    an order or a product.
    ``page`` is the name of the page of one, which takes the stream.
    """

    kind: str
    title: Text
    retention: str
    labels: Labels | None
    find: Find
    page: str = ""
    follows: Follows

    def url(self, stream: UUID) -> str:
        """Return the address of a thing's own page; nothing when it has none."""
        return reverse(self.page, args=[stream]) if self.page else ""


THINGS: dict[str, Thing] = {}
WORDS: dict[str, Text] = {}
# Which kinds of entries belong to which source of the periodic evaluation.
EVALUATED: dict[str, str] = {}
# How a column's codes are said in before and after, and how a row is titled, where not by a label.
SAYS: dict[tuple[type[Model], str], Callable[[str], str]] = {}
TITLES: dict[type[Model], Callable[[Mapping[str, Any]], str]] = {}


def _found_by_nothing(_text: str) -> Iterable[UUID]:
    return []


def _alone(_stream: UUID) -> UUID | None:
    return None


def thing(
    kind: str, title: Text, *, retention: str, labels: Labels | None = None,
    find: Find | None = None, page: str = "", follows: Follows | None = None,
) -> None:  # fmt: skip
    """Declare a kind of stream. Without ``labels`` there is one for each site (a register)."""
    THINGS[kind] = Thing(
        kind=kind, title=title, retention=retention, labels=labels,
        find=find or _found_by_nothing, page=page,
        follows=follows or _alone,
    )  # fmt: skip


def words(said: Mapping[str, Text]) -> None:
    """Say in words what kinds of entries are: "Batch issued"."""
    WORDS.update(said)


def evaluates(source: str, *kinds: str) -> None:
    """Say that kinds of entries belong to a source of the periodic evaluation."""
    EVALUATED.update(dict.fromkeys(kinds, source))


def says(model: type[Model], **columns: Callable[[Any], str]) -> None:
    """Say how codes of columns that have no choices of their own are told to people."""
    SAYS.update({(model, name): told for name, told in columns.items()})


def labels_of(model: type[Model], *parts: str | Value, stream: str = "pk") -> Labels:
    """Return how the rows of a model are named: by fields and what stands between them."""
    told = [Cast(part, TextField()) for part in parts]
    label = Concat(*told) if len(told) > 1 else told[0]

    def labels(streams: Collection[UUID]) -> Sequence[Any]:
        rows: Any = model._default_manager.filter(**{f"{stream}__in": streams})
        return [rows.order_by().values_list(stream, label)]

    return labels


def found_by(model: type[Model], *names: str) -> Find:
    """Return how the rows of a model are found: by exact codes (``code``), or parts of a name.

    A name with a lookup (``printed_name__icontains``) is asked as it stands.
    """

    def find(text: str) -> Iterable[UUID]:
        asked = Q()
        for name in names:
            asked |= Q(**{name if "__" in name else f"{name}__iexact": text})
        rows: Any = model._default_manager.filter(asked)
        return list(rows.values_list("pk", flat=True))

    return find


def title_of(kind: str) -> str:
    """Return what people call a kind of stream; its key when no app declares it."""
    return str(THINGS[kind].title) if kind in THINGS else kind


def words_of(kind: str) -> str:
    """Return what people call a kind of entry; its key when no app says it."""
    return str(WORDS.get(kind, kind))


def area_of(module: str) -> str:
    """Return what people call the app of a module; the module's own name outside of apps."""
    app = module.partition(".")[0]
    return str(apps.get_app_config(app).verbose_name) if apps.is_installed(app) else app


def find(text: str, *, kind: str = "") -> list[UUID]:
    """Return the streams that a typed or scanned label means: of one kind, or of any."""
    asked = [THINGS[kind]] if kind in THINGS else list(THINGS.values())
    by_id = _as_id(text)
    if by_id:
        return [by_id]
    return [s for one in asked for spelled in _spellings(text) for s in one.find(spelled)]


def people(text: str) -> list[UUID]:
    """Return the people whose printed name holds the text, or who have this user name or badge."""
    return find(text, kind=PERSON)


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _spellings(text: str) -> list[str]:
    """Return what a label says: as it was typed, or the identifier that an ISBT 128 scan holds."""
    plain = isbt128.without_symbology(text)
    try:
        element: Any = isbt128.parse(plain)
    except isbt128.ScanError:
        return [plain]
    return [getattr(element, "code", plain)]


def with_pages() -> list[str]:
    """Return the kinds of streams of which each has a page of its own."""
    return [kind for kind, one in THINGS.items() if one.page]


def permission_of_page(kind: str) -> str:
    """Return what the page of a kind of stream asks for; nothing when there is no page."""
    return _permission(THINGS[kind].url(UUID(int=0)))


def _permission(url: str) -> str:
    return (permission_of(resolve(url).func) or "") if url else ""


@dataclass(frozen=True, slots=True)
class Named:
    """A stream as people see it; ``permission`` is what its page asks for, if it has one."""

    title: str
    label: str
    url: str
    permission: str

    def __str__(self) -> str:
        return f"{self.title} {self.label}".strip()


def named(streams: Iterable[tuple[UUID, str]]) -> dict[UUID, Named]:
    """Return the names of streams, given with their kinds: one query, whatever they are."""
    by_kind: dict[str, set[UUID]] = {}
    for stream, kind in streams:
        by_kind.setdefault(kind, set()).add(stream)
    labels = _labels(by_kind)
    return {
        stream: _name(THINGS[kind], stream, labels.get(stream, ""))
        if kind in THINGS
        else Named(kind, "", "", "")
        for kind, some in by_kind.items()
        for stream in some
    }


def _labels(by_kind: Mapping[str, set[UUID]]) -> dict[UUID, str]:
    asked = [
        query
        for kind, some in by_kind.items()
        if (one := THINGS.get(kind)) is not None and one.labels is not None
        for query in one.labels(some)
    ]
    if not asked:
        return {}
    first, *others = asked
    return dict(first.union(*others, all=True) if others else first)


def _name(one: Thing, stream: UUID, label: str) -> Named:
    url = one.url(stream)
    return Named(str(one.title), label, url, _permission(url))


words(
    {
        "attempt.refused": _("Refused attempt"),
        "catalogue.changed": _("Catalogue changed"),
        "message.tried_again": _("Message tried again"),
        "message.set_aside": _("Message set aside"),
    }
)
evaluates("configuration", "catalogue.changed")
evaluates("attempts", "attempt.refused")
evaluates("letters", "message.tried_again", "message.set_aside")
