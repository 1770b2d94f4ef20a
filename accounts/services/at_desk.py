"""Both components of a signature at a desk, by whichever means the form brought."""

from collections.abc import Mapping

from accounts.services.ceremony import Proof, prove, prove_by_password
from accounts.services.passkeys import prove_by_passkey
from records.commands import Actor


def prove_at_desk(given: Mapping[str, str], *, actor: Actor) -> Proof:
    """Prove the signer by a passkey's ``answer``, ``badge`` and ``pin``, or name and password.

    Call it in no act. Raises the refusals of the ceremony, and WrongFactor.
    """
    if given.get("answer"):
        return prove_by_passkey(given["answer"], actor=actor)
    if given.get("badge"):
        return prove(badge=given["badge"], pin=given.get("pin", ""), actor=actor)
    username, password = given.get("username", ""), given.get("password", "")
    return prove_by_password(username=username, password=password, actor=actor)
