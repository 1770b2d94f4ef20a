"""The acknowledgement of the policy of electronic signatures, by its person only."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import get_language

from accounts import policy
from accounts.entries import PolicyAcknowledged
from accounts.sign_in_exceptions import NotYourAccount
from mes.lib.evidence import content_hash
from mes.lib.ids import uuid7
from records.act import act, acting
from records.commands import Actor, Command, Reply


@acting
def acknowledge_policy(
    *, command: Command, person: UUID, factors: Sequence[str] = (), language: str = "en"
) -> Reply:
    """Acknowledge the present policy; appends ``policy.acknowledged``. Raises NotYourAccount.

    ``factors`` are those by which the person was proved on the page that showed it.
    """
    if command.actor.person != person:
        raise NotYourAccount(streams=[person])
    with act(command, streams=[person]) as a:
        read = tuple(str(one) for one in policy.SENTENCES)
        said = PolicyAcknowledged(
            policy=policy.VERSION, language=language, factors=tuple(factors),
            content_hash=content_hash(policy.policy_content(read)),
        )  # fmt: skip
        a.append(person, said)
        a.reply = {"policy": policy.VERSION}
    return a.reply


def acknowledge_on_sheet(
    person: UUID, *, name: str, factors: Sequence[str], given: str, actor: Actor
) -> None:
    """Acknowledge what the sheet of a signature showed, if its box was ticked.

    ``given`` is the version that the sheet showed. Call it in no act, after the proof.
    """
    if given != policy.VERSION:
        return
    themselves = Actor(
        person=person, name=name, role="", site=actor.site, device=actor.device, zone=actor.zone
    )
    command = Command(key=uuid7(), name="policy.acknowledge", actor=themselves)
    acknowledge_policy(
        command=command, person=person, factors=factors, language=get_language() or "en"
    )
