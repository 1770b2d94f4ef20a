"""Checks of form, shared by services and forms."""

import re
from collections.abc import Sequence

from equipment.exceptions import CapabilityUnreadable

# As recipes write a key.
CAPABILITY = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*", re.ASCII)
LONGEST = 60


def check_capabilities(written: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return capabilities once each, in order; None stays None. Raises CapabilityUnreadable."""
    for one in written or ():
        if len(one) > LONGEST or CAPABILITY.fullmatch(one) is None:
            raise CapabilityUnreadable(field="capabilities", written=one[:LONGEST])
    return None if written is None else tuple(sorted(set(written)))
