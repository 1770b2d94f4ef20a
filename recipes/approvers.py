"""Who must sign a version: one role for each signature, as a site has said. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# A signature of whoever may approve, in whichever role.
ANY = "any"
# One writes, and a second checks independently (21 CFR 211.186(a)): the quality unit and one more.
LEAST, MOST = 2, 6


@dataclass(frozen=True, slots=True)
class Approvers:
    """The signatures that are asked for, by role; ``in_order`` when each waits for the one before.

    ``given`` in the methods are the roles of the signatures that stand, the oldest first.
    """

    roles: tuple[str, ...] = (ANY, ANY)
    in_order: bool = False

    def missing(self, given: Sequence[str]) -> tuple[str, ...]:
        """Return the roles of the signatures that are still asked for."""
        if self.in_order:
            return self.roles[len(given) :]
        left = list(self.roles)
        for role in given:
            found = next((one for one in (role, ANY) if one in left), None)
            if found is not None:
                left.remove(found)
        return tuple(left)

    def asked_now(self, given: Sequence[str]) -> tuple[str, ...]:
        """Return the roles of which one may sign next; whoever may approve when none is missing.

        None is missing when the site asked for more signatures before than it does now.
        """
        left = self.missing(given) or (ANY,)
        return left[:1] if self.in_order else left

    def role_of(self, held: Sequence[str], given: Sequence[str]) -> str | None:
        """Return the role in which somebody with these roles may sign next, ``ANY`` or None."""
        asked = self.asked_now(given)
        own = next((role for role in asked if role in held), None)
        return own or (ANY if ANY in asked else None)
