"""Sentences for people about entries: one presenter for each kind."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from mes.lib.refusals import Refusal
from records.entries import AttemptRefused, Payload, UnknownKind, decode

P = TypeVar("P", bound=Payload)
Presenter = Callable[[Any], str]
_presenters: dict[type[Payload], Presenter] = {}


def presents(payload: type[P]) -> Callable[[Callable[[P], str]], Callable[[P], str]]:
    """Register the function that writes an entry as a sentence in the reader's language."""

    def register(function: Callable[[P], str]) -> Callable[[P], str]:
        _presenters[payload] = function
        return function

    return register


def sentence(envelope: dict[str, Any]) -> str:
    """Return the sentence of an entry; the kind's name where nobody wrote one."""
    try:
        payload = decode(envelope["kind"], envelope["version"], envelope["payload"])
    except UnknownKind:
        return str(envelope["kind"])
    presenter = _presenters.get(type(payload))
    return presenter(payload) if presenter else str(envelope["kind"])


@presents(AttemptRefused)
def _refused(p: AttemptRefused) -> str:
    said = Refusal.revive(code=p.code, params=dict(p.params), field=None)
    return _("Refused: %(said)s") % {"said": said}
