from dataclasses import replace
from uuid import UUID

from accounts import rules
from accounts.entries import SiteOpened
from accounts.exceptions import NotAllowed
from accounts.validators import check_zone
from records.act import New, act, acting
from records.commands import Command, Reply


@acting
def open_site(
    *, command: Command, site: UUID, code: str, name: str, zone: str, jurisdiction: str
) -> Reply:
    """Open a site; appends ``site.opened``. Done by the system (first set-up) only.

    The act works at the new site, which is its own ``site``. ``zone`` is an IANA name.
    Raises NotAllowed, UnknownZone, SiteCodeTaken.
    """
    if not rules.is_system(command.actor):
        raise NotAllowed(person=command.actor.name, permission="")
    check_zone(zone)
    there = replace(command, actor=replace(command.actor, site=site))
    with act(there, new=[New("site", site, site)]) as a:
        a.append(site, SiteOpened(code=code, name=name, zone=zone, jurisdiction=jurisdiction))
        a.reply = {"id": str(site)}
    return a.reply
