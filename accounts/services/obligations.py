"""What a person owes: incurred and met inside the act that has the reason for it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from accounts.entries import ObligationIncurred, ObligationMet
from accounts.models import Obligation
from mes.lib.ids import uuid7
from records.act import Act


def incur(
    a: Act, person: UUID, *, about: str, subject: UUID, place: str, words: Mapping[str, str]
) -> UUID:
    """Append ``obligation.incurred`` to the person's stream, which the act has locked."""
    obligation = uuid7()
    said = ObligationIncurred(
        obligation=obligation, site=a.actor.site, about=about, subject=subject, place=place,
        words=dict(words),
    )  # fmt: skip
    a.append(person, said)
    return obligation


def meet(a: Act, *, about: str, subject: UUID, place: str) -> None:
    """Append ``obligation.met`` for each open obligation about this; their streams are locked."""
    for row in open_about(about=about, subject=subject, place=place):
        a.append(row.stream, ObligationMet(obligation=row.id))


def open_about(*, about: str, subject: UUID, place: str | None = None) -> Sequence[Obligation]:
    """Return the open obligations about a subject, at one place of it or at any."""
    rows = Obligation.objects.filter(about=about, subject=subject, met_at__isnull=True)
    return list(rows if place is None else rows.filter(place=place))
