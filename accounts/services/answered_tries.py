"""Wrong tries that their person answers for: told at the next sign-in, until they are answered."""

from uuid import UUID

from accounts import origin
from accounts.entries import TriesAnswered
from accounts.enums import AlarmKind, GuessKind
from accounts.services import throttle
from accounts.services.alarms import raise_alarm
from accounts.services.throttle import TOLD, Tries, Try, tries_of
from mes.lib import clock
from mes.lib.refusals import NotFound
from records.act import act, acting
from records.commands import Command, Reply


def asked_of(person: UUID) -> dict[GuessKind, Tries]:
    """Return of which secrets a person has to say whether wrong tries were theirs."""
    found = tries_of(person, at=clock.now())
    return {
        kind: tries
        for kind, tries in found.items()
        if tries.unanswered >= TOLD or (tries.blocked and tries.unanswered)
    }


def answer_tries(*, command: Command, kind: GuessKind, own: bool) -> Reply:
    """Say whether wrong tries were one's own; appends ``sign_in.tries_answered``.

    Own ones are forgotten. Others stay counted until there is a new secret, and the
    administrators are told. Raises NotFound where nothing is asked.
    """
    actor = command.actor
    if actor.person is None:
        raise NotFound()
    # A form that is sent again finds nothing asked, and alarms nobody twice.
    asked = kind in asked_of(actor.person)
    reply = _answer(command=command, person=actor.person, kind=kind, own=own)
    if asked and not own:
        denied = Try(
            person=actor.person, identity=actor.person, kind=kind,
            scope=origin.scope_of(actor.device), at=clock.now(),
        )  # fmt: skip
        raise_alarm(AlarmKind.DENIED, denied, actor=actor)
    return reply


@acting
def _answer(*, command: Command, person: UUID, kind: GuessKind, own: bool) -> Reply:
    with act(command, streams=[person]) as a:
        tries = asked_of(person).get(kind)
        if tries is None:
            raise NotFound()
        said = TriesAnswered(
            credential=kind.value, tries=tries.unanswered, since=tries.since, own=own
        )
        a.append(person, said)
        if own:
            throttle.forget(person, kind.value)
        else:
            throttle.answered(person, kind.value)
        a.reply = {"id": str(person)}
    return a.reply
