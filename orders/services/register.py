"""The register of chain-of-identity identifiers: one a site, one serial at a time."""

from collections.abc import Iterable, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.permissions import Permission
from accounts.rules import check_permission
from mes.lib import isbt128, marks
from mes.lib.ids import uuid7
from mes.lib.isbt128 import ChainOfIdentity, WrongForm
from orders.entries import REGISTER, CoiIssued, RegisterOpened
from orders.exceptions import FacilityInvalid, MarksUsedUp, SerialsUsedUp
from orders.models import CoiRegister
from orders.selectors import marks_taken
from records.act import Act, New, act, acting
from records.commands import Command, Reply

LAST_SERIAL = 999_999
_MARKS = tuple(str(mark) for mark in marks.every())
# Coprime to the number of marks: all are reached, and neighbours differ in both letters and
# in shape or fill.
_STRIDE = 1009


@acting
def open_register(*, command: Command, facility: str, unwanted: Sequence[str] = ()) -> Reply:
    """Open the site's register under its facility code; appends ``coi-register.opened``.

    ``unwanted`` are pairs of letters that no mark of the site shall have. Raises
    FacilityInvalid, RegisterOpen.
    """
    register = uuid7()
    code = facility.strip().upper()
    with act(command, new=[New(REGISTER, register, command.actor.site)]) as a:
        check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        try:
            isbt128.coi(f"CH{code}00000000")
        except WrongForm as error:
            raise FacilityInvalid(field="facility", said=code[:20]) from error
        pairs = tuple(sorted({pair.strip().upper() for pair in unwanted}))
        a.append(register, RegisterOpened(facility=code, unwanted=pairs))
        a.reply = {"register": str(register), "facility": code}
    return a.reply


def issue_coi(a: Act, register: UUID, order: UUID) -> tuple[ChainOfIdentity, str]:
    """Give the next identifier and a patient mark to an order, under the register's lock.

    Without gap or double (CI-1): the serial is the register's last one and one more. Appends
    ``coi.issued``. Raises SerialsUsedUp, MarksUsedUp.
    """
    seen = CoiRegister.objects.get(id=register)
    serial = seen.serial + 1
    if serial > LAST_SERIAL:
        raise SerialsUsedUp()
    year = a.now.astimezone(ZoneInfo(a.actor.zone)).strftime("%y")
    coi = isbt128.coi(f"CH{seen.facility}{year}{serial:06}")
    mark = free_mark(serial, taken=marks_taken(), unwanted=seen.unwanted)
    a.append(register, CoiIssued(serial=serial, coi=coi.code, mark=mark, order=order))
    return coi, mark


def free_mark(serial: int, *, taken: Iterable[str], unwanted: Iterable[str]) -> str:
    """Return the mark of a serial, or the next free one. Raises MarksUsedUp.

    ``taken`` are the marks of live orders, ``unwanted`` the site's pairs of letters.
    """
    used, pairs = set(taken), set(unwanted)
    for n in range(len(_MARKS)):
        mark = _MARKS[(serial + n) * _STRIDE % len(_MARKS)]
        if mark not in used and mark[-2:] not in pairs:
            return mark
    raise MarksUsedUp()
