"""Shifts of a site, in the time of its walls; and the number under which a person is called."""

import re
from datetime import time
from typing import Final
from uuid import UUID

from accounts import rosters, rules
from accounts.permissions import Permission
from accounts.roster_entries import PersonReachable, ShiftEnded, ShiftSet
from accounts.roster_exceptions import NumberNotReadable, ShiftEmpty
from accounts.selectors import person_of
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.act import act, acting
from records.commands import Command, Reply

PHONE: Final = re.compile(r"\+?[0-9][0-9 ()/-]{1,28}[0-9]")


@acting
def set_shift(
    *,
    command: Command,
    code: str,
    name: str,
    start: time,
    end: time,
    reason: str,
    shift: UUID | None = None,
) -> Reply:
    """Make a shift of the actor's site, or change one; appends ``shift.set``.

    Times are those of the wall; one that ends at or before its start ends on the day after.
    Duties that were given before keep their times. Raises NotAllowed, ShiftEmpty, NotFound,
    ShiftCodeTaken, ReasonMissing.
    """
    site = command.actor.site
    if site is None:
        raise NotFound()
    if start == end:
        raise ShiftEmpty(field="end")
    with act(command, streams=[site]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_ROSTER)
        made = rosters.shift_of(shift).id if shift else uuid7()
        said = ShiftSet(
            shift=made, code=code.strip(), name=name.strip(), reason=rules.written(reason),
            start=f"{start:%H:%M}", end=f"{end:%H:%M}",
        )  # fmt: skip
        a.append(site, said)
        a.reply = {"id": str(made)}
    return a.reply


@acting
def end_shift(*, command: Command, shift: UUID, reason: str) -> Reply:
    """End a shift: nobody is rostered for it any more; duties that were given stay.

    Appends ``shift.ended``. Raises NotAllowed, NotFound, ReasonMissing.
    """
    site = command.actor.site
    if site is None:
        raise NotFound()
    with act(command, streams=[site]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_ROSTER)
        a.append(site, ShiftEnded(shift=rosters.shift_of(shift).id, reason=rules.written(reason)))
        a.reply = {"id": str(shift)}
    return a.reply


@acting
def set_phone(*, command: Command, person: UUID, phone: str) -> Reply:
    """Say under which number the plant calls a person; empty for none.

    Done by the person or by who keeps the roster. Appends ``person.reachable``. Raises
    NumberNotReadable, NotAllowed, NotFound.
    """
    number = " ".join(phone.split())
    if number and not PHONE.fullmatch(number):
        raise NumberNotReadable(field="phone")
    with act(command, streams=[person]) as a:
        if a.actor.person != person:
            rules.check_permission(a.actor, Permission.ACCOUNTS_ROSTER)
            rules.check_works_here(a.actor, person)
        person_of(person)
        a.append(person, PersonReachable(phone=number))
        a.reply = {"id": str(person)}
    return a.reply
