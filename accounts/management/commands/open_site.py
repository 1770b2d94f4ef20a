"""Open a site with its first administrator, who then joins everybody else."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from accounts.enums import CredentialKind, Jurisdiction
from accounts.services.credentials import set_credential
from accounts.services.people import grant_role, join_person
from accounts.services.sites import open_site
from accounts.validators import check_secret, check_zone
from mes.lib.ids import uuid7
from mes.lib.refusals import Refusal
from records import commands


class Command(BaseCommand):
    """See the module."""

    help = "Opens a site and joins its first administrator. Asks for the password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--code", required=True, help="short code, such as MZ1")
        parser.add_argument("--name", required=True)
        parser.add_argument("--zone", required=True, help="IANA time zone, such as Europe/Berlin")
        parser.add_argument("--jurisdiction", required=True, choices=Jurisdiction.values)
        parser.add_argument("--username", required=True, help="the administrator's user name")
        parser.add_argument("--printed-name", required=True)
        parser.add_argument("--badge", required=True)
        parser.add_argument("--identity-check", required=True, help="paper of the identity check")
        another = "how you know that this is not the human of an account with the same name"
        parser.add_argument("--another-human", default="", help=another)

    def handle(self, **options: Any) -> None:
        """Open the site. The password comes from the terminal, or the first line of stdin."""
        asked = "Password of the administrator: "
        password = getpass(asked) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            check_secret(CredentialKind.PASSWORD, password)
            check_zone(options["zone"])
            _set_up(options, password)
        except Refusal as refusal:
            raise CommandError(f"{refusal} {refusal.way_out_text}") from refusal
        self.stdout.write(f"Site {options['code']} is open. Sign in as {options['username']}.")


def _command(name: str, site: UUID) -> commands.Command:
    actor = commands.Actor(person=None, name="first set-up", role=commands.SYSTEM_ROLE, site=site)
    return commands.Command(key=uuid7(), name=name, actor=actor)


def _set_up(options: dict[str, Any], password: str) -> None:
    # The person first: a name that was given before stops it while nothing is there yet.
    site, person = uuid7(), uuid7()
    join_person(
        command=_command("person.join", site),
        person=person,
        username=options["username"],
        printed_name=options["printed_name"],
        badge=options["badge"],
        identity_check=options["identity_check"],
        another_human=options["another_human"],
    )
    open_site(
        command=_command("site.open", site),
        site=site,
        code=options["code"],
        name=options["name"],
        zone=options["zone"],
        jurisdiction=options["jurisdiction"],
    )
    grant_role(command=_command("role.grant", site), person=person, role="admin")
    set_credential(
        command=_command("credential.set", site), person=person, kind="password", secret=password
    )
