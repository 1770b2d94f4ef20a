"""Alarms of sign-in: raised once, shown to administrators, answered by one of them."""

from typing import Final
from uuid import UUID

from accounts import origin, rules
from accounts.entries import SignInAlarmAnswered, SignInAlarmed
from accounts.enums import AlarmKind
from accounts.models import Alarm
from accounts.permissions import Permission
from accounts.selectors import names_of
from accounts.services.throttle import Try
from accounts.sign_in_exceptions import AlarmAnswered
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.act import New, act, acting
from records.commands import Actor, Command, Reply
from records.reading import reading

# Desks have no stream of their own: what concerns nobody alone stands on one register of all sites.
REGISTER: Final = UUID("01900000-0000-7000-8000-000000000051")
TOPIC: Final = "sign_in.alarmed"


def raise_alarm(kind: AlarmKind, tried: Try, *, actor: Actor, people: int = 0) -> Reply:
    """Tell the administrators that somebody tries secrets; appends ``sign_in.alarmed``."""
    payload = {"alarm": str(kind), "person": str(tried.person) if tried.person else None}
    command = Command(key=uuid7(), name="sign_in.alarm", actor=actor, payload=payload)
    return _raise(command=command, kind=kind, tried=tried, people=people)


@acting
def _raise(*, command: Command, kind: AlarmKind, tried: Try, people: int) -> Reply:
    device = command.actor.device
    # Behind the wall of the tablet's site, else of the person's sites.
    there = device or tried.person
    streams = [there] if there else []
    new = [] if there else [New("sign-in", REGISTER, None, may_exist=True)]
    with act(command, streams=streams, new=new) as a:
        alarm = uuid7()
        said = SignInAlarmed(
            alarm=alarm,
            kind_of_alarm=kind.value,
            person=tried.person,
            person_name=names_of([tried.person]).get(tried.person) if tried.person else None,
            credential=tried.kind.value,
            device=device,
            address=None if device else origin.address(),
            people=people,
        )
        a.append(there or REGISTER, said)
        a.enqueue(TOPIC, {"alarm": str(alarm)})
        a.reply = {"id": str(alarm)}
    return a.reply


@acting
def answer_alarm(*, command: Command, alarm: UUID, note: str) -> Reply:
    """Say what an alarm was and what was done; appends ``sign_in.alarm_answered``.

    Raises NotAllowed, NotFound, AlarmAnswered.
    """
    with reading(site=command.actor.site, person=command.actor.person):
        found = Alarm.objects.filter(id=alarm).values_list("stream", flat=True).first()
    if found is None:
        raise NotFound()
    with act(command, streams=[found]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        if not Alarm.objects.filter(id=alarm, answered_at__isnull=True).exists():
            raise AlarmAnswered()
        a.append(found, SignInAlarmAnswered(alarm=alarm, note=note.strip()))
        a.reply = {"id": str(alarm)}
    return a.reply
