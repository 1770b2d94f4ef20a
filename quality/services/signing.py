"""What every signature of quality has in common: one signs as oneself."""

from collections.abc import Sequence

from accounts.services.ceremony import Proof, sign
from mes.lib.evidence import JSON
from quality.exceptions import SignerIsAnother, TextMissing
from records.act import Act
from records.signatures import Signature

LONGEST = 4000


def signed(
    a: Act,
    proof: Proof,
    *,
    meaning: str,
    content: JSON,
    permission: str,
    parts: Sequence[str] = (),
) -> Signature:
    """Return the signature of the person who acts. Raises SignerIsAnother, NotAllowed."""
    if proof.person != a.actor.person:
        streams = [proof.person]
        raise SignerIsAnother(signer=proof.printed_name, person=a.actor.name, streams=streams)
    return sign(a, proof, meaning=meaning, content=content, permission=permission, parts=parts)


def written(text: str, *, field: str) -> str:
    """Return a text that must be written, cut to what is kept. Raises TextMissing."""
    if not text.strip():
        raise TextMissing(field=field)
    return text.strip()[:LONGEST]
