"""Refusals: typed answers "no", each with a code, a sentence and a way out.

A refusal is kept as its code and parameters; the sentence is made when it is shown, in the
reader's language. Screens show it beside the field or button, the API answers with
``status`` and the same code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Param = str | int | bool | None


class Interlock(StrEnum):
    """How firm a refusal at a step is (design: two kinds of interlock)."""

    ABSOLUTE = "absolute"
    CONDITIONAL = "conditional"


class Refusal(Exception):
    """An act that was not done, and why.

    ``params`` fill the sentence and are kept with a recorded refusal, so they are plain JSON.
    ``field`` names the input beside which a form shows it. ``streams`` are those on which a
    recorded refusal is kept. ``instants`` names parameters that are times or days (ISO 8601):
    kept as they are, shown in the site's own zone.
    """

    code: ClassVar[str]
    status: ClassVar[int] = 409
    sentence: ClassVar[_StrPromise | str]
    way_out: ClassVar[_StrPromise | str] = ""
    interlock: ClassVar[Interlock | None] = None
    recorded: ClassVar[bool] = False
    instants: ClassVar[tuple[str, ...]] = ()

    _by_code: ClassVar[dict[str, type[Refusal]]] = {}

    def __init__(
        self,
        *,
        field: str | None = None,
        streams: Sequence[UUID] = (),
        **params: Param,
    ) -> None:
        self.field = field
        self.streams = tuple(streams)
        self.params = params
        super().__init__(self.code)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" in cls.__dict__:
            known = Refusal._by_code.setdefault(cls.code, cls)
            if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
                raise TypeError(f"Two refusals share the code {cls.code}.")

    def __str__(self) -> str:
        return str(self.sentence) % self._shown

    @property
    def way_out_text(self) -> str:
        """What the person can do now."""
        return str(self.way_out) % self._shown

    @property
    def _shown(self) -> dict[str, Param]:
        known = [name for name in self.instants if name in self.params]
        return self.params | {name: wall_time(str(self.params[name])) for name in known}

    @staticmethod
    def revive(*, code: str, params: dict[str, Param], field: str | None) -> Refusal:
        """Return the refusal that was stored under ``code``, to be shown again."""
        kind = Refusal._by_code.get(code, UnknownRefusal)
        again = kind.__new__(kind)
        # Not through a subclass's own arguments: it is shown as it was stored.
        Refusal.__init__(again, field=field)
        again.params = dict(params) if kind is not UnknownRefusal else {"code": code}
        return again


def load(apps: Iterable[str]) -> None:
    """Import the modules of refusals of these apps (``exceptions``, ``roster_exceptions`` ...).

    So what was stored is revived in every process, whatever it has imported besides.
    """
    for app in apps:
        for module in iter_modules(import_module(app).__path__, f"{app}."):
            if module.name.endswith("exceptions"):
                import_module(module.name)


def wall_time(kept: str) -> str:
    """Return an instant in the site's zone, a day as a day; what is neither stays as it is."""
    try:
        at = datetime.fromisoformat(kept)
    except ValueError:
        return kept
    if at.tzinfo is None:
        return formats.date_format(at, "j M Y")
    at = timezone.localtime(at)
    return f"{formats.date_format(at, 'j M Y, H:i')} {at:%Z}"


class UnknownRefusal(Refusal):
    """A stored refusal whose class no longer exists."""

    code = "refusal.unknown"
    sentence = _("This was refused (%(code)s).")
    way_out = _("Open the page again.")


class NotFound(Refusal):
    """What was asked for does not exist for this person and site."""

    code = "not_found"
    status = 404
    sentence = _("There is no such record at this site.")
    way_out = _("Check the identifier, or open it from a list.")


class Forbidden(Refusal):
    """The person's roles do not allow this."""

    code = "forbidden"
    status = 403
    sentence = _("Your role does not allow this: %(permission)s.")
    way_out = _("Ask somebody who holds the role, or an administrator for it.")


_by_constraint: dict[str, type[Refusal]] = {}


def refuses(constraint: str, kind: type[Refusal]) -> None:
    """Say which refusal a violated database constraint is shown as."""
    _by_constraint[constraint] = kind


def refusal_of_constraint(constraint: str | None) -> Refusal | None:
    """Return the refusal registered for a constraint's name, if any."""
    kind = _by_constraint.get(constraint or "")
    return kind() if kind else None
