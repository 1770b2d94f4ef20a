"""Which second persons have to be on site, and which may be remote: a setting of the site.

That there are two people is no setting: it stands in the schema and in each service.
"""

from accounts import rules
from accounts.entries import SecondPersonSet
from accounts.enums import SecondPerson
from accounts.exceptions import ReasonMissing
from accounts.models import SecondPersonRule
from accounts.permissions import Permission
from mes.lib.ids import uuid7
from mes.lib.refusals import NotFound
from records.act import act, acting
from records.commands import Command, Reply


@acting
def set_second_person(
    *, command: Command, second: SecondPerson, on_site: bool, reason: str
) -> Reply:
    """Say whether a kind of second person has to be on site at the actor's site, and why.

    Holds from the next signature on. Appends ``second_person.set``. Raises NotAllowed,
    ReasonMissing.
    """
    site = command.actor.site
    if site is None:
        raise NotFound()
    if not reason.strip():
        raise ReasonMissing(field="reason")
    with act(command, streams=[site]) as a:
        rules.check_permission(a.actor, Permission.ACCOUNTS_MANAGE)
        known = SecondPersonRule.objects.filter(site=site, second=second)
        said = SecondPersonSet(
            rule=known.values_list("id", flat=True).first() or uuid7(),
            second=second.value,
            on_site=on_site,
            reason=reason.strip()[:200],
        )
        a.append(site, said)
        a.reply = {"id": str(said.rule)}
    return a.reply
